"""Dumps of whole clusters: the list that ``kubectl get -A -o yaml`` prints is read item by item."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from k8smodels.api.errors import DecodeError
from k8smodels.api.yaml_text import read_documents
from k8smodels.progress import Advance

_HEAD = re.compile(r"apiVersion: v1\nitems:\n(?=- )")
_TAIL = re.compile(r"^kind: List\nmetadata:(?: \{\}|(?:\n  [^\n]*)+)\n?\Z", re.MULTILINE)
_ITEM = re.compile(r"^- ", re.MULTILINE)
_NEITHER_ITEM_NOR_INSIDE = re.compile(r"^(?!- |  |$)", re.MULTILINE)


def read_dump(text: str, source: str, *, max_bytes: int, advance: Advance) -> list[Any]:
    """The values in YAML or JSON text; a list as kubectl prints it counts as its items.

    Parameters
    ----------
    text, source, max_bytes
        As for `read_documents`.
    advance
        Told after each item of a list how many more characters have been read, else once.

    Raises
    ------
    DecodeError
        Broken or oversized text, with the line.
    """
    found: list[Any] = []
    done = 0
    for piece in _items(text):
        try:
            ((item,),) = read_documents(piece, source, max_bytes=max_bytes, fast=True)
        except (DecodeError, ValueError):
            break  # broken, or tied to another item by an anchor: only the whole text can tell
        found.append(item)
        done += len(piece)
        advance(len(piece))
    else:
        if found:
            advance(len(text) - done)
            return found
    found = read_documents(text, source, max_bytes=max_bytes, fast=True)
    advance(len(text) - done)
    return found


def _items(text: str) -> Iterator[str]:
    """The text of each item of a list as kubectl prints it; nothing if the text has another form.

    Nothing inside an item starts in the first column, so a line that does ends the item before.
    """
    head, tail = _HEAD.match(text), _TAIL.search(text)
    if head is None or tail is None:
        return
    first, last = head.end(), tail.start()
    if _NEITHER_ITEM_NOR_INSIDE.search(text, first, last):
        return
    starts = [match.start() for match in _ITEM.finditer(text, first, last)]
    for start, end in pairwise([*starts, last]):
        yield text[start:end]
