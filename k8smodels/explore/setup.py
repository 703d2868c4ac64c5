"""What the first cell of every notebook calls."""

from __future__ import annotations

import warnings

from k8smodels.explore.homes import is_static

__all__ = ["setup"]


def setup() -> None:
    """Prepare a notebook: reproducible figures, and the widgets' style sheets where there is a kernel.

    Matplotlib's figures become SVG with stable ids and text as text, so that the same cell gives the
    same bytes and the reader's browser supplies the glyphs.
    """
    import matplotlib as mpl
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    set_matplotlib_formats("svg", metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    mpl.rcParams.update({"svg.hashsalt": "k8smodels", "svg.fonttype": "none"})
    # Fonts for Chinese are missing where books are built; the browser that shows the SVG has them.
    warnings.filterwarnings("ignore", message=r"Glyph .* missing from font")
    if not is_static():
        from k8smodels.explore import live

        live.show_styles()
