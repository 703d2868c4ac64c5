"""Where an output is shown, and what it therefore holds."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

__all__ = ["STATIC_VARIABLE", "is_static", "mimebundle"]

STATIC_VARIABLE = "K8SMODELS_STATIC"
"""Name of the environment variable that asks for the static home (value ``1``)."""


def is_static() -> bool:
    """Whether outputs are for a page without a kernel."""
    return os.environ.get(STATIC_VARIABLE, "") not in ("", "0")


def has_kernel() -> bool:
    """Whether this runs in a Jupyter kernel."""
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")


def mimebundle(
    plain: str, page: Callable[[], str], preview: Callable[[], str], widget: Callable[[], Any]
) -> tuple[dict[str, Any], Any]:
    """The output of a cell, by MIME type, and the widget that it shows (None: none).

    Parameters
    ----------
    plain
        Stable text, for diffs and terminals.
    page
        HTML for the static home.
    preview
        HTML without controls, for places that show neither scripts nor widgets.
    widget
        Makes the ipywidgets of the live home; called only there.
    """
    if is_static():
        return {"text/plain": plain, "text/html": str(page())}, None
    bundle = {"text/plain": plain, "text/html": str(preview())}
    shown = widget() if has_kernel() else None
    if shown is None:
        return bundle, None
    return shown._repr_mimebundle_() | bundle, shown
