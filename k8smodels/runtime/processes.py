"""Processes, their parents, and who collects them when they end.

A process that has ended stays as a zombie until its parent asks for its exit code. A child whose parent has ended goes
to the nearest ancestor that is a subreaper, or else to the first process, of that parent's PID namespace. When the
first process of a namespace ends, the kernel kills and collects all others of it.

Not modelled: threads, process groups, a parent that ignores SIGCHLD.

References
----------
wait(2), prctl(2): PR_SET_CHILD_SUBREAPER, pid_namespaces(7); kernel/exit.c: find_new_reaper;
kernel/pid_namespace.c: zap_pid_ns_processes
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from k8smodels.api.errors import invalid
from k8smodels.i18n import _
from k8smodels.runtime.timeline import Happening

Waits = Literal["none", "own", "all"]
"""Which ended children a process collects: none, those that it started itself, or also those that it adopted."""


@dataclass(frozen=True, slots=True)
class Process:
    """One process.

    Attributes
    ----------
    parent
        Name of its parent; empty for the first process of the machine.
    namespace
        Name of its PID namespace; empty for the machine's.
    waits
        Which ended children it collects.
    subreaper
        Whether orphans among its descendants go to it.
    exit_code
        How it ended; None while it runs.
    adopted
        Whether `parent` is not the process that started it.
    """

    name: str
    parent: str = ""
    namespace: str = ""
    waits: Waits = "own"
    subreaper: bool = False
    exit_code: int | None = None
    adopted: bool = False

    @property
    def is_zombie(self) -> bool:
        """Whether it has ended, and nobody has asked how."""
        return self.exit_code is not None

    def collects(self, child: Process) -> bool:
        """Whether it asks how `child` has ended."""
        return not self.is_zombie and (self.waits == "all" or (self.waits == "own" and not child.adopted))


@dataclass(frozen=True, slots=True)
class Collected:
    """An exit code, and who asked for it; nobody: the kernel."""

    process: str
    exit_code: int
    by: str


@dataclass(frozen=True, slots=True)
class ProcessTree:
    """The processes that there are, zombies too.

    Attributes
    ----------
    processes
        In the order of their start.
    happenings
        What the last change did; all at the same moment.
    collected
        The exit codes that have been asked for so far.
    """

    processes: tuple[Process, ...] = ()
    happenings: tuple[Happening, ...] = ()
    collected: tuple[Collected, ...] = ()

    def process(self, name: str) -> Process:
        """The process of that name.

        Raises
        ------
        FieldError
            There is none.
        """
        found = self.find(name)
        if found is None:
            raise invalid("process", name, f"must be one of {', '.join(item.name for item in self.processes)}")
        return found

    def find(self, name: str) -> Process | None:
        """The process of that name, if there is one."""
        return next((item for item in self.processes if item.name == name), None)

    @property
    def zombies(self) -> tuple[str, ...]:
        """Names of the processes that nobody has collected."""
        return tuple(item.name for item in self.processes if item.is_zombie)

    def is_first(self, process: Process) -> bool:
        """Whether it is process 1 of its namespace: its parent is in another one."""
        parent = self.find(process.parent)
        return parent is None or parent.namespace != process.namespace

    def start(self, process: Process) -> ProcessTree:
        """The tree with a new process.

        Raises
        ------
        FieldError
            The name is taken, or the parent does not run.
        """
        if self.find(process.name):
            raise invalid("process.name", process.name, "must be the name of no other process")
        if process.parent and self.process(process.parent).is_zombie:
            raise invalid("process.parent", process.parent, "must be a process that runs")
        said = Happening(0, process.name, "started", process.parent)
        return ProcessTree((*self.processes, process), (said,), self.collected)

    def exit(self, name: str, exit_code: int = 0, why: str = "") -> ProcessTree:
        """The tree after the process has ended: its children have a new parent, and its own parent may collect it.

        Raises
        ------
        FieldError
            The process does not run.
        """
        process = self.process(name)
        if process.is_zombie:
            raise invalid("process", name, "must be a process that runs")
        tree = _say(replace(self, happenings=()), name, f"exit {exit_code}", why)
        if self.is_first(process):
            tree = _without_the_rest(tree, process)
        return _ended(tree, replace(process, exit_code=exit_code))

    def kill(self, name: str) -> ProcessTree:
        """The tree after SIGKILL from outside of the process' PID namespace."""
        return self.exit(name, 128 + 9, "SIGKILL")


def _without_the_rest(tree: ProcessTree, first: Process) -> ProcessTree:
    """The first process of a namespace ends: the kernel kills and collects the others."""
    for other in [item for item in tree.processes if item.namespace == first.namespace and item.name != first.name]:
        if not other.is_zombie:
            tree = _say(tree, other.name, f"exit {128 + 9}", _("the first process of its PID namespace has ended"))
        tree = _gone(tree, other, 128 + 9 if other.exit_code is None else other.exit_code, "")
    return tree


def _ended(tree: ProcessTree, process: Process) -> ProcessTree:
    """The process has ended: its children find a new parent, and its own may collect it."""
    tree = _with(tree, process)
    for child in [item for item in tree.processes if item.parent == process.name]:
        tree = _adopted(tree, child, process)
    return _collected(tree, process)


def _adopted(tree: ProcessTree, child: Process, lost: Process) -> ProcessTree:
    """A child of a process that has ended goes to its reaper, which collects it if it has ended too."""
    reaper = _reaper(tree, lost)
    child = replace(child, parent=reaper, adopted=True)
    tree = _say(_with(tree, child), child.name, "reparented", _("to {parent}").format(parent=reaper or _("nobody")))
    return _collected(tree, child) if child.is_zombie else tree


def _reaper(tree: ProcessTree, lost: Process) -> str:
    """The nearest running subreaper above `lost` in its namespace, else the first process there."""
    for ancestor in _ancestors(tree, lost):
        if ancestor.namespace == lost.namespace and ancestor.subreaper and not ancestor.is_zombie:
            return ancestor.name
    inside = (item for item in tree.processes if item.namespace == lost.namespace and not item.is_zombie)
    return next((item.name for item in inside if tree.is_first(item)), "")


def _ancestors(tree: ProcessTree, process: Process) -> Iterator[Process]:
    above = tree.find(process.parent)
    while above is not None:
        yield above
        above = tree.find(above.parent)


def _collected(tree: ProcessTree, process: Process) -> ProcessTree:
    """The parent asks how `process` has ended, if it does such things; otherwise there is a zombie."""
    parent = tree.find(process.parent)
    if parent is not None and not parent.collects(process):
        return _say(tree, process.name, "zombie", _("{parent} does not wait for it").format(parent=parent.name))
    return _gone(tree, process, process.exit_code or 0, parent.name if parent else "")


def _gone(tree: ProcessTree, process: Process, exit_code: int, by: str) -> ProcessTree:
    tree = _say(tree, process.name, "collected", _("by {parent}").format(parent=by or _("the kernel")))
    left = tuple(item for item in tree.processes if item.name != process.name)
    return replace(tree, processes=left, collected=(*tree.collected, Collected(process.name, exit_code, by)))


def _with(tree: ProcessTree, changed: Process) -> ProcessTree:
    return replace(tree, processes=tuple(changed if item.name == changed.name else item for item in tree.processes))


def _say(tree: ProcessTree, name: str, what: str, why: str = "") -> ProcessTree:
    return replace(tree, happenings=(*tree.happenings, Happening(0, name, what, why)))
