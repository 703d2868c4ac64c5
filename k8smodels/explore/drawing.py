"""SVG drawings where inline SVG does not survive: a previewed notebook strips it, an image stays.

The image carries its share of the style sheet. `k8s-explorer.js` turns it back into inline SVG, which
follows the page's colours.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from html import unescape
from importlib.resources import files

from k8smodels.views import Html, el

__all__ = ["as_images", "asset"]

_SVG = re.compile(r"<svg\b([^>]*)>(.*?)</svg>", re.DOTALL)
_DECORATION = 'aria-hidden="true"'
_RULE = re.compile(r"^\.kf svg ([^{]+?) \{([^}]*)\}", re.MULTILINE)
_TOKEN = re.compile(r"(--k-[\w-]+):\s*([^;]+);")


@cache
def asset(name: str) -> str:
    """Text of a file of the folder ``assets``."""
    return (files("k8smodels.explore") / "assets" / name).read_text(encoding="utf-8")


def as_images(html: str) -> Html:
    """`html` with every SVG drawing as an ``<img>`` of the same size, named by the drawing's title.

    One that only decorates (``aria-hidden``) stays as it is: where markup is stripped nothing is lost with it.
    """
    return Html(_SVG.sub(lambda match: match[0] if _DECORATION in match[1] else _image(match[1], match[2]), html))


def _image(attributes: str, body: str) -> str:
    names = dict(re.findall(r'([\w:-]+)="([^"]*)"', attributes))
    title = re.search(r"<title[^>]*>(.*?)</title>", body, re.DOTALL)
    alt = unescape(title[1] if title else names.get("aria-label", ""))
    size = [round(float(number)) for number in names.get("viewBox", "0 0 300 150").split()[2:]]
    space = "" if "xmlns" in names else ' xmlns="http://www.w3.org/2000/svg"'
    source = f"<svg{space}{attributes}>{_style(attributes + body)}{body}</svg>"
    url = "data:image/svg+xml;base64," + base64.b64encode(source.encode()).decode()
    classes = f"{names.get('class', '')} drawing".strip()
    return el("img", class_=classes, alt=alt, height=size[1], src=url, width=size[0])


def _style(svg: str) -> str:
    """The rules of the style sheet that this drawing uses, with the tokens that they need."""
    used = set(re.findall(r"[\w-]+", svg))
    rules = [f"{names}{{{body.strip()}}}" for names, body in _RULE.findall(asset("frames.css")) if _names(names) & used]
    needed = sorted(set(re.findall(r"var\((--k-[\w-]+)\)", "".join(rules))))
    if not rules:
        return ""
    light, dark = _tokens()
    return (
        f'<style data-k="">:root{{{_set(needed, light)}}}'
        f"@media (prefers-color-scheme:dark){{:root{{{_set(needed, light | dark)}}}}}{''.join(rules)}</style>"
    )


def _names(selectors: str) -> set[str]:
    """Classes and elements named last in the selectors."""
    return {re.findall(r"[\w-]+", one)[-1] for one in selectors.split(",") if re.search(r"\w", one)}


def _set(names: list[str], values: dict[str, str]) -> str:
    return "".join(f"{name}:{values[name]};" for name in names if name in values)


@cache
def _tokens() -> tuple[dict[str, str], dict[str, str]]:
    light, _, dark = asset("tokens.css").partition("/* dark */")
    return dict(_TOKEN.findall(light)), dict(_TOKEN.findall(dark))
