"""A list of system calls, made one after another: what each one did, and what its process sees then.

References
----------
The same lists are run on a real kernel by ``tests/reality``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, signature
from types import NoneType
from typing import Any

from k8smodels.i18n import _
from k8smodels.isolation.machine import capabilities, life, membership, mounts, paths, resources, roots, signals, tree
from k8smodels.isolation.machine.errors import Refused, refuse
from k8smodels.isolation.machine.machine import Machine
from k8smodels.isolation.machine.namespaces import KINDS, Kind
from k8smodels.isolation.machine.processes import Process

Argument = str | int | bool | None
"""What a call may be given."""


@dataclass(frozen=True, slots=True)
class Call:
    """One system call.

    Attributes
    ----------
    process
        Who makes it, by its name in the script; ``init`` is the machine's first process.
    name
        A name in `CALLS`.
    args
        Its arguments. Where a call speaks of another process, that is a name too.
    """

    process: str
    name: str
    args: tuple[Argument, ...] = ()

    def __str__(self) -> str:
        return f"{self.process}: {self.name}({', '.join(map(repr, self.args))})"


@dataclass(frozen=True, slots=True)
class Scene:
    """A machine whose processes have names.

    Attributes
    ----------
    machine
        The machine.
    names
        The number of each named process in the first pid namespace.
    """

    machine: Machine
    names: Mapping[str, int]

    def pid(self, name: str) -> int:
        """The number of a named process; ESRCH if no process was ever given that name."""
        return self.names.get(name) or refuse("ESRCH", _("no process is called {name}").format(name=name))


@dataclass(frozen=True, slots=True)
class Step:
    """What one call did.

    Attributes
    ----------
    call
        The call.
    scene
        How things are after it.
    answer
        What it returned, if anything.
    refused
        Why it failed; None if it did not.
    """

    call: Call
    scene: Scene
    answer: Any = None
    refused: Refused | None = None

    @property
    def listing(self) -> tuple[str, ...]:
        """The names in ``/`` as the calling process sees it now; nothing if it has ended or is stopped."""
        process = self._caller
        return tree.names_at(self.scene.machine, process.root) if process else ()

    @property
    def cwd(self) -> str:
        """The calling process's working directory as it would call it; empty if it has ended or is stopped."""
        process = self._caller
        return paths.shown_path(self.scene.machine, process, process.cwd) if process else ""

    @property
    def _caller(self) -> Process | None:
        process = self.scene.machine.processes.get(self.scene.names.get(self.call.process, 0))
        return process if process and process.state == "S" and process.status is None else None


def run(machine: Machine, calls: Sequence[Call], names: Mapping[str, int] | None = None) -> tuple[Step, ...]:
    """Make the calls in turn. A refused call changes nothing, and the script goes on.

    Raises
    ------
    Panic
        If the machine's first process ends: there is no machine after that.
    """
    scene, steps = Scene(machine, {"init": 1, **(names or {})}), []
    for call in calls:
        step = make(scene, call)
        scene = step.scene
        steps.append(step)
    return tuple(steps)


def make(scene: Scene, call: Call) -> Step:
    """Make one call."""
    try:
        after, answer = _perform(scene, call)
    except Refused as refused:
        return Step(call, scene, refused=refused)
    return Step(call, after, answer)


def _perform(scene: Scene, call: Call) -> tuple[Scene, Any]:
    machine, pid, args = scene.machine, scene.pid(call.process), call.args
    machine.caller(pid)
    _check_arguments(call)
    if call.name in PLAIN:
        return Scene(PLAIN[call.name](machine, pid, *args), scene.names), None
    if call.name in ANSWERING:
        after, answer = ANSWERING[call.name](machine, pid, *args)
        return Scene(after, scene.names), answer
    if call.name in QUESTIONS:
        return scene, QUESTIONS[call.name](machine, pid, *args)
    return NAMING[call.name](scene, pid, *args), None


