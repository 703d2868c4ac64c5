"""A build step by step: what came from the cache, what was made anew and why."""

from __future__ import annotations

from k8smodels.i18n import _
from k8smodels.images.build_steps import Build, BuildStep
from k8smodels.images.dockerfile import Dockerfile, Instruction, Stage
from k8smodels.views.html import Child, Html, el, join
from k8smodels.views.images.cells import grid
from k8smodels.views.images.sizes import size

__all__ = ["build_table", "instruction_table", "reason"]


def build_table(build: Build) -> Html:
    """Each step with its verdict; the first that was not in the cache is marked."""
    many = len({step.stage for step in build.steps}) > 1
    rows = [[_named(step, many), _verdict(step), size(step.size_bytes) if step.key else "–"] for step in build.steps]
    first = build.first_missed
    marked = [i for i, step in enumerate(build.steps) if step is first]
    return grid([_("step"), _("verdict"), _("files")], rows, right=(2,), on=marked)


def _named(step: BuildStep, many: bool) -> Html:
    line = _("line {line}").format(line=step.instruction.line)
    where = _("{line}, stage {stage}").format(line=line, stage=step.stage) if many else line
    return join([el("code", str(step.instruction)), " ", el("small", where, class_="ln")])


def _verdict(step: BuildStep) -> Html:
    if step.verdict == "configuration":
        return el("span", _("no layer"), class_="muted")
    if step.verdict == "CACHED":
        return el("span", el("b", "CACHED"), class_="v ok")
    return el("span", el("b", _("run")), " ", reason(step), class_="v no")


def reason(step: BuildStep) -> str:
    """Why a step was not in the cache."""
    names = ", ".join(step.changed)
    reasons = {
        "first build": _("nothing to compare with"),
        "step above": _("a step above ran"),
        "instruction": _("the line changed"),
        "user": _("the user changed"),
        "working directory": _("the working directory changed"),
        "variables": _("changed: {names}").format(names=names),
        "files": _("changed: {names}").format(names=names),
        "not in the cache": _("not in the cache"),
    }
    return reasons[step.cause] if step.cause else ""


def instruction_table(dockerfile: Dockerfile, makes_layer: frozenset[int]) -> Html:
    """Each instruction by its line, and what it leaves; `makes_layer` has the lines that make one."""
    last = dockerfile.stages[-1]
    rows: list[list[Child]] = [
        [el("code", str(item)), item.line, el("span", _("for FROM lines"), class_="muted")]
        for item in dockerfile.arguments
    ]
    for stage in dockerfile.stages:
        rows.append([el("code", str(stage.start)), stage.start.line, _start(stage, stage is last)])
        rows += [[el("code", str(item)), item.line, _leaves(item, makes_layer)] for item in stage.instructions]
    return grid([_("instruction"), _("line"), _("leaves")], rows, right=(1,))


def _start(stage: Stage, is_last: bool) -> Html:
    if is_last:
        return el("span", _("the layers of {base}").format(base=stage.base))
    return el("span", _("a stage: not in the image unless it is copied from or built on"), class_="muted")


def _leaves(item: Instruction, makes_layer: frozenset[int]) -> Html:
    if item.line in makes_layer:
        return el("span", el("b", _("a layer")), class_="ob layer")
    return el("span", _("configuration"), class_="muted")
