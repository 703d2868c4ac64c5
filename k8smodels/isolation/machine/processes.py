"""A process: its numbers, its place in the tree, and what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from k8smodels.isolation.machine.namespaces import Kind

State = Literal["S", "T", "Z"]
"""As ps(1) prints it: sleeping or running, stopped, or a zombie that its parent has not waited for."""

CAPABILITIES: frozenset[str] = frozenset(
    {
        "CAP_KILL",
        "CAP_NET_ADMIN",
        "CAP_NET_BIND_SERVICE",
        "CAP_SETUID",
        "CAP_SYS_ADMIN",
        "CAP_SYS_CHROOT",
        "CAP_SYS_TIME",
    }
)
"""The capabilities that some rule here asks for."""


@dataclass(frozen=True, slots=True)
class WaitStatus:
    """How a process ended: with an exit code, or by a signal.

    Attributes
    ----------
    code
        0..255; None if a signal ended it.
    signal
        The signal's number; None if it called exit.
    """

    code: int | None = None
    signal: int | None = None

    @property
    def exit_code(self) -> int:
        """The one number that shells and container runtimes report: 128 and the signal, or the code."""
        return 128 + self.signal if self.signal is not None else self.code or 0


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the file tree: a mount, and a path in the file system that is mounted there."""

    mount: int
    path: str


@dataclass(frozen=True, slots=True)
class Socket:
    """A listening TCP socket; it stays in the network namespace where it was made."""

    net: int
    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Process:
    """A process. Every identity in the model is its number in the first pid namespace.

    Attributes
    ----------
    pid
        Its number in the first pid namespace.
    pids
        Its number in each pid namespace that it is in, from the first to its own.
    parent
        The parent; 0 for the machine's first process.
    command
        What it runs.
    uid
        The user, in the machine's numbers.
    namespaces
        Its namespace of each kind.
    for_children
        The pid and time namespace that its next child will be in.
    root, cwd
        Where ``/`` and relative paths start.
    capabilities
        What it may do in its own user namespace and those below.
    fds
        Open directories, by descriptor.
    handlers
        Signals with a handler: the handler ends the process with that code, or (None) lets it go on.
    ignored
        Signals set to SIG_IGN.
    pending
        Signals that wait until a stopped process continues.
    sockets
        Where it listens.
    cgroup
        Its path in the cgroup tree.
    subreaper
        Whether orphans below it become its children (PR_SET_CHILD_SUBREAPER).
    state, status
        Its state, and how it ended. Number 1 of a pid namespace ends in two steps: until the others there are gone, it
        has a status and is no zombie.
    """

    pid: int
    pids: Mapping[int, int]
    parent: int
    command: str
    uid: int
    namespaces: Mapping[Kind, int]
    for_children: Mapping[Kind, int]
    root: Location
    cwd: Location
    capabilities: frozenset[str] = CAPABILITIES
    fds: Mapping[int, Location] = field(default_factory=dict)
    handlers: Mapping[str, int | None] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    pending: frozenset[str] = frozenset()
    sockets: frozenset[Socket] = frozenset()
    cgroup: str = "/"
    subreaper: bool = False
    state: State = "S"
    status: WaitStatus | None = None
