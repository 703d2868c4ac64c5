"""Small clusters and pods for Hypothesis: few names and amounts, so that things meet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from k8smodels.api.affinity import (
    Affinity,
    NodeSelectorRequirement,
    NodeSelectorTerm,
    PodAffinity,
    PodAffinityTerm,
    PreferredSchedulingTerm,
    Taint,
    Toleration,
    TopologySpreadConstraint,
    WeightedPodAffinityTerm,
)
from k8smodels.api.affinity import NodeAffinity as NodeAffinityRules
from k8smodels.api.node import ContainerImage, Node, node
from k8smodels.api.pod import ContainerPort, Pod, PodStatus, pod
from k8smodels.api.selectors import LabelSelector
from k8smodels.scheduling import Cluster

ZONE = "topology.kubernetes.io/zone"
HOSTNAME = "kubernetes.io/hostname"
REQUIRED = "required_during_scheduling_ignored_during_execution"
PREFERRED = "preferred_during_scheduling_ignored_during_execution"
IMAGES = (("web:1", 300), ("db:2", 900), ("tool:latest", 40))

apps = st.sampled_from(["web", "db"])
keys = st.sampled_from([ZONE, HOSTNAME])
effects = st.sampled_from(["NoSchedule", "PreferNoSchedule", "NoExecute"])
taints = st.builds(Taint, key=st.sampled_from(["gpu", "spot"]), value=st.sampled_from(["", "a"]), effect=effects)
tolerations = st.builds(
    Toleration,
    key=st.sampled_from(["gpu", "spot", ""]),
    operator=st.sampled_from(["Equal", "Exists"]),
    value=st.sampled_from(["", "a"]),
    effect=st.one_of(st.just(""), effects),
)
selectors = st.one_of(st.none(), apps.map(lambda app: LabelSelector(match_labels={"app": app})))
constraints = st.builds(
    TopologySpreadConstraint,
    max_skew=st.integers(1, 2),
    topology_key=keys,
    when_unsatisfiable=st.sampled_from(["DoNotSchedule", "ScheduleAnyway"]),
    label_selector=selectors,
    min_domains=st.none(),
    node_affinity_policy=st.sampled_from(["", "Honor", "Ignore"]),
)
terms = st.builds(PodAffinityTerm, label_selector=selectors, topology_key=keys)
wishes = st.builds(WeightedPodAffinityTerm, weight=st.integers(1, 100), pod_affinity_term=terms)
pod_affinities = st.builds(
    PodAffinity,
    **{REQUIRED: st.lists(terms, max_size=2).map(tuple), PREFERRED: st.lists(wishes, max_size=2).map(tuple)},
)
node_wishes = st.builds(
    PreferredSchedulingTerm,
    weight=st.integers(1, 100),
    preference=st.sampled_from(["z1", "z2"]).map(
        lambda zone: NodeSelectorTerm(
            match_expressions=(NodeSelectorRequirement(key=ZONE, operator="In", values=(zone,)),)
        )
    ),
)
node_affinities = st.builds(NodeAffinityRules, **{PREFERRED: st.lists(node_wishes, max_size=2).map(tuple)})
affinities = st.builds(
    Affinity,
    node_affinity=st.one_of(st.none(), node_affinities),
    pod_affinity=st.one_of(st.none(), pod_affinities),
    pod_anti_affinity=st.one_of(st.none(), pod_affinities),
)
requests = st.fixed_dictionaries(
    {}, optional={"cpu": st.sampled_from(["0", "250m", "1", "2"]), "memory": st.sampled_from(["64Mi", "1Gi", "3Gi"])}
)


@st.composite
def nodes(draw: st.DrawFn, name: str) -> Node:
    zone = draw(st.sampled_from([None, "z1", "z2"]))
    images = draw(st.lists(st.sampled_from(IMAGES), unique=True, max_size=2))
    return node(
        name,
        labels={ZONE: zone} if zone else {},
        taints=tuple(draw(st.lists(taints, max_size=2))),
        unschedulable=draw(st.sampled_from([False, False, False, True])),
        images=tuple(ContainerImage(names=(image,), size_bytes=size << 20) for image, size in images),
        pods=draw(st.sampled_from([2, 4, 110])),
        cpu=draw(st.sampled_from(["1", "2", "4"])),
        memory=draw(st.sampled_from(["2Gi", "8Gi"])),
    )


@st.composite
def pods(draw: st.DrawFn, name: str, *, social: bool = True, **spec: Any) -> Pod:
    """A pod; unless it is `social`, it has no rules about other pods."""
    made = pod(
        name,
        labels={"app": draw(apps)},
        requests=draw(requests),
        image=draw(st.sampled_from([image for image, _ in IMAGES])),
        tolerations=tuple(draw(st.lists(tolerations, max_size=2))),
        priority=draw(st.sampled_from([None, -5, 0, 10])),
        affinity=draw(st.one_of(st.none(), affinities)) if social else None,
        topology_spread_constraints=tuple(draw(st.lists(constraints, max_size=2))) if social else (),
        **spec,
    )
    port = draw(st.sampled_from([0, 0, 0, 8080]))
    main = replace(made.spec.containers[0], ports=(ContainerPort(container_port=80, host_port=port),))
    return replace(made, spec=replace(made.spec, containers=(main,)))


@st.composite
def clusters(draw: st.DrawFn, *, social: bool = True, nominated: bool = True) -> Cluster:
    """Up to four nodes with pods of their own, fitting or not, and perhaps a pod that is nominated to one."""
    names = [f"n{i}" for i in range(draw(st.integers(1, 4)))]
    objects: list[Node | Pod] = [draw(nodes(name)) for name in names]
    places = draw(st.lists(st.sampled_from(names), max_size=6))
    objects += [draw(pods(f"b{i}", social=social, node_name=place)) for i, place in enumerate(places)]
    if nominated and draw(st.booleans()):
        coming = draw(pods("coming", social=social))
        objects.append(replace(coming, status=PodStatus(nominated_node_name=draw(st.sampled_from(names)))))
    return Cluster.of(objects)
