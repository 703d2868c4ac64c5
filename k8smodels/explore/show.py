"""Pictures and sources as a cell's result."""

from __future__ import annotations

import base64
import hashlib
import inspect
import io
import re
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from k8smodels.explore.homes import is_static
from k8smodels.views.html import Html, el, inline, join

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Picture", "Source", "picture", "source"]

# The colours of the figures' style, by the page's tokens: an inline picture then follows the page's scheme.
_TOKENS = {
    "#1b2330": "text",
    "#525d6c": "muted",
    "#6f7b8a": "edge",
    "#d3d9e1": "line",
    "#1b5ec4": "pod",
    "#566372": "node",
    "#00524f": "service",
    "#451a86": "control",
    "#74502a": "storage",
}


class Picture:
    """A matplotlib figure with its caption and the text that stands for it."""

    def __init__(self, svg: str, alt: str, title: str, note: str) -> None:
        self.svg, self.alt, self.title, self.note = svg, alt, title, note

    def __repr__(self) -> str:
        return f"Picture({self.title!r})"

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        if is_static():
            colours = re.sub("#[0-9a-f]{6}", _token, self.svg)
            drawing = Html(colours.replace("<svg ", f'<svg role="img" aria-label="{_attribute(self.alt)}" ', 1))
        else:
            data = base64.b64encode(self.svg.encode()).decode()
            drawing = el("img", alt=self.alt, src=f"data:image/svg+xml;base64,{data}")
        caption = el("figcaption", el("b", inline(self.title)), inline(self.note))
        body = el("div", drawing, class_="plot")
        return {"text/plain": repr(self), "text/html": str(el("figure", join([caption, body]), class_="kf"))}


def picture(figure: Figure, *, alt: str, title: str, note: str = "") -> Picture:
    """Show a matplotlib figure as SVG: the same bytes at every run, in the colours of the page.

    Parameters
    ----------
    figure
        The figure.
    alt
        What it shows, for readers who do not see it: the finding and the numbers that carry it.
    title, note
        Its caption: the finding, and what to watch.
    """
    import matplotlib as mpl

    out = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "k8smodels", "svg.fonttype": "none"}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = out.getvalue()
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    # its style sheet would reach every drawing of the page
    svg = re.sub(r"<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", svg, count=1, flags=re.DOTALL)
    svg = svg.replace("<svg ", '<svg stroke-linejoin="round" ', 1)
    return Picture(_own_ids(re.sub(r">\s+<", "><", svg).strip()), alt, title, note)


def _own_ids(svg: str) -> str:
    """The drawing with ids that no other drawing of the page has; those that nothing refers to are dropped."""
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg))
    mine = f"p{hashlib.sha256(svg.encode()).hexdigest()[:6]}-"
    svg = re.sub(r' id="([^"]+)"', lambda found: f' id="{mine}{found[1]}"' if found[1] in used else "", svg)
    return re.sub(r'(url\(#|href="#)', rf"\1{mine}", svg)


class Source:
    """The text of a function, shown as code."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name = text, name

    def __repr__(self) -> str:
        return f"Source({self.name})"

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return {"text/plain": self.text, "text/markdown": f"```python\n{self.text}```"}


def source(function: Callable[..., Any]) -> Source:
    """Show the source of a model's rule, as it runs."""
    return Source(textwrap.dedent(inspect.getsource(function)), function.__qualname__)


def _token(match: re.Match[str]) -> str:
    name = _TOKENS.get(match[0])
    return f"var(--k-{name})" if name else match[0]


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
