"""Processes by their numbers: in each pid namespace, and as ps(1) lists them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from k8smodels.i18n import _
from k8smodels.isolation.machine import Machine, Seen
from k8smodels.isolation.machine.processes import Process
from k8smodels.views.html import Html, el
from k8smodels.views.isolation.cells import grid, process, unseen

__all__ = ["number_table", "ps_table", "state_word"]


def number_table(
    machine: Machine, names: Mapping[str, int], places: Mapping[str, int], marked: Collection[str] = ()
) -> Html:
    """Each named process, with its number in each pid namespace.

    Parameters
    ----------
    machine
        The machine.
    names
        Processes that are or were there, by name.
    places
        Pid namespaces, by what the reader calls them.
    marked
        Names of processes to point at.
    """
    rows = []
    for name, pid in names.items():
        found = machine.processes.get(pid)
        numbers = (found.pids.get(namespace) if found else None for namespace in places.values())
        rows.append([process(name), *(number or unseen() for number in numbers), state_word(found)])
    on = [position for position, name in enumerate(names) if name in marked]
    return grid([_("process"), *places, _("state")], rows, on)


def state_word(found: Process | None) -> Html:
    """How a process is, as a word with its mark."""
    if found is None:
        return el("span", el("b", _("gone")), class_="v no")
    if found.state == "Z" or found.status is not None:
        return el("span", el("b", _("zombie")), class_="v wait")
    return el("span", el("b", _("runs")), class_="v ok")


def ps_table(seen: Sequence[Seen]) -> Html:
    """What ``ps -o pid,ppid,stat,comm`` prints; zombies are marked."""
    rows = [(line.pid, line.parent, line.state, _command(line)) for line in seen]
    on = [position for position, line in enumerate(seen) if line.state == "Z"]
    return grid(["PID", "PPID", "STAT", "COMMAND"], rows, on)


def _command(line: Seen) -> Html:
    return process(f"{line.command} <defunct>" if line.state == "Z" else line.command)
