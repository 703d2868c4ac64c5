"""Text as a terminal shows it."""

from __future__ import annotations

from k8smodels.views.html import Html, el

__all__ = ["terminal"]


def terminal(text: str, label: str) -> Html:
    """Lines that keep their columns and can be scrolled; `label` names them for those who do not see them."""
    return el("div", el("pre", text, tabindex="0", aria_label=label, role="group"), class_="term")
