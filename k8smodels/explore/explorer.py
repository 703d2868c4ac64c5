"""One widget, three homes: live controls, a player in the static page, the first frame elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from k8smodels.explore.homes import mimebundle
from k8smodels.explore.knobs import Knob, Text, Value
from k8smodels.explore.player import figure, preview
from k8smodels.views import Frame, error_frame

__all__ = ["Explorer"]


class Explorer:
    """Knobs over a view.

    A notebook shows it as its cell's result. With a kernel these are ipywidgets and any setting is
    computed anew; with ``K8SMODELS_STATIC=1`` all settings are computed at once and the page plays
    them; where neither scripts nor widgets run the first frame stays.

    Parameters
    ----------
    view
        Pure function of the knobs' values that returns a `Frame`. With a `Text` knob, a ValueError that it
        raises is bad input of a reader and is shown in the frame's place; any other exception is a defect.
    title
        The question or the finding; also names the widget in links, so it is unique on its page and
        no heading of it.
    note
        What to try and what to watch for.
    knobs
        `Range`, `Choice`, `Toggle`, `Steps` or `Text` by the view's argument. None at all make a
        figure without controls.

    Raises
    ------
    ValueError
        If the title has no letter.

    Examples
    --------
    >>> from k8smodels.explore import Range
    >>> double = Explorer(lambda n: Frame(f"<p>{2 * n}</p>", f"{2 * n}"), title="Twice", n=Range(1, 3))
    >>> double
    Explorer('Twice', n=Range(1, 3, step=1))
    >>> double.frame(n=2).says
    '4'
    """

    def __init__(self, view: Callable[..., Frame], /, *, title: str, note: str = "", **knobs: Knob) -> None:
        self.view, self.title, self.note = view, title, note
        self.knobs: Mapping[str, Knob] = MappingProxyType(knobs)
        self._live: Any = None

    def __repr__(self) -> str:
        knobs = "".join(f", {name}={knob!r}" for name, knob in self.knobs.items())
        return f"Explorer({self.title!r}{knobs})"

    def frame(self, **values: Value) -> Frame:
        """The frame at a setting; knobs not named stand at their start."""
        start = {name: knob.values[knob.at] for name, knob in self.knobs.items()}
        try:
            return self.view(**(start | values))
        except ValueError as error:
            if not any(isinstance(knob, Text) for knob in self.knobs.values()):
                raise  # nobody typed anything: the view is wrong, and the build must say so
            return error_frame(error)

    def static_html(self) -> str:
        """The widget for a page without a kernel."""
        return str(figure(self))

    def _repr_mimebundle_(self, **_wanted: object) -> dict[str, Any]:
        bundle, self._live = mimebundle(repr(self), self.static_html, lambda: preview(self), self._widget)
        return bundle

    def _widget(self) -> Any:
        from k8smodels.explore import live  # ipywidgets only where there is a kernel

        return live.explorer_widget(self) if self.knobs else None
