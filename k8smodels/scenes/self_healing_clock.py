"""A node falls silent: the clocks that run, and what becomes of its Pod, second by second."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.controlplane.node_health import is_node_ready
from k8smodels.i18n import _
from k8smodels.runtime import pod_columns
from k8smodels.scenes.self_healing_loss import END, Loss, answered, loss
from k8smodels.views.controlplane.board import short_name
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.runtime.spans import Span, span_bars
from k8smodels.views.tables import table
from k8smodels.workloads.readiness import is_ready

__all__ = ["BACK", "FAULTS", "MOMENTS", "STAYS", "silent_node"]

FAULTS: Mapping[str, str] = {"loses its power": "crash", "loses its network": "cut"}
STAYS: Mapping[str, int | None] = {"30 s": 30, "300 s": 300, "for ever": None}
"""How long the Pods tolerate a node that cannot be reached."""
BACK: Mapping[str, int | None] = {"never": None, "after 200 s": 200, "after 480 s": 480}
MOMENTS = (20, 40, 49, 54, 90, 210, 360, 590)
"""Seconds after the fault that are shown."""


def silent_node(fault: str, stay: str, back: str, step: int) -> Frame:
    """The clocks and the Pods at one moment.

    Parameters
    ----------
    fault, stay, back
        Keys of `FAULTS`, `STAYS` and `BACK`.
    step
        Which of the `MOMENTS`.
    """
    lost, at = loss(FAULTS[fault], STAYS[stay], BACK[back]), MOMENTS[step]
    title = el("p", _("{at} s after {node} fell silent").format(at=at, node=lost.node), class_="sub")
    body = join([title, _bars(lost, at), _clocks(lost, at), _pods(lost, at)])
    return Frame(body, _says(lost, at))


Word = tuple[str, str] | None


def _bars(lost: Loss, at: int) -> Html:
    """What everybody sees, from the fault to now."""
    tracks: dict[str, Callable[[int], Word]] = {
        lost.node: lambda second: _node_word(lost, second),
        _("taint"): lambda second: _taint_word(lost, second),
        _("old Pod"): lambda second: _pod_word(lost, second),
        _("new Pod"): lambda second: _new_word(lost, second),
        _("requests"): lambda second: _request_word(lost, second),
    }
    rows = {name: _spans(word, at) for name, word in tracks.items()}
    numbers = {name: (word(at) or ("", "–"))[1] for name, word in tracks.items()}
    scale = el(
        "p", _("The bars go from 0 to {end} s. Requests: how many are answered.").format(end=END), class_="muted"
    )
    return join([span_bars(rows, END, numbers), scale])


def _spans(word: Callable[[int], Word], at: int) -> list[Span]:
    spans = []
    for found, seconds in groupby(range(at + 1), key=word):
        run = list(seconds)
        if found is not None:
            spans.append(Span(run[0], min(run[-1] + 1, END), *found))
    return spans


def _node_word(lost: Loss, at: int) -> Word:
    item = lost.snapshots[at].get(Node, lost.node)
    return ("well", "Ready") if item and is_node_ready(item) else ("bad", "NotReady")


def _taint_word(lost: Loss, at: int) -> Word:
    item = lost.snapshots[at].get(Node, lost.node)
    taints = item.spec.taints if item else ()
    return ("waits", "NoExecute") if any(taint.effect == "NoExecute" for taint in taints) else None


def _first_pods(lost: Loss) -> set[str]:
    return {pod.metadata.uid for pod in lost.snapshots[0].of(Pod)}


def _pod_word(lost: Loss, at: int) -> Word:
    """The lost node's Pod, as the API server has it."""
    old = _first_pods(lost)
    found = [pod for pod in lost.snapshots[at].of(Pod) if pod.spec.node_name == lost.node and pod.metadata.uid in old]
    if not found:
        return None
    if found[0].is_terminating:
        return "bad", "Terminating"
    return ("well", _("ready")) if is_ready(found[0]) else ("waits", _("not ready"))


