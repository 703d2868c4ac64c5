"""A node falls silent, and a simulated cluster reacts: what became of it, second by second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.pod import Pod
from k8smodels.controlplane import Cluster, Snapshot, ready_after
from k8smodels.scenes.self_healing import IMAGE, deployment, service

__all__ = ["END", "Loss", "answered", "loss"]

END = 600
"""How many seconds are watched."""
_FAULT_SECONDS = 67.1
_KEYS = ("not-ready", "unreachable")


@dataclass(frozen=True, slots=True)
class Loss:
    """What happened after a node fell silent.

    Attributes
    ----------
    node
        The node.
    fault
        ``crash`` or ``cut``.
    stay, back
        How many seconds its Pods tolerate it, and after how many it is back; None: for ever, never.
    snapshots
        The objects, at each second from the fault on.
    silent, tainted, evicted, replaced
        Seconds until the node was called Unknown, got the taint that evicts, lost its Pod, and another one was made;
        None: never.
    since_renewal
        How old the Lease was at the fault, in seconds.
    """

    node: str
    fault: str
    stay: int | None
    back: int | None
    snapshots: Sequence[Snapshot]
    silent: float | None
    tainted: float | None
    evicted: float | None
    replaced: float | None
    since_renewal: float

    def is_away(self, at: int) -> bool:
        """Whether nobody can reach the node at that second."""
        return self.back is None or at < self.back


@lru_cache(maxsize=64)
def loss(fault: str, stay: int | None, back: int | None, replicas: int = 2, end: int = END) -> Loss:
    """Let the node of the first Pod fall silent, five seconds after it has renewed its Lease.

    Parameters
    ----------
    fault
        ``crash`` or ``cut``.
    stay, back
        See `Loss`.
    replicas
        How many Pods there are; three nodes have room.
    end
        How many seconds are watched.
    """
    cluster = Cluster.of(3, behaviours={IMAGE: ready_after(4)})
    cluster.create(deployment(replicas, **_tolerations(stay), **_probe()))
    cluster.create(service())
    cluster.run(_FAULT_SECONDS)
    node = cluster.pods()[0].spec.node_name
    renewals = cluster.journal.find(component=f"kubelet {node}", kind="Lease", name=node)
    (cluster.failures.crash_node if fault == "crash" else cluster.failures.cut_off_node)(node)
    snapshots = []
    for at in range(end + 1):
        if at == back:
            cluster.failures.restore_node(node)
        snapshots.append(cluster.snapshot())
        cluster.run(1)
    lifecycle, eviction = "node-lifecycle-controller", "taint-eviction-controller"
    return Loss(
        node,
        fault,
        stay,
        back,
        snapshots,
        _first(cluster, lifecycle, "patch status", "Node", "no sign of life"),
        _first(cluster, lifecycle, "patch", "Node", "Ready is"),
        _first(cluster, eviction, "delete", "Pod", ""),
        _first(cluster, "replicaset-controller", "create", "Pod", ""),
        _FAULT_SECONDS - max(each.at_seconds for each in renewals),
    )


def _tolerations(stay: int | None) -> dict[str, object]:
    fixed = {} if stay is None else {"tolerationSeconds": stay}
    same = {"operator": "Exists", "effect": "NoExecute", **fixed}
    return {"tolerations": [{"key": f"node.kubernetes.io/{key}", **same} for key in _KEYS]}


def _probe() -> dict[str, object]:
    probe = {"httpGet": {"port": 80}, "periodSeconds": 1}
    return {"containers": [{"name": "server", "image": IMAGE, "readinessProbe": probe}]}


def _first(cluster: Cluster, component: str, verb: str, kind: str, note: str) -> float | None:
    found = cluster.journal.find(component=component, verb=verb, kind=kind, since_seconds=_FAULT_SECONDS)
    return next((each.at_seconds - _FAULT_SECONDS for each in found if each.note.startswith(note)), None)


def answered(lost: Loss, at: int) -> float:
    """The share of requests that meet a Pod that answers: those to the lost node are lost, too."""
    nodes = {pod.name: pod.spec.node_name for pod in lost.snapshots[at].of(Pod)}
    ready = [
        nodes.get(endpoint.target_ref.name, "")
        for item in lost.snapshots[at].of(EndpointSlice)
        for endpoint in item.endpoints
        if endpoint.conditions.ready and endpoint.target_ref
    ]
    reached = [node for node in ready if not (node == lost.node and lost.is_away(at))]
    return len(reached) / len(ready) if ready else 0.0
