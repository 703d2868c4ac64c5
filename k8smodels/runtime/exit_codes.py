"""What an exit code of a container tells.

References
----------
containerd: internal/cri/server/helpers.go (errorStartExitCode, unknownExitCode, reasons);
pkg/kubelet/kubelet_pods.go: convertToAPIContainerStatuses (v1.37); the POSIX shell's exit status
"""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.api.errors import invalid
from k8smodels.i18n import _
from k8smodels.runtime.signals import NUMBERS

START_ERROR, UNKNOWN = 128, 255
"""Codes of a container that could not be started, and of one whose end the runtime has missed."""

_NAMES = {number: name for name, number in NUMBERS.items()}


@dataclass(frozen=True, slots=True)
class ExitCode:
    """An exit code explained.

    Attributes
    ----------
    reason
        The reason in the container's status.
    signal
        The signal that the process most likely died of; empty if none. A program can also choose such a code itself.
    meaning
        What it means, in a sentence.
    """

    code: int
    reason: str
    signal: str
    meaning: str


def explain_exit_code(code: int, *, oom_killed: bool = False) -> ExitCode:
    """The meaning of `code`.

    Parameters
    ----------
    oom_killed
        Whether the kernel killed a process of the container for memory, as the runtime learns from the cgroup.

    Raises
    ------
    FieldError
        A code that a process cannot have.

    Examples
    --------
    >>> explain_exit_code(143).signal
    'SIGTERM'
    """
    if not 0 <= code <= 255:
        raise invalid("exitCode", code, "must be between 0 and 255, inclusive")
    signal = _NAMES.get(code - 128, "") if code > 128 else ""
    return ExitCode(code, termination_reason(code, oom_killed=oom_killed), signal, _meaning(code, signal, oom_killed))


def termination_reason(code: int, *, oom_killed: bool = False) -> str:
    """The reason that containerd gives to a container that has run and ended."""
    if oom_killed:
        return "OOMKilled"
    return "Error" if code else "Completed"


def _meaning(code: int, signal: str, oom_killed: bool) -> str:
    if oom_killed:
        return _("the kernel killed a process of the container, for it used more memory than its limit")
    if signal == "SIGKILL":
        return _("killed: the grace period was over, or somebody sent SIGKILL")
    if signal:
        return _("ended by {signal}: 128 + {number}").format(signal=signal, number=code - 128)
    known = {
        0: _("ended well"),
        126: _("a shell found the command, but could not run it"),
        127: _("a shell did not find the command"),
        START_ERROR: _("the runtime could not start the container (reason StartError), or the program chose this code"),
        UNKNOWN: _(
            "the runtime does not know how the container ended (reason Unknown), or the program chose this code"
        ),
    }
    return known.get(code, _("the program's own code"))
