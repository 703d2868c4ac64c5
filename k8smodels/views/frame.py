"""What a view returns: one picture of a result, and the sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.i18n import _
from k8smodels.views.html import el, join

__all__ = ["Frame", "error_frame"]


@dataclass(frozen=True)
class Frame:
    """One state of a figure.

    Attributes
    ----------
    html
        Body of the figure: readable HTML that tells the whole story without style sheets.
        Everything that came from a reader is escaped already (build it with `k8smodels.views.html`).
    says
        The one sentence that a screen reader announces and that stands under the figure. Plain text;
        ``**bold**`` and ``` `code` ``` are understood.
    """

    html: str
    says: str


def error_frame(error: ValueError) -> Frame:
    """The frame that stands where bad input of a reader allows no other: one line an error."""
    lines = [line for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    html = join(el("p", el("b", line), class_="v no error") for line in lines)
    return Frame(html, _("The input was refused: {reason}").format(reason=lines[0]))
