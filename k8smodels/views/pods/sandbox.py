"""A pod on its node as boxes in boxes: the sandbox, and the containers that have joined it."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.i18n import _
from k8smodels.isolation.machine import hostname
from k8smodels.isolation.machine.namespaces import NetNamespace
from k8smodels.pods import RunningPod, Thing
from k8smodels.views.html import Html, el, join

__all__ = ["sandbox_board"]


def sandbox_board(running: RunningPod, before: RunningPod | None, written: Mapping[Thing, bool]) -> Html:
    """The node with the pod's boxes; what is new since `before` is marked.

    Parameters
    ----------
    written
        For each place where `app` wrote a file, whether the file is still there.
    """
    old = {} if before is None else {**before.containers, "pause": before.pause}
    outside = _processes(running, {"shim": running.shim}, {} if before is None else {"shim": before.shim})
    inner = join(_container(running, name, old, written) for name in ("app", "log"))
    files = _line(el("b", "emptyDir", class_="ob vol"), "/data/orders", written.get(Thing.EMPTY_DIRECTORY))
    node = el("p", el("b", "node-1", class_="ob node"), class_="h")
    return el("div", node, outside, _sandbox(running, old, inner), files, class_="nest node")


def _sandbox(running: RunningPod, old: Mapping[str, int], inner: Html) -> Html:
    head = el("p", el("b", _("sandbox of web"), class_="ob pod"), _shared(running), class_="h")
    pause = _processes(running, {"pause": running.pause}, old)
    return el("div", head, pause, inner, class_="in pod")


def _shared(running: RunningPod) -> Html:
    """Address and name, which every member of the namespaces has."""
    members = (running.pause, *running.containers.values())
    member = next((pid for pid in members if pid in running.machine.processes), None)
    if member is None:
        return el("span", _("no process is left in it"), class_="muted")
    net = running.machine.joined(running.machine.process(member), NetNamespace)
    address = net.devices["eth0"].address
    said = _("net {address}, uts {name}, ipc").format(address=address, name=hostname(running.machine, member))
    return el("span", said, class_="muted")


def _container(running: RunningPod, name: str, old: Mapping[str, int], written: Mapping[Thing, bool]) -> Html:
    kinds = _("mnt, cgroup, pid") if _has_own_numbers(running, name) else _("mnt, cgroup")
    here = name in running.containers
    said = el("span", kinds if here else _("does not run"), class_="muted")
    head = el("p", el("b", name, class_="ob ctr"), said, class_="h")
    body = _processes(running, {name: running.containers[name]}, old) if here else None
    layer = _line(_("writable layer:"), "/cache/mine", written.get(Thing.WRITABLE_LAYER)) if name == "app" else None
    return el("div", head, body, layer, class_="in ctr")


def _has_own_numbers(running: RunningPod, name: str) -> bool:
    pid, pause = running.containers.get(name), running.machine.processes.get(running.pause)
    if pid is None or pause is None:
        return True
    return running.machine.process(pid).namespaces["pid"] != pause.namespaces["pid"]


def _processes(running: RunningPod, members: Mapping[str, int], old: Mapping[str, int]) -> Html:
    return el("ul", join(_process(running, name, pid, old) for name, pid in members.items()), class_="procs")


def _process(running: RunningPod, name: str, pid: int, old: Mapping[str, int]) -> Html:
    found = running.machine.processes.get(pid)
    if found is None or found.state == "Z":
        return el("li", el("b", name), " ", el("del", str(pid)), " ", _("gone"))
    number = found.pids[found.namespaces["pid"]]
    inside = _(", inside {number}").format(number=number) if number != pid else ""
    shown = el("b", name) if old.get(name) == pid else el("mark", name)
    return el("li", shown, " ", _("{pid} on the node{inside}").format(pid=pid, inside=inside))


def _line(where: Html | str, path: str, there: bool | None) -> Html:
    if there is None:
        said: Html = el("span", _("nothing written yet"), class_="muted")
    elif there:
        said = el("code", path)
    else:
        said = join([el("del", path), " ", _("lost")])
    return el("p", where, " ", said)
