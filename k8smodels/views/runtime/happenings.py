"""What happened, one line a happening."""

from __future__ import annotations

from collections.abc import Iterable

from k8smodels.i18n import _
from k8smodels.runtime import Happening
from k8smodels.views.html import Html, el, join

__all__ = ["happening_table", "moment"]

_BAD = frozenset({"SIGKILL", "Killing", "unready", "zombie", "ErrImagePull", "phase Failed", "Ready False"})
_GOOD = frozenset({"started", "running", "ready", "collected", "exit 0", "phase Succeeded", "Ready True"})


def moment(at_seconds: float) -> str:
    """A moment or a length of time, as in ``12 s``."""
    return _("{seconds} s").format(seconds=f"{at_seconds:g}")


def happening_table(timeline: Iterable[Happening], *, times: bool = True) -> Html:
    """One row a happening.

    Parameters
    ----------
    times
        Whether the moments are shown; without them all happens at once.
    """
    happened = list(timeline)
    if not happened:
        return el("p", _("Nothing has happened yet."), class_="muted")
    head = [_("time"), _("who"), _("what"), _("why")] if times else [_("who"), _("what"), _("why")]
    rows = join(_row(item, times) for item in happened)
    titles = join(el("th", title, scope="col") for title in head)
    return el("table", el("thead", el("tr", titles)), el("tbody", rows))


def _row(item: Happening, times: bool) -> Html:
    when = el("td", moment(item.at_seconds), class_="nw") if times else None
    who = el("th", item.container or _("the pod"), scope="row")
    return el("tr", when, who, el("td", _verdict(item.what), class_="nw"), el("td", item.why))


def _verdict(what: str) -> Html:
    if what in _BAD or (what.startswith("exit ") and what != "exit 0"):
        return el("span", el("b", what), class_="v no")
    if what in _GOOD:
        return el("span", el("b", what), class_="v ok")
    return el("span", el("b", what), class_="v wait") if what == "CrashLoopBackOff" else Html(el("b", what))
