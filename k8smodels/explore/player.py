"""The static home of an Explorer: working controls over frames computed beforehand."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from math import prod
from typing import Any, Protocol

from k8smodels.explore.controls import case_text, control
from k8smodels.explore.drawing import as_images
from k8smodels.explore.knobs import Knob, Text, Value
from k8smodels.explore.payload import deduplicate, pack
from k8smodels.explore.words import explorer_words, slug
from k8smodels.i18n import _
from k8smodels.views import Frame, Html, el, inline, join

__all__ = ["MAX_POINTS", "figure", "payload", "preview"]

MAX_POINTS = 2_000
"""Most settings that a static page computes for one widget."""


class Explorable(Protocol):
    """What the homes need of an Explorer."""

    title: str
    note: str
    knobs: Mapping[str, Knob]

    def frame(self, **values: Value) -> Frame:
        """The frame at a setting; knobs not named stand at their start."""
        ...


def figure(explorer: Explorable) -> Html:
    """The widget as a page's ``<figure>``: controls, first frame, its sentence, the other frames packed."""
    if not explorer.knobs:
        return preview(explorer)
    frames = pack(payload(explorer))
    return el(
        "figure",
        caption(explorer),
        _form(explorer),
        _body(explorer),
        el("p", class_="sr", role="status"),
        frames.script(),
        class_="kf",
        id=slug(explorer.title),
        data_explorer=True,
        data_words=explorer_words(),
    )


def preview(explorer: Explorable) -> Html:
    """The first frame alone, for places without scripts and controls."""
    return el("figure", caption(explorer), _body(explorer), class_="kf", id=slug(explorer.title))


def payload(explorer: Explorable) -> dict[str, Any]:
    """Every distinct frame, the place of each setting's frame (last knob fastest), the texts of cases.

    Raises
    ------
    ValueError
        If the grid has more than `MAX_POINTS` settings.
    """
    knobs = explorer.knobs
    points = prod(len(knob) for knob in knobs.values())
    if points > MAX_POINTS:
        sizes = " x ".join(f"{name} {len(knob)}" for name, knob in knobs.items())
        raise ValueError(f"{sizes} = {points:,} settings, more than {MAX_POINTS:,}: coarsen or drop a knob")
    settings = itertools.product(*(knob.values for knob in knobs.values()))
    shown = (explorer.frame(**dict(zip(knobs, setting, strict=True))) for setting in settings)
    frames, index = deduplicate((frame.html, inline(frame.says)) for frame in shown)
    texts = {name: knob.values for name, knob in knobs.items() if isinstance(knob, Text)}
    return {"frames": frames, "index": index, "texts": texts}


def caption(explorer: Explorable) -> Html:
    """Title and note of the figure."""
    return el("figcaption", el("b", inline(explorer.title)), " ", inline(explorer.note))


def _body(explorer: Explorable) -> Html:
    first = explorer.frame()
    cases = [case_text(name, knob) for name, knob in explorer.knobs.items() if isinstance(knob, Text)]
    frame = el("div", as_images(first.html), class_="frame")
    return el("div", *cases, frame, el("p", inline(first.says), class_="says"), class_="shown")


def _form(explorer: Explorable) -> Html:
    ident = slug(explorer.title)
    knobs = [control(name, knob, f"{ident}.{name}") for name, knob in explorer.knobs.items()]
    actions = [
        el("button", _("Reset"), type="reset"),
        el("button", _("Compare"), aria_pressed="false", data_go="compare", type="button"),
        el("button", _("Copy link"), data_go="link", type="button"),
    ]
    label = _("Controls: {title}").format(title=explorer.title.replace("`", ""))
    return el(
        "form",
        join(knobs),
        el("div", *actions, class_="acts"),
        class_="knobs js",
        aria_label=label,
        autocomplete="off",
        hidden="hidden",
    )
