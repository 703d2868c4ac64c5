"""Frames packed for a static page: JSON, deflated, in base64.

`k8s-explorer.js` reads it back with the browser's own ``DecompressionStream``. The digest is taken of
the JSON, because compressed bytes differ between versions of zlib and the JSON does not.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from k8smodels.views import Html, el

__all__ = ["MAX_PACKED_BYTES", "MAX_RAW_BYTES", "Packed", "deduplicate", "pack", "unpack"]

MAX_RAW_BYTES = 2_000_000
"""Most JSON that a widget may carry: a slow phone parses this in about a tenth of a second."""
MAX_PACKED_BYTES = 40_000
"""Most bytes that a widget may add to its page."""

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class Packed:
    """Compressed JSON.

    Attributes
    ----------
    text
        The deflated JSON in base64.
    digest
        First 12 hexadecimal digits of the SHA-256 of the JSON.
    raw_bytes
        Length of the JSON.
    """

    text: str
    digest: str
    raw_bytes: int

    def script(self) -> Html:
        """The element that carries the payload; browsers do not run it."""
        return el("script", Html(self.text), class_="frames", type="text/plain", data_digest=self.digest)


def pack(content: Any) -> Packed:
    """Compress `content`, which JSON must be able to hold.

    Raises
    ------
    ValueError
        If it is too much for a page; coarser knobs make fewer frames.
    """
    raw = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    text = base64.b64encode(zlib.compress(raw, 9)).decode()
    for size, limit, what in ((len(raw), MAX_RAW_BYTES, "of JSON"), (len(text), MAX_PACKED_BYTES, "compressed")):
        if size > limit:
            raise ValueError(f"the frames take {size:,} bytes {what}, more than {limit:,}: coarsen or drop a knob")
    return Packed(text, hashlib.sha256(raw).hexdigest()[:12], len(raw))


def unpack(text: str) -> Any:
    """What `pack` was given."""
    return json.loads(zlib.decompress(base64.b64decode(text)))


def deduplicate(items: Iterable[T]) -> tuple[list[T], list[int]]:
    """The distinct items in the order of their first coming, and for each item its place among them."""
    places: dict[T, int] = {}
    index = [places.setdefault(item, len(places)) for item in items]
    return list(places), index
