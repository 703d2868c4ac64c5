"""A command and what it prints, in lines that break where the figure ends."""

from __future__ import annotations

from k8smodels.views.html import Html, el, join

__all__ = ["printed"]


def printed(command: str, output: str) -> Html:
    """A command as it is typed, and its answer: messages are long, and their ends matter most."""
    lines = [el("p", line, class_="msg") for line in output.splitlines() if line.strip()]
    return join([el("p", el("code", f"$ {command}")), *lines])
