"""The static home of an exercise: every set of numbers packed into the page, checked by `k8s-quiz.js`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from k8smodels.explore.drawing import as_images
from k8smodels.explore.exercise import Exercise, Step, Task, parse_number
from k8smodels.explore.payload import pack
from k8smodels.explore.predict import options_html
from k8smodels.explore.words import exercise_words, slug
from k8smodels.i18n import _
from k8smodels.views import Html, el, inline, join, plain

__all__ = ["aids_html", "exercise_html", "prose", "task_html"]


def exercise_html(exercise: Exercise) -> Html:
    """The exercise for a page: the first set of numbers in full, the others packed."""
    name = slug(exercise.title)
    tasks = [exercise.make(seed) for seed in exercise.seeds]
    packed = pack([_entry(task, name) for task in tasks])
    form = el(
        "form",
        el("div", as_images(_given(tasks[0], name)), class_="given"),
        el(
            "div",
            el("button", _("Check"), class_="main", type="submit"),
            el("button", _("New numbers"), data_go="new", type="button") if len(tasks) > 1 else None,
            class_="acts js",
            hidden="hidden",
        ),
        autocomplete="off",
    )
    return el(
        "div",
        _head(exercise, el("small", _("not tried yet"), class_="state js", hidden="hidden")),
        form,
        el("p", class_="said", role="status"),
        el("div", as_images(aids_html(tasks[0])), class_="aids"),
        packed.script(),
        class_="kf box try",
        id=name,
        data_exercise=True,
        data_words=exercise_words(),
    )


def task_html(exercise: Exercise, seed: int) -> Html:
    """One set of numbers for places without scripts: what is given, the questions, hints and solution."""
    task = exercise.make(seed)
    questions = el("ol", *(el("li", inline(step.ask), " ", _choices(step)) for step in task.steps))
    return el(
        "div",
        _head(exercise, None),
        prose(as_images(task.text)),
        questions,
        as_images(aids_html(task)),
        class_="kf box try",
    )


def aids_html(task: Task) -> Html:
    """The hints one after another and the worked solution, each folded."""
    total = len(task.hints)
    hints = [
        el("details", el("summary", _("Hint {n} of {total}").format(n=n, total=total)), prose(hint))
        for n, hint in enumerate(task.hints, start=1)
    ]
    return join([*hints, el("details", el("summary", _("A worked solution")), prose(task.solution))])


def prose(text: str) -> Html:
    """`text` as a paragraph, or as it is where it is markup already."""
    return el("div", text) if isinstance(text, Html) else el("p", inline(text))


def _head(exercise: Exercise, state: Html | None) -> Html:
    title = _("Exercise: {title}").format(title=exercise.title)
    level = el("small", _("level {level} of 3").format(level=exercise.level))
    return el("p", el("b", inline(title)), " ", level, " ", state, class_="h")


def _entry(task: Task, name: str) -> dict[str, Any]:
    steps = [_rule(step) for step in task.steps]
    return {"given": _given(task, name), "aids": aids_html(task), "steps": steps}


def _rule(step: Step) -> dict[str, Any]:
    """What the script needs to check a step; numbers as decimals."""
    wrong = {key: plain(why) for key, why in step.wrong.items()}  # the script writes text, not markup
    rule: dict[str, Any] = {"kind": step.kind, "why": plain(step.why), "wrong": list(wrong.items())}
    if step.kind == "number":
        known = ((parse_number(key), why) for key, why in wrong.items())
        rule["wrong"] = [(float(number), why) for number, why in known if number is not None]
        return rule | {"answer": float(Fraction(str(step.answer)))}
    if isinstance(step.answer, frozenset | set):
        return rule | {"options": step.options, "answer": [option for option in step.options if option in step.answer]}
    return rule | {"options": step.options, "answer": step.answer}


def _given(task: Task, name: str) -> Html:
    return join([prose(task.text), *(_step(step, n, f"{name}-{n}") for n, step in enumerate(task.steps, start=1))])


def _step(step: Step, number: int, ident: str) -> Html:
    ask = join([el("b", f"{number}."), " ", inline(step.ask)])
    if step.options:
        kind = "checkbox" if step.kind == "several" else "radio"
        return el("fieldset", el("legend", ask), options_html(step.options, kind, ident), class_="step")
    mode = "decimal" if step.kind == "number" else None
    field = el("input", id=ident, autocapitalize="off", inputmode=mode, spellcheck="false", type="text")
    answer = el("span", field, el("span", step.unit) if step.unit else None, class_="num js", hidden="hidden")
    return el("fieldset", el("label", ask, class_="q", for_=ident), answer, class_="step")


def _choices(step: Step) -> Html:
    return el("ul", *(el("li", inline(option)) for option in step.options)) if step.options else Html("")
