"""Names and words that the widgets share."""

from __future__ import annotations

import json
import re
import unicodedata

from k8smodels.i18n import _

__all__ = ["exercise_words", "explorer_words", "predict_words", "slug"]


def slug(title: str) -> str:
    """`title` as an identifier: lower case, words joined by hyphens, marks dropped.

    >>> slug("Where does `web` go?")
    'where-does-web-go'

    Raises
    ------
    ValueError
        If nothing is left.
    """
    text = unicodedata.normalize("NFKC", title).casefold()
    name = "-".join(re.findall(r"\w+", text)).replace("_", "-")
    if not name:
        raise ValueError(f"title {title!r} has no letter or digit")
    return name


def explorer_words() -> str:
    """What `k8s-explorer.js` says, as JSON."""
    return json.dumps(
        {
            "kept": _("Kept"),
            "now": _("Now"),
            "same": _("the same setting"),
            "on": _("on"),
            "off": _("off"),
            "play": _("Play"),
            "stop": _("Stop"),
            "copied": _("Link copied"),
            "address": _("The link is in the address bar"),
        },
        ensure_ascii=False,
    )


def predict_words() -> str:
    """What `k8s-quiz.js` says about a prediction, as JSON."""
    return json.dumps(
        {
            "first": _("Choose first: a wrong guess teaches more than none."),
            "kept": _("Your guess is kept in this browser."),
            "right": _("You said “{guess}”, and so it is."),
            "wrong": _("You said “{guess}”."),
        },
        ensure_ascii=False,
    )


def exercise_words() -> str:
    """What `k8s-quiz.js` says about an exercise, as JSON."""
    return json.dumps(
        {
            "empty": _("Step {step} has no answer yet."),
            "number": _("Step {step}: write a number."),
            "wrong": _("Step {step} is not right yet."),
            "right": _("All steps are right."),
            "new": _("New numbers: set {set} of {total}."),
            "state_right": _("right"),
            "state_wrong": _("not yet"),
            "state_none": _("not tried yet"),
        },
        ensure_ascii=False,
    )
