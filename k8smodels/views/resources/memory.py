"""Memory that runs out: whom the kernel kills, and whom the kubelet evicts."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.i18n import _
from k8smodels.isolation import OutOfMemory, RankedPod, Ranking, qos_class
from k8smodels.isolation.memory import PAGE_BYTES, Process, badness
from k8smodels.views.html import Html, el, join

__all__ = ["deciding", "eviction_table", "oom_table", "size"]


def size(amount_bytes: int) -> str:
    """An amount of memory in Mi, or from 1 Gi on in Gi; negative ones too.

    Examples
    --------
    >>> size(48 << 20), size(3 << 29), size(-(1 << 30))
    ('48 Mi', '1.5 Gi', '-1 Gi')
    """
    mebi = amount_bytes / 2**20
    return f"{mebi:.0f} Mi" if abs(mebi) < 1024 else f"{mebi / 1024:.2f}".rstrip("0").rstrip(".") + " Gi"


def oom_table(processes: Sequence[Process], outcome: OutOfMemory, total_bytes: int) -> Html:
    """Each process with its points (as an amount of memory) and its fate.

    Parameters
    ----------
    processes
        Everyone who could be killed.
    outcome
        What happened.
    total_bytes
        The limit, or the node's memory.
    """
    names = (_("process"), _("memory"), "oom_score_adj", _("points"))
    rows = (_process(process, outcome, total_bytes) for process in processes)
    return el("table", _head(names), el("tbody", join(rows)))


def _head(names: Sequence[str], text_from: int | None = None) -> Html:
    """A row of titles; those after the first stand over numbers, up to `text_from`."""
    numbers = names[1:text_from]
    cells = (el("th", name, class_="r" if name in numbers else None, scope="col") for name in names)
    return el("thead", el("tr", *cells))


def _process(process: Process, outcome: OutOfMemory, total_bytes: int) -> Html:
    points = badness(process, total_bytes)
    numbers = (size(process.rss_bytes), process.oom_score_adj, "" if points is None else size(points * PAGE_BYTES))
    name = el("th", el("b", process.name, class_="ob proc"), _fate(process, outcome), scope="row")
    cells = join(el("td", number, class_="r") for number in numbers)
    is_first = bool(outcome.kills) and outcome.kills[0].victim is process
    return el("tr", name, cells, class_="on" if is_first else None)


def _fate(process: Process, outcome: OutOfMemory) -> Html:
    for i, kill in enumerate(outcome.kills, 1):
        if kill.victim is process:
            return el("span", el("b", _("killed, number {n}").format(n=i)), class_="v no ln")
        if any(dead is process for dead in kill.killed):
            return el("span", el("b", _("dies with its container")), class_="v no ln")
    return el("span", el("b", _("lives on")), class_="v ok ln")


def deciding(ranked: RankedPod) -> str:
    """Why a pod stands before the next one, in words."""
    return {
        "no stats": _("nothing was measured of it"),
        "exceeds its request": _("it exceeds its request, the next does not"),
        "priority": _("its priority is lower"),
        "usage above its request": _("it uses more above its request"),
        "processes": _("it has more processes"),
        "tie": _("nothing: they tie"),
        None: "",
    }[ranked.decided_by]


def eviction_table(ranking: Ranking) -> Html:
    """The order of eviction; who goes now, who is spared, and which step put each before the next."""
    names = (_("Pod"), _("priority"), _("requests"), _("uses"), _("above"), _("before the next, because"))
    return el("table", _head(names, 5), el("tbody", join(_ranked(item, ranking) for item in ranking.pods)))


def _ranked(ranked: RankedPod, ranking: Ranking) -> Html:
    use = ranked.use
    goes = ranking.evicted is use.pod
    kind = el("small", qos_class(use.pod), class_="ln")
    mark = el("span", el("b", _("goes")), class_="v pick ln") if goes else None
    spared = el("span", el("b", _("spared: critical")), class_="v wait ln") if use.is_spared else None
    is_memory = ranking.signal.startswith(("memory", "allocatableMemory"))
    numbers = (use.request, use.usage or 0, use.above_request)
    amounts = [size(number) if is_memory else str(number) for number in numbers]
    if not is_memory:
        amounts[0] = amounts[2] = "–"
    elif not use.request:
        amounts[0] = _("none")
    cells = join(el("td", text, class_="r") for text in (str(use.priority), *amounts))
    name = el("th", el("b", ranked.name, class_="ob pod"), kind, mark, spared, scope="row")
    return el("tr", name, cells, el("td", deciding(ranked)), class_="on" if goes else None)
