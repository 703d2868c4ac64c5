"""The lines of a container's log file: the CRI's form, and the JSON that Docker wrote.

References
----------
staging/src/k8s.io/cri-client/pkg/logs/logs.go (v1.37)
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from k8smodels.api.gotext import quote
from k8smodels.logs.timestamps import ZERO, Timestamp, parse_timestamp

STREAMS = ("stdout", "stderr")
PARTIAL = "P"
"""The tag of a piece that the next line of the same stream continues."""
FULL = "F"
"""The tag of a line, or of its last piece."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class LogLineError(ValueError):
    """A line that is not of the form in question."""


class UnsupportedLogFormatError(ValueError):
    """A first line of neither form: the whole file is refused, in the kubelet's words."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the file, read.

    Attributes
    ----------
    timestamp
        When the runtime wrote it.
    stream
        ``stdout`` or ``stderr``; a Docker line may claim anything.
    text
        What the container wrote, with its line break; a partial line has none.
    """

    timestamp: Timestamp
    stream: str
    text: bytes


Parse = Callable[[bytes], LogLine]


def parse_cri_line(line: bytes) -> LogLine:
    r"""A line such as ``2026-01-02T03:04:05.5Z stdout F hello``.

    The first of the tags, which colons separate, tells a partial line; whatever else stands there ends the line.

    Raises
    ------
    LogLineError
        A part is missing, or is no time or no stream.

    Examples
    --------
    >>> parse_cri_line(b"2026-01-02T03:04:05Z stderr P never \n").text
    b'never '

    References
    ----------
    staging/src/k8s.io/cri-client/pkg/logs/logs.go, parseCRILog (v1.37)
    """
    parts = line.split(b" ", 3)
    if len(parts) == 1:
        raise LogLineError("timestamp is not found")
    timestamp = _timestamp(parts[0].decode(errors="surrogateescape"))
    if len(parts) == 2:  # time and stream, and the stream is not ended
        raise LogLineError("stream type is not found")
    stream = parts[1].decode(errors="surrogateescape")
    if stream not in STREAMS:
        raise LogLineError(f"unexpected stream type {quote_bytes(parts[1])}")
    if len(parts) == 3:
        raise LogLineError("log tag is not found")
    partial = parts[2].split(b":")[0] == PARTIAL.encode()
    return LogLine(timestamp, stream, parts[3].removesuffix(b"\n") if partial else parts[3])


def parse_docker_line(line: bytes) -> LogLine:
    r"""A line such as ``{"log":"hello\n","stream":"stdout","time":"2026-01-02T03:04:05.5Z"}``.

    As in Go, the case of names does not count, other names are passed over, and null leaves a field as it is.

    Raises
    ------
    LogLineError
        No JSON object, or a field of another type.

    References
    ----------
    staging/src/k8s.io/cri-client/pkg/logs/logs.go, parseDockerJSONLog (v1.37)
    """
    texts, timestamp = {"log": "", "stream": ""}, ZERO
    for name, value in _json_fields(line):
        field = name.lower()
        if value is None or field not in (*texts, "time"):
            continue
        if not isinstance(value, str):
            raise LogLineError(f"{field} must be a string")
        if field == "time":
            timestamp = _timestamp(value)
        else:
            texts[field] = value
    return LogLine(timestamp, utf8(texts["stream"]).decode(), utf8(texts["log"]))


def parser_for(first_line: bytes) -> Parse:
    """The parser for a whole file, which its first line decides.

    Raises
    ------
    UnsupportedLogFormatError
        It is of neither form.

    References
    ----------
    staging/src/k8s.io/cri-client/pkg/logs/logs.go, getParseFunc (v1.37)
    """
    for parse in (parse_cri_line, parse_docker_line):
        try:
            parse(first_line)
        except LogLineError:
            continue
        return parse
    raise UnsupportedLogFormatError(f"unsupported log format: {quote_bytes(first_line)}")


def quote_bytes(text: bytes) -> str:
    """`text` in double quotes, as Go's ``%q`` prints it: a byte that is no UTF-8 in hexadecimal."""
    chars = text.decode(errors="surrogateescape")
    return (
        '"' + "".join(f"\\x{ord(c) - 0xDC00:02x}" if "\udc80" <= c <= "\udcff" else quote(c)[1:-1] for c in chars) + '"'
    )


def utf8(text: str) -> bytes:
    """`text` as Go keeps it: what is no character becomes the replacement character."""
    return _LONE_SURROGATE.sub("\ufffd", text).encode()


def _timestamp(text: str) -> Timestamp:
    try:
        return parse_timestamp(text)
    except ValueError:
        raise LogLineError(f"unexpected timestamp format: {quote(text[:40])}") from None


def _json_fields(line: bytes) -> tuple[tuple[str, object], ...]:
    try:
        read = json.loads(
            line.decode(errors="surrogateescape"), object_pairs_hook=tuple, parse_int=float, parse_constant=_no_json
        )
    except (ValueError, RecursionError):
        raise LogLineError("not JSON") from None
    if read is not None and not isinstance(read, tuple):
        raise LogLineError("not a JSON object")
    return read or ()


def _no_json(word: str) -> float:
    raise ValueError(word)
