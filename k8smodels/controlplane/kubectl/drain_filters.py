"""Which pods of a node ``kubectl drain`` takes away, which it leaves, and which it refuses to touch.

References
----------
k8s.io/kubectl/pkg/drain/filters.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from k8smodels.api.pod import Pod
from k8smodels.controlplane.store import Store

MIRROR = "kubernetes.io/config.mirror"


class Verdict(NamedTuple):
    """What is to be done with a pod.

    Attributes
    ----------
    pod
        The pod.
    goes
        Whether it is evicted.
    warning, error
        What is said about it.
    """

    pod: Pod
    goes: bool
    warning: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the flags of ``drain`` allow."""

    force: bool = False
    ignore_daemon_sets: bool = False
    delete_empty_dir_data: bool = False


def verdict(pod: Pod, allowed: Permissions, store: Store) -> Verdict:
    """What becomes of `pod`: the first filter that keeps it decides; of warnings the last one counts."""
    last = Verdict(pod, goes=True)
    for found in (_daemon_set(pod, allowed, store), _mirror(pod), _local(pod, allowed), _unmanaged(pod, allowed)):
        last = found
        if not found.goes:
            break
    return last


def grouped(messages: Iterable[tuple[str, Pod]]) -> Mapping[str, str]:
    """The pods of each message, as ``default/web, default/db``."""
    pods: dict[str, list[str]] = {}
    for message, pod in messages:
        pods.setdefault(message, []).append(f"{pod.metadata.namespace}/{pod.name}")
    return {message: ", ".join(names) for message, names in pods.items()}


def _daemon_set(pod: Pod, allowed: Permissions, store: Store) -> Verdict:
    """The DaemonSet would make the pod again at once."""
    owner = pod.metadata.controller
    if owner is None or (owner.kind, owner.api_version) != ("DaemonSet", "apps/v1") or pod.is_finished:
        return Verdict(pod, goes=True)
    if store.get("DaemonSet", pod.metadata.namespace, owner.name) is None:
        missing = f'daemonsets.apps "{owner.name}" not found'
        return Verdict(pod, goes=True, warning=missing) if allowed.force else Verdict(pod, goes=False, error=missing)
    if not allowed.ignore_daemon_sets:
        return Verdict(pod, goes=False, error="DaemonSet-managed Pods (use --ignore-daemonsets to ignore)")
    return Verdict(pod, goes=False, warning="ignoring DaemonSet-managed Pods")


def _mirror(pod: Pod) -> Verdict:
    """A static pod belongs to its kubelet: the API server cannot delete it."""
    return Verdict(pod, goes=MIRROR not in pod.metadata.annotations)


def _local(pod: Pod, allowed: Permissions) -> Verdict:
    """An emptyDir goes with its pod."""
    if pod.is_finished or not any("emptyDir" in volume.unknown for volume in pod.spec.volumes):
        return Verdict(pod, goes=True)
    if not allowed.delete_empty_dir_data:
        return Verdict(pod, goes=False, error="Pods with local storage (use --delete-emptydir-data to override)")
    return Verdict(pod, goes=True, warning="deleting Pods with local storage")


def _unmanaged(pod: Pod, allowed: Permissions) -> Verdict:
    """Nobody would make the pod again."""
    if pod.is_finished or pod.metadata.controller is not None:
        return Verdict(pod, goes=True)
    if not allowed.force:
        return Verdict(pod, goes=False, error="Pods that declare no controller (use --force to override)")
    return Verdict(pod, goes=True, warning="deleting Pods that declare no controller")
