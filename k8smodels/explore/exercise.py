"""Exercises whose answers a model computes, checked step by step with the first mistake explained."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any, Literal, TypeAlias

from k8smodels.explore.homes import mimebundle
from k8smodels.i18n import _

__all__ = ["Answer", "Exercise", "Feedback", "Kind", "Step", "Task", "check"]

Answer: TypeAlias = "str | int | float | Fraction | frozenset[str] | set[str]"
Kind: TypeAlias = Literal["number", "choice", "several", "text"]

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)(/\d+)?")
TOLERANCE = Fraction(1, 1_000_000)
"""Largest relative distance at which a number counts as right."""


@dataclass(frozen=True)
class Step:
    """One question of a task.

    Attributes
    ----------
    ask
        The question.
    answer
        The right answer, computed by a model: a number, a text, or a set of options.
    options
        What to choose from; none: the reader writes.
    unit
        Written after a number.
    wrong
        Why a certain wrong answer is wrong: by the number or text given; in a choice of several by
        the option that was taken or left wrongly.
    why
        What is said of any other wrong answer: which rule was missed, never the answer itself.

    Raises
    ------
    ValueError
        If the answer is not among the options.
    """

    ask: str
    answer: Answer
    options: Sequence[str] = field(default=(), kw_only=True)
    unit: str = field(default="", kw_only=True)
    wrong: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    why: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        asked = self.answer if isinstance(self.answer, frozenset | set) else {self.answer}
        if (self.options or isinstance(self.answer, frozenset | set)) and not asked <= set(self.options):
            raise ValueError(f"answer {self.answer!r} is not among the options {', '.join(self.options)}")

    @property
    def kind(self) -> Kind:
        """How the reader answers."""
        if isinstance(self.answer, frozenset | set):
            return "several"
        if self.options:
            return "choice"
        return "text" if isinstance(self.answer, str) else "number"


@dataclass(frozen=True)
class Task:
    """An exercise with its numbers.

    Attributes
    ----------
    text
        What is given, as HTML of `k8smodels.views` or as one line of prose.
    steps
        The questions; each may use the answers before it.
    hints
        From the gentlest to the plainest.
    solution
        The way to the answer, as `text`.
    """

    text: str
    steps: Sequence[Step]
    hints: Sequence[str]
    solution: str


@dataclass(frozen=True)
class Feedback:
    """What a check found.

    Attributes
    ----------
    wrong
        Position of the first step that is not right; None: all are.
    says
        The finding, and of a wrong step why.
    """

    wrong: int | None
    says: str


def check(steps: Sequence[Step], given: Sequence[str | Iterable[str]]) -> Feedback:
    """Find the first step whose answer is not right.

    Parameters
    ----------
    steps
        The questions.
    given
        What the reader answered: text, the option chosen, or the options taken; "" is no answer.
    """
    for i, (step, reply) in enumerate(zip(steps, given, strict=True)):
        says = _mistake(step, reply)
        if says is not None:
            return Feedback(i, says.format(step=i + 1))
    return Feedback(None, _("All steps are right."))


def _mistake(step: Step, reply: str | Iterable[str]) -> str | None:
    """Why `reply` is wrong, with a place for the step's number; None: it is right."""
    if isinstance(step.answer, frozenset | set):
        chosen = frozenset(reply)
        differ = [option for option in step.options if (option in chosen) != (option in step.answer)]
        return _explain(step, differ) if differ else None
    text = " ".join(str(reply).split())
    if not text:
        return _("Step {step} has no answer yet.")
    if step.kind != "number":
        return None if text == step.answer else _explain(step, [text])
    number = parse_number(text)
    if number is None:
        return _("Step {step}: write a number.")
    if _same(number, Fraction(str(step.answer))):
        return None
    known = [key for key in step.wrong if (value := parse_number(key)) is not None and _same(number, value)]
    return _explain(step, known)


def _explain(step: Step, replies: Sequence[str]) -> str:
    why = next((step.wrong[reply] for reply in replies if reply in step.wrong), step.why)
    said = _("Step {step} is not right yet.")
    return f"{said} {why.replace('{', '{{').replace('}', '}}')}".strip()


def parse_number(text: str) -> Fraction | None:
    """A decimal number or a fraction such as ``1/3``; a comma may stand for the point."""
    text = text.replace(",", ".").replace(" ", "")
    if not _NUMBER.fullmatch(text) or re.search(r"/0+$", text):
        return None
    top, _slash, bottom = text.partition("/")
    return Fraction(top) / Fraction(bottom or "1")


def _same(number: Fraction, other: Fraction) -> bool:
    return abs(number - other) <= TOLERANCE * max(Fraction(1), abs(other))


class Exercise:
    """A task with endless numbers.

    Parameters
    ----------
    make
        From a seed to a `Task`; pure. Answers come from models, so that they cannot rot.
    title
        Unique on its page.
    level
        1 (recall in a new case) to 3 (diagnosis, own data).
    seeds
        The sets of numbers that a page without a kernel offers; the first is shown.

    Raises
    ------
    ValueError
        If `level` is not 1, 2 or 3 or there is no seed.
    """

    def __init__(self, make: Callable[[int], Task], *, title: str, level: int, seeds: Sequence[int] = range(8)) -> None:
        if level not in (1, 2, 3) or not seeds:
            raise ValueError(f"level={level}: must be 1, 2 or 3, with at least one seed")
        self.make, self.title, self.level, self.seeds = make, title, level, tuple(seeds)
        self._live: Any = None

    def __repr__(self) -> str:
        return f"Exercise({self.title!r}, level={self.level})"

    def _repr_mimebundle_(self, **_wanted: object) -> dict[str, Any]:
        from k8smodels.explore.quiz_html import exercise_html, task_html

        preview = partial(task_html, self, self.seeds[0])
        bundle, self._live = mimebundle(repr(self), partial(exercise_html, self), preview, self._widget)
        return bundle

    def _widget(self) -> Any:
        from k8smodels.explore import quiz_live

        return quiz_live.exercise_widget(self)
