"""Knobs: the settings of an Explorer that a reader may turn.

A knob has finitely many settings. Each has a *value* (what the view is called with), a *text* (what
the reader sees) and a *key* (how a link to this setting spells it); the three tuples run in parallel.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from k8smodels.i18n import _

__all__ = ["Choice", "Knob", "Number", "Range", "Steps", "Text", "Toggle", "Value"]

Number: TypeAlias = int | float
Value: TypeAlias = str | int | float | bool | None
"""What a knob hands to a view."""


class Knob:
    """What all knobs have in common.

    Attributes
    ----------
    values, texts, keys
        The settings, see the module's text. Same length, never empty.
    label
        What the reader reads beside the control; None: the argument's name with spaces.
    at
        Position of the setting at the start.
    """

    def __init__(
        self, values: Sequence[Value], texts: Sequence[str], keys: Sequence[str], label: str | None, at: int = 0
    ) -> None:
        if not values:
            raise ValueError(f"{type(self).__name__} needs at least one value")
        if len(set(keys)) < len(keys):
            raise ValueError(f"{type(self).__name__} has the same value twice: {', '.join(keys)}")
        self.values, self.texts, self.keys = tuple(values), tuple(texts), tuple(keys)
        self.label, self.at = label, at

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.keys)})"

    def _position(self, start: Value) -> int:
        """Where `start` stands among the values."""
        found = [i for i, value in enumerate(self.values) if value == start and type(value) is type(start)]
        found = found or [i for i, value in enumerate(self.values) if value == start]
        if not found:
            raise ValueError(f"start={start!r} is not one of {', '.join(map(repr, self.values))}")
        return found[0]


class Range(Knob):
    """Numbers from `low` to `high`, both included, on a slider.

    Parameters
    ----------
    low, high, step
        Numbers; all values are int if all three are, else float.
    unit
        Written after the number, for example ``cpu``.
    label
        See `Knob`.
    start
        Value at the start; None: `low`.

    Raises
    ------
    ValueError
        If `step` is not positive, `high` is below `low`, or `start` is not on the grid.
    """

    def __init__(
        self,
        low: Number,
        high: Number,
        step: Number = 1,
        unit: str = "",
        *,
        label: str | None = None,
        start: Number | None = None,
    ) -> None:
        if step <= 0 or high < low:
            raise ValueError(f"Range({low}, {high}, step={step}): needs step > 0 and low <= high")
        self.step, self.unit = step, unit
        points = _grid(low, high, step)
        whole = all(isinstance(number, int) for number in (low, high, step))
        keys = [f"{point.normalize():f}" for point in points]
        super().__init__(
            [int(point) if whole else float(point) for point in points],
            [f"{key} {unit}".strip() for key in keys],
            keys,
            label,
        )
        self.at = 0 if start is None else self._position(start)

    def __repr__(self) -> str:
        unit = f", unit={self.unit!r}" if self.unit else ""
        return f"Range({self.keys[0]}, {self.keys[-1]}, step={self.step}{unit})"


def _grid(low: Number, high: Number, step: Number) -> list[Decimal]:
    """The numbers from `low` on, in decimal arithmetic so that steps of 0.1 stay round."""
    first, last, each = (Decimal(str(number)) for number in (low, high, step))
    return [first + each * i for i in range(int((last - first) / each) + 1)]


class Choice(Knob):
    """One of a few names.

    Parameters
    ----------
    values
        The values, or one mapping from value to the text that readers see.
    label, start
        As for `Range`; `start` None: the first.
    """

    def __init__(
        self, *values: Value | Mapping[Value, str], label: str | None = None, start: Value | None = None
    ) -> None:
        texts = _choices(values)
        super().__init__(list(texts), list(texts.values()), [str(value) for value in texts], label)
        self.at = 0 if start is None else self._position(start)


def _choices(values: tuple[Value | Mapping[Value, str], ...]) -> dict[Value, str]:
    texts: dict[Value, str] = {}
    for value in values:
        texts |= dict(value) if isinstance(value, Mapping) else {value: str(value)}
    return texts


class Toggle(Knob):
    """Off or on."""

    def __init__(self, *, label: str | None = None, start: bool = False) -> None:
        super().__init__((False, True), (_("off"), _("on")), ("off", "on"), label, int(start))

    def __repr__(self) -> str:
        return "Toggle()"


class Steps(Knob):
    """The steps of something that takes time: 0 to `n` - 1 for the view, 1 to `n` for the reader."""

    def __init__(self, n: int, *, label: str | None = None) -> None:
        numbers = range(1, n + 1)
        texts = [_("{step} of {total}").format(step=i, total=n) for i in numbers]
        super().__init__(range(n), texts, [str(i) for i in numbers], label)

    def __repr__(self) -> str:
        return f"Steps({len(self)})"


class Text(Knob):
    """Text that the reader writes; in a static page one of the prepared cases.

    Parameters
    ----------
    cases
        Name of a case and its text; the first is the start.
    label
        See `Knob`.
    """

    LIMIT_BYTES = 1_000_000
    """Longest input of a reader, in UTF-8; more is refused."""

    def __init__(self, *, label: str | None = None, cases: Mapping[str, str]) -> None:
        super().__init__(list(cases.values()), list(cases), list(cases), label)

    def __repr__(self) -> str:
        return f"Text({', '.join(self.keys)})"

    @classmethod
    def accept(cls, text: str) -> str:
        """`text` itself.

        Raises
        ------
        ValueError
            If it is longer than `LIMIT_BYTES`.
        """
        size = len(text.encode())
        if size > cls.LIMIT_BYTES:
            message = _("Too long: must have at most {limit} bytes, this has {size}")
            raise ValueError(message.format(limit=f"{cls.LIMIT_BYTES:,}", size=f"{size:,}"))
        return text
