"""The few icons that the site uses, as a font inside the stylesheet: no request and no late swap."""

from __future__ import annotations

import base64
import io
import logging
import re
from pathlib import Path

import pydata_sphinx_theme
from fontTools import subset
from fontTools.ttLib import TTFont

FOLDER = Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static/vendor/fontawesome/webfonts"
ESCAPED = re.compile(r"\\([ef][0-9a-f]{3})\b")
# family, weight, file, and what must stand in the stylesheet for the font to be wanted at all
FONTS = (
    ("Font Awesome 6 Free", 900, "fa-solid-900", r"."),
    ("Font Awesome 6 Free", 400, "fa-regular-400", r"\.(fa-regular|far)\b"),
    ("Font Awesome 6 Brands", 400, "fa-brands-400", r"\.(fa-brands|fab)\b"),
)
logging.getLogger("fontTools").setLevel(logging.WARNING)


def glyphs(css: str) -> set[int]:
    """The code points of the private area that `css` names, written out or escaped."""
    return {ord(c) for c in css if "\ue000" <= c <= "\uf8ff"} | {int(code, 16) for code in ESCAPED.findall(css)}


def cut(file: str, wanted: set[int]) -> bytes:
    """The font `file` with nothing but `wanted`, as WOFF; the same bytes each time.

    WOFF2 would need a compiled package, and the site is served compressed anyway.
    """
    font = TTFont(FOLDER / f"{file}.ttf", recalcTimestamp=False)
    have = wanted & set(font.getBestCmap())
    if not have:
        return b""
    cutter = subset.Subsetter(subset.Options(layout_features=[], name_IDs=[], hinting=False, notdef_outline=False))
    cutter.populate(unicodes=have)
    cutter.subset(font)
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def icon_fonts(css: str) -> str:
    """The `@font-face` rules for the icons that `css` names."""
    faces = []
    for family, weight, file, sign in FONTS:
        data = cut(file, glyphs(css)) if re.search(sign, css) else b""
        if data:
            source = f"url(data:font/woff;base64,{base64.b64encode(data).decode()})format('woff')"
            face = f'font-family:"{family}";font-weight:{weight};font-display:block;src:{source}'
            faces.append(f"@font-face{{{face}}}")
    return "".join(faces)
