"""A small builder of HTML and SVG elements that escapes everything it is not told to trust.

>>> el("p", "a < b", class_="v no", data_node="node-1")
'<p class="v no" data-node="node-1">a &lt; b</p>'
>>> inline("`web` asks for **2** cpu & more")
'<code>web</code> asks for <b>2</b> cpu &amp; more'
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

__all__ = ["Attribute", "Child", "Html", "bullets", "el", "inline", "join", "plain"]


class Html(str):
    """Text that is markup already; `el` and `join` put it in unchanged."""

    __slots__ = ()


Child = str | int | float | None
"""What an element may hold: `Html` as it is, anything else as escaped text, None as nothing."""
Attribute = str | int | float | bool | None
"""Value of an attribute: True writes the bare name, None and False leave it out."""

_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_FIRST = ("class", "id")
_STRESSED = r"(?<![\w*])\*(?![\s*])([^*`\n]*[^\s*`])\*(?![\w*])"
_MARKS = re.compile(rf"`([^`]+)`|\*\*(.+?)\*\*|{_STRESSED}")


def el(tag: str, /, *children: Child, **attributes: Attribute) -> Html:
    """The element `tag` with `children` as content.

    Parameters
    ----------
    tag
        Name of the element.
    children
        Content, in order (see `Child`).
    attributes
        A trailing underscore is dropped (``class_``, ``for_``), the others become hyphens
        (``aria_label``). The order written is fixed, class and id first and then by name, so that
        frames share long runs of text and compress well.

    Raises
    ------
    ValueError
        If a void element such as ``br`` is given content.
    """
    opening = f"<{tag}{_attributes(attributes)}>"
    if tag in _VOID:
        if children:
            raise ValueError(f"<{tag}> takes no content")
        return Html(opening)
    return Html(f"{opening}{join(children)}</{tag}>")


def join(children: Iterable[Child]) -> Html:
    """The children one after another, text escaped."""
    return Html("".join(_text(child) for child in children if child is not None))


def inline(text: str) -> Html:
    """One line of prose: `` `code` ``, ``**bold**`` and ``*stress*`` become elements, the rest is escaped."""
    return Html(_MARKS.sub(_mark, escape(text, quote=False)))


def plain(text: str) -> str:
    """A line of prose without the marks of `inline`, for labels that take text only."""
    return re.sub(_STRESSED, r"\1", text.replace("`", "").replace("**", ""))


def bullets(lines: Iterable[str]) -> Html:
    """A list: one line of prose an item, `Html` as it is."""
    return el("ul", join(el("li", line if isinstance(line, Html) else inline(line)) for line in lines))


def _mark(match: re.Match[str]) -> str:
    code, bold, stressed = match.groups()
    if code is not None:
        return f"<code>{code}</code>"
    return f"<em>{stressed}</em>" if bold is None else f"<b>{_MARKS.sub(_mark, bold)}</b>"


def _text(child: Child) -> str:
    return child if isinstance(child, Html) else escape(str(child), quote=False)


def _attributes(attributes: dict[str, Attribute]) -> str:
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    order = sorted(named, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))
    return "".join(_attribute(name, named[name]) for name in order)


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
