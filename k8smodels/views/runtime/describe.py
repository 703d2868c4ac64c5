"""A container's status and a pod's events as ``kubectl describe pod`` prints them.

References
----------
staging/src/k8s.io/kubectl/pkg/describe/describe.go: describeContainerState, describeStatus, DescribeEvents (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k8smodels.api.container_status import ContainerState
from k8smodels.api.pod import ContainerStatus
from k8smodels.views.text import columns

__all__ = ["described_status", "event_lines"]


def described_status(status: ContainerStatus) -> str:
    """The lines on `status`, from its state to its count of restarts, without times and identifiers."""
    lines = _state("State", status.state)
    if status.last_state.terminated is not None:
        lines += _state("Last State", status.last_state)
    lines += [("Ready", str(status.ready)), ("Restart Count", str(status.restart_count))]
    return "\n".join(f"    {name + ':':<16}{value}".rstrip() for name, value in lines)


def _state(title: str, state: ContainerState) -> list[tuple[str, str]]:
    if state.running is not None:
        return [(title, "Running")]
    ended = state.terminated
    if ended is not None:
        reason = [("  Reason", ended.reason)] if ended.reason else []
        return [(title, "Terminated"), *reason, ("  Exit Code", str(ended.exit_code))]
    reasons = [("  Reason", state.waiting.reason)] if state.waiting and state.waiting.reason else []
    return [(title, "Waiting"), *reasons]


def event_lines(events: Iterable[Sequence[str]]) -> str:
    """The events, each as type, reason and message, all from the kubelet."""
    rows = [[kind, reason, "kubelet", message] for kind, reason, message in events]
    head = ["Type", "Reason", "From", "Message"]
    table = columns(head, [["-" * len(name) for name in head], *rows])
    return "Events:\n" + "\n".join(f"  {line}" for line in table.splitlines())
