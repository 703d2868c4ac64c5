"""Keep of a stylesheet only the rules that can match something on the site."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import tinycss2

RELATIVE_URL = re.compile(r"url\(\s*(['\"]?)(?!data:|https?:|#|/)([^)'\"]+)\1\s*\)")
# folds are <details> on this site, so what the theme says of a <div> and its title holds for them too
FOLD = re.compile(r"\bdiv\.(admonition|dropdown|toggle)\b")
FOLD_TITLE = re.compile(r"\bp\.admonition-title\b")
Token = Any  # a node of tinycss2, which publishes no types


def names(prelude: Iterable[Token]) -> Iterator[str]:
    """The classes and ids that a selector needs (those inside :not(), :is(), :where(), :has() do not count)."""
    tokens = [token for token in prelude if token.type != "comment"]
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "hash":
            yield token.value
        elif token.type == "literal" and token.value == "." and following is not None and following.type == "ident":
            yield following.value


def alternatives(prelude: Iterable[Token]) -> list[list[Token]]:
    """The selectors of a list, parted at its commas."""
    parts: list[list[Token]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if tinycss2.serialize(part).strip()]


def squeezed(tokens: Iterable[Token]) -> str:
    """The text of `tokens` without comments and with single spaces."""
    text = "".join(token.serialize() for token in tokens if token.type != "comment")
    return re.sub(r"\s+", " ", text).strip()


def style(rule: Token, used: Collection[str] | None) -> str:
    """A style rule with the selectors that can match; `used` None keeps all."""
    selectors = alternatives(rule.prelude)
    kept = selectors if used is None else [one for one in selectors if all(name in used for name in names(one))]
    body = squeezed(rule.content)
    return ",".join(squeezed(one) for one in kept) + "{" + body + "}" if kept and body else ""


def at_rule(rule: Token, used: Collection[str] | None) -> str:
    """An at-rule: conditions are pruned inside, the theme's icon fonts and imports are dropped."""
    if rule.at_keyword in {"charset", "import"}:
        return ""
    head = f"@{rule.at_keyword} {squeezed(rule.prelude)}".strip()
    if rule.content is None:
        return head + ";"
    if rule.at_keyword == "font-face" and "Awesome" in tinycss2.serialize(rule.content):
        return ""
    if rule.at_keyword in {"media", "supports", "container", "layer"}:
        inner = pruned(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), used)
        return head + "{" + inner + "}" if inner else ""
    return head + "{" + squeezed(rule.content) + "}"


def pruned(rules: Iterable[Token], used: Collection[str] | None) -> str:
    """The text of those `rules` that can match when only the names in `used` occur; None keeps all."""
    kinds = {"qualified-rule": style, "at-rule": at_rule}
    return "".join(kinds[rule.type](rule, used) for rule in rules if rule.type in kinds)


def slimmed(css: str, folder: str, used: Collection[str] | None) -> str:
    """The stylesheet `css` of `_static/folder`, pruned to `used` and ready to stand in `_static` itself."""

    def rebased(match: re.Match[str]) -> str:
        return f"url({posixpath.normpath(posixpath.join(folder, match[2]))})"

    css = RELATIVE_URL.sub(rebased, css)
    css = FOLD_TITLE.sub(":is(p,summary).admonition-title", FOLD.sub(r":is(div,details).\1", css))
    return pruned(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), used)
