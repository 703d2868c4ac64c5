"""Exercises that show something broken, and ask for the cause and the remedy."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.views.html import Html, inline

__all__ = ["Case", "cause_and_remedy"]


@dataclass(frozen=True, slots=True)
class Case:
    """What is seen, what it comes from, what to change, and what to look at if the cause is not found."""

    text: str
    cause: str
    remedy: str
    clue: str


def cause_and_remedy(
    shown: Html, case: Case, cases: Sequence[Case], dice: random.Random, hints: Sequence[str], asks: str = ""
) -> Task:
    """Two questions about `case`: whence it comes, and what to do.

    Parameters
    ----------
    shown
        What the reader looks at: the case's text.
    cases
        All cases: their causes and remedies are the options.
    dice
        Decides on the options' order.
    hints
        Two sentences.
    asks
        The second question; what to change if it is empty.
    """
    causes = dice.sample([item.cause for item in cases], len(cases))
    remedies = dice.sample([item.remedy for item in cases], len(cases))
    return Task(
        shown,
        [
            Step(_("What is the cause?"), case.cause, options=causes, why=case.clue),
            Step(
                asks or _("What do you change?"),
                case.remedy,
                options=remedies,
                why=_("It should act on that cause."),
            ),
        ],
        list(hints),
        inline(f"{case.cause} {case.remedy}"),
    )
