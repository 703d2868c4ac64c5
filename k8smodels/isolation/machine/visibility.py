"""What a process sees of the others.

References
----------
pid_namespaces(7), proc(5), user_namespaces(7)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from k8smodels.isolation.machine.errors import refuse
from k8smodels.isolation.machine.machine import Machine
from k8smodels.isolation.machine.namespaces import KINDS, Kind, UserNamespace
from k8smodels.isolation.machine.paths import filesystem_at, resolve
from k8smodels.isolation.machine.processes import State


@dataclass(frozen=True, slots=True)
class Seen:
    """A line of ps(1).

    Attributes
    ----------
    pid, parent
        Numbers in the pid namespace that is looked at; the parent is 0 if it is outside.
    uid
        The user, in the observer's user namespace.
    state, command
        Its state and program.
    """

    pid: int
    parent: int
    uid: int
    state: State
    command: str


def visible(machine: Machine, observer: int) -> tuple[Seen, ...]:
    """The processes that have a number in the observer's pid namespace: those in it and in the namespaces below."""
    return _processes(machine, observer, machine.process(observer).namespaces["pid"])


def ps(machine: Machine, observer: int) -> tuple[Seen, ...]:
    """What ps(1) prints: it reads ``/proc``, so it shows the namespace for which *that* proc was mounted.

    Raises
    ------
    Refused
        ENOENT if no proc is mounted at ``/proc`` in the observer's tree.
    """
    filesystem = filesystem_at(machine, resolve(machine, observer, "/proc").location)
    if filesystem.pid_namespace is None:
        refuse("ENOENT", "/proc")
    return _processes(machine, observer, filesystem.pid_namespace)


def same_view(machine: Machine, a: int, b: int) -> Mapping[Kind, bool]:
    """Which of the eight namespaces two processes share."""
    first, second = machine.process(a).namespaces, machine.process(b).namespaces
    return {kind: first[kind] == second[kind] for kind in KINDS}


def _processes(machine: Machine, observer: int, namespace: int) -> tuple[Seen, ...]:
    users = machine.joined(machine.process(observer), UserNamespace)
    seen = []
    for process in machine.processes.values():
        parent = machine.processes.get(process.parent)
        if namespace in process.pids:
            above = parent.pids.get(namespace, 0) if parent else 0
            line = Seen(process.pids[namespace], above, users.inside(process.uid), process.state, process.command)
            seen.append(line)
    return tuple(sorted(seen, key=lambda line: line.pid))
