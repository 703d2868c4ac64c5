"""Writing a container's log file, as containerd does: each line of output with its time, stream and tag.

References
----------
internal/cri/io/logger.go, redirectLogs, readLine (containerd v2.2)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from k8smodels.api.errors import invalid, unsupported
from k8smodels.logs.lines import FULL, PARTIAL, STREAMS
from k8smodels.logs.timestamps import Timestamp

MAX_LINE_BYTES = 16 * 1024
"""containerd's default for ``max_container_log_line_size``."""

MIN_LINE_BYTES = 16
"""The smallest buffer of Go's bufio; containerd stops with a panic on long lines if its setting is below it."""

MAX_OUTPUT_BYTES = 4 * 2**20
"""The most output that the model writes at once."""

_BUFFER_BYTES = 4096


class Piece(NamedTuple):
    """A line of output, or a part of one.

    Attributes
    ----------
    tag
        ``F`` for a line's end, ``P`` for what another piece continues, or what ended without a line break.
    text
        Without the line break.
    """

    tag: str
    text: bytes


def pieces(output: bytes, max_line_bytes: int = MAX_LINE_BYTES) -> list[Piece]:
    r"""What containerd makes of the whole output of one stream.

    A carriage return before a line break is dropped: ``kubectl logs`` shows ``\r\n`` as ``\n``.

    Parameters
    ----------
    max_line_bytes
        A longer line is cut into pieces of this length; 0 never cuts.

    Raises
    ------
    FieldError
        More than `MAX_OUTPUT_BYTES`, or a length between 0 and `MIN_LINE_BYTES`.

    Examples
    --------
    >>> pieces(b"0123456789abcdefgh\nend", max_line_bytes=16)
    [Piece(tag='P', text=b'0123456789abcdef'), Piece(tag='F', text=b'gh'), Piece(tag='P', text=b'end')]
    """
    _check(output, max_line_bytes)
    cut, line = [], b""
    for text, ending in _reads(output, min(max_line_bytes or _BUFFER_BYTES, _BUFFER_BYTES)):
        line += text
        if max_line_bytes and len(line) > max_line_bytes:
            cut.append(Piece(PARTIAL, line[:max_line_bytes]))
            line = line[max_line_bytes:]
        if ending:
            cut.append(Piece(ending, line))
            line = b""
    return [*cut, Piece(PARTIAL, line)] if line else cut


def log_lines(output: bytes, stream: str, time: Timestamp, max_line_bytes: int = MAX_LINE_BYTES) -> bytes:
    r"""The lines of the log file for one stream's whole output, all of them written at `time`.

    Raises
    ------
    FieldError
        As for `pieces`, or an unknown stream.

    Examples
    --------
    >>> from k8smodels.logs.timestamps import parse_timestamp
    >>> log_lines(b"hello\n", "stdout", parse_timestamp("2026-01-02T03:04:05.5Z"))
    b'2026-01-02T03:04:05.5Z stdout F hello\n'
    """
    if stream not in STREAMS:
        raise unsupported("stream", stream, STREAMS)
    written = pieces(output, max_line_bytes)
    return b"".join(f"{time.short()} {stream} {tag} ".encode() + text + b"\n" for tag, text in written)


def _reads(output: bytes, buffer_bytes: int) -> Iterator[tuple[bytes, str]]:
    """What each read gives: up to a line break, or a full buffer, whose last carriage return waits for the next."""
    at = 0
    while at < len(output):
        end = output.find(b"\n", at, at + buffer_bytes) + 1
        text = output[at:end] if end else output[at : at + buffer_bytes]
        if end:
            yield text.removesuffix(b"\n").removesuffix(b"\r"), FULL
        else:
            full = len(text) == buffer_bytes
            text = text.removesuffix(b"\r") if full else text
            yield text, ""
        at = end or at + len(text)


def _check(output: bytes, max_line_bytes: int) -> None:
    if len(output) > MAX_OUTPUT_BYTES:
        raise invalid("output", f"{len(output)} bytes", f"must have at most {MAX_OUTPUT_BYTES} bytes")
    if max_line_bytes != 0 and max_line_bytes < MIN_LINE_BYTES:
        raise invalid("maxContainerLogLineSize", max_line_bytes, f"must be 0 or at least {MIN_LINE_BYTES}")
