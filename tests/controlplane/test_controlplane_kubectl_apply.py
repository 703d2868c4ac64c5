"""Messages of apply and delete, and the three-way merge of staging/src/k8s.io/apimachinery/pkg/util/strategicpatch."""

import json

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.controlplane import Cluster
from k8smodels.controlplane.kubectl.merge import three_way_merge

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {tier: front}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: main, image: "web:1", env: [{name: A, value: "1"}]}]
"""


def stored(cluster):
    return cluster.store.get("Deployment", "default", "web")


def edited(**spec):
    manifest = yaml.safe_load(WEB)
    for key, value in spec.items():
        if value is None:
            del manifest["spec"][key]
        else:
            manifest["spec"][key] = value
    return yaml.safe_dump(manifest)


@pytest.fixture
def cluster():
    cluster = Cluster.of(2)
    assert cluster.apply(WEB) == "deployment.apps/web created"
    cluster.run(8)
    return cluster


def test_what_is_there_already_is_unchanged(cluster):
    revision = stored(cluster).metadata.resource_version
    assert cluster.apply(WEB) == "deployment.apps/web unchanged"
    assert stored(cluster).metadata.resource_version == revision


def test_the_manifest_is_kept_in_an_annotation(cluster):
    text = stored(cluster).metadata.annotations[LAST_APPLIED]
    assert text.startswith('{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"annotations":{},"labels":')
    assert text.endswith("}\n")
    manifest = yaml.safe_load(WEB)
    manifest["metadata"] |= {"annotations": {}, "namespace": "default"}
    assert json.loads(text) == manifest


def test_a_size_that_the_manifest_names_is_set_back(cluster):
    cluster.scale("deploy/web", replicas=5)
    assert cluster.apply(WEB) == "deployment.apps/web configured"
    assert stored(cluster).spec.replicas == 2


def test_a_size_that_no_manifest_ever_named_is_left_to_others():
    cluster = Cluster.of(1)
    without = edited(replicas=None)
    cluster.apply(without)
    cluster.scale("deploy/web", replicas=5)
    assert cluster.apply(without) == "deployment.apps/web unchanged"
    assert stored(cluster).spec.replicas == 5


def test_a_size_that_the_manifest_names_no_longer_goes_back_to_the_default(cluster):
    cluster.scale("deploy/web", replicas=5)
    assert cluster.apply(edited(replicas=None)) == "deployment.apps/web configured"
    assert stored(cluster).spec.replicas == 1


def test_a_false_that_was_switched_on_by_hand_is_switched_off_again(cluster):
    cluster.apply(edited(paused=False))
    cluster.rollout("pause", "deploy/web")
    cluster.apply(edited(paused=False))
    assert not stored(cluster).spec.paused


def test_an_object_that_was_made_otherwise_gets_the_annotation_with_a_warning(cluster):
    from k8smodels.api.kinds import load

    (item,) = load(WEB.replace("name: web,", "name: other,"))
    cluster.create(item)
    warning, said = cluster.apply(WEB.replace("name: web,", "name: other,")).split("\n")
    assert warning.startswith(f"Warning: resource deployments/other is missing the {LAST_APPLIED} annotation")
    assert said == "deployment.apps/other configured"


def test_each_object_is_applied_whatever_becomes_of_the_others(cluster):
    text = "\n---\n".join(
        [
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}",
            "apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: foo}",
            WEB.replace("replicas: 2", "replica: 2").replace("name: web,", "name: typo,"),
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: two, namespace: nowhere}",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: three}",
        ]
    )
    shown = cluster.apply(text)
    assert shown.exit_code == 1
    assert shown.split("\n") == [
        "configmap/one created",
        "configmap/three created",
        'error: resource mapping not found for name: "foo" namespace: "" from "STDIN": no matches for kind "Foo" in'
        ' version "example.com/v1"',
        "ensure CRDs are installed first",
        'Error from server (BadRequest): error when creating "STDIN": Deployment in version "v1" cannot be handled as a'
        ' Deployment: strict decoding error: unknown field "spec.replica"',
        'Error from server (NotFound): error when creating "STDIN": namespaces "nowhere" not found',
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "error: no objects passed to apply"),
        ("a: [b", "error: error parsing STDIN: error converting YAML to JSON: yaml: "),
        ("kind: Pod", 'error: error validating "STDIN": error validating data: apiVersion not set; if you choose'),
        ("apiVersion: v1\nkind: Pod", "error: resource name may not be empty"),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}",
            "error: from a-: cannot use generate name with apply",
        ),
        ("[<script>]", 'error: error validating "STDIN": error validating data: invalid object to validate; if you'),
        (
            "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: 5",
            'Error from server (BadRequest): error when creating "STDIN": Pod in version "v1" cannot be handled as a'
            " Pod: json: cannot unmarshal number into Go struct field Pod.spec of type v1.PodSpec",
        ),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: X_}\nspec: {containers: [{name: a, image: a}]}", "The Pod"),
    ],
)
def test_a_broken_manifest_gives_one_clear_message(text, said):
    shown = Cluster().apply(text)
    assert shown.exit_code == 1
    assert shown.startswith(said)
    assert len(shown) < 500


def test_an_object_of_another_namespace_than_that_of_the_command():
    shown = Cluster().apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}", namespace="default")
    assert shown == (
        'error: the namespace from the provided object "b" does not match the namespace "default". You must pass'
        " '--namespace=b' to perform this operation."
    )


def test_files_by_name(cluster):
    cluster.kubectl.files["web.yaml"] = WEB
    assert cluster.kubectl("apply -f web.yaml") == "deployment.apps/web unchanged"
    assert cluster.kubectl("delete -f web.yaml") == 'deployment.apps "web" deleted from default namespace'


def test_delete_waits_until_the_object_is_gone(cluster):
    name = cluster.pods()[0].name
    assert cluster.delete("pod", name) == f'pod "{name}" deleted from default namespace'
    assert cluster.store.get("Pod", "default", name) is None


def test_in_the_foreground_the_pods_go_first(cluster):
    assert cluster.delete("deploy/web", cascade="foreground").exit_code == 0
    assert not cluster.pods()


def test_orphans_stay(cluster):
    cluster.delete("deploy/web", cascade="orphan")
    cluster.run(5)
    (left,) = cluster.store.objects("ReplicaSet")
    assert not left.metadata.owner_references
    assert len(cluster.pods()) == 2


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("delete pod nope", 'Error from server (NotFound): pods "nope" not found'),
        ("delete pod nope --ignore-not-found", "No resources found"),
        ("delete pods -l app=nobody", "No resources found"),
        ("delete ns default", 'Error from server (Forbidden): namespaces "default" is forbidden:'),
        ("delete pods --all --cascade=soon", 'error: invalid cascade value (soon). Must be "background",'),
        ("delete pods --all -o yaml", "error: unexpected -o output mode: yaml. We only support '-o name'"),
        ("delete deploy web --cascade=false", "warning: --cascade=false is deprecated (boolean value) and can be"),
        ("delete pods --all --grace-period=5 --now", "error: --now and --grace-period cannot be specified together"),
        ("delete pods --all --force", "Warning: Immediate deletion does not wait for confirmation"),
    ],
)
def test_what_delete_says(cluster, command, said):
    assert cluster.kubectl(command).startswith(said)


def test_a_wait_that_is_too_long_ends(cluster):
    pod = cluster.pods()[0]
    cluster.failures.cut_off_node(pod.spec.node_name)
    shown = cluster.delete("pod", pod.name, timeout="3s")
    assert shown.split("\n")[-1] == f"error: timed out waiting for the condition on pods/{pod.name}"
    forced = cluster.delete("pod", pod.name, force=True)
    assert forced.split("\n")[-1] == f'pod "{pod.name}" force deleted from default namespace'


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.text("a<", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["name", "key", "a"]), inner, max_size=2)
    ),
    max_leaves=4,
)
PLACES = st.sampled_from(
    "metadata metadata.labels metadata.annotations spec spec.selector spec.template spec.template.spec spec.strategy"
    " spec.template.spec.volumes spec.template.spec.containers spec.template.spec.serviceAccountName status data"
    " spec.replicas kind apiVersion".split()
)


@given(st.sampled_from([WEB, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {}"]), PLACES, JUNK)
@settings(max_examples=100, deadline=None)
def test_no_manifest_raises(text, place, junk):
    manifest = yaml.safe_load(text)
    *path, last = place.split(".")
    inner = manifest
    for key in path:
        inner = inner.setdefault(key, {})
    inner[last] = junk
    cluster = Cluster()
    for shown in (cluster.apply(yaml.safe_dump(manifest)), cluster.apply(yaml.safe_dump(manifest))):
        assert shown.exit_code in (0, 1)
    for command in ("get all,cm -o wide", "describe deploy,cm", "get deploy,cm -o yaml", "delete deploy,cm --all"):
        assert cluster.kubectl(command).exit_code == 0


# The merge by itself

KEYS = st.sampled_from("abc")
VALUES = st.recursive(st.integers(0, 3), lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=6)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=3)


@given(OBJECTS, OBJECTS, OBJECTS)
def test_merging_again_changes_nothing(last, manifest, live):
    merged = three_way_merge(last, manifest, live)
    assert three_way_merge(manifest, manifest, merged) == merged


@given(OBJECTS, OBJECTS, OBJECTS)
def test_the_manifest_wins_and_others_keep_what_is_theirs(last, manifest, live):
    merged = three_way_merge(last, manifest, live)
    assert set(merged) == set(manifest) | (set(live) - set(last))
    assert all(merged[key] == live[key] for key in set(live) - set(manifest) - set(last))
    assert all(merged[key] == value for key, value in manifest.items() if not isinstance(value, dict))


def named(*names, **fields):
    return {"containers": [{"name": name, **fields} for name in names]}


def test_elements_are_told_apart_by_their_key():
    live = {"containers": [{"name": "a", "image": "1", "added": True}, {"name": "sidecar"}, {"name": "b"}]}
    merged = three_way_merge(named("a", "b"), named("a", image="2"), live)
    assert merged == {"containers": [{"name": "a", "image": "2", "added": True}, {"name": "sidecar"}]}


def test_what_others_put_before_an_element_stays_before_it():
    live = named("injected", "a", "b")
    names = [each["name"] for each in three_way_merge(named("a", "b"), named("b", "a"), live)["containers"]]
    assert names == ["injected", "b", "a"]


def test_lists_without_a_key_are_replaced():
    assert three_way_merge({"args": ["a"]}, {"args": ["b"]}, {"args": ["a", "c"]}) == {"args": ["b"]}


def test_of_a_union_only_the_fields_of_the_manifest_are_left():
    live = {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}
    assert three_way_merge({}, {"strategy": {"type": "Recreate"}}, live) == {"strategy": {"type": "Recreate"}}
    assert three_way_merge({}, {"strategy": {"type": "RollingUpdate"}}, live) == live


def test_null_removes_a_field():
    assert three_way_merge({}, {"a": None, "b": {"c": None}}, {"a": 1}) == {"b": {}}
