"""The wanted texts and lists were printed by kube-scheduler v1.37.2 for the same files."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.api.errors import DecodeError
from k8smodels.api.node import node
from k8smodels.api.pod import pod
from k8smodels.scheduling import DEFAULT, Cluster, Profile, schedule
from k8smodels.scheduling.configuration import SchedulerConfiguration, load_configuration
from k8smodels.scheduling.configuration_plugins import IMPLEMENTED, ProfileError
from k8smodels.scheduling.configuration_validation import ConfigurationError

HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n"
FILTERS = " ".join(plugin.name for plugin in DEFAULT.filters)
SCORES = " ".join(f"{plugin.name}={weight}" for plugin, weight in DEFAULT.scorers)


def load(rest: str = "") -> SchedulerConfiguration:
    return load_configuration(HEAD + rest, "config.yaml")


def of(plugins: str) -> Profile:
    return load(f"profiles:\n- plugins: {{{plugins}}}\n").profiles["default-scheduler"]


def with_args(plugin: str, args: str) -> Profile:
    return load(f"profiles:\n- pluginConfig: [{{name: {plugin}, args: {{{args}}}}}]\n").profiles["default-scheduler"]


def filters(profile: Profile) -> str:
    return " ".join(plugin.name for plugin in profile.filters)


def scores(profile: Profile) -> str:
    return " ".join(f"{plugin.name}={weight}" for plugin, weight in profile.scorers)


@pytest.mark.parametrize("rest", ["", "profiles: []\n", "profiles:\n- {}\n", "profiles:\n- plugins: {}\n"])
def test_what_is_not_said_is_the_default(rest: str) -> None:
    configuration = load(rest)
    assert configuration.profiles == {"default-scheduler": configuration.profiles["default-scheduler"]}
    profile = configuration.profiles["default-scheduler"]
    assert (filters(profile), scores(profile), profile.preempts) == (FILTERS, SCORES, True)
    assert (configuration.pod_initial_backoff_seconds, configuration.pod_max_backoff_seconds) == (1, 10)


def test_the_first_wait_may_be_the_longest() -> None:
    configuration = load("podInitialBackoffSeconds: 3\npodMaxBackoffSeconds: 3\npercentageOfNodesToScore: 0\n")
    assert (configuration.pod_initial_backoff_seconds, configuration.pod_max_backoff_seconds) == (3, 3)
    assert configuration.percentage_of_nodes_to_score == 0


def test_a_pod_is_placed_by_the_profile_that_it_names() -> None:
    configuration = load(
        "profiles:\n- schedulerName: a\n- schedulerName: b\n  plugins: {score: {disabled: [{name: '*'}]}}\n"
    )
    assert scores(configuration.profiles["a"]) == SCORES
    assert configuration.profile_for(pod("p", scheduler_name="b")) is configuration.profiles["b"]
    assert configuration.profiles["b"].scorers == ()
    assert configuration.profile_for(pod("p")) is None
    assert load().profile_for(pod("p")) == load().profiles["default-scheduler"]


@pytest.mark.parametrize(
    ("plugins", "wanted"),
    [
        ("score: {disabled: [{name: '*'}]}", ""),
        ("score: {disabled: [{name: '*'}], enabled: [{name: NodeResourcesFit, weight: 5}]}", "NodeResourcesFit=5"),
        ("score: {disabled: [{name: NodeResourcesFit}]}", SCORES.replace("NodeResourcesFit=1 ", "")),
        ("multiPoint: {disabled: [{name: ImageLocality}]}", SCORES.replace(" ImageLocality=1", "")),
        ("multiPoint: {enabled: [{name: ImageLocality, weight: 7}]}", SCORES.replace("Locality=1", "Locality=7")),
        ("multiPoint: {enabled: [{name: TaintToleration}]}", SCORES.replace("Toleration=3", "Toleration=1")),
        (
            "score: {enabled: [{name: ImageLocality, weight: 7}, {name: NodeAffinity}]}",
            "ImageLocality=7 NodeAffinity=1 TaintToleration=3 NodeResourcesFit=1 VolumeBinding=1 PodTopologySpread=2"
            " InterPodAffinity=2 NodeResourcesBalancedAllocation=1",
        ),
        (
            "multiPoint: {disabled: [{name: ImageLocality}]}, score: {enabled: [{name: ImageLocality, weight: 9}]}",
            SCORES.replace("Locality=1", "Locality=9"),
        ),
        (
            "score: {enabled: [{name: ImageLocality, weight: 0}]}",
            f"ImageLocality=1 {SCORES}".removesuffix(" ImageLocality=1"),
        ),
        (
            "score: {enabled: [{name: ImageLocality, weight: 2147483647}]}",
            f"ImageLocality=2147483647 {SCORES}".removesuffix(" ImageLocality=1"),
        ),
        ("score: {disabled: [{name: Nope}]}", SCORES),
    ],
)
def test_scores_are_weighed_left_out_and_ordered(plugins: str, wanted: str) -> None:
    profile = of(plugins)
    assert scores(profile) == wanted
    assert filters(profile) == FILTERS


@pytest.mark.parametrize(
    ("plugins", "wanted"),
    [
        ("filter: {disabled: [{name: NodePorts}]}", FILTERS.replace("NodePorts ", "")),
        ("multiPoint: {disabled: [{name: NodePorts}]}", FILTERS.replace("NodePorts ", "")),
        (
            "filter: {enabled: [{name: InterPodAffinity}, {name: NodePorts}]}",
            "InterPodAffinity NodePorts " + FILTERS.replace("NodePorts ", "").removesuffix(" InterPodAffinity"),
        ),
        (
            "multiPoint: {disabled: [{name: NodeName}], enabled: [{name: NodeName}]}",
            FILTERS.removeprefix("NodeName ") + " NodeName",
        ),
        (
            "multiPoint: {disabled: [{name: '*'}], enabled: [{name: PrioritySort}, {name: DefaultBinder},"
            " {name: NodeResourcesFit, weight: 4}, {name: NodeName}]}",
            "NodeResourcesFit NodeName",
        ),
    ],
)
def test_filters_are_left_out_and_ordered(plugins: str, wanted: str) -> None:
    assert filters(of(plugins)) == wanted


@pytest.mark.parametrize(
    "plugins", ["postFilter: {disabled: [{name: '*'}]}", "multiPoint: {disabled: [{name: DefaultPreemption}]}"]
)
def test_preemption_can_be_left_out(plugins: str) -> None:
    full = Cluster.of([node("n", cpu="1"), pod("low", requests={"cpu": "1"}, node_name="n")])
    urgent = pod("p", requests={"cpu": "1"}, priority=10)
    assert schedule(urgent, full, of(plugins)).preemption is None
    found = schedule(urgent, full, of("")).preemption
    assert found is not None
    assert found.victims == ("low",)


def test_the_order_of_filters_decides_who_reports() -> None:
    cluster = Cluster.of([node("n", cpu="1", unschedulable=True)])
    large = pod("p", requests={"cpu": "2"})
    reports = [
        schedule(large, cluster, of(plugins)).nodes[0].rejection
        for plugins in ("", "filter: {enabled: [{name: NodeResourcesFit}]}")
    ]
    assert [report.plugin for report in reports if report] == ["NodeUnschedulable", "NodeResourcesFit"]


def test_arguments_reach_their_plugins() -> None:
    packing = with_args("NodeResourcesFit", "scoringStrategy: {type: MostAllocated}")
    cluster = Cluster.of([node("a", cpu="4"), node("b", cpu="4"), pod("there", requests={"cpu": "2"}, node_name="b")])
    placed = [
        schedule(pod("p", requests={"cpu": "1"}), cluster, profile.only("NodeResourcesFit")).node
        for profile in (DEFAULT, packing)
    ]
    assert placed == ["a", "b"]
    assert (
        with_args("VolumeBinding", "shape: [{utilization: 0, score: 5}]").plugin("VolumeBinding").args.shape[0].score
        == 5
    )


def test_arguments_of_plugins_that_take_none_or_do_not_exist_are_ignored() -> None:
    assert scores(with_args("NodeName", "a: 1")) == scores(with_args("Nope", "a: 1")) == SCORES


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            HEAD.replace("/v1\n", "/v1beta3\n"),
            'no kind "KubeSchedulerConfiguration" is registered for version "kubescheduler.config.k8s.io/v1beta3"'
            ' in scheme "pkg/runtime/scheme.go:111"',
        ),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n",
            'no kind "Pod" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"',
        ),
        (
            HEAD.replace("KubeSchedulerConfiguration", "NodeAffinityArgs"),
            "couldn't decode as KubeSchedulerConfiguration, got kubescheduler.config.k8s.io/v1, Kind=NodeAffinityArgs"
            ": ",
        ),
        ("profiles: []\n", "Object 'Kind' is missing in 'profiles: []\n'"),
        (
            "kind: KubeSchedulerConfiguration\n",
            "Object 'apiVersion' is missing in 'kind: KubeSchedulerConfiguration\n'",
        ),
        (f"{HEAD}profilez: []\n", 'strict decoding error: unknown field "profilez"'),
        (
            f"{HEAD}profiles:\n- plugins: {{score: {{enable: []}}}}\n",
            'strict decoding error: unknown field "profiles[0].plugins.score.enable"',
        ),
        (
            f"{HEAD}profiles:\n- plugins: {{score: {{enabled: [{{name: ImageLocality, weight: 3000000000}}]}}}}\n",
            "json: cannot unmarshal number 3000000000 into Go struct field"
            " Plugin.profiles.plugins.score.enabled.weight of type int32",
        ),
        (
            f"{HEAD}profiles:\n- pluginConfig: [{{name: NodeResourcesFit, args: {{apiVersion:"
            " kubescheduler.config.k8s.io/v1, kind: NodeAffinityArgs}}]\n",
            "decoding .profiles[0].pluginConfig[0]: args for plugin NodeResourcesFit were not of type"
            " NodeResourcesFitArgs.kubescheduler.config.k8s.io, got NodeAffinityArgs.kubescheduler.config.k8s.io",
        ),
        (
            f"{HEAD}profiles:\n- pluginConfig: [{{name: NodeResourcesFit, args: {{scoringStrateg: {{}}}}}}]\n",
            "strict decoding error: decoding .profiles[0].pluginConfig[0]: strict decoding error: decoding args for"
            ' plugin NodeResourcesFit: strict decoding error: unknown field "scoringStrateg"',
        ),
    ],
)
def test_what_is_no_configuration_is_refused_in_the_schedulers_words(text: str, problem: str) -> None:
    with pytest.raises(DecodeError) as refused:
        load_configuration(text, "config.yaml")
    assert str(refused.value) == f"config.yaml: {problem}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"{HEAD}profiles: {{a: b}}\n", 'profiles: Invalid value: {"a":"b"}: must be a list'),
        (
            f"{HEAD}profiles:\n- pluginConfig: [{{name: InterPodAffinity, args: {{hardPodAffinityWeight: x}}}}]\n",
            "decoding .profiles[0].pluginConfig[0]: decoding args for plugin InterPodAffinity: hardPodAffinityWeight:"
            ' Invalid value: "x": must be an integer',
        ),
        ("", "one KubeSchedulerConfiguration is wanted"),
        (f"{HEAD}---\n{HEAD}", "one KubeSchedulerConfiguration is wanted"),
        ("- a\n", "one KubeSchedulerConfiguration is wanted"),
    ],
)
def test_values_of_the_wrong_type_are_named(text: str, problem: str) -> None:
    with pytest.raises(DecodeError) as refused:
        load_configuration(text, "config.yaml")
    assert refused.value.problem == problem


RATIO = "scoringStrategy: {type: RequestedToCapacityRatio"


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        ("profiles:\n- schedulerName: a\n- schedulerName: a\n", "profiles[1].schedulerName: Duplicate value: {}"),
        (
            "profiles:\n- {}\n- {}\n",
            "[profiles[0].schedulerName: Required value, profiles[1].schedulerName: Required value,"
            " profiles[1].schedulerName: Duplicate value: {}]",
        ),
        (
            "profiles:\n- plugins: {filter: {enabled: [{name: EBSLimits}]}}\n",
            'profiles[0].plugins.filter.enabled[0]: Invalid value: "EBSLimits": was invalid in version "v1"'
            ' (KubeSchedulerConfiguration is version "kubescheduler.config.k8s.io/v1")',
        ),
        ("parallelism: 0\n", "parallelism: Invalid value: 0: should be an integer value greater than zero"),
        ("percentageOfNodesToScore: 101\n", "percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]"),
        (
            "profiles:\n- percentageOfNodesToScore: -1\n",
            "profiles[0].percentageOfNodesToScore: Invalid value: -1: not in valid range [0-100]",
        ),
        (
            "podInitialBackoffSeconds: 0\npodMaxBackoffSeconds: -1\n",
            "[podInitialBackoffSeconds: Invalid value: 0: must be greater than 0, podMaxBackoffSeconds: Invalid value:"
            " -1: must be greater than or equal to PodInitialBackoffSeconds]",
        ),
        (
            "profiles:\n- pluginConfig: [{name: InterPodAffinity, args: {}}, {name: InterPodAffinity, args: {}}]\n",
            'profiles[0].pluginConfig[1]: Duplicate value: "InterPodAffinity"',
        ),
    ],
)
def test_values_that_are_not_allowed_are_refused_together(rest: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load(rest)
    assert str(refused.value) == problem


@pytest.mark.parametrize(
    ("plugin", "args", "problem"),
    [
        (
            "InterPodAffinity",
            "hardPodAffinityWeight: 101",
            "hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]",
        ),
        (
            "PodTopologySpread",
            "defaultConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: ScheduleAnyway}]",
            'defaultingType: Invalid value: "System": when .defaultConstraints are not empty',
        ),
        (
            "PodTopologySpread",
            "defaultingType: Other",
            'defaultingType: Unsupported value: "Other": supported values: "System", "List"',
        ),
        (
            "VolumeBinding",
            "bindTimeoutSeconds: -1",
            "bindTimeoutSeconds: Invalid value: -1: invalid BindTimeoutSeconds, should not be a negative value",
        ),
        (
            "NodeAffinity",
            "addedAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
            " {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Foo}]}]}}",
            "addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0]"
            '.operator: Unsupported value: "Foo": supported values: "In", "NotIn", "Exists", "DoesNotExist", "Gt",'
            ' "Lt"',
        ),
    ],
)
def test_arguments_that_are_not_allowed_are_refused(plugin: str, args: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        with_args(plugin, args)
    assert str(refused.value) == f"profiles[0].pluginConfig[0].args.{problem}"


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (
            "scoringStrategy: {type: Most}",
            'scoringStrategy.type: Unsupported value: "Most": supported values: "LeastAllocated", "MostAllocated",'
            ' "RequestedToCapacityRatio"',
        ),
        (
            "scoringStrategy: {resources: [{name: cpu, weight: 0}, {name: memory, weight: 101}]}",
            "scoringStrategy.resources[1].weight: Invalid value: 101: resource weight of memory not in valid range"
            " (0, 100]",
        ),
        (
            RATIO + "}",
            "scoringStrategy.requestedToCapacityRatio: Required value: must be specified when type is"
            " RequestedToCapacityRatio",
        ),
        (
            RATIO + ", requestedToCapacityRatio: {shape: []}}",
            "scoringStrategy.requestedToCapacityRatio.shape: Required value: at least one point must be specified",
        ),
        (
            RATIO + ", requestedToCapacityRatio: {shape: [{utilization: 5, score: 11}, {utilization: 5, score: 0}]}}",
            "[scoringStrategy.requestedToCapacityRatio.shape[1].utilization: Invalid value: 5: values must be sorted in"
            " increasing order, scoringStrategy.requestedToCapacityRatio.shape[0].score: Invalid value: 11: not in"
            " valid range [0, 10]]",
        ),
        (
            "scoringStrategy: {type: LeastAllocated, requestedToCapacityRatio: {shape: []}}",
            "scoringStrategy.requestedToCapacityRatio: Forbidden: must be nil when type is not"
            " RequestedToCapacityRatio",
        ),
        (
            "ignoredResourceGroups: [a/b]",
            "ignoredResourceGroups[0]: Invalid value: \"a/b\": resource group name can't contain '/'",
        ),
    ],
)
def test_arguments_of_node_resources_fit_are_refused_when_it_is_made(args: str, problem: str) -> None:
    with pytest.raises(ProfileError) as refused:
        with_args("NodeResourcesFit", args)
    assert refused.value.problem == f'initializing plugin "NodeResourcesFit": {problem}'


@pytest.mark.parametrize(
    ("plugins", "problem"),
    [
        ("multiPoint: {enabled: [{name: Nope}]}", 'PreFilterPlugin "Nope" does not exist'),
        ("score: {enabled: [{name: Nope, weight: 2}]}", 'ScorePlugin "Nope" does not exist'),
        ("score: {enabled: [{name: NodeName}]}", 'plugin "NodeName" does not extend ScorePlugin plugin'),
        (
            "score: {enabled: [{name: ImageLocality}, {name: ImageLocality}]}",
            'plugin "ImageLocality" already registered as "ScorePlugin"',
        ),
        (
            "multiPoint: {enabled: [{name: ImageLocality}, {name: ImageLocality}]}",
            'plugin "ImageLocality" already registered as "ScorePlugin"',
        ),
        (
            "score: {enabled: [{name: ImageLocality, weight: -3}]}",
            "score plugins: total score of Score plugins could overflow",
        ),
        (
            "multiPoint: {disabled: [{name: '*'}], enabled: [{name: DefaultBinder}]}",
            'only one queue sort plugin required for profile with scheduler name "default-scheduler", but got 0',
        ),
        (
            "multiPoint: {disabled: [{name: '*'}], enabled: [{name: PrioritySort}]}",
            'at least one bind plugin is needed for profile with scheduler name "default-scheduler"',
        ),
    ],
)
def test_plugins_that_make_no_scheduler_are_refused(plugins: str, problem: str) -> None:
    with pytest.raises(ProfileError) as refused:
        of(plugins)
    where = "initializing profiles: creating profile for scheduler name default-scheduler"
    assert str(refused.value) == f"{where}: {problem}"


def test_all_profiles_share_one_order_of_the_queue() -> None:
    with pytest.raises(ConfigurationError, match="must be the same for all profiles") as refused:
        load("profiles:\n- schedulerName: a\n- schedulerName: b\n  plugins: {queueSort: {disabled: [{name: '*'}]}}\n")
    assert refused.value.errors[0].path == "profiles[1].plugins.queueSort"


def entries(point: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    names = st.sampled_from(sorted(IMPLEMENTED[point]))
    entry = st.fixed_dictionaries({"name": names}, optional={"weight": st.integers(1, 9)})
    return st.lists(entry, unique_by=lambda item: item["name"], max_size=4)


changes = {
    point: st.fixed_dictionaries(
        {"enabled": entries(point), "disabled": st.one_of(entries(point), st.just([{"name": "*"}]))}
    )
    for point in ("filter", "score")
}


@settings(deadline=None, max_examples=100)
@given(st.fixed_dictionaries({}, optional=changes))
def test_a_plugin_stands_at_a_point_once_and_only_if_somebody_wants_it(plugins: dict[str, Any]) -> None:
    document = {"apiVersion": "kubescheduler.config.k8s.io/v1", "kind": "KubeSchedulerConfiguration"}
    text = json.dumps(document | {"profiles": [{"plugins": plugins}]})
    profile = load_configuration(text).profiles["default-scheduler"]
    at = {
        "filter": [plugin.name for plugin in profile.filters],
        "score": [plugin.name for plugin, _ in profile.scorers],
    }
    defaults = {"filter": DEFAULT.filters, "score": [plugin for plugin, _ in DEFAULT.scorers]}
    for point, names in at.items():
        change = plugins.get(point, {"enabled": [], "disabled": []})
        enabled, disabled = ({entry["name"] for entry in change[key]} for key in ("enabled", "disabled"))
        left = set() if "*" in disabled else {plugin.name for plugin in defaults[point]} - disabled
        modelled = {plugin.name for plugin in defaults[point]}
        assert len(names) == len(set(names))
        assert set(names) == (left | enabled) & modelled
    weights = {entry["name"]: entry.get("weight", 1) for entry in plugins.get("score", {}).get("enabled", [])}
    assert all(weight == weights.get(plugin.name, weight) for plugin, weight in profile.scorers)


words = st.sampled_from("profiles plugins score enabled name weight schedulerName pluginConfig args".split())
scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4), max_leaves=12
)


@settings(deadline=None, max_examples=200)
@given(values)
def test_no_input_ends_in_anything_but_an_error_of_its_own(value: Any) -> None:
    document = {"apiVersion": "kubescheduler.config.k8s.io/v1", "kind": "KubeSchedulerConfiguration", "profiles": value}
    try:
        profiles = load_configuration(json.dumps(document)).profiles
    except (DecodeError, ConfigurationError, ProfileError):
        return
    assert profiles
