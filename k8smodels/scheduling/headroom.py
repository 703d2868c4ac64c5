"""How many more pods of one kind a cluster has room for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from k8smodels.api.pod import Pod
from k8smodels.progress import Advance
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.engine import Engine
from k8smodels.scheduling.profile import DEFAULT, Profile

MOST = 10_000
"""Copies tried at most."""


@dataclass(frozen=True, slots=True)
class Headroom:
    """Room for copies of a pod.

    Attributes
    ----------
    count
        How many copies found a node before the first one that did not.
    by_node
        How many of them each node took, by its name; nodes that took none are left out.
    message
        Why the next copy would stay pending, in kube-scheduler's words; empty if the count ran into its limit.
    """

    count: int
    by_node: dict[str, int]
    message: str


def headroom(
    pod: Pod, cluster: Cluster, profile: Profile = DEFAULT, *, most: int = MOST, advance: Advance | None = None
) -> Headroom:
    """Place copies of `pod` one after another until one stays pending.

    Parameters
    ----------
    pod
        The pod; the copies are named ``NAME-1``, ``NAME-2``, ...
    cluster, profile
        As for `schedule`. Nobody is evicted.
    most
        How many copies to try.
    advance
        Told after each copy, for a progress bar.

    Examples
    --------
    >>> from k8smodels.api.node import node
    >>> from k8smodels.api.pod import pod
    >>> room = headroom(pod("web", requests={"cpu": "1"}), Cluster.of([node("n1", cpu="2"), node("n2", cpu="3500m")]))
    >>> room.count, room.by_node
    (5, {'n1': 2, 'n2': 3})
    """
    engine = Engine(cluster, profile)
    by_node: dict[str, int] = {}
    for i in range(1, most + 1):
        copy = replace(pod, metadata=replace(pod.metadata, name=f"{pod.name}-{i}"))
        (placed,) = engine.place([copy])
        if placed.node is None:
            return Headroom(i - 1, dict(sorted(by_node.items())), placed.message)
        by_node[placed.node] = by_node.get(placed.node, 0) + 1
        if advance is not None:
            advance(1)
    return Headroom(most, dict(sorted(by_node.items())), "")
