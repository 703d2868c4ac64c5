"""A file tree, and where a process's root and working directory stand in it."""

from __future__ import annotations

from collections.abc import Iterator

from k8smodels.i18n import _
from k8smodels.isolation.machine import Directory, Machine
from k8smodels.isolation.machine.files import child_path
from k8smodels.isolation.machine.membership import tree_root
from k8smodels.isolation.machine.paths import covered, entry_at
from k8smodels.isolation.machine.processes import Location, Process
from k8smodels.isolation.machine.tree import names_at
from k8smodels.views.html import Html, el, join

__all__ = ["tree_text"]

DEEPEST = 6
"""Directories below this depth are not drawn."""


def tree_text(machine: Machine, pid: int) -> Html:
    """The tree that process `pid`'s mount namespace holds, one name a line, with its root and working directory."""
    process = machine.process(pid)
    top = tree_root(machine, process.namespaces["mnt"])
    lines = [join(["/", _marks(process, top)]), *_below(machine, process, top, 1)]
    return el("pre", join(join([line, "\n"]) for line in lines), tabindex="0")


def _below(machine: Machine, process: Process, at: Location, depth: int) -> Iterator[Html]:
    for name in names_at(machine, at) if depth <= DEEPEST else ():
        place = covered(machine, Location(at.mount, child_path(at.path, name)))
        is_directory = isinstance(entry_at(machine, place), Directory)
        is_proc = machine.filesystems[machine.mounts[place.mount].filesystem].pid_namespace is not None
        shown = f"{'  ' * depth}{name}{'/' if is_directory else ''}"
        yield join([shown, _marks(process, place)])
        if is_directory and not is_proc:
            yield from _below(machine, process, place, depth + 1)


def _marks(process: Process, place: Location) -> Html:
    words = [_("root")] * (place == process.root) + [_("working directory")] * (place == process.cwd)
    return join(join(["  ", el("mark", word)]) for word in words)
