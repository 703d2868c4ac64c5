"""Who gave how many points: one row a plugin, one column a node."""

from __future__ import annotations

from k8smodels.i18n import _
from k8smodels.scheduling.decision import Decision, NodeResult
from k8smodels.views.html import Html, el, join

__all__ = ["plugin_scores", "score_table"]


def score_table(decision: Decision, *, caption: str = "", small: str = "", most: int = 4) -> Html:
    """The weighted scores of the best feasible nodes, with the plugin marked that separates the first two most.

    Parameters
    ----------
    decision
        A decision; where nothing was scored there is no table.
    caption, small
        Title of the table and a line under it.
    most
        How many nodes to show, best first.
    """
    ranked = sorted((result for result in decision.feasible if result.scores), key=lambda r: (-r.total, r.node))
    if not ranked:
        return Html("")
    shown = sorted(ranked[:most], key=lambda result: [r.node for r in decision.nodes].index(result.node))
    marked = _decider(ranked)
    rows = join(_row(i, shown, marked) for i in range(len(ranked[0].scores)) if _matters(i, shown))
    title = el("caption", caption, el("small", small) if small else None) if caption else None
    left_out = len(ranked) - len(shown)
    rest = el("p", _("{n} more nodes score lower.").format(n=left_out), class_="muted") if left_out else None
    return join([el("table", title, _head(shown), el("tbody", rows), _foot(shown, decision)), rest])


def plugin_scores(decision: Decision, plugin: str) -> Html:
    """What one plugin gave each feasible node: its own measure, the same out of 100, and what counts."""
    columns = (_("node"), _("raw"), _("0 to 100"), _("× weight"))
    head = el("tr", join(el("th", name, class_="r" if i else None, scope="col") for i, name in enumerate(columns)))
    rows = []
    for result in decision.feasible:
        score = next(score for score in result.scores if score.plugin == plugin)
        cells = (score.raw, score.normalized, score.weighted)
        name = el("th", el("b", result.node, class_="ob node"), scope="row")
        rows.append(el("tr", name, join(el("td", cell, class_="r") for cell in cells)))
    return el("table", el("caption", plugin), el("thead", head), el("tbody", join(rows)))


def _head(shown: list[NodeResult]) -> Html:
    nodes = join(el("th", result.node, class_="r", scope="col") for result in shown)
    plugin, weight = el("th", _("score plugin"), scope="col"), el("th", _("weight"), class_="r", scope="col")
    return el("thead", el("tr", plugin, weight, nodes))


def _row(i: int, shown: list[NodeResult], marked: int | None) -> Html:
    score = shown[0].scores[i]
    cells = join(el("td", result.scores[i].weighted, class_="r") for result in shown)
    name = el("th", _breakable(score.plugin), scope="row")
    return el("tr", name, el("td", f"×{score.weight}", class_="r"), cells, class_="on" if i == marked else None)


def _foot(shown: list[NodeResult], decision: Decision) -> Html:
    best = max(result.total for result in shown)
    totals = (el("mark", result.total) if result.total == best else str(result.total) for result in shown)
    label = _("total → {node}").format(node=decision.node)
    return el("tfoot", el("tr", el("th", label, scope="row"), el("td"), join(el("td", t, class_="r") for t in totals)))


def _matters(i: int, shown: list[NodeResult]) -> bool:
    return any(result.scores[i].weighted for result in shown)


def _decider(ranked: list[NodeResult]) -> int | None:
    """The plugin with the largest lead of the first node over the second."""
    if len(ranked) < 2 or ranked[0].total == ranked[1].total:
        return None
    leads = [a.weighted - b.weighted for a, b in zip(ranked[0].scores, ranked[1].scores, strict=True)]
    return max(range(len(leads)), key=leads.__getitem__)


def _breakable(plugin: str) -> Html:
    """A long name with a place to break it, so that a phone shows the table whole."""
    parts = plugin.partition("NodeResources")
    return join([parts[1], Html("<wbr>"), parts[2]]) if parts[1] and len(plugin) > 20 else join([plugin])