def _check_arguments(call: Call) -> None:
    """Refuse what a script's author may have mistyped, before the call stumbles over it."""
    function = CALLS.get(call.name) or refuse("ENOSYS", _("no such call: {name}").format(name=call.name))
    parameters = signature(function)
    try:
        given = parameters.bind(None, None, *call.args).arguments
    except TypeError as mismatch:
        raise Refused("EINVAL", _("wrong arguments: {why}").format(why=mismatch)) from None
    for name, value in list(given.items())[2:]:
        wanted = parameters.parameters[name]
        values = value if wanted.kind is Parameter.VAR_POSITIONAL else (value,)
        if not all(type(each) in _TYPES.get(wanted.annotation, (str, int, NoneType)) for each in values):
            refuse("EINVAL", _("{name} must be of type {type}").format(name=name, type=wanted.annotation))


def _fork(scene: Scene, pid: int, child: str, *kinds: Kind) -> Scene:
    machine, number = life.clone(scene.machine, pid, *kinds, command=child)
    return Scene(machine, {**scene.names, child: number})


def _kill(scene: Scene, pid: int, target: str, signal: str | None) -> Scene:
    """The sender names the target by the number that it has in the sender's pid namespace."""
    seen_in = scene.machine.caller(pid).namespaces["pid"]
    found = scene.machine.processes.get(scene.pid(target))
    number = found.pids.get(seen_in, 0) if found else 0
    return Scene(signals.kill(scene.machine, pid, number, signal), scene.names)


def _setns(scene: Scene, pid: int, target: str, kind: Kind) -> Scene:
    if kind not in KINDS:
        refuse("EINVAL", _("no such kind of namespace: {kinds}").format(kinds=kind))
    process = scene.machine.processes.get(scene.names.get(target, 0))
    if process is None or (process.status is not None and kind not in ("user", "pid")):
        refuse("ENOENT", _("{name} has ended: /proc shows no such namespace of it").format(name=target))
    namespace = process.namespaces[kind]
    return Scene(membership.setns(scene.machine, pid, namespace), scene.names)


def _write_uid_map(scene: Scene, pid: int, target: str, inside: int, outside: int, count: int) -> Scene:
    if scene.names.get(target) not in scene.machine.processes:
        refuse("ENOENT", _("{name} has ended: /proc shows nothing of it").format(name=target))
    machine = capabilities.write_uid_map(scene.machine, pid, scene.pid(target), inside, outside, count)
    return Scene(machine, scene.names)


def _connect(machine: Machine, pid: int, address: str, port: int) -> str:
    return machine.process(resources.connect(machine, pid, address, port)).command


PLAIN: Mapping[str, Callable[..., Machine]] = {
    "mkdir": tree.mkdir,
    "symlink": tree.symlink,
    "write": tree.write,
    "close": tree.close,
    "chdir": roots.chdir,
    "fchdir": roots.fchdir,
    "chroot": roots.chroot,
    "pivot_root": roots.pivot_root,
    "mount": mounts.mount,
    "bind": mounts.bind,
    "umount": mounts.umount,
    "unshare": membership.unshare,
    "setuid": capabilities.setuid,
    "drop_capabilities": capabilities.drop_capabilities,
    "execve": life.execve,
    "exit": life.exit_process,
    "set_child_subreaper": life.set_child_subreaper,
    "sigaction": signals.sigaction,
    "sethostname": resources.sethostname,
    "msgget": resources.msgget,
    "link_up": resources.link_up,
    "listen": resources.listen,
    "enter_cgroup": resources.enter_cgroup,
    "shift_clocks": resources.shift_clocks,
}
"""Calls that change the machine and return nothing else."""

ANSWERING: Mapping[str, Callable[..., tuple[Machine, Any]]] = {
    "open_directory": tree.open_directory,
    "wait": life.wait,
}
"""Calls that do both."""

QUESTIONS: Mapping[str, Callable[..., Any]] = {
    "listdir": tree.listdir,
    "read": tree.read,
    "hostname": resources.hostname,
    "uptime": resources.uptime,
    "user_id": capabilities.user_id,
    "ipc_keys": resources.ipc_keys,
    "connect": _connect,
}
"""Calls that only ask."""

NAMING: Mapping[str, Callable[..., Scene]] = {
    "fork": _fork,
    "kill": _kill,
    "setns": _setns,
    "write_uid_map": _write_uid_map,
}
"""Calls that speak of a process by its name."""

CALLS: Mapping[str, Callable[..., Any]] = {**PLAIN, **ANSWERING, **QUESTIONS, **NAMING}
"""All names that a `Call` may have."""

_TYPES: Mapping[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "bool": (bool,), "Kind": (str,)}
