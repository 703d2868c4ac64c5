"""The diagnosis of the chapter on a container's life: what ``kubectl describe pod`` shows, and what it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.api.container_status import ContainerState, ContainerStateTerminated, ContainerStateWaiting
from k8smodels.api.pod import ContainerStatus
from k8smodels.explore import Task
from k8smodels.i18n import _
from k8smodels.runtime import explain_exit_code
from k8smodels.scenes.diagnosis import Case, cause_and_remedy
from k8smodels.scenes.dice import dice_of
from k8smodels.views.html import el
from k8smodels.views.runtime import described_status, event_lines

__all__ = ["diagnose"]

_BACK_OFF = ("Warning", "BackOff", "Back-off restarting failed container main in pod web_default(5f0c)")


def diagnose(seed: int) -> Task:
    """Show a status with its events, and ask for the cause and the first thing to do."""
    dice = dice_of(seed)
    cases = _cases(dice.choice([2, 4, 5, 7]))
    case = cases[seed % len(cases)]
    hints = [
        _("CrashLoopBackOff says only that it waits. Why it ended stands under Last State."),
        _("137 alone does not tell memory from a grace period that is over: the reason and the events do."),
    ]
    return cause_and_remedy(
        el("pre", case.text, tabindex="0"), case, cases, dice, hints, asks=_("What do you do first?")
    )


def _cases(restarts: int) -> tuple[Case, ...]:
    clue = _("Read Last State first: its reason and its exit code. Then ask the events who wanted it to stop.")
    killing = ("Normal", "Killing", "Container main failed liveness probe, will be restarted")
    unhealthy = ("Warning", "Unhealthy", 'Liveness probe failed: Get "http://10.88.0.3:8080/healthz": EOF')
    pulling = (
        ("Warning", "Failed", 'Failed to pull image "web:1": not found'),
        ("Warning", "Failed", "Error: ErrImagePull"),
        ("Normal", "BackOff", 'Back-off pulling image "web:1"'),
    )
    return (
        Case(
            _shown(restarts, 137, [_BACK_OFF], oom_killed=True),
            _("The program used more memory than its limit."),
            _("Find out what it needs; raise the limit or lower the use."),
            clue,
        ),
        Case(
            _shown(restarts, 137, [unhealthy, killing]),
            _("The liveness probe failed, and the program did not end by SIGTERM."),
            _("Find out why it hangs; give it a handler for SIGTERM."),
            clue,
        ),
        Case(
            _shown(restarts, 143, [unhealthy, killing]),
            _("The liveness probe failed, and SIGTERM ended the program."),
            _("Find out why the probe failed: `kubectl logs --previous`, and the probe's settings."),
            clue,
        ),
        Case(
            _waits("ImagePullBackOff", pulling),
            _("The container has never started: its image cannot be had."),
            _("Check the image's name, its tag and the right to pull it."),
            clue,
        ),
        Case(
            _shown(restarts, 0, [_BACK_OFF]),
            _("The first process ends well, and the container with it."),
            _("Keep the server in the foreground, as the first process."),
            clue,
        ),
        Case(
            _shown(restarts, 127, [_BACK_OFF]),
            _("The shell in the container does not find the command."),
            _("Compare the command with the files in the image."),
            clue,
        ),
    )


def _shown(restarts: int, code: int, events: Sequence[Sequence[str]], *, oom_killed: bool = False) -> str:
    reason = explain_exit_code(code, oom_killed=oom_killed).reason
    status = ContainerStatus(
        state=ContainerState(waiting=ContainerStateWaiting(reason="CrashLoopBackOff")),
        last_state=ContainerState(terminated=ContainerStateTerminated(exit_code=code, reason=reason)),
        restart_count=restarts,
    )
    return f"{described_status(status)}\n{event_lines(events)}"


def _waits(reason: str, events: Sequence[Sequence[str]]) -> str:
    status = ContainerStatus(state=ContainerState(waiting=ContainerStateWaiting(reason=reason)))
    return f"{described_status(status)}\n{event_lines(events)}"
