"""A process's life: fork, execve, exit, wait.

References
----------
fork(2), clone(2), execve(2), _exit(2), wait(2), prctl(2) PR_SET_CHILD_SUBREAPER, pid_namespaces(7);
kernel/fork.c, copy_process; kernel/pid.c, alloc_pid; kernel/exit.c, find_new_reaper;
kernel/pid_namespace.c, zap_pid_ns_processes (Linux 6.18)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from k8smodels.i18n import _
from k8smodels.isolation.machine.capabilities import after_execve
from k8smodels.isolation.machine.errors import Panic, refuse
from k8smodels.isolation.machine.machine import Machine
from k8smodels.isolation.machine.membership import pid_chain, unshare
from k8smodels.isolation.machine.namespaces import Kind, PidNamespace
from k8smodels.isolation.machine.processes import Process, WaitStatus

PROCESS_LIMIT = 4096
"""The most processes of a machine here; the kernel's own limit is ``/proc/sys/kernel/threads-max``."""

SIGKILL = 9


@dataclass(frozen=True, slots=True)
class Ended:
    """What wait(2) tells a parent: the child's number as the parent sees it, and how it ended."""

    pid: int
    status: WaitStatus


def fork(machine: Machine, pid: int, command: str | None = None) -> tuple[Machine, int]:
    """Make a copy of process `pid`; returns the machine and the child.

    The child is in its parent's namespaces, save for a pid or time namespace that the parent unshared or joined. It
    gets a number in its pid namespace and in each around it; the first one in a namespace gets 1.

    Raises
    ------
    Refused
        ENOMEM if the pid namespace's number 1 has ended, EAGAIN at the limit of processes.
    """
    parent = machine.caller(pid)
    if len(machine.processes) >= PROCESS_LIMIT:
        refuse("EAGAIN", _("the machine has {limit} processes").format(limit=PROCESS_LIMIT))
    own = parent.for_children["pid"]
    if cast("PidNamespace", machine.namespaces[own]).ended:
        refuse("ENOMEM", _("number 1 of pid namespace {namespace} has ended").format(namespace=own))
    numbers = {namespace: _last_pid(machine, namespace) + 1 for namespace in pid_chain(machine, own)}
    number = next(iter(numbers.values()))
    child = replace(
        parent, pid=number, pids=numbers, parent=parent.pid, command=command or parent.command, pending=frozenset(),
        namespaces={**parent.namespaces, **parent.for_children}, sockets=frozenset(), subreaper=False,
    )  # fmt: skip
    changed = machine.with_process(child)
    for namespace, given in numbers.items():
        found = cast("PidNamespace", changed.namespaces[namespace])
        changed = changed.with_namespace(replace(found, last_pid=given, init=found.init or number))
    return changed, number


def clone(machine: Machine, pid: int, *kinds: Kind, command: str | None = None) -> tuple[Machine, int]:
    """fork(2) whose child starts in new namespaces, while the parent stays where it is (``CLONE_NEW...``)."""
    parent = machine.caller(pid)
    changed, child = fork(unshare(machine, pid, *kinds), pid, command)
    return changed.with_process(parent), child


def execve(machine: Machine, pid: int, command: str) -> Machine:
    """Run another program in process `pid`: handlers are forgotten, ignored signals stay ignored."""
    process = machine.caller(pid)
    kept = after_execve(machine, process)
    return machine.with_process(replace(process, command=command, handlers={}, capabilities=kept))


def exit_process(machine: Machine, pid: int, code: int = 0) -> Machine:
    """_exit(2): end with the low 8 bits of `code`.

    Raises
    ------
    Panic
        If it is the machine's first process.
    """
    machine.caller(pid)
    return end(machine, pid, WaitStatus(code=code & 0xFF))


def end(machine: Machine, pid: int, status: WaitStatus) -> Machine:
    """What happens when a process ends, by itself or by a signal.

    It stays as a zombie until its parent waits (or vanishes at once if the parent ignores SIGCHLD). Its children get
    a new parent: the nearest subreaper above in the same pid namespace, else the namespace's number 1. If it *is*
    number 1, every process in the namespace is killed, no other can be made, and its own end waits until they are gone.
    """
    process = machine.process(pid)
    if process.parent == 0:
        raise Panic
    own = machine.joined(process, PidNamespace)
    changed = _kill_all(machine, own, pid) if own.init == pid else _reparent(machine, process)
    return _bury(changed.with_process(_ended(process, status)))


