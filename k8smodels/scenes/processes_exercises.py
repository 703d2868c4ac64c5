"""Exercises of the chapter on processes: seeded machines whose answers the kernel's rules compute."""

from __future__ import annotations

import random
from collections.abc import Sequence

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.isolation.machine import KINDS, Call, Kind, Scene, boot, run, visible
from k8smodels.isolation.machine.namespaces import PidNamespace
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.processes import calls
from k8smodels.scenes.processes_namespaces import views, with_own
from k8smodels.views.html import Html, bullets, el, inline, join
from k8smodels.views.isolation import call_text, process

__all__ = ["pid_numbers", "which_kind", "who_dies"]


# Which kind of namespace?


def which_kind(seed: int) -> Task:
    """Ask for the kind of namespace that makes a difference between what `app` and the node see."""
    dice = dice_of(seed)
    asked = dice.sample(list(KINDS), 3)
    seen = {kind: views(*with_own(kind))[KINDS.index(kind)] for kind in asked}
    steps = [
        Step(
            _("{question}: app sees “{app}”, the node “{node}”. Which kind?").format(
                question=question, app=mine, node=its
            ),
            kind,
            options=_four(dice, kind),
            wrong={
                other: _("`{kind}` wraps {what}.").format(kind=other, what=what)
                for other, what in _wrapped().items()
                if other != kind
            },
        )
        for kind, (question, mine, its) in seen.items()
    ]
    return Task(
        el("p", inline(_("In each question `app` has **one** namespace of its own. What is different tells which."))),
        steps,
        [
            _("Go back to the figure with one namespace at a time: its first column names the kinds."),
            _("Mounts are mnt, the host name is uts, queues are ipc, network devices are net, numbers are pid."),
        ],
        bullets(
            _("{question}: `{kind}`").format(question=question, kind=kind) for kind, (question, _a, _n) in seen.items()
        ),
    )


def _wrapped() -> dict[Kind, str]:
    """What each kind of namespace gives to its members for themselves."""
    return {
        "mnt": _("the tree of mounts, and so the files that a path leads to"),
        "uts": _("the host name"),
        "ipc": _("message queues and shared memory"),
        "net": _("network devices, addresses and ports"),
        "pid": _("the numbers of processes"),
        "user": _("the numbers of users, and their rights"),
        "cgroup": _("the top from which paths of cgroups are shown"),
        "time": _("the clocks that count from the start of the machine"),
    }


def _four(dice: random.Random, kind: Kind) -> list[Kind]:
    """The right kind among three others, in the usual order."""
    others = dice.sample([each for each in KINDS if each != kind], 3)
    return [each for each in KINDS if each in (kind, *others)]


# Numbers in nested namespaces.


def pid_numbers(seed: int) -> Task:
    """Ask for the numbers of a process in nested pid namespaces, and how many another one sees."""
    dice = dice_of(seed)
    script = _nested(dice)
    scene = run(boot(), script)[-1].scene
    machine = scene.machine
    names = [name for name in scene.names if name != "init"]
    name = dice.choice([name for name in names if len(machine.process(scene.pid(name)).pids) > 1])
    found = machine.process(scene.pid(name))
    on_node, *_between, own = found.pids.values()
    first = next(each for each in names if scene.pid(each) == machine.joined(found, PidNamespace).init)
    count = len(visible(machine, scene.pid(first)))
    everyone = _("That counts every process of the node.")
    return Task(
        join([el("p", inline(_("Only these calls are made, from the first process on:"))), _script(script)]),
        [
            Step(
                _("Which number has `{name}` on the node?").format(name=name),
                on_node,
                wrong={str(own): _("That is its number in its own namespace.")},
                why=_("On the node everybody counts, in the order of birth; init is 1."),
            ),
            Step(
                _("And in its own pid namespace?"),
                own,
                wrong={str(on_node): _("That is its number on the node.")},
                why=_("Count who was born in that namespace or below it, from its first process on."),
            ),
            Step(
                _("How many processes does `{name}` see?").format(name=first),
                count,
                wrong={str(len(machine.processes)): everyone} if count != len(machine.processes) else {},
                why=_("It sees its own namespace and those below, itself included."),
            ),
        ],
        [
            _("Draw a box for each namespace. A process counts in its own box, and in all boxes around it."),
            _("`fork(x, pid)` opens a new box: x is number 1 in it."),
        ],
        bullets(_numbered(scene, each) for each in names),
    )


