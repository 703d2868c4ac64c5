"""Network plugins side by side."""

from __future__ import annotations

from collections.abc import Iterable

from k8smodels.i18n import _
from k8smodels.network.plugins import Plugin
from k8smodels.views.html import Html, el, join

__all__ = ["plugin_list", "source_list"]

_MARKS = {"alive": "ok", "new": "pick", "fading": "wait", "ended": "no"}


def plugin_list(plugins: Iterable[Plugin], *, today: bool) -> Html:
    """Each plugin with its standing now, or in 2020; the rest is folded."""
    return el("div", *(_plugin(plugin, today=today) for plugin in plugins))


def _plugin(plugin: Plugin, *, today: bool) -> Html:
    standing = plugin.today if today else plugin.in_2020
    mark = el("span", el("b", _states()[standing.state]), class_=f"v {_MARKS[standing.state]}")
    modes = ", ".join(_modes()[mode] for mode in plugin.modes)
    summary = el("summary", el("b", plugin.name), mark, el("small", modes))
    facts = (
        (_("standing"), standing.note),
        (_("data path"), plugin.data_path),
        (_("encapsulation"), plugin.encapsulation),
        (_("policies"), plugin.policy),
        (_("addresses"), plugin.ipam),
    )
    rows = join(el("tr", el("th", name, scope="row"), el("td", text)) for name, text in facts)
    return el("details", summary, el("table", el("tbody", rows)))


def source_list(plugins: Iterable[Plugin]) -> Html:
    """The pages that the facts about each plugin come from."""
    return el("ul", join(el("li", el("b", plugin.name), join(_links(plugin))) for plugin in plugins), class_="notes")


def _links(plugin: Plugin) -> Iterable[Html]:
    for i, url in enumerate(plugin.sources, 1):
        words = _("{plugin}, source {n}").format(plugin=plugin.name, n=i)
        yield join([" ", el("a", url.split("/")[2], aria_label=words, href=url)])


def _states() -> dict[str, str]:
    return {"alive": _("alive"), "new": _("new"), "fading": _("fading"), "ended": _("ended")}


def _modes() -> dict[str, str]:
    return {"overlay": _("overlay"), "routed": _("routing"), "underlay": _("underlay"), "ebpf": "eBPF"}
