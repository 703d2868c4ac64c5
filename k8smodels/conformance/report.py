"""What a run of a suite found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

JSON = Any
"""What `json.loads` can return."""


class Absent:
    """A place in a result that only one side has."""

    def __repr__(self) -> str:
        return "(absent)"


ABSENT: Final = Absent()
"""The only `Absent`."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a model's result is not the recorded one.

    Attributes
    ----------
    case
        The case's name.
    path
        The place in the result, e.g. ``scores.n1.NodeResourcesFit``; empty for the whole.
    wanted, got
        What stands there in the recorded result and in the model's; `ABSENT` on the side that lacks the place.
    """

    case: str
    path: str
    wanted: JSON | Absent
    got: JSON | Absent

    def __str__(self) -> str:
        place = self.path or "(result)"
        return f"{self.case}: {place}: wanted {_shown(self.wanted)}, got {_shown(self.got)}"

    def to_json(self) -> dict[str, JSON]:
        """The difference for machines; a side that is absent has no key."""
        sides = {"wanted": self.wanted, "got": self.got}
        present = {name: value for name, value in sides.items() if value is not ABSENT}
        return {"case": self.case, "path": self.path, **present}


@dataclass(frozen=True, slots=True)
class Known:
    """A case in which the model differs as declared.

    Attributes
    ----------
    case
        The case's name.
    reason
        Why the model differs there.
    """

    case: str
    reason: str


@dataclass(frozen=True, slots=True)
class SuiteReport:
    """One file's cases, run.

    Attributes
    ----------
    suite, kubernetes, source, about
        As the file says: the suite's name, the release that made it, the code that was run, what the cases mean.
    total, passed
        The number of cases, and of those whose result is the recorded one.
    known
        The cases that differ as declared.
    differences
        Every other place that differs, in the order of the cases.
    """

    suite: str
    kubernetes: str
    source: str
    about: str
    total: int
    passed: int
    known: tuple[Known, ...]
    differences: tuple[Difference, ...]

    @property
    def ok(self) -> bool:
        """Whether every case passed or differs as declared."""
        return self.passed + len(self.known) == self.total

    def lines(self, most: int | None = 10) -> Iterator[str]:
        """The report as text: the count, then at most `most` differences (all of them if None)."""
        known = f", {len(self.known)} known differences" if self.known else ""
        yield f"{self.suite} {self.passed}/{self.total}{known}"
        for reason in dict.fromkeys(item.reason for item in self.known):
            yield f"  known: {reason}"
        for difference in self.differences[:most]:
            yield f"  {difference}"
        left = len(self.differences[most:]) if most is not None else 0
        if left:
            yield f"  ... {left} more (--all)"

    def to_json(self) -> dict[str, JSON]:
        """The report for machines."""
        return {
            "suite": self.suite,
            "kubernetes": self.kubernetes,
            "source": self.source,
            "total": self.total,
            "passed": self.passed,
            "known": [{"case": item.case, "reason": item.reason} for item in self.known],
            "differences": [difference.to_json() for difference in self.differences],
        }


def _shown(value: JSON | Absent) -> str:
    return repr(value) if value is ABSENT else json.dumps(value, ensure_ascii=False, default=repr)