def _new_word(lost: Loss, at: int) -> Word:
    old = _first_pods(lost)
    new = [pod for pod in lost.snapshots[at].of(Pod) if pod.metadata.uid not in old]
    if not new:
        return None
    return ("now", _("ready")) if is_ready(new[0]) else ("waits", _("starts"))


def _request_word(lost: Loss, at: int) -> Word:
    share = answered(lost, at)
    return ("well" if share == 1 else "bad"), _("{share} %").format(share=round(100 * share))


def _clocks(lost: Loss, at: int) -> Html:
    stay = _("for ever") if lost.stay is None else _("{n} s").format(n=lost.stay)
    rows = [
        (_("Lease, every 10 s"), "kubelet", _lease_clock(lost, at)),
        (_("grace period, 50 s"), "node lifecycle", _grace_clock(lost, at)),
        (_("toleration, {stay}").format(stay=stay), "taint eviction", _stay_clock(lost, at)),
    ]
    return table([_("clock"), _("kept by"), _("now")], rows)


def _lease_clock(lost: Loss, at: int) -> str:
    if not lost.is_away(at):
        return _("renewed again")
    return _("last renewed {n} s ago").format(n=round(at + lost.since_renewal))


def _grace_clock(lost: Loss, at: int) -> str:
    """Counted from the look that saw the last renewal, two seconds before the fault."""
    if not lost.is_away(at):
        return _("set back at each look")
    if lost.silent is not None and at >= lost.silent:
        return _("over since {n} s: NotReady").format(n=f"{lost.silent:.0f}")
    return _("{n} of 50 s, looked at every 5 s").format(n=min(at + 2, 50))


def _stay_clock(lost: Loss, at: int) -> str:
    if lost.evicted is not None and at >= lost.evicted:
        return _("over since {n} s: Pod deleted").format(n=f"{lost.evicted:.0f}")
    if lost.tainted is None or at < lost.tainted:
        return _("not started")
    if _taint_word(lost, at) is None:
        return _("cancelled: the taint is gone")
    if lost.stay is None:
        return _("never ends")
    return _("{n} of {stay} s").format(n=f"{at - lost.tainted:.0f}", stay=lost.stay)


def _pods(lost: Loss, at: int) -> Html:
    moment = lost.snapshots[at]
    sent = {
        endpoint.target_ref.name
        for item in moment.of(EndpointSlice)
        for endpoint in item.endpoints
        if endpoint.conditions.ready and endpoint.target_ref
    }
    rows = []
    for pod in moment.of(Pod):
        columns = pod_columns(pod)
        gets = _("yes") if pod.name in sent else _("no")
        there = _there(lost, pod, at)
        rows.append((short_name(pod), f"{columns.ready} {columns.status}", f"{pod.spec.node_name}: {there}", gets))
    head = [_("Pod"), "READY STATUS", _("on its machine"), _("requests")]
    return table(head, rows)


def _there(lost: Loss, pod: Pod, at: int) -> str:
    if pod.spec.node_name == lost.node and lost.is_away(at):
        return _("nothing runs") if lost.fault == "crash" else _("runs, unheard")
    return _("runs") if pod_columns(pod).status == "Running" else _("starts")


def _says(lost: Loss, at: int) -> str:
    if not lost.is_away(at):
        if lost.evicted is not None and lost.evicted < (lost.back or 0):
            return _("The node is back, too late: its Pod was deleted and replaced. It is removed for good.")
        return _("The node is back **in time**: the taint goes, and the same Pod serves again.")
    if lost.evicted is not None and at >= lost.evicted:
        if lost.fault == "cut":
            return _("The Pod is deleted, **another** one is made. The old one runs on: it has not heard of it.")
        return _("The toleration is over: the Pod is deleted, **another** one is made, the old one stays listed.")
    if lost.silent is not None and at >= lost.silent:
        return _("Every request is answered, by one Pod. READY still says 1/1: nobody on the node can correct it.")
    return _("Nobody knows. Half of the requests go to the silent node, and are **lost**.")
