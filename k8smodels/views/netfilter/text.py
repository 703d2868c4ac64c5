"""Rules as text, the words that matter marked."""

from __future__ import annotations

from collections.abc import Iterable

from k8smodels.views.html import Html, el, join

__all__ = ["rule_text"]


def rule_text(lines: Iterable[str], label: str) -> Html:
    """Lines of rules in a frame that can be scrolled; a line that begins with ``#`` is a remark."""
    shown = [el("span", f"{line}\n", class_="muted" if line.startswith("#") else None) for line in lines]
    return el("div", el("pre", join(shown), tabindex="0", aria_label=label, role="region"), class_="term")
