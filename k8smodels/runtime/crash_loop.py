"""A container that fails again and again: its restarts over time.

References
----------
pkg/kubelet/kuberuntime/kuberuntime_manager.go: doBackOff (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from k8smodels.api.durations import SECOND_NS, format_duration
from k8smodels.i18n import _
from k8smodels.runtime.backoff import DEFAULT_BACKOFF, Backoff, BackoffSettings
from k8smodels.runtime.timeline import Happening, seconds


@dataclass(frozen=True, slots=True)
class Restart:
    """One exit of the container and the restart after it.

    Attributes
    ----------
    exited_ns, restarted_ns
        Nanoseconds since the first start.
    message
        Why the container waited, as its status says it; empty if it did not wait.
    """

    exited_ns: int
    restarted_ns: int
    message: str

    @property
    def waited_ns(self) -> int:
        """The time between exit and restart."""
        return self.restarted_ns - self.exited_ns


def crash_loop(
    runs_for_seconds: Iterable[float],
    settings: BackoffSettings = DEFAULT_BACKOFF,
    *,
    container: str = "main",
    pod: str = "web_default(0001)",
    sync_every_seconds: float = 1,
) -> tuple[Restart, ...]:
    """The restarts of a container whose runs last so long and then fail.

    Parameters
    ----------
    runs_for_seconds
        How long each run lasts.
    sync_every_seconds
        How often the kubelet looks. A real one wakes up when the wait ends and is later by a second or two, up to half
        of the wait on a busy node.

    Examples
    --------
    >>> [round(restart.waited_ns / 1e9) for restart in crash_loop([0] * 8)]
    [0, 10, 20, 40, 80, 160, 300, 300]
    """
    sync_ns = max(1, round(sync_every_seconds * SECOND_NS))
    backoff, now_ns, restarts = Backoff(settings), 0, list[Restart]()
    for run_seconds in runs_for_seconds:
        exited_ns = now_ns + round(run_seconds * SECOND_NS)
        now_ns, message = exited_ns, ""
        if backoff.waits(exited_ns, now_ns):
            now_ns += -(-backoff.delay_ns // sync_ns) * sync_ns
            message = backoff.message(container, pod)
        backoff = backoff.restarted(exited_ns, now_ns)
        restarts.append(Restart(exited_ns, now_ns, message))
    return tuple(restarts)


def crash_loop_timeline(restarts: Sequence[Restart], *, container: str = "main") -> tuple[Happening, ...]:
    """The same as a list of happenings; time counts from the first start."""
    return (Happening(0, container, "started"), *(item for restart in restarts for item in _of(restart, container)))


def _of(restart: Restart, container: str) -> Iterator[Happening]:
    yield Happening(seconds(restart.exited_ns), container, "exited")
    why = _("the first failure, or one after a long run, does not wait")
    if restart.message:
        yield Happening(seconds(restart.exited_ns), container, "CrashLoopBackOff", restart.message)
        why = _("{wait} after the exit").format(wait=format_duration(restart.waited_ns))
    yield Happening(seconds(restart.restarted_ns), container, "started", why)
