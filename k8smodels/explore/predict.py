"""Predict first: the reader commits to a guess before the answer shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from k8smodels.explore.drawing import as_images
from k8smodels.explore.homes import mimebundle
from k8smodels.explore.words import predict_words
from k8smodels.i18n import _
from k8smodels.views import Frame, Html, el, inline, join

__all__ = ["Predict", "predict_html"]


class Predict:
    """A question whose answer opens once the reader has guessed.

    In a page the guess is kept in the reader's browser and set beside the answer; without scripts the
    answer is folded away.

    Parameters
    ----------
    ask
        The question, one or two sentences.
    options
        What a reader may guess; or a mapping from each option to why that one is wrong (what it says
        of the right one is not shown).
    answer
        The right option, best computed by a model.
    because
        Why it is right.
    key
        Short name of the question, unique in the book: the guess is kept under it.
    reveal
        Frame that shows the answer.

    Raises
    ------
    ValueError
        If there are fewer than two options or `answer` is not one of them.
    """

    def __init__(
        self,
        ask: str,
        options: Sequence[str] | Mapping[str, str],
        answer: str,
        because: str,
        *,
        key: str,
        reveal: Frame | None = None,
    ) -> None:
        self.ask, self.answer, self.because, self.key, self.reveal = ask, answer, because, key, reveal
        self.options: tuple[str, ...] = tuple(options)
        self.feedback = dict(options) if isinstance(options, Mapping) else {}
        if len(self.options) < 2 or answer not in self.options:
            raise ValueError(f"answer {answer!r} is not one of two or more options: {', '.join(self.options)}")
        self._live: Any = None

    def __repr__(self) -> str:
        return f"Predict({self.ask!r}, key={self.key!r})"

    def verdict(self, guess: str) -> Html:
        """What stands beside the answer for a reader who guessed `guess`."""
        right = guess == self.answer
        said = _("You said “{guess}”, and so it is.") if right else _("You said “{guess}”.")
        why = "" if right else self.feedback.get(guess, "")
        return el("p", el("b", inline(said.format(guess=guess))), " ", inline(why), class_="v ok" if right else "v no")

    def explanation(self) -> Html:
        """The answer, why, and the frame that shows it."""
        answer = el("p", el("span", el("b", inline(self.answer)), class_="v ok"), " ", inline(self.because))
        return join([answer, Html(self.reveal.html if self.reveal else "")])

    def _repr_mimebundle_(self, **_wanted: object) -> dict[str, Any]:
        page = partial(predict_html, self)
        bundle, self._live = mimebundle(repr(self), page, page, self._widget)
        return bundle

    def _widget(self) -> Any:
        from k8smodels.explore import quiz_live

        return quiz_live.predict_widget(self)


def predict_html(predict: Predict) -> Html:
    """The question for a page; `k8s-quiz.js` keeps the answer shut until a guess is made."""
    name = f"predict-{predict.key}"
    head = el("p", el("b", _("Predict first")), class_="h")
    fields = el("fieldset", el("legend", inline(predict.ask)), options_html(predict.options, "radio", f"{name}-guess"))
    actions = el(
        "div",
        el("button", _("Commit to this guess"), class_="main", type="submit"),
        el("button", _("Guess anew"), hidden="hidden", type="reset"),
        el("span", class_="muted", role="status"),
        class_="acts js",
        hidden="hidden",
    )
    return el(
        "div",
        head,
        el("form", fields, actions, autocomplete="off"),
        _answer(predict),
        class_="kf box ask",
        id=name,
        data_answer=predict.options.index(predict.answer),
        data_predict=predict.key,
        data_words=predict_words(),
    )


def options_html(options: Sequence[str], kind: str, name: str) -> Html:
    """One line an option, with a radio button or a checkbox where scripts run."""
    boxes = (el("input", class_="js", hidden="hidden", name=name, type=kind, value=i) for i in range(len(options)))
    labels = (el("label", box, " ", el("span", inline(text))) for box, text in zip(boxes, options, strict=True))
    return el("ul", *(el("li", label) for label in labels), class_="opts")


def _answer(predict: Predict) -> Html:
    others = [
        el("li", el("b", inline(option)), " ", inline(predict.feedback.get(option, "")), data_option=i)
        for i, option in enumerate(predict.options)
        if option != predict.answer and predict.feedback.get(option)
    ]
    return el(
        "details",
        el("summary", _("Answer")),
        el("p", class_="v guess", hidden="hidden"),
        el("div", as_images(predict.explanation()), class_="frame"),
        join([el("p", _("Why not the others"), class_="sub"), el("ul", *others)]) if others else "",
        class_="answer",
    )