def wait(machine: Machine, pid: int) -> tuple[Machine, Ended | None]:
    """wait(2) with WNOHANG: take one ended child away, the oldest number first; None if none has ended yet.

    Raises
    ------
    Refused
        ECHILD without children.
    """
    parent = machine.caller(pid)
    children = [child for child in machine.processes.values() if child.parent == pid]
    if not children:
        refuse("ECHILD", _("process {pid} has no children").format(pid=pid))
    for child in sorted(children, key=lambda child: child.pid):
        if child.state == "Z" and child.status is not None:
            seen = child.pids[parent.namespaces["pid"]]
            return _bury(machine.without_process(child.pid)), Ended(seen, child.status)
    return machine, None


def set_child_subreaper(machine: Machine, pid: int, on: bool = True) -> Machine:
    """prctl(2) PR_SET_CHILD_SUBREAPER: be the new parent of orphans below, as a container's shim is."""
    return machine.with_process(replace(machine.caller(pid), subreaper=on))


def _last_pid(machine: Machine, namespace: int) -> int:
    return cast("PidNamespace", machine.namespaces[namespace]).last_pid


def _reaper(machine: Machine, process: Process) -> int:
    """Who becomes the parent of `process`'s children."""
    own = machine.joined(process, PidNamespace)
    above = machine.processes.get(process.parent)
    while above is not None and len(above.pids) == len(process.pids):
        if above.subreaper and above.status is None:
            return above.pid
        above = machine.processes.get(above.parent)
    return own.init or 1


def _reparent(machine: Machine, process: Process) -> Machine:
    reaper = _reaper(machine, process)
    orphans = [child for child in machine.processes.values() if child.parent == process.pid]
    changed = machine.with_process(*(replace(orphan, parent=reaper) for orphan in orphans))
    for orphan in orphans:
        if orphan.state == "Z":
            changed = _notify(changed, changed.process(orphan.pid))
    return changed


def _kill_all(machine: Machine, namespace: PidNamespace, init: int) -> Machine:
    """Number 1 ends: SIGKILL for all others. Only a parent outside of the namespace is left to wait for one of them."""
    doomed = [process for process in machine.processes.values() if namespace.id in process.pids and process.pid != init]
    gone = {process.pid for process in doomed}
    changed = machine
    for process in doomed:
        own = machine.joined(process, PidNamespace)
        changed = changed.with_namespace(replace(own, ended=own.ended or own.init == process.pid))
    changed = changed.without_process(*gone).with_namespace(replace(namespace, ended=True))
    left = (process for process in doomed if process.parent not in {*gone, init})
    return changed.with_process(*(_ended(process, process.status or WaitStatus(signal=SIGKILL)) for process in left))


def _ended(process: Process, status: WaitStatus) -> Process:
    """A process that has let go of all it held, and is no zombie yet."""
    return replace(process, state="S", status=status, sockets=frozenset(), pending=frozenset(), fds={})


def _bury(machine: Machine) -> Machine:
    """Make zombies of what has ended, or nothing where the parent ignores SIGCHLD; number 1 is the last to go."""
    changed = machine
    for process in sorted(machine.processes.values(), key=lambda process: -len(process.pids)):
        if process.status is not None and process.state != "Z" and not _waits_for_others(changed, process):
            changed = _notify(changed.with_process(replace(process, state="Z")), process)
    return changed


def _waits_for_others(machine: Machine, process: Process) -> bool:
    own = machine.joined(process, PidNamespace)
    others = (each for each in machine.processes.values() if each.pid != process.pid)
    return own.init == process.pid and any(own.id in each.pids for each in others)


def _notify(machine: Machine, dead: Process) -> Machine:
    """SIGCHLD: a parent that ignores it need not wait."""
    parent = machine.processes.get(dead.parent)
    return machine.without_process(dead.pid) if parent and "SIGCHLD" in parent.ignored else machine
