"""Knobs as form controls, written by Python so that the page does not shift when scripts start.

Each control stands in ``<div class="knob" data-knob="name">``; `k8s-explorer.js` reads the setting's
position from the control itself.
"""

from __future__ import annotations

from k8smodels.explore.knobs import Choice, Knob, Range, Steps, Text, Toggle
from k8smodels.i18n import _
from k8smodels.views import Html, el, inline, join, plain

__all__ = ["case_text", "control", "label_of"]

_SEGMENTS = 3
"""Most choices that stand side by side at a width of 360 px."""
_SEGMENT_LETTERS = 30


def label_of(name: str, knob: Knob) -> str:
    """What a reader calls the knob."""
    return knob.label or name.replace("_", " ")


def control(name: str, knob: Knob, ident: str) -> Html:
    """The control of `knob`; `ident` is unique on the page."""
    label = label_of(name, knob)
    match knob:
        case Steps():
            return _knob(name, label, _steps(knob, label, ident))
        case Range():
            return _knob(name, label, _slider(knob, label, ident, f"{{}} {knob.unit}".strip()))
        case Toggle():
            return _knob(name, label, _toggle(knob, label, ident))
        case Text():
            return _knob(name, label, _select(knob, label, ident))
        case Choice() if len(knob) <= _SEGMENTS and sum(map(len, knob.texts)) <= _SEGMENT_LETTERS:
            return _segments(name, label, knob, ident)
        case _:
            return _knob(name, label, _select(knob, label, ident))


def case_text(name: str, knob: Text) -> Html:
    """The text of the prepared case at the start, in a box that the keyboard can scroll."""
    label = _("Text of the case: {label}").format(label=plain(label_of(name, knob)))
    return el(
        "pre", str(knob.values[knob.at]), class_="case", aria_label=label, data_case=name, role="region", tabindex=0
    )


def _knob(name: str, label: str, parts: Html) -> Html:
    return el("div", parts, class_="knob", data_knob=name, data_label=plain(label))


def _slider(knob: Knob, label: str, ident: str, text: str) -> Html:
    shown = text.replace("{}", knob.keys[knob.at])
    step = getattr(knob, "step", 1)
    return join(
        [
            el("label", inline(label), for_=ident),
            el("output", shown, for_=ident),
            el(
                "input",
                id=ident,
                aria_valuetext=shown,
                data_text=text,
                max=knob.keys[-1],
                min=knob.keys[0],
                step=step,
                type="range",
                value=knob.keys[knob.at],
            ),
        ]
    )


def _steps(knob: Steps, label: str, ident: str) -> Html:
    text = _("{step} of {total}").format(step="{}", total=len(knob))
    buttons = [
        el("button", _("Back"), aria_disabled="true", data_go="back", type="button"),
        el("button", _("Forward"), class_="main", data_go="forward", type="button"),
        el("button", _("Play"), class_="play", aria_pressed="false", data_go="play", type="button"),
    ]
    return join([_slider(knob, label, ident, text), el("div", *buttons, class_="steps")])


def _toggle(knob: Toggle, label: str, ident: str) -> Html:
    box = el("input", id=ident, checked=bool(knob.at), type="checkbox")
    return el("label", box, " ", el("span", inline(label)), class_="tog")


def _select(knob: Knob, label: str, ident: str) -> Html:
    options = [el("option", text, selected=i == knob.at, value=knob.keys[i]) for i, text in enumerate(knob.texts)]
    return join([el("label", inline(label), for_=ident), el("select", *options, id=ident)])


def _segments(name: str, label: str, knob: Choice, ident: str) -> Html:
    radios = [
        el(
            "label",
            el("input", checked=i == knob.at, name=ident, type="radio", value=knob.keys[i]),
            " ",
            el("span", text),
        )
        for i, text in enumerate(knob.texts)
    ]
    head = el("span", inline(label), class_="lab", id=f"{ident}-label")
    body = el("span", *radios, class_="seg")
    group = f"{ident}-label"
    return el(
        "div",
        head,
        body,
        class_="knob",
        aria_labelledby=group,
        data_knob=name,
        data_label=plain(label),
        role="radiogroup",
    )
