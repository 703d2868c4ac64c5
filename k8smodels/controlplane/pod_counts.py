"""How many pods of a Deployment there are over time: old and new ones, ready or not, and those that still stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from k8smodels.api.pod import Pod
from k8smodels.api.workload import Deployment, ReplicaSet
from k8smodels.controlplane.cluster import Cluster
from k8smodels.workloads.deployment.revisions import new_replica_set
from k8smodels.workloads.readiness import is_active, is_available, is_ready


@dataclass(frozen=True, slots=True)
class PodCounts:
    """The pods of a Deployment at a moment.

    Attributes
    ----------
    at_seconds
        When; seconds since the first count of the series.
    old
        Pods of earlier templates.
    ready, waiting
        Pods of the present template that are ready, and those that are not.
    available
        Pods of any template that have been ready for `minReadySeconds`.
    stopping
        Pods that are being deleted; none of the counts above has them.
    """

    at_seconds: float
    old: int
    ready: int
    waiting: int
    available: int
    stopping: int

    @property
    def total(self) -> int:
        """All that are not being deleted."""
        return self.old + self.ready + self.waiting


def count_pods(cluster: Cluster, deployment: Deployment, at_seconds: float) -> PodCounts:
    """The pods of `deployment` now; the moment is called `at_seconds`."""
    sets = [item for item in cluster.store.objects("ReplicaSet", deployment.namespace) if isinstance(item, ReplicaSet)]
    own = [item for item in sets if item.metadata.controller_uid == deployment.metadata.uid]
    new = new_replica_set(deployment, own)
    pods = {item.metadata.uid: _owned(cluster, deployment.namespace, item.metadata.uid) for item in own}
    active = [pod for each in pods.values() for pod in each if is_active(pod)]
    ours = [pod for pod in pods[new.metadata.uid] if is_active(pod)] if new else []
    ready, seconds = sum(map(is_ready, ours)), deployment.spec.min_ready_seconds
    return PodCounts(
        at_seconds=round(at_seconds, 3),
        old=len(active) - len(ours),
        ready=ready,
        waiting=len(ours) - ready,
        available=sum(is_available(pod, seconds, cluster.clock.now) for pod in active),
        stopping=sum(pod.is_terminating for each in pods.values() for pod in each),
    )


def _owned(cluster: Cluster, namespace: str, uid: str) -> list[Pod]:
    return [pod for pod in cluster.pods(namespace) if pod.metadata.controller_uid == uid]


def observe(
    cluster: Cluster,
    name: str,
    *,
    until: Callable[[Cluster], bool] = lambda _cluster: False,
    within_seconds: float = 600.0,
    step_seconds: float = 0.25,
) -> tuple[PodCounts, ...]:
    """Let time pass, and count the pods of a Deployment of the namespace ``default`` whenever their numbers change.

    Parameters
    ----------
    name
        The Deployment.
    until
        When to stop.
    within_seconds
        When to stop at the latest.
    step_seconds
        How often to look for what no pod's change tells: that one has been ready for long enough.
    """
    start, counts = cluster.seconds, list[PodCounts]()

    def look(_change: object = None) -> None:
        item = cluster.store.get("Deployment", "default", name)
        if isinstance(item, Deployment):
            found = count_pods(cluster, item, cluster.seconds - start)
            if not counts or _numbers(counts[-1]) != _numbers(found):
                counts.append(found)

    look()
    watch = cluster.store.watch(Pod.kind, "observer", look)
    cluster.run_until(
        lambda each: look() or until(each),  # type: ignore[func-returns-value]
        within_seconds=within_seconds,
        step_seconds=step_seconds,
    )
    watch.stopped = True
    return tuple(counts)


def _numbers(counts: PodCounts) -> tuple[int, ...]:
    return counts.old, counts.ready, counts.waiting, counts.available, counts.stopping
