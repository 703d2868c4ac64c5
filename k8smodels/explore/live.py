"""The home with a kernel: ipywidgets, every setting computed anew.

Imported only there, so that neither models nor static pages need ipywidgets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, cast

import ipywidgets as widgets

from k8smodels.explore.controls import label_of
from k8smodels.explore.drawing import asset
from k8smodels.explore.knobs import Choice, Knob, Range, Steps, Text, Toggle, Value
from k8smodels.explore.player import Explorable, caption
from k8smodels.i18n import _
from k8smodels.views import Frame, Html, el, error_frame, inline, plain

__all__ = ["explorer_widget", "show_styles", "style"]

_WIDE = {"description_width": "initial"}


def style() -> Html:
    """The style sheets as an element, for notebooks."""
    return el("style", Html(asset("tokens.css") + asset("frames.css")))


def show_styles() -> None:
    """Puts the style sheets into the notebook, as the output of the cell that runs."""
    from IPython.display import HTML, display

    display(HTML(style()))


class Control(Protocol):
    """A widget with a value that can be set and watched."""

    value: Any

    def observe(self, handler: Callable[[Any], None], names: str) -> None:
        """Calls `handler` when the value changes."""


class _Case:
    """A text area and the prepared cases that fill it, as one control."""

    def __init__(self, knob: Text, label: str) -> None:
        cases = dict(zip(knob.texts, knob.values, strict=True))
        self.menu = widgets.Dropdown(options=list(cases), description=label, style=_WIDE)
        self.area = widgets.Textarea(value=str(knob.values[0]), rows=12, tooltip=label, layout={"width": "100%"})
        self.menu.observe(lambda change: setattr(self.area, "value", cases[change["new"]]), "value")
        self.box = widgets.VBox([self.menu, self.area])

    @property
    def value(self) -> str:
        return Text.accept(self.area.value)

    @value.setter
    def value(self, text: str) -> None:
        self.menu.index = 0
        self.area.value = text

    def observe(self, handler: Callable[[Any], None], names: str) -> None:
        self.area.observe(handler, names)


def _control(name: str, knob: Knob) -> tuple[Control, widgets.Widget]:
    """The control of a knob, and the widget that shows it."""
    label = plain(label_of(name, knob))
    pairs = list(zip(knob.texts, knob.values, strict=True))
    start = knob.values[knob.at]
    if isinstance(knob, Text):
        case = _Case(knob, label)
        return case, case.box
    if isinstance(knob, Toggle):
        box = widgets.Checkbox(value=bool(start), description=label, indent=False)
        return box, box
    if isinstance(knob, Steps | Range):
        slider = widgets.SelectionSlider(
            options=pairs, value=start, description=label, style=_WIDE, layout={"width": "100%"}
        )
        return slider, widgets.VBox([slider, _buttons(slider, len(pairs))]) if isinstance(knob, Steps) else slider
    kind = widgets.ToggleButtons if isinstance(knob, Choice) and len(pairs) <= 3 else widgets.Dropdown
    menu = kind(options=pairs, value=start, description=label, style=_WIDE)
    return menu, menu


def _buttons(slider: Any, n: int) -> widgets.Widget:
    """Back, forward and play for a slider over steps."""
    back, forward = widgets.Button(description=_("Back")), widgets.Button(description=_("Forward"))
    play = widgets.Play(min=0, max=n - 1, interval=1200, show_repeat=False)
    widgets.link((play, "value"), (slider, "index"))
    back.on_click(lambda _button: setattr(slider, "index", max(0, slider.index - 1)))
    forward.on_click(lambda _button: setattr(slider, "index", min(n - 1, slider.index + 1)))
    return widgets.HBox([back, forward, play])


class _Panel:
    """Controls over one HTML output that is replaced at each move."""

    def __init__(self, explorer: Explorable) -> None:
        self.explorer = explorer
        made = {name: _control(name, knob) for name, knob in explorer.knobs.items()}
        self.controls = {name: control for name, (control, _shown) in made.items()}
        self.out, self.kept = widgets.HTML(), widgets.HTML()
        self.compare = widgets.ToggleButton(description=_("Compare"))
        reset = widgets.Button(description=_("Reset"))
        reset.on_click(lambda _button: self.reset())
        self.compare.observe(lambda _change: self.keep(), "value")
        for control in self.controls.values():
            control.observe(lambda _change: self.draw(), "value")
        knobs = [shown for _control_, shown in made.values()]
        lanes = widgets.HBox([self.kept, self.out])
        for lane in (self.kept, self.out):
            lane.layout.flex, lane.layout.min_width = "1 1 20rem", "0"
        lanes.layout.flex_flow = "row wrap"
        self.kept.layout.display = "none"
        head = widgets.HTML(el("figure", caption(explorer), class_="kf live head"))
        self.box = widgets.VBox([head, *knobs, widgets.HBox([reset, self.compare]), lanes])
        self.held = False
        self.draw()

    def frame(self) -> Frame:
        """The frame at the present setting."""
        try:
            values: dict[str, Value] = {name: control.value for name, control in self.controls.items()}
        except ValueError as error:
            return error_frame(error)
        return self.explorer.frame(**values)

    def draw(self) -> None:
        """Replaces the output, unless several controls are being set at once."""
        if self.held:
            return
        try:
            self.out.value = _output(self.frame(), _("Now") if self.compare.value else "")
        except Exception:
            self.out.value = _output(error_frame(ValueError(_("The model failed at this setting."))), "")
            raise

    def keep(self) -> None:
        """Sets the present frame aside, or takes it away again."""
        self.kept.value = _output(self.frame(), _("Kept")) if self.compare.value else ""
        self.kept.layout.display = None if self.compare.value else "none"
        self.draw()

    def reset(self) -> None:
        """Sets every control to its start."""
        self.held = True
        for name, knob in self.explorer.knobs.items():
            self.controls[name].value = knob.values[knob.at]
        self.held = False
        self.draw()


def _output(frame: Frame, lane: str) -> str:
    head = el("p", lane, class_="lane-h") if lane else None
    says = el("p", inline(frame.says), class_="says", role="status")
    shown = el("div", head, el("div", Html(frame.html), class_="frame"), says, class_="shown")
    return str(el("div", shown, class_="kf live"))


def explorer_widget(explorer: Explorable) -> widgets.Widget:
    """The Explorer as ipywidgets, in the order and with the labels of the page."""
    return cast("widgets.Widget", _Panel(explorer).box)
