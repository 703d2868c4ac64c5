"""Signals: who may send them, and what they do.

Not modelled: process groups and sessions (each process is its own), real-time signals, masks, core files, a handler of
SIGCHLD when a child ends.

References
----------
signal(7), kill(2), pid_namespaces(7); kernel/signal.c, check_kill_permission, sig_task_ignored, prepare_signal (Linux
6.18)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from k8smodels.i18n import _
from k8smodels.isolation.machine.capabilities import capable
from k8smodels.isolation.machine.errors import refuse
from k8smodels.isolation.machine.life import end
from k8smodels.isolation.machine.machine import Machine
from k8smodels.isolation.machine.namespaces import PidNamespace
from k8smodels.isolation.machine.processes import Process, WaitStatus

Action = Literal["terminate", "stop", "continue", "ignore"]
"""What a signal does to a process that has not said otherwise."""

SIGNALS: Mapping[str, int] = {
    name: number
    for number, name in enumerate(
        "SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM "
        "SIGTERM SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF "
        "SIGWINCH SIGIO SIGPWR SIGSYS".split(),
        start=1,
    )
}
"""The standard signals of x86 and ARM, by name."""

UNSTOPPABLE = ("SIGKILL", "SIGSTOP")
"""Signals that no process can handle or ignore."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether a signal may be sent, and the rule that says so."""

    allowed: bool
    reason: str


def default_action(signal: str) -> Action:
    """What `signal` does by default."""
    if signal in ("SIGCHLD", "SIGURG", "SIGWINCH"):
        return "ignore"
    if signal in ("SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"):
        return "stop"
    return "continue" if signal == "SIGCONT" else "terminate"


def sigaction(
    machine: Machine, pid: int, signal: str, reaction: int | Literal["handle", "ignore", "default"]
) -> Machine:
    """Say what a signal does to process `pid`: run a handler (that exits with a code, or not), nothing, or the default.

    Raises
    ------
    Refused
        EINVAL for an unknown signal, and for SIGKILL and SIGSTOP.
    """
    process = machine.caller(pid)
    _known(signal)
    if signal in UNSTOPPABLE:
        refuse("EINVAL", _("{signal} can be neither handled nor ignored").format(signal=signal))
    if not isinstance(reaction, int) and reaction not in ("handle", "ignore", "default"):
        refuse("EINVAL", _("a signal is handled, ignored, left to its default, or ends the process with a code"))
    handlers = {name: code for name, code in process.handlers.items() if name != signal}
    if isinstance(reaction, int):
        handlers[signal] = reaction & 0xFF
    elif reaction == "handle":
        handlers[signal] = None
    ignored = process.ignored | {signal} if reaction == "ignore" else process.ignored - {signal}
    return machine.with_process(replace(process, handlers=handlers, ignored=ignored))


def can_signal(machine: Machine, sender: int, target: int) -> Permission:
    """Whether process `sender` may signal process `target` (both by their numbers in the first pid namespace)."""
    a, b = machine.process(sender), machine.process(target)
    if a.namespaces["pid"] not in b.pids:
        return Permission(allowed=False, reason=_("the target has no number in the sender's pid namespace"))
    if a.uid == b.uid:
        return Permission(allowed=True, reason=_("both belong to the same user"))
    if capable(machine, a, b.namespaces["user"], "CAP_KILL"):
        return Permission(allowed=True, reason=_("the sender has CAP_KILL in the target's user namespace"))
    return Permission(allowed=False, reason=_("another user's process, and no CAP_KILL in its user namespace"))


def kill(machine: Machine, pid: int, target: int, signal: str | None) -> Machine:
    """kill(2): process `pid` sends a signal to the process that has number `target` *in the sender's pid namespace*.

    Parameters
    ----------
    signal
        Its name; None sends nothing, and only asks whether one could be sent.

    Raises
    ------
    Refused
        ESRCH, EPERM, EINVAL.
    """
    sender = machine.caller(pid)
    if signal is not None:
        _known(signal)
    found = find(machine, sender.namespaces["pid"], target)
    if found is None:
        refuse("ESRCH", _("no process has number {pid} in the sender's pid namespace").format(pid=target))
    permission = can_signal(machine, pid, found.pid)
    if not permission.allowed:
        refuse("EPERM", permission.reason)
    if signal is None or found.status is not None:
        return machine
    return deliver(machine, found.pid, signal, from_above=sender.namespaces["pid"] != found.namespaces["pid"])


def find(machine: Machine, pid_namespace: int, number: int) -> Process | None:
    """The process that has `number` in a pid namespace."""
    return next((found for found in machine.processes.values() if found.pids.get(pid_namespace) == number), None)


def is_ignored(machine: Machine, process: Process, signal: str, from_above: bool) -> str | None:
    """Why a signal does nothing to a process; None if it does something.

    Number 1 of a pid namespace gets only signals that it handles. From a namespace above, SIGKILL and SIGSTOP work too.
    """
    is_init = process.pid == machine.joined(process, PidNamespace).init
    if is_init and signal not in process.handlers and not (from_above and signal in UNSTOPPABLE):
        return _("number 1 of a pid namespace gets only signals that it handles")
    if signal in process.ignored:
        return _("the process ignores it")
    if default_action(signal) == "ignore" and signal not in process.handlers:
        return _("ignored by default")
    return None


def deliver(machine: Machine, pid: int, signal: str, from_above: bool = False) -> Machine:
    """What a signal does to process `pid` once the sender was allowed to send it."""
    process = machine.process(pid)
    if signal == "SIGCONT" and process.state == "T":
        return _continue(machine, process)
    if is_ignored(machine, process, signal, from_above):
        return machine
    if process.state == "T" and signal != "SIGKILL":
        waits = process.pending if default_action(signal) == "stop" else process.pending | {signal}
        return machine.with_process(replace(process, pending=waits))
    return _act(machine, process, signal)


def _act(machine: Machine, process: Process, signal: str) -> Machine:
    if signal in process.handlers:
        code = process.handlers[signal]
        return machine if code is None else end(machine, process.pid, WaitStatus(code=code))
    action = default_action(signal)
    if action == "terminate":
        return end(machine, process.pid, WaitStatus(signal=SIGNALS[signal]))
    return machine.with_process(replace(process, state="T")) if action == "stop" else machine


def _continue(machine: Machine, process: Process) -> Machine:
    awake = machine.with_process(replace(process, state="S", pending=frozenset()))
    for signal in sorted({*process.pending, "SIGCONT"}, key=SIGNALS.__getitem__):
        alive = awake.processes.get(process.pid)
        if alive is not None and alive.status is None and (signal in alive.handlers or signal != "SIGCONT"):
            awake = _act(awake, alive, signal)
    return awake


def _known(signal: str) -> None:
    if signal not in SIGNALS:
        refuse("EINVAL", _("no such signal: {signal}").format(signal=signal))
