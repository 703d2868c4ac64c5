"""Rarer clusters and pods than `scheduling_strategies` draws: whatever the engine has an index for, or leaves alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from scheduling_strategies import HOSTNAME, REQUIRED, ZONE, clusters, pods

from k8smodels.api.affinity import Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm
from k8smodels.api.kinds import load
from k8smodels.api.node import Node
from k8smodels.api.pod import Container, Pod, ResourceRequirements, Volume
from k8smodels.api.quantity import Quantity
from k8smodels.api.selectors import LabelSelector
from k8smodels.scheduling import DEFAULT, Cluster, Profile

GPU = {"example.com/gpu": Quantity.parse("1"), "ephemeral-storage": Quantity.parse("1Gi")}

OBJECTS = load(f"""
apiVersion: v1
kind: Namespace
metadata: {{name: other, labels: {{team: a}}}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {{name: late}}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: data, namespace: default}}
spec: {{storageClassName: late, accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {{name: disk}}
spec:
  storageClassName: late
  accessModes: [ReadWriteOnce]
  capacity: {{storage: 2Gi}}
  nodeAffinity:
    required: {{nodeSelectorTerms: [{{matchExpressions: [{{key: {ZONE}, operator: In, values: [z1]}}]}}]}}
status: {{phase: Available}}
""")
SERVICES = load("{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}}}")

namespaces = st.sampled_from(["", "", "other"])
expressions = st.sampled_from(
    [
        {"match_expressions": (NodeSelectorRequirement(key=ZONE, operator="In", values=("z1",)),)},
        {"match_expressions": (NodeSelectorRequirement(key=ZONE, operator="Exists"),)},
        {"match_fields": (NodeSelectorRequirement(key="metadata.name", operator="In", values=("n1",)),)},
        {"match_fields": (NodeSelectorRequirement(key="metadata.name", operator="In", values=("n9",)),)},
        {},
    ]
)
node_rules = expressions.map(
    lambda term: NodeAffinity(**{REQUIRED: NodeSelector(node_selector_terms=(NodeSelectorTerm(**term),))})
)
scopes = st.sampled_from(
    [
        {"namespaces": ("other",)},
        {"namespace_selector": LabelSelector()},
        {"namespace_selector": LabelSelector(match_labels={"team": "a"})},
    ]
)
policies = st.fixed_dictionaries(
    {
        "min_domains": st.integers(1, 3),
        "node_taints_policy": st.sampled_from(["", "Honor"]),
        "when_unsatisfiable": st.just("DoNotSchedule"),
    }
)


def with_spec(pod: Pod, **changed: Any) -> Pod:
    return replace(pod, spec=replace(pod.spec, **changed))


def with_scope(pod: Pod, scope: Mapping[str, Any]) -> Pod:
    """The pod with required terms that reach into other namespaces."""

    def wider(rules: Any) -> Any:
        return rules and replace(
            rules, **{REQUIRED: tuple(replace(term, **scope) for term in getattr(rules, REQUIRED))}
        )

    affinity = pod.spec.affinity or Affinity()
    near, away = wider(affinity.pod_affinity), wider(affinity.pod_anti_affinity)
    return with_spec(pod, affinity=replace(affinity, pod_affinity=near, pod_anti_affinity=away))


def with_volume(pod: Pod, source: Mapping[str, Any]) -> Pod:
    return with_spec(pod, volumes=(Volume.from_json({"name": "data", **source}),))


def with_policies(pod: Pod, changed: Mapping[str, Any]) -> Pod:
    constraints = tuple(replace(item, **changed) for item in pod.spec.topology_spread_constraints)
    return with_spec(pod, topology_spread_constraints=constraints)


def with_device(pod: Pod) -> Pod:
    more = Container(name="more", resources=ResourceRequirements(requests=GPU))
    return with_spec(pod, containers=(*pod.spec.containers, more))


def leaving(pod: Pod) -> Pod:
    return replace(pod, metadata=replace(pod.metadata, deletion_timestamp="2026-01-01T00:00:00Z"))


Change = Callable[[Pod], Pod]
changes: st.SearchStrategy[Change] = st.one_of(
    st.just(lambda pod: pod),
    st.just(lambda pod: with_spec(pod, node_selector={ZONE: "z2"})),
    st.just(lambda pod: with_volume(pod, {"emptyDir": {}})),
    st.just(with_device),
    st.just(leaving),
    node_rules.map(lambda rules: lambda pod: with_spec(pod, affinity=Affinity(node_affinity=rules))),
    st.sampled_from(["n0", "n1", "n9"]).map(lambda name: lambda pod: with_spec(pod, node_name=name)),
    scopes.map(lambda scope: lambda pod: with_scope(pod, scope)),
    policies.map(lambda changed: lambda pod: with_policies(pod, changed)),
    st.sampled_from(["data", "gone"]).map(
        lambda name: lambda pod: with_volume(pod, {"persistentVolumeClaim": {"claimName": name}})
    ),
)


@st.composite
def odd_pods(draw: st.DrawFn, name: str) -> Pod:
    """A pod of one of two namespaces with something that most pods do not have."""
    made = draw(changes)(draw(pods(name)))
    return replace(made, metadata=replace(made.metadata, namespace=draw(namespaces)))


@st.composite
def odd_nodes(draw: st.DrawFn, node: Node) -> Node:
    """`node`, perhaps without its name as a label, with that of another, with a device, or without CPU or memory."""
    labels, amounts = dict(node.metadata.labels), dict(node.status.allocatable)
    change = draw(st.sampled_from(["", "", "", "nameless", "twin", "device", "no cpu", "no memory"]))
    if change == "nameless":
        del labels[HOSTNAME]
    elif change == "twin":
        labels[HOSTNAME] = "n0"
    elif change == "device":
        amounts |= {"example.com/gpu": Quantity.parse("2"), "ephemeral-storage": Quantity.parse("1Gi")}
    elif change.startswith("no "):
        del amounts[change.removeprefix("no ")]
    status = replace(node.status, allocatable=amounts)
    return replace(node, metadata=replace(node.metadata, labels=labels), status=status)


@st.composite
def odd_clusters(draw: st.DrawFn) -> Cluster:
    """A cluster with two namespaces, a claim, perhaps Services, and odd nodes and pods."""
    drawn = draw(clusters(nominated=draw(st.sampled_from([False, False, False, True]))))
    nodes = [draw(odd_nodes(node)) for node in drawn.nodes]
    bound = [replace(pod, metadata=replace(pod.metadata, namespace=draw(namespaces))) for pod in drawn.pods]
    bound = [leaving(pod) if draw(st.integers(0, 5)) == 5 else pod for pod in bound]
    return Cluster.of([*nodes, *bound, *OBJECTS, *(SERVICES if draw(st.booleans()) else ())])


SHAPE = [{"utilization": 0, "score": 0}, {"utilization": 100, "score": 10}]
RATIO = {"type": "RequestedToCapacityRatio", "requestedToCapacityRatio": {"shape": SHAPE}}
WITH_DEVICE = [{"name": "cpu", "weight": 3}, {"name": "example.com/gpu", "weight": 2}]
BY_ZONE = {"maxSkew": 1, "topologyKey": ZONE, "whenUnsatisfiable": "DoNotSchedule"}
ROUGHLY_BY_ZONE = {"maxSkew": 2, "topologyKey": ZONE, "whenUnsatisfiable": "ScheduleAnyway"}

PROFILES: Mapping[str, Profile] = {
    "default": DEFAULT,
    "packing": DEFAULT.with_args("NodeResourcesFit", {"scoringStrategy": {"type": "MostAllocated"}}),
    "ratio": DEFAULT.with_args("NodeResourcesFit", {"scoringStrategy": RATIO}),
    "devices": DEFAULT.with_args(
        "NodeResourcesFit", {"scoringStrategy": {"type": "LeastAllocated", "resources": WITH_DEVICE}}
    ).with_args("NodeResourcesBalancedAllocation", {"resources": WITH_DEVICE}),
    "ignored devices": DEFAULT.with_args("NodeResourcesFit", {"ignoredResourceGroups": ["example.com"]}),
    "own wishes only": DEFAULT.with_args("InterPodAffinity", {"ignorePreferredTermsOfExistingPods": True}),
    "hard as soft": DEFAULT.with_args("InterPodAffinity", {"hardPodAffinityWeight": 50}),
    "no spreading": DEFAULT.with_args("PodTopologySpread", {"defaultConstraints": [], "defaultingType": "List"}),
    "spreading": DEFAULT.with_args(
        "PodTopologySpread", {"defaultConstraints": [BY_ZONE, ROUGHLY_BY_ZONE], "defaultingType": "List"}
    ),
    "resources only": DEFAULT.only("NodeResourcesFit", "NodeResourcesBalancedAllocation"),
    "neighbours only": DEFAULT.only("InterPodAffinity", "PodTopologySpread", "NodePorts"),
    "backwards": replace(DEFAULT, plugins=DEFAULT.plugins[::-1]),
}
