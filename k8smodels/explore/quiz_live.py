"""Questions and exercises with a kernel: ipywidgets, checked in Python, any seed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import ipywidgets as widgets

from k8smodels.explore.exercise import Exercise, Step, Task, check
from k8smodels.explore.predict import Predict
from k8smodels.explore.quiz_html import aids_html, prose
from k8smodels.i18n import _
from k8smodels.views import Child, el, inline, join, plain

__all__ = ["exercise_widget", "predict_widget"]

_guesses: dict[str, str] = {}
"""What the reader guessed, by the question's key, as long as the kernel runs."""


def predict_widget(predict: Predict) -> widgets.Widget:
    """The question; its answer shows when a guess has been made."""
    ask = widgets.HTML(_box("ask", el("p", el("b", _("Predict first")), class_="h"), el("p", inline(predict.ask))))
    choice = _radio(predict.options)
    commit, said = widgets.Button(description=_("Commit to this guess"), button_style="primary"), widgets.HTML()
    commit.layout.width = "auto"

    def reveal(guess: str) -> None:
        _guesses[predict.key] = guess
        choice.value, choice.disabled, commit.disabled = guess, True, True
        said.value = _box("ask", predict.verdict(guess), predict.explanation())

    def press(_button: object) -> None:
        if choice.value is None:
            said.value = _box("ask", el("p", _("Choose first: a wrong guess teaches more than none.")))
        else:
            reveal(choice.value)

    commit.on_click(press)
    if predict.key in _guesses:
        reveal(_guesses[predict.key])
    return widgets.VBox([ask, choice, commit, said])


class _Panel:
    """One exercise: the present task, a control a step, the finding."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise, self.seed = exercise, exercise.seeds[0]
        self.task: Task = exercise.make(self.seed)
        self.controls: list[list[Any]] = []
        self.given, self.said, self.aids = widgets.VBox(), widgets.HTML(), widgets.HTML()
        test = widgets.Button(description=_("Check"), button_style="primary")
        new = widgets.Button(description=_("New numbers"))
        test.on_click(lambda _button: self.test())
        new.on_click(lambda _button: self.show(self.seed + 1))
        self.box = widgets.VBox([self.given, widgets.HBox([test, new]), self.said, self.aids])
        self.show(self.seed)

    def show(self, seed: int) -> None:
        """Puts the task of `seed` in place."""
        self.seed, self.task = seed, self.exercise.make(seed)
        title = _("Exercise: {title}").format(title=self.exercise.title)
        level = _("level {level} of 3").format(level=self.exercise.level)
        head = el("p", el("b", inline(title)), " ", el("small", level), class_="h")
        self.controls = [_controls(step) for step in self.task.steps]
        parts = [widgets.HTML(_box("try", head, prose(self.task.text)))]
        for n, (step, controls) in enumerate(zip(self.task.steps, self.controls, strict=True), start=1):
            ask = el("p", el("b", f"{n}."), " ", inline(step.ask), class_="q")
            parts += [widgets.HTML(_box("try", ask)), _row(step, controls)]
        self.given.children = parts
        self.said.value, self.aids.value = "", _box("try", aids_html(self.task))

    def test(self) -> None:
        """Says which step is the first wrong one, or that all are right."""
        found = check(self.task.steps, [_reply(*pair) for pair in zip(self.task.steps, self.controls, strict=True)])
        mark = "v ok" if found.wrong is None else "v no"
        self.said.value = _box("try", el("p", el("b", inline(found.says)), class_=mark, role="status"))


def exercise_widget(exercise: Exercise) -> widgets.Widget:
    """The exercise as ipywidgets."""
    return cast("widgets.Widget", _Panel(exercise).box)


def _controls(step: Step) -> list[Any]:
    if step.kind == "several":
        return [widgets.Checkbox(description=plain(option), indent=False) for option in step.options]
    if step.kind == "choice":
        return [_radio(step.options)]
    return [widgets.Text(placeholder=_("your answer"), continuous_update=True)]


def _row(step: Step, controls: list[Any]) -> Any:
    if step.kind == "several":
        return widgets.VBox(controls)
    return widgets.HBox([*controls, widgets.HTML(el("span", step.unit))])


def _reply(step: Step, controls: list[Any]) -> str | Iterable[str]:
    if step.kind == "several":
        return [option for option, box in zip(step.options, controls, strict=True) if box.value]
    return controls[0].value or ""


def _radio(options: Iterable[str]) -> Any:
    pairs = [(plain(option), option) for option in options]
    return widgets.RadioButtons(options=pairs, value=None, layout={"width": "max-content"})


def _box(kind: str, *children: Child) -> str:
    return str(el("div", join(children), class_=f"kf box {kind} live"))
