"""A field that is a whole number or a percentage of one: ``maxSurge: 1`` or ``maxSurge: 25%``.

References
----------
staging/src/k8s.io/apimachinery/pkg/util/intstr/intstr.go (v1.37)
"""

from __future__ import annotations

from k8smodels.api.gotext import NumberError, parse_int, quote

IntOrString = int | str
"""As in JSON: a 32-bit integer, or text such as ``25%`` (or the name of a port)."""


class IntOrStringError(ValueError):
    """A value that cannot be scaled. Its message is Kubernetes'."""


def scaled_value(value: IntOrString | None, total: int, *, round_up: bool) -> int:
    """`value` itself if it is a number, its share of `total` if it is a percentage.

    Parameters
    ----------
    value
        An integer, or an integer followed by ``%``. Percentages may be negative or above 100.
    total
        What 100% is.
    round_up
        Towards the larger number if true, else towards the smaller one.

    Raises
    ------
    IntOrStringError
        `value` is missing, or text that is no percentage.

    Examples
    --------
    >>> scaled_value("25%", 10, round_up=True), scaled_value("25%", 10, round_up=False)
    (3, 2)
    """
    if value is None:
        raise IntOrStringError("nil value for IntOrString")
    if isinstance(value, int):
        return value
    hundredths = _percentage(value) * total
    return -(-hundredths // 100) if round_up else hundredths // 100


def int_value(value: IntOrString) -> int:
    """The number that `value` is; 0 for text that is no number, the limit for one beyond 64 bits."""
    if isinstance(value, int):
        return value
    try:
        return parse_int(value)
    except NumberError as error:
        return error.nearest


def parse(text: str) -> IntOrString:
    """`text` as a field's value: an integer if it is one and fits in 32 bits, else the text itself."""
    try:
        number = parse_int(text)
    except NumberError:
        return text
    return number if -(2**31) <= number < 2**31 else text


def _percentage(text: str) -> int:
    problem = "invalid value for IntOrString: "
    if not text.endswith("%"):
        raise IntOrStringError(problem + "invalid type: string is not a percentage")
    try:
        return parse_int(text[:-1])
    except NumberError as error:
        raise IntOrStringError(f"{problem}invalid value {quote(text)}: {error}") from None
