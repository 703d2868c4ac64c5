"""One run of a plugin: what it is given, what it does, what it answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from k8smodels.api.structure import JSON
from k8smodels.i18n import _
from k8smodels.network.cni import Call, Effect
from k8smodels.views.html import Html, el, join
from k8smodels.views.network.json_text import json_lines

__all__ = ["effect_list", "marked_json", "shown_environment"]


def shown_environment(call: Call) -> Html:
    """The variables that the plugin is started with; ``CNI_ARGS`` one pair a line."""
    lines = [f"{name}={value}" for name, value in call.env.items()]
    return el("pre", "\n".join(lines).replace(";", "\n  ;"), aria_label=_("environment"), tabindex="0")


def marked_json(document: Mapping[str, JSON], marked: Collection[str] = ()) -> Html:
    """An object, with the fields named in `marked` under the marker pen."""
    lines: list[Html] = []
    field = ""
    for line in json_lines(dict(document)):
        if line.startswith(' "'):
            field = line.split('"')[1]
        now = line.startswith(" ") and field in marked
        lines.append(join([el("mark", line) if now else line, "\n"]))
    return el("pre", join(lines), tabindex="0")


def effect_list(effects: Iterable[Effect], pod: str) -> Html:
    """What was done, as commands that would do the same, each with the prompt of its place: the node's, or the pod's.

    `pod` is the path of the pod's namespace.
    """
    rows = [el("li", f"{_('Pod') if item.netns == pod else _('node')}# {item.command}") for item in effects]
    if not rows:
        return el("p", _("Nothing: it leaves everything as it is."), class_="muted")
    return el("ol", join(rows), class_="rules")
