"""Taking pods away from a node, and waiting until they are gone.

Each pod is evicted by itself: one that its budget holds back is tried again every five seconds, while others go.

References
----------
k8s.io/kubectl/pkg/drain/drain.go: evictPods, deletePods, waitForDelete (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from k8smodels.api.durations import SECOND_NS, format_duration
from k8smodels.api.pod import Pod
from k8smodels.controlplane.kubectl.call import FOREVER_SECONDS, USER, Call
from k8smodels.controlplane.kubectl.disruption import evict
from k8smodels.controlplane.status import StatusError

RETRY_SECONDS = 5.0
POLL_SECONDS = 1.0


@dataclass(slots=True)
class _Leaving:
    """A pod on its way: when it is looked at next, and whether it was told to go."""

    pod: Pod
    at_seconds: float
    told: bool = False


def take_away(call: Call, pods: Sequence[Pod], errors: list[str]) -> Iterator[str]:
    """Evict `pods`, or delete them with ``--disable-eviction``, and wait until they are gone.

    Parameters
    ----------
    call, pods
        The command, and the pods in the order in which they are asked to go.
    errors
        Takes what went wrong.
    """
    cluster = call.cluster
    timeout = call.seconds("timeout")
    end = cluster.seconds + (timeout or FOREVER_SECONDS)
    left = [_Leaving(pod, cluster.seconds) for pod in pods]
    while left:
        left.sort(key=lambda each: each.at_seconds)
        if left[0].at_seconds >= end > cluster.seconds:
            cluster.run(end - cluster.seconds)
        if cluster.seconds >= end:
            errors += [_too_late(each, timeout or FOREVER_SECONDS) for each in left]
            return
        if left[0].at_seconds > cluster.seconds:
            cluster.run(left[0].at_seconds - cluster.seconds)
        for each in [each for each in left if each.at_seconds <= cluster.seconds]:
            yield from _look(call, each, left, errors)


def _look(call: Call, each: _Leaving, left: list[_Leaving], errors: list[str]) -> Iterator[str]:
    """One pod's turn: it is told to go, and looked for."""
    evicting = not call.is_on("disable-eviction")
    if not each.told:
        if evicting:
            yield f"evicting pod {each.pod.metadata.namespace}/{each.pod.name}"
        try:
            _tell(call, each.pod, evicting=evicting)
        except StatusError as error:
            yield from _refused(call, each, left, errors, error)
            return
        each.told = True
    if _is_gone(call, each.pod):
        left.remove(each)
        yield f"pod/{each.pod.name} {'evicted' if evicting else 'deleted'}"
    else:
        each.at_seconds = call.cluster.seconds + POLL_SECONDS


def _tell(call: Call, pod: Pod, *, evicting: bool) -> None:
    asked = call.number("grace-period", -1)
    grace_seconds = None if asked < 0 else asked
    if evicting:
        evict(call, pod, grace_seconds)
    else:
        call.server.delete("Pod", pod.metadata.namespace, pod.name, USER, "drain", grace_seconds=grace_seconds)


def _refused(call: Call, each: _Leaving, left: list[_Leaving], errors: list[str], error: StatusError) -> Iterator[str]:
    """A pod that may not go now is tried again; with any other error it is given up."""
    where = f'error when evicting pods/"{each.pod.name}" -n "{each.pod.metadata.namespace}"'
    if error.code == 429:
        each.at_seconds = call.cluster.seconds + RETRY_SECONDS
        yield f"{where} (will retry after 5s): {error.message}"
        return
    left.remove(each)
    if error.code != 404:
        errors.append(f"{where}: {error.message}")


def _is_gone(call: Call, pod: Pod) -> bool:
    found = call.cluster.store.get("Pod", pod.metadata.namespace, pod.name)
    return found is None or found.metadata.uid != pod.metadata.uid


def _too_late(each: _Leaving, timeout_seconds: float) -> str:
    name, namespace = each.pod.name, each.pod.metadata.namespace
    if each.told:
        return f'error when waiting for pod "{name}" in namespace "{namespace}" to terminate: context deadline exceeded'
    limit = format_duration(round(timeout_seconds * SECOND_NS))
    return f'error when evicting pods/"{name}" -n "{namespace}": global timeout reached: {limit}'
