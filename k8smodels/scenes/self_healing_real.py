"""A real control plane that lost a node: what it wrote and printed, beside what the model does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from k8smodels.i18n import _
from k8smodels.scenes.self_healing_loss import loss
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.services import terminal
from k8smodels.views.tables import table

__all__ = ["BUDGETS", "MOMENTS", "OWNERS", "beside", "drained", "owners", "printed", "seconds_between"]

MOMENTS: Mapping[float, str] = {
    30: "30 s: nobody has noticed",
    75: "75 s: NotReady",
    380: "380 s: evicted",
    450: "450 s: declared out of service",
}
"""Seconds after the node fell silent; at 395 s somebody put the taint ``out-of-service`` on it."""
BUDGETS: Mapping[int, str] = {2: "minAvailable: 2", 1: "minAvailable: 1"}
OWNERS: Mapping[str, str] = {
    "web": "Deployment",
    "sums": "Job",
    "db": "StatefulSet",
    "agent": "DaemonSet",
    "alone": "nobody",
}
"""Who owned the Pods on the lost node, by the app."""
_NODE = "node-1"


def seconds_between(recorded: str) -> Mapping[str, float]:
    """How long each clock of the real control plane ran."""
    log: list[Any] = json.loads(recorded)["log"]
    renewed = max(item[0] for item in log if item[1] == "lease" and item[2] == _NODE and item[0] < 0)
    unknown = next(item[0] for item in log if item[1] == "ready" and item[0] > 0)
    tainted = next(item[0] for item in log if item[1] == "taints" and item[0] > 0)
    pods = [item for item in log if item[1] == "pod" and item[2].startswith("web")]
    deleted = next(item[0] for item in pods if item[0] > 0 and item[3] != "gone" and item[3]["deleted"])
    made = next(item[0] for item in pods if item[0] > 0 and item[3] != "gone" and item[3]["node"] != _NODE)
    return {
        "unknown": unknown - renewed,
        "taint": tainted - unknown,
        "delete": deleted - tainted,
        "replace": made - deleted,
    }


def _modelled() -> Mapping[str, float]:
    lost = loss("crash", 300, None)
    silent, tainted, evicted, replaced = (
        each or 0.0 for each in (lost.silent, lost.tainted, lost.evicted, lost.replaced)
    )
    return {
        "unknown": silent + lost.since_renewal,
        "taint": tainted - silent,
        "delete": evicted - tainted,
        "replace": replaced - evicted,
    }


def beside(recorded: str) -> Frame:
    """The clocks of the real control plane, and of the model."""
    real, ours = seconds_between(recorded), _modelled()
    names = {
        "unknown": _("last renewal → Unknown"),
        "taint": _("Unknown → taint"),
        "delete": _("taint → deletion"),
        "replace": _("deletion → new Pod"),
    }
    rows = [(names[key], f"{real[key]:.1f} s", f"{ours[key]:.1f} s") for key in names]
    return Frame(
        table([_("clock"), _("real"), _("model")], rows),
        _(
            "The first clock depends on when the looks fall: 50 to 60 s. "
            "The model's node fell silent 5 s after its last renewal: so 58 s are the **53 s** of the figures."
        ),
    )


def owners(recorded: str, at: float) -> Frame:
    """What had become of the five Pods of the lost node.

    Parameters
    ----------
    at
        A key of `MOMENTS`.
    """
    log: list[Any] = json.loads(recorded)["log"]
    now: dict[str, Any] = {item[2]: item[3] for item in log if item[1] == "pod" and item[0] <= at}
    start: dict[str, Any] = {item[2]: item[3] for item in log if item[1] == "pod" and item[0] <= 0}
    rows = []
    for app, owner in OWNERS.items():
        old = next(name for name in start if name.startswith(app) and start[name]["node"] == _NODE)
        uid = start[old]["uid"]
        its = join([_short(old), " ", _old(now.get(old), uid)])
        rows.append((owner, its, _new(now, start, app, uid)))
    head = [_("owner"), _("its Pod"), _("in its place")]
    return Frame(table(head, rows), _told(at))


def _short(name: str) -> str:
    """The name without the hash of the template."""
    parts = name.split("-")
    return "-".join(dict.fromkeys((parts[0], parts[-1])))


def _old(found: Any, uid: str) -> Html:
    if found == "gone" or found["uid"] != uid:
        return el("span", _("gone"), class_="v no")
    if found["deleted"]:
        return el("span", "Terminating", class_="v no")
    return el("span", "Running", class_="v ok") if found["ready"] else el("span", _("not ready"), class_="v wait")


def _new(now: Mapping[str, Any], start: Mapping[str, Any], app: str, uid: str) -> str:
    known = {each["uid"] for each in start.values()}
    for name, each in now.items():
        if name.startswith(app) and each != "gone" and each["uid"] not in known and each["uid"] != uid:
            return _("{name} on {node}").format(name=_short(name), node=each["node"])
    return "–"


def _told(at: float) -> str:
    return {
        30: _("All count as ready."),
        75: _("All five are not ready, so no Service sends requests to them. None is replaced yet."),
        380: _("Deployment and Job have **replaced** theirs. The StatefulSet **waits**, the DaemonSet's Pod stays."),
        450: _("Once the node is declared out of service its Pods are removed, and `db-0` exists again, elsewhere."),
    }[int(at)]


def printed(recorded: str, at: float) -> Frame:
    """What kubectl printed then."""
    found = json.loads(recorded)["printed"][f"{at:g}"]
    html = join(terminal(f"$ {each['command']}\n{each['text'].strip()}", each["command"]) for each in found)
    return Frame(html, _mark(at))


def _mark(at: float) -> str:
    return {
        30: _("`renewTime` does not move any more. Nothing else tells."),
        75: _("READY says `1/1` for every Pod. Believe the node: `NotReady`, two taints, every condition `Unknown`."),
        380: _("`Terminating`, and nobody there to finish it. The events tell who acted: `TaintManagerEviction`."),
        450: _("What was Terminating is gone. `db-0` is 48 seconds old."),
    }[int(at)]


def drained(recorded: str, budget: int) -> Frame:
    """What ``kubectl drain`` printed with a budget of so many Pods."""
    document = json.loads(recorded)
    found = document["drain"][str(budget)]
    html = join(terminal(f"$ {each['command']}\n{each['text'].strip()}", each["command"]) for each in found)
    if budget == 1:
        return Frame(html, _("One Pod may be missing: it is evicted, another one is made, and the node is empty."))
    return Frame(
        html, _("No Pod may be missing: the eviction is **refused**, and drain tries again until it gives up.")
    )
