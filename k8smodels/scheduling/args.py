"""Arguments of plugins, as a KubeSchedulerConfiguration holds them under ``pluginConfig[].args``.

References
----------
staging/src/k8s.io/kube-scheduler/config/v1/types_pluginargs.go; pkg/scheduler/apis/config/v1/defaults.go (v1.37)
"""

from __future__ import annotations

from typing import ClassVar

from k8smodels.api.affinity import NodeAffinity, TopologySpreadConstraint
from k8smodels.api.structure import Struct, struct

_TYPE_META = frozenset({"apiVersion", "kind"})


@struct
class ResourceSpec(Struct):
    """A resource that a score looks at; a `weight` of 0 counts as 1."""

    name: str = ""
    weight: int = 1


@struct
class UtilizationShapePoint(Struct):
    """A point of the scoring line: `score` 0..10 at `utilization` 0..100 per cent."""

    utilization: int = 0
    score: int = 0


@struct
class RequestedToCapacityRatioParam(Struct):
    """The scoring line of the strategy of that name."""

    shape: tuple[UtilizationShapePoint, ...] = ()


CPU_AND_MEMORY = (ResourceSpec(name="cpu"), ResourceSpec(name="memory"))


@struct
class ScoringStrategy(Struct):
    """How NodeResourcesFit scores: ``LeastAllocated``, ``MostAllocated`` or ``RequestedToCapacityRatio``."""

    type: str = "LeastAllocated"
    resources: tuple[ResourceSpec, ...] = ()
    requested_to_capacity_ratio: RequestedToCapacityRatioParam | None = None


@struct
class NodeResourcesFitArgs(Struct):
    """Arguments of NodeResourcesFit. The filter passes over ignored extended resources and groups (``example.com``)."""

    unmodelled: ClassVar[frozenset[str]] = _TYPE_META

    ignored_resources: tuple[str, ...] = ()
    ignored_resource_groups: tuple[str, ...] = ()
    scoring_strategy: ScoringStrategy = ScoringStrategy()


@struct
class NodeResourcesBalancedAllocationArgs(Struct):
    """Arguments of NodeResourcesBalancedAllocation."""

    unmodelled: ClassVar[frozenset[str]] = _TYPE_META

    resources: tuple[ResourceSpec, ...] = ()


@struct
class VolumeBindingArgs(Struct):
    """Arguments of VolumeBinding: how long to wait for volumes, and the line by which free room is scored."""

    unmodelled: ClassVar[frozenset[str]] = _TYPE_META

    bind_timeout_seconds: int = 600
    shape: tuple[UtilizationShapePoint, ...] = (
        UtilizationShapePoint(utilization=0, score=10),
        UtilizationShapePoint(utilization=100, score=0),
    )


@struct
class DefaultPreemptionArgs(Struct):
    """Arguments of DefaultPreemption: how many nodes to try at least. The model tries all."""

    unmodelled: ClassVar[frozenset[str]] = _TYPE_META

    min_candidate_nodes_percentage: int = 10
    min_candidate_nodes_absolute: int = 100


@struct
class NodeAffinityArgs(Struct):
    """Arguments of NodeAffinity: rules and wishes that hold for all pods of the profile besides their own."""

    unmodelled: ClassVar[frozenset[str]] = _TYPE_META

    added_affinity: NodeAffinity | None = None


@struct
class PodTopologySpreadArgs(Struct):
    """Arguments of PodTopologySpread: constraints for pods that have none.

    With `defaulting_type` ``System`` these are Kubernetes' own, with ``List`` the given ones.
    """

    unmodelled: ClassVar[frozenset[str]] = _TYPE_META

    default_constraints: tuple[TopologySpreadConstraint, ...] = ()
    defaulting_type: str = "System"


@struct
class InterPodAffinityArgs(Struct):
    """Arguments of InterPodAffinity.

    `hard_pod_affinity_weight` is what a required affinity of a running pod adds to the score.
    """

    unmodelled: ClassVar[frozenset[str]] = _TYPE_META

    hard_pod_affinity_weight: int = 1
    ignore_preferred_terms_of_existing_pods: bool = False
