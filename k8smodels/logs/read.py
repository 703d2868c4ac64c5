"""Reading a container's log file, as the kubelet does for ``kubectl logs``.

References
----------
staging/src/k8s.io/cri-client/pkg/logs/logs.go and tail.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from k8smodels.api.errors import invalid
from k8smodels.api.gotext import INT64_MAX, quote
from k8smodels.logs.lines import STREAMS, LogLine, LogLineError, Parse, UnsupportedLogFormatError, parser_for
from k8smodels.logs.timestamps import ZERO, Timestamp

MAX_FILE_BYTES = 4 * 2**20
MAX_FILE_LINES = 100_000
"""The largest file that the model reads."""


@dataclass(frozen=True, slots=True)
class LogOptions:
    """What to show of a file.

    Attributes
    ----------
    tail_lines
        Begin so many lines of the file before its end, and read so many; None reads all. Pieces of a line count each.
    limit_bytes
        Stop after so many bytes of output, of both streams together and with their timestamps.
    since
        Leave out what is older; what is as old is shown.
    timestamps
        Begin each line with its time.
    """

    tail_lines: int | None = None
    limit_bytes: int | None = None
    since: Timestamp = ZERO
    timestamps: bool = False


@dataclass(frozen=True, slots=True)
class LineRead:
    """What became of one line of the file.

    Attributes
    ----------
    raw
        The line as it stands in the file.
    stream
        Where it was written to; empty if it was not.
    written
        What was.
    reason
        Why nothing was written, or not all of it; empty if all was.
    """

    raw: bytes
    stream: str = ""
    written: bytes = b""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LogRead:
    """The output, and how it came about.

    Attributes
    ----------
    lines
        Each line of the file that was looked at.
    start
        The byte of the file at which reading began.
    end_reason
        Why it ended.
    error
        What the kubelet answers after the output, if it fails.
    """

    lines: tuple[LineRead, ...]
    start: int
    end_reason: str
    error: str = ""

    @property
    def output(self) -> bytes:
        """Both streams in the order of the file, as ``kubectl logs`` prints them."""
        return b"".join(line.written for line in self.lines)

    def of(self, stream: str) -> bytes:
        """The output of one stream, ``stdout`` or ``stderr``."""
        return b"".join(line.written for line in self.lines if line.stream == stream)


def read_logs(file: bytes, options: LogOptions | None = None) -> LogRead:
    """What is shown of a log file.

    The first line that is read decides the form of all. A later line that is not of it is passed over, and does not
    count for `LogOptions.tail_lines`; a line older than `LogOptions.since` does. Whether a time is written depends on
    the line before, of whatever stream: where both streams write partial lines, a time may be missing or too many.

    Raises
    ------
    FieldError
        A file of more than `MAX_FILE_BYTES` or `MAX_FILE_LINES`, or a number below zero.

    Notes
    -----
    Left out: following a file that grows (``--follow``), the choice of one stream, and rotated files, which the kubelet
    does not read either: what was rotated away is missing from ``kubectl logs``.

    References
    ----------
    staging/src/k8s.io/cri-client/pkg/logs/logs.go, ReadLogs (v1.37)
    """
    options = options or LogOptions()
    _check(file, options)
    start = 0 if options.tail_lines is None else tail_start(file, options.tail_lines)
    reader, lines = _Reader(options), []
    for raw in _lines_from(file, start):
        if reader.end:
            break
        lines.append(reader.read(raw))
    return LogRead(tuple(lines), start, reader.end or "end of the file", reader.error)


def tail_start(file: bytes, lines: int) -> int:
    """The byte at which the last `lines` lines begin; what follows the last line break is no line.

    References
    ----------
    staging/src/k8s.io/cri-client/pkg/logs/tail.go, findTailLineStartIndex (v1.37)
    """
    at = len(file)
    for _ in range(min(lines, len(file)) + 1):
        at = file.rfind(b"\n", 0, at)
        if at < 0:
            return 0
    return at + 1


class _Reader:
    """What reading one line leaves for the next: the form, what may still be shown, whether a line has ended."""

    def __init__(self, options: LogOptions) -> None:
        self.end = "tailLines is 0" if options.tail_lines == 0 else ""
        self.error = ""
        self._options = options
        self._parse: Parse | None = None
        self._lines_left = options.tail_lines
        self._bytes_left = INT64_MAX if options.limit_bytes is None else options.limit_bytes
        self._line_begins = True

    def read(self, raw: bytes) -> LineRead:
        """What becomes of the next line."""
        try:
            self._parse = self._parse or parser_for(raw)
            line = self._parse(raw)
        except UnsupportedLogFormatError as error:
            return self._failed(raw, f"failed to get parse function: {error}")
        except LogLineError as error:
            return LineRead(raw, reason=f"passed over: {error}")
        done = self._write(raw, line)
        self._line_begins = not line.text or line.text.endswith(b"\n")
        if self._lines_left is not None:
            self._lines_left -= 1
            self.end = self.end or ("" if self._lines_left else "as many lines as tailLines were read")
        return done

    def _write(self, raw: bytes, line: LogLine) -> LineRead:
        if line.timestamp.instant() < self._options.since.instant():
            return LineRead(raw, reason=f"older than {self._options.since}")
        if line.stream not in STREAMS:
            return self._failed(raw, f"unexpected stream type {quote(line.stream)}")
        prefix = f"{line.timestamp} ".encode() if self._options.timestamps and self._line_begins else b""
        whole = prefix + line.text
        written = whole[: self._bytes_left]
        self._bytes_left -= len(written)
        self.end = "" if self._bytes_left else "limitBytes was reached"
        return LineRead(raw, line.stream, written, "" if written == whole else "cut: limitBytes was reached")

    def _failed(self, raw: bytes, error: str) -> LineRead:
        self.end, self.error = "the kubelet gives up", error
        return LineRead(raw, reason=error)


def _lines_from(file: bytes, start: int) -> Iterator[bytes]:
    while start < len(file):
        end = file.find(b"\n", start) + 1 or len(file)
        yield file[start:end]
        start = end


def _check(file: bytes, options: LogOptions) -> None:
    if len(file) > MAX_FILE_BYTES:
        raise invalid("file", f"{len(file)} bytes", f"must have at most {MAX_FILE_BYTES} bytes")
    if (lines := file.count(b"\n")) > MAX_FILE_LINES:
        raise invalid("file", f"{lines} lines", f"must have at most {MAX_FILE_LINES} lines")
    for path, number in (("tailLines", options.tail_lines), ("limitBytes", options.limit_bytes)):
        if number is not None and number < 0:
            raise invalid(path, number, "must be greater than or equal to 0")
