"""The log lines of Kubernetes' own programs, such as the kubelet: klog's text format.

References
----------
k8s.io/klog/v2 v2.140.0: internal/buffer/buffer.go, internal/serialize/keyvalues.go, klog.go (printS)
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from k8smodels.api.errors import invalid
from k8smodels.api.gotext import marshal, quote

Severity = Literal["INFO", "WARNING", "ERROR", "FATAL"]
Value = str | int | float | bool | None | Sequence["Value"] | Mapping[str, "Value"]

MAX_PAIRS = 1000
"""The most keys and values of one line that the model formats."""

_MISSING = "(MISSING)"
_THREAD_ID_WIDTH = 7


@dataclass(frozen=True, slots=True)
class Header:
    """Where and when a line was written.

    Attributes
    ----------
    severity
        Its first letter begins the line.
    time
        In the zone of the program; the line shows neither year nor zone.
    pid
        The process: klog has no thread id, though its documentation calls it that.
    file, line
        The place in the program.
    """

    severity: Severity
    time: datetime
    pid: int
    file: str
    line: int

    def __str__(self) -> str:
        when = f"{self.time:%m%d %H:%M:%S.%f}"
        return f"{self.severity[0]}{when} {_thread_id(self.pid)} {self.file}:{max(self.line, 0)}] "


def structured_line(header: Header, message: str, keys_and_values: Sequence[Value] = (), error: str = "") -> str:
    r"""A line of ``InfoS`` or ``ErrorS``: the quoted message, the error, then keys and values.

    Raises
    ------
    FieldError
        More than `MAX_PAIRS` keys, or a value that has no JSON text.

    Notes
    -----
    Left out: values that format themselves in Go (``Stringer``, ``Marshaler``, byte slices), and numbers of such a
    size that Go and Python choose the exponent differently.

    Examples
    --------
    >>> from datetime import datetime
    >>> structured_line(Header("INFO", datetime(2026, 1, 2, 3, 4, 5), 1, "main.go", 7), "Starting", ["port", 80])
    'I0102 03:04:05.000000       1 main.go:7] "Starting" port=80\n'
    """
    first = _pair("err", error) if error else ""
    return f"{header}{quote(message)}{first}{key_values(keys_and_values)}\n"


def key_values(keys_and_values: Sequence[Value]) -> str:
    """Keys and values in turn, as text: of a key that comes twice the last value, and a word where one is missing.

    Raises
    ------
    FieldError
        More than `MAX_PAIRS` keys, or a value that has no JSON text.
    """
    if len(keys_and_values) > 2 * MAX_PAIRS:
        raise invalid("keysAndValues", len(keys_and_values), f"must have at most {2 * MAX_PAIRS} items")
    shown: dict[str, str] = {}
    for i in range(0, len(keys_and_values), 2):
        key = str(keys_and_values[i])
        text = _pair(key, keys_and_values[i + 1] if i + 1 < len(keys_and_values) else _MISSING)
        if shown.get(key) != text:
            shown.pop(key, None)
            shown[key] = text
    return "".join(shown.values())


def _thread_id(pid: int) -> str:
    """Seven places: of a longer number the last digits, of 0 none."""
    return (str(pid)[-_THREAD_ID_WIDTH:] if pid else "").rjust(_THREAD_ID_WIDTH)


def _pair(key: str, value: Value) -> str:
    if not isinstance(value, str):
        return f" {key}={_json(key, value)}"
    if "\n" not in value:
        return f" {key}={quote(value)}"
    lines = value.removesuffix("\n").split("\n")
    return f" {key}=<\n" + "".join(f"\t{line}\n" for line in lines) + " >"


def _json(key: str, value: Value) -> str:
    try:
        return marshal(json.loads(json.dumps(value, sort_keys=True, allow_nan=False)))
    except (ValueError, TypeError, RecursionError):
        raise invalid(key, type(value).__name__, "must be text, a number, true, false, null, a list or a map") from None