def _nested(dice: random.Random) -> list[Call]:
    """Six forks, of which two open a pid namespace, the second inside the first."""
    outer, inner = dice.choice([0, 1, 2]), dice.choice([3, 4])
    made, inside, alive = [], ["init"], ["init"]
    for at, name in enumerate("abcdef"):
        parent = dice.choice(inside) if at in (inner, inner + 1) else dice.choice(alive)
        made.append(Call(parent, "fork", (name, "pid") if at in (outer, inner) else (name,)))
        inside = [name] if at in (outer, inner) else inside
        alive.append(name)
    return made


def _script(script: Sequence[Call]) -> Html:
    return el("ol", join(el("li", process(call.process), " ", el("code", call_text(call))) for call in script))


def _numbered(scene: Scene, name: str) -> str:
    numbers = scene.machine.process(scene.pid(name)).pids.values()
    return _("`{name}`: {numbers}, from the node inwards").format(name=name, numbers=", ".join(map(str, numbers)))


# Who dies?


def who_dies(seed: int) -> Task:
    """Ask which processes still run when one has ended, and how its parent learns of it."""
    dice = dice_of(seed)
    born = _family()
    scene = run(boot(), born)[-1].scene
    names = [name for name in scene.names if name != "init"]
    victim = dice.choice(names)
    signal = dice.choice(["SIGTERM", "SIGKILL"])
    after = run(scene.machine, [Call("init", "kill", (victim, signal))], scene.names)[-1].scene
    running = frozenset(name for name in names if _runs(after, name))
    explained = {name: _why_it_ends(scene, after, name, victim, signal) for name in names}
    zombie = next((name for name in names if name in _zombies(after)), _("none"))
    said = _("Then `init`, on the node: `kill({name}, {signal})`. Nobody handles signals, and nobody waits.")
    return Task(
        join([_script(born), el("p", inline(said.format(name=victim, signal=signal)))]),
        [
            Step(_("Which of them still run?"), running, options=names, wrong=explained),
            Step(
                _("Which one is a zombie now?"),
                zombie,
                options=[*names, _("none")],
                wrong={name: why for name, why in _why_no_zombie(scene, after, victim).items() if name != zombie},
                why=_("A zombie has ended, and its parent, which still runs, has not waited."),
            ),
        ],
        [
            _("Is the target number 1 of a pid namespace? Then SIGTERM does nothing to it; SIGKILL from above does."),
            _("With number 1 its whole namespace ends, and those inside it. Any other process ends alone."),
        ],
        join([bullets(explained.values()), el("p", inline(_why_zombie(zombie)))]),
    )


def _why_zombie(zombie: str) -> str:
    """The second answer in a sentence."""
    if zombie == _("none"):
        return _("There is no zombie, for nobody has ended.")
    return _("The zombie is `{name}`: it has ended, and its parent still runs and has not waited.").format(name=zombie)


def _why_no_zombie(before: Scene, after: Scene, victim: str) -> dict[str, str]:
    """Of each process why it is no zombie."""
    found = {_("none"): _("`{name}` has ended, and nobody has waited for it.").format(name=victim)}
    for name in before.names:
        if _runs(after, name):
            found[name] = _("`{name}` still runs.").format(name=name)
        else:
            found[name] = _("`{name}` ended with its number 1: the kernel itself waits for such processes.").format(
                name=name
            )
    return found


def _family() -> list[Call]:
    return [
        *calls("init", ("fork", "shim"), ("fork", "web", "pid")),
        *calls("web", ("fork", "worker"), ("fork", "box", "pid")),
        *calls("box", ("fork", "job")),
        *calls("worker", ("fork", "tool")),
    ]


def _runs(scene: Scene, name: str) -> bool:
    found = scene.machine.processes.get(scene.names[name])
    return found is not None and found.status is None


def _zombies(scene: Scene) -> set[str]:
    return {name for name, pid in scene.names.items() if pid in scene.machine.processes and not _runs(scene, name)}


def _why_it_ends(before: Scene, after: Scene, name: str, victim: str, signal: str) -> str:
    """Why a process ends or goes on when `victim` gets `signal`."""
    target = before.machine.process(before.pid(victim))
    own = before.machine.joined(target, PidNamespace)
    if name == victim:
        if _runs(after, name):
            return _("`{name}` runs: number 1 ignores a {signal} that it does not handle.").format(
                name=name, signal=signal
            )
        return _("`{name}` ends: {signal} from the node takes effect.").format(name=name, signal=signal)
    if _runs(after, name):
        return _("`{name}` runs: only number 1 of a namespace takes others with it, and only those inside.").format(
            name=name
        )
    return _("`{name}` ends: it lies in the namespace whose number 1, `{victim}`, has ended.").format(
        name=name, victim=victim if own.init == target.pid else ""
    )
