"""What the containers of a pod see, side by side, and whose namespaces they are in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8smodels.api.errors import InvalidObject
from k8smodels.i18n import _
from k8smodels.isolation.machine import can_signal, user_id
from k8smodels.isolation.machine.namespaces import KINDS
from k8smodels.pods import ContainerNamespaces, Membership, RunningPod, View, view
from k8smodels.views.html import Child, Html, el, inline, join
from k8smodels.views.isolation import grid

__all__ = ["membership_table", "refused_fields", "view_table"]

SHORT = 7
"""Names of processes up to this length are not broken on small screens."""


def view_table(
    running: RunningPod, usual: RunningPod, names: Sequence[str] = ("app", "log"), *, node: bool = True
) -> Html:
    """One row a question, one column an observer; rows that differ from those of the pod `usual` are marked.

    Parameters
    ----------
    names
        Containers, in the order of the columns.
    node
        Whether the node's first process is the last column.
    """
    rows, before = (list(_rows(each, names, node)) for each in (running, usual))
    differing = [position for position, row in enumerate(rows) if row != before[position]]
    observers = [_("{name} sees").format(name=name) for name in names]
    return grid([_("asked"), *observers, *([_("the node sees")] if node else [])], rows, differing)


def _rows(running: RunningPod, names: Sequence[str], node: bool) -> Iterator[Sequence[Child]]:
    pids = [*(running.containers[name] for name in names), *([1] if node else [])]
    views = [view(running.machine, pid) for pid in pids]
    yield (_("processes"), *map(_processes, views))
    yield ("hostname", *(each.hostname for each in views))
    yield (_("addresses"), *(_listed(each.addresses) for each in views))
    yield (_("open ports"), *(_listed(each.ports) for each in views))
    yield (_("message queues, by key"), *(_listed(sorted(each.ipc_keys)) for each in views))
    yield (_("a signal to app"), *(_signal(running, pid) for pid in pids))
    yield (_("app's user"), *(_user(running, pid) for pid in pids))


def _processes(seen: View) -> Html:
    items = (
        el("li", f"{line.pid} ", el("b", line.command), class_="nw" if len(line.command) <= SHORT else None)
        for line in seen.processes
    )
    return el("ul", join(items), class_="procs")


def _listed(values: Sequence[object]) -> Html:
    if not values:
        return el("span", _("none"), class_="muted")
    return join(el("span", str(value), class_="ln nw") for value in values)


def _signal(running: RunningPod, sender: int) -> Html:
    allowed = can_signal(running.machine, sender, running.containers["app"]).allowed
    return el("span", el("b", _("arrives") if allowed else _("not found")), class_="v ok nw" if allowed else "v no nw")


def _user(running: RunningPod, observer: int) -> str:
    """Inside its user namespace `app` runs as root; outside the same process has another number."""
    machine = running.machine
    app, seer = machine.process(running.containers["app"]), machine.process(observer)
    same = app.namespaces["user"] == seer.namespaces["user"]
    return str(user_id(machine, app.pid) if same else app.uid)


def refused_fields(error: InvalidObject) -> Html:
    """What the API server says, one line an error."""
    return join(el("p", el("b", str(each)), class_="v no") for each in error.errors)


def membership_table(containers: Sequence[ContainerNamespaces]) -> Html:
    """Whose namespace of each kind each container is in; fields that say so stand beside it."""
    rows = [[el("code", kind), *(_membership(container.of(kind)) for container in containers)] for kind in KINDS]
    return grid([_("kind"), *(container.container for container in containers)], rows)


def _membership(membership: Membership) -> Html:
    words = {
        "POD": _("**the Pod's**"),
        "CONTAINER": _("its own"),
        "NODE": _("the node's"),
        "TARGET": _("that of **{target}**").format(target=membership.target),
    }
    reason = el("small", el("code", membership.reason), class_="ln") if membership.reason else None
    return join([inline(words[membership.mode]), reason])
