"""How full a node would be, and the three ways to make a score of it. Whole numbers throughout.

References
----------
pkg/scheduler/framework/plugins/noderesources: resource_allocation.go, least_allocated.go, most_allocated.go,
requested_to_capacity_ratio.go; pkg/scheduler/framework/plugins/helper/shape_score.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from k8smodels.scheduling.args import ResourceSpec, ScoringStrategy, UtilizationShapePoint
from k8smodels.scheduling.framework import MAX_NODE_SCORE
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.requests import Amounts, is_scalar


@dataclass(frozen=True, slots=True)
class Allocation:
    """One resource of a node.

    Attributes
    ----------
    before, after
        How much its pods request, without and with the pending one.
    capacity
        How much there is; never 0.
    weight
        How much the resource counts.
    """

    before: int
    after: int
    capacity: int
    weight: int


def allocations(
    requests: Amounts, taken: Amounts, node: NodeInfo, resources: Iterable[ResourceSpec]
) -> Sequence[Allocation]:
    """The resources that count for the score of `node`.

    Left out are those that it does not have, and extended ones that the pod, with its `requests`, does not ask for.
    """
    found = []
    for resource in resources:
        request, capacity = requests.get(resource.name, 0), node.allocatable.get(resource.name, 0)
        if capacity and (request or not is_scalar(resource.name)):
            before = taken.get(resource.name, 0)
            found.append(Allocation(before, before + request, capacity, resource.weight or 1))
    return found


def least_allocated(resources: Sequence[Allocation]) -> int:
    """The free share of the node in per cent, a weighted mean: spreads pods.

    Examples
    --------
    >>> least_allocated([Allocation(1000, 2000, 4000, 1), Allocation(0, 3, 4, 1)])
    37
    """
    return _weighted_mean((max(0, (r.capacity - r.after) * MAX_NODE_SCORE // r.capacity), r.weight) for r in resources)


def most_allocated(resources: Sequence[Allocation]) -> int:
    """The share of the node that is taken in per cent, a weighted mean: packs pods.

    Examples
    --------
    >>> most_allocated([Allocation(1000, 2000, 4000, 1), Allocation(0, 3, 4, 1)])
    62
    """
    return _weighted_mean((min(r.after, r.capacity) * MAX_NODE_SCORE // r.capacity, r.weight) for r in resources)


def requested_to_capacity_ratio(shape: Sequence[UtilizationShapePoint], resources: Sequence[Allocation]) -> int:
    """The height of the line `shape` at the share that is taken; resources where it is 0 do not count."""
    scores = [(line_at(shape, min(r.after * 100 // r.capacity, 100)), r.weight) for r in resources]
    counted = [(score, weight) for score, weight in scores if score > 0]
    weights = sum(weight for _, weight in counted)
    total = sum(score * weight for score, weight in counted)
    # Half a point is rounded up.
    return (2 * total + weights) // (2 * weights) if weights else 0


def line_at(shape: Sequence[UtilizationShapePoint], utilization: int) -> int:
    """The height, 0..100, of the line through the points of `shape` at `utilization`; flat beyond its ends.

    Examples
    --------
    >>> points = [UtilizationShapePoint(utilization=0, score=0), UtilizationShapePoint(utilization=50, score=10)]
    >>> line_at(points, 25), line_at(points, 80)
    (50, 100)
    """
    scale = MAX_NODE_SCORE // 10
    for i, right in enumerate(shape):
        if utilization > right.utilization:
            continue
        if i == 0:
            return right.score * scale
        left = shape[i - 1]
        rise = (right.score - left.score) * scale * (utilization - left.utilization)
        run = right.utilization - left.utilization
        # Cut toward zero, as Go divides, also where the line falls.
        return left.score * scale + (rise // run if rise >= 0 else -(-rise // run))
    return shape[-1].score * scale


def scoring_function(strategy: ScoringStrategy) -> Callable[[Sequence[Allocation]], int]:
    """The function that `strategy` names.

    Raises
    ------
    ValueError
        There is none of that name.
    """
    match strategy.type:
        case "LeastAllocated":
            return least_allocated
        case "MostAllocated":
            return most_allocated
        case "RequestedToCapacityRatio":
            ratio = strategy.requested_to_capacity_ratio
            return partial(requested_to_capacity_ratio, ratio.shape if ratio else ())
        case other:
            raise ValueError(f"scoring strategy {other} is not supported")


def _weighted_mean(scores: Iterable[tuple[int, int]]) -> int:
    total = weights = 0
    for score, weight in scores:
        total, weights = total + score * weight, weights + weight
    return total // weights if weights else 0
