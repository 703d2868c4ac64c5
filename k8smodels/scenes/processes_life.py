"""Scenes about pid namespaces: numbers in nested ones, and the duties of number 1."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.i18n import _
from k8smodels.isolation.machine import Call, Scene, boot, ps, run
from k8smodels.scenes.processes import calls
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.isolation import call_text, note, number_table, process, ps_table, verdict

# Numbers in nested namespaces.

NUMBER_STEPS = 7
NAMES = ("init", "outer", "helper", "inner", "worker")
"""The processes; `outer` is number 1 of the namespace A, `inner` of B, which lies in A."""


def numbers(ends: str, step: int) -> Frame:
    """The processes of two nested pid namespaces after `step` calls; `ends` is the number 1 that exits at last."""
    made = _nesting(ends)[: step + 1]
    steps = run(boot(), made)
    scene, before = steps[-1].scene, steps[-2].scene if step else Scene(boot(), {"init": 1})
    changed = [name for name in NAMES if _state(scene, name) != _state(before, name)]
    known = {name: scene.names[name] for name in NAMES if name in scene.names}
    table = number_table(scene.machine, known, _places(scene), changed)
    call = el("p", process(made[-1].process), " ", el("code", call_text(made[-1])), " ", verdict(steps[-1]))
    return Frame(join([call, table]), _number_says(ends, step))


def _nesting(ends: str) -> list[Call]:
    parent = "outer" if ends == "inner" else "init"
    return [
        *calls("init", ("fork", "outer", "pid")),
        *calls("outer", ("fork", "helper"), ("fork", "inner", "pid")),
        *calls("inner", ("fork", "worker")),
        *calls("worker", ("kill", "outer", None)),
        *calls(ends, ("exit", 0)),
        *calls(parent, ("wait",)),
    ]


def _places(scene: Scene) -> dict[str, int]:
    """The pid namespaces that are there, by what the scene calls them."""
    namespaces = [each.id for each in scene.machine.namespaces.values() if each.kind == "pid"]
    words = (_("on the node"), _("in A"), _("in B"))
    return dict(zip(words, namespaces, strict=False))


def _state(scene: Scene, name: str) -> tuple[bool, str]:
    found = scene.machine.processes.get(scene.names.get(name, 0))
    return found is not None, found.state if found else ""


def _number_says(ends: str, step: int) -> str:
    ended = {
        "inner": _(
            "**inner** was number 1 of B. **worker**, in B, is killed with it. A goes on; `outer` has a zombie."
        ),
        "outer": _("**outer** was number 1 of A. All in A are killed, and so is B, which lies in A."),
    }
    waited = {
        "inner": _("`outer` has waited: the zombie is gone, and with it the last trace of B."),
        "outer": _("`init` has waited: the zombie is gone, and the node is as it was."),
    }
    return (
        _("`outer` is the first in the new namespace A: number 1 there, number 2 on the node."),
        _("`helper` is born in A. It gets the next number in A, and the next one on the node."),
        _("`inner` is the first in B. It has three numbers: one in B and one in each namespace around B."),
        _("`worker` has three as well. From B nobody outside of B can be seen."),
        _("From B `outer` has no number: `worker` cannot name it, so it cannot signal it. From A it works."),
        ended[ends],
        waited[ends],
    )[step]


# The duties of number 1.

DUTY_STEPS = 7


def duties(waits: bool, step: int) -> Frame:
    """A container whose number 1 waits for its children, or never does; then it is asked to end, and forced to."""
    taken = [call for moment in _duty_calls(waits)[: step + 1] for call in moment]
    scene = run(boot(), taken)[-1].scene
    one = scene.machine.processes.get(scene.names["app"])
    inside = ps_table(ps(scene.machine, one.pid)) if one and one.status is None else _nothing_left()
    zombies = sum(found.state == "Z" for found in scene.machine.processes.values())
    return Frame(join([_made_now(waits, step), inside]), _duty_says(waits, step, zombies))


def _duty_calls(waits: bool) -> tuple[Sequence[Call], ...]:
    wait: list[Call] = calls("app", ("wait",)) if waits else []
    born = [
        *calls("init", ("fork", "app", "pid", "mnt")),
        *calls("app", ("mount", "proc", "/proc"), ("fork", "helper")),
        *calls("helper", ("fork", "tool")),
    ]
    return (
        born,
        calls("helper", ("exit", 1)),
        wait,
        calls("tool", ("exit", 0)),
        wait,
        calls("init", ("kill", "app", "SIGTERM")),
        calls("init", ("kill", "app", "SIGKILL")),
    )


def _made_now(waits: bool, step: int) -> Html:
    made = _duty_calls(waits)[step]
    said = [" ", el("code", call_text(made[-1]))] if made else [" ", _("does nothing")]
    return el("p", process(made[-1].process if made else "app"), *said)


def _nothing_left() -> Html:
    return note(_("No process is left in the namespace, and none can be made any more."))


def _duty_says(waits: bool, step: int, zombies: int) -> str:
    reaped = _("`app` has waited: the line is gone. Zombies left: {n}.").format(n=zombies)
    left = _("`app` never asks. Zombies left: {n}, each with a number of its own.").format(n=zombies)
    return (
        _("The container's number 1 is `app`. Its child `helper` has started `tool`."),
        _("`helper` has ended and stays as a zombie. Its child `tool` has a new parent: **number 1**."),
        reaped if waits else left,
        _("Number 1 is now the parent of a process that it never started, and of its zombie."),
        reaped if waits else left,
        _("SIGTERM from the node: **ignored**. Number 1 gets only signals that it handles, and `app` handles none."),
        _("SIGKILL from the node works on number 1, and the kernel kills all others in the namespace."),
    )[step]
