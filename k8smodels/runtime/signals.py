"""Signals and what they do to a process.

References
----------
signal(7), pid_namespaces(7), setpgid(2); kernel/signal.c: sig_task_ignored, get_signal
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from k8smodels.i18n import _

NUMBERS: Mapping[str, int] = {
    "SIGHUP": 1,
    "SIGINT": 2,
    "SIGQUIT": 3,
    "SIGILL": 4,
    "SIGTRAP": 5,
    "SIGABRT": 6,
    "SIGBUS": 7,
    "SIGFPE": 8,
    "SIGKILL": 9,
    "SIGUSR1": 10,
    "SIGSEGV": 11,
    "SIGUSR2": 12,
    "SIGPIPE": 13,
    "SIGALRM": 14,
    "SIGTERM": 15,
    "SIGCHLD": 17,
    "SIGCONT": 18,
    "SIGSTOP": 19,
    "SIGTSTP": 20,
    "SIGTTIN": 21,
    "SIGTTOU": 22,
    "SIGURG": 23,
    "SIGXCPU": 24,
    "SIGXFSZ": 25,
    "SIGWINCH": 28,
    "SIGSYS": 31,
}
"""Signals of Linux on x86 and Arm by name."""

_STOPS = frozenset({"SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"})
_STOPS_OF_TERMINAL = _STOPS - {"SIGSTOP"}
_IGNORED = frozenset({"SIGCHLD", "SIGURG", "SIGWINCH"})
_DUMPS_CORE = frozenset("SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGSEGV SIGXCPU SIGXFSZ SIGSYS".split())


class UnknownSignal(ValueError):
    """A name that is no signal."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a signal does.

    Attributes
    ----------
    what
        ``handled``, ``ignored``, ``terminated``, ``core dumped``, ``stopped`` or ``continued``.
    exit_code
        What a shell or a container runtime reports, if the process ends by it: 128 and the signal's number.
    why
        The rule, in a sentence.
    """

    what: str
    exit_code: int | None
    why: str


def number(name: str) -> int:
    """The number of a signal.

    Raises
    ------
    UnknownSignal
        No signal of that name.
    """
    try:
        return NUMBERS[name]
    except KeyError:
        raise UnknownSignal(f"signal: Unsupported value: {name!r}: supported values: {', '.join(NUMBERS)}") from None


def effect(
    name: str,
    *,
    handler: bool = False,
    is_init: bool = False,
    from_inside: bool = False,
    orphaned_group: bool = False,
) -> Effect:
    """What the signal `name` does to a process.

    Parameters
    ----------
    handler
        Whether the process has a handler for it.
    is_init
        Whether it is the first process of its PID namespace.
    from_inside
        Whether the sender is in the same PID namespace, not in one above.
    orphaned_group
        Whether no process of its process group has a parent in another group of the same session, who could continue
        it: so it is with the processes that a runtime starts, and not with the jobs of a shell.

    Examples
    --------
    >>> effect("SIGTERM", is_init=True).what, effect("SIGKILL", is_init=True).exit_code
    ('ignored', 137)
    """
    signal_number, forced = number(name), name in ("SIGKILL", "SIGSTOP")
    if handler and not forced:
        return Effect("handled", None, _("the process has a handler for it"))
    if is_init and forced and from_inside:
        return Effect("ignored", None, _("the first process is safe from its own namespace"))
    if is_init and not forced:
        return Effect("ignored", None, _("the first process gets only signals that it has a handler for"))
    if name in _IGNORED:
        return Effect("ignored", None, _("its default action is to do nothing"))
    if orphaned_group and name in _STOPS_OF_TERMINAL:
        return Effect("ignored", None, _("a terminal does not stop a process group that nobody could continue"))
    if name == "SIGCONT":
        return Effect("continued", None, _("its default action"))
    if name in _STOPS:
        return Effect("stopped", None, _("no process can refuse it") if forced else _("its default action"))
    why = _("no process can refuse it") if forced else _("its default action")
    return Effect("core dumped" if name in _DUMPS_CORE else "terminated", 128 + signal_number, why)
