"""Scenes of the chapter on a container's life: one container, its processes, signals and its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from k8smodels.api.container_life import Lifecycle, LifecycleHandler, SleepAction
from k8smodels.api.pod import Container, Pod, pod
from k8smodels.i18n import _, ngettext
from k8smodels.runtime import (
    Process,
    ProcessTree,
    Program,
    Termination,
    effect,
    explain_exit_code,
    job,
    node_processes,
    pod_life,
    start_container,
    terminate_pod,
)
from k8smodels.runtime.shim import DAEMON, SHIM, exit_code_after_return
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.runtime import Span, happening_table, moment, pod_line, process_table, span_bars
from k8smodels.views.tables import table

SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP", "SIGKILL")
FIRST, SERVER = "start.sh", "nginx"
ZOMBIE_STEPS = 6
DAEMON_STEPS = 4

# The puzzle: a start script that leaves the server in the background.


def puzzle(until_seconds: float = 40) -> Frame:
    """A pod whose first process starts a server, and ends well after a second."""
    life = pod_life(with_uid(pod("web", image="web:1")), {"main": job(1)}, until_seconds=until_seconds)
    shown = [item for item in life.of("main") if item.what != "RunPodSandbox"]
    says = _("After {time}: {n} starts, each of them ended with exit code 0.").format(
        time=moment(until_seconds), n=len(life.when("started", "main"))
    )
    return Frame(join([pod_line(life.pod), happening_table(shown)]), says)


def with_uid(subject: Pod) -> Pod:
    """The pod with an identifier, which messages of the kubelet quote."""
    return replace(subject, metadata=replace(subject.metadata, uid="5f0c1d7e"))


# One process is the container.


def ends(who: str, code: int) -> Frame:
    """The processes on a node after `who`, one of the container's two processes or nobody, has ended with `code`."""
    tree = _started()
    if who != "nobody":
        tree = tree.exit(who, code)
    code_of_container = next((item for item in tree.collected if item.process == FIRST), None)
    if code_of_container is not None:
        says = _("The container has ended with exit code **{code}**: the code of its first process.").format(
            code=code_of_container.exit_code
        )
    elif who != "nobody":
        says = _("The container runs, though **{who}** has ended: its first process is still there.").format(who=who)
    else:
        says = _("The container runs: its first process does.")
    return Frame(join([process_table(tree), happening_table(tree.happenings, times=False)]), says)


def _started() -> ProcessTree:
    tree = start_container(node_processes(), FIRST)
    return tree.start(Process(SERVER, FIRST, namespace=FIRST))


# Signals.


def signal(name: str, sender: str) -> Frame:
    """What the signal does to four processes of a container."""
    cases = (
        (_("first process, no handler"), True, False),
        (_("first process, with a handler"), True, True),
        (_("another process, no handler"), False, False),
        (_("another process, with a handler"), False, True),
    )
    rows = [_signal_row(title, name, sender == "inside", is_init, handler) for title, is_init, handler in cases]
    head = join(el("th", title, scope="col") for title in (_("process"), _("effect"), _("exit code"), _("why")))
    first = effect(name, is_init=True, from_inside=sender == "inside")
    says = _("`{name}` to a first process without a handler: **{what}**.").format(name=name, what=first.what)
    return Frame(el("table", el("thead", el("tr", head)), el("tbody", join(rows))), says)


def _signal_row(title: str, name: str, inside: bool, is_init: bool, handler: bool) -> Html:
    found = effect(name, handler=handler, is_init=is_init, from_inside=inside)
    mark = {"handled": "ok", "ignored": "wait"}.get(found.what, "no")
    code = _("its own") if found.what == "handled" else "" if found.exit_code is None else str(found.exit_code)
    return el(
        "tr",
        el("th", title, scope="row"),
        el("td", el("span", el("b", found.what), class_=f"v {mark}"), class_="nw"),
        el("td", code),
        el("td", found.why),
    )


# The stop.


@cache
def stopping_programs() -> Mapping[str, tuple[str, Program]]:
    """Programs by a short name: what they are, and how they take SIGTERM."""
    return {
        "quick": (_("has a handler, needs 1 s"), Program(stop_seconds=1)),
        "slow": (_("has a handler, needs 20 s"), Program(stop_seconds=20)),
        "deaf": (_("has no handler"), Program(handles_sigterm=False)),
        "shell": (_("a shell that does not pass it on"), Program(handles_sigterm=False, stop_seconds=1)),
        "tini": (_("has no handler, tini in front"), Program(handles_sigterm=False, under_init=True)),
    }


def stopping(program: str, grace: int, pre_stop: int) -> Frame:
    """A deleted pod of one container, with a hook of `pre_stop` seconds, until it has ended."""
    end = stopped(program, grace, pre_stop)
    container = end.end("main")
    hook = [Span(0, container.stop_seconds, "waits", "preStop")] if pre_stop else []
    kind = "bad" if container.exit_code == 137 else "now"
    rows = {
        _("grace"): [Span(0, grace, "well", _("grace period"))],
        "main": [*hook, Span(container.stop_seconds, container.end_seconds, kind, _("told to stop"))],
    }
    numbers = {_("grace"): moment(grace), "main": moment(container.end_seconds)}
    said = explain_exit_code(container.exit_code)
    says = _("Gone after **{time}** with exit code **{code}**: {meaning}.").format(
        time=moment(container.end_seconds), code=container.exit_code, meaning=said.meaning
    )
    return Frame(join([span_bars(rows, 64, numbers), happening_table(container.happenings)]), says)


def stopped(program: str, grace: int, pre_stop: int) -> Termination:
    """The end of a pod of one container that is deleted."""
    behaviour = replace(stopping_programs()[program][1], pre_stop_seconds=pre_stop)
    return terminate_pod(stoppable(grace, pre_stop), {"main": behaviour})


def stoppable(grace: int, pre_stop: int) -> Pod:
    """A pod with a grace period, and with a hook if `pre_stop` is not 0."""
    hook = Lifecycle(pre_stop=LifecycleHandler(sleep=SleepAction(seconds=pre_stop))) if pre_stop else None
    container = Container(name="main", image="web:1", lifecycle=hook)
    return pod("web", containers=(container,), termination_grace_period_seconds=grace)


# Zombies.


def zombies(first: str, step: int) -> Frame:
    """A program whose worker leaves a helper behind; `first` says who is the container's first process."""
    tree = zombie_story(first)[step]
    top = "tini" if first == "tini" else "app"
    happened = [item for item in tree.happenings if step]
    count = len(tree.zombies)
    says = ngettext("{n} zombie.", "{n} zombies.", count).format(n=count) if count else _("No zombies.")
    return Frame(join([process_table(tree, first=top), happening_table(happened, times=False)]), says)


@cache
def zombie_story(first: str) -> tuple[ProcessTree, ...]:
    """The processes at each step."""
    if first == "tini":
        tree = start_container(node_processes(), "tini", waits="all").start(Process("app", "tini", namespace="tini"))
    else:
        tree = start_container(node_processes(), "app", waits="own" if first == "own" else "none")
    top = tree.processes[-1].namespace
    steps = [tree]
    with_worker = tree.start(Process("worker", "app", namespace=top))
    with_helper = with_worker.start(Process("helper", "worker", namespace=top))
    steps.append(replace(with_helper, happenings=(*with_worker.happenings, *with_helper.happenings)))
    steps.append(steps[-1].exit("worker"))
    steps.append(steps[-1].exit("helper"))
    steps.append(_again(steps[-1], top))
    steps.append(steps[-1].exit(top))
    return tuple(steps)


def _again(tree: ProcessTree, top: str) -> ProcessTree:
    """The same once more: another worker leaves another helper, and both end."""
    trees = [tree.start(Process("worker-2", "app", namespace=top))]
    trees.append(trees[-1].start(Process("helper-2", "worker-2", namespace=top)))
    trees.append(trees[-1].exit("worker-2"))
    trees.append(trees[-1].exit("helper-2"))
    return replace(trees[-1], happenings=tuple(item for each in trees for item in each.happenings))


# The shim.


def daemon(shim: bool, away: bool, step: int) -> Frame:
    """The runtime's daemon is killed and comes back, with a shim or without; the container ends then, or meanwhile."""
    tree = daemon_story(shim, away)[step]
    found = next((item for item in tree.collected if item.process == "app"), None)
    if found is None:
        above = tree.process("app").parent
        says = _("The container runs. If it ends now, **{who}** gets its exit code.").format(who=above)
    elif found.by == SHIM:
        says = _told_by_shim(tree, found.exit_code, away)
    else:
        says = _("Exit code **{code}** went to **{who}**, which keeps no such thing. Nobody knows it now.").format(
            code=found.exit_code, who=found.by
        )
    return Frame(join([process_table(tree), happening_table(tree.happenings if step else (), times=False)]), says)


def _told_by_shim(tree: ProcessTree, code: int, away: bool) -> str:
    """What becomes of an exit code that the shim has collected."""
    if not away:
        return _("The shim collects exit code **{code}** and tells containerd, which reports it.").format(code=code)
    if tree.find(DAEMON) is None:
        return _("The shim has collected exit code **{code}**. There is no containerd to tell it to.").format(code=code)
    return _(
        "containerd asks its shims for what runs, and not for exit codes: it reports **{code}**, `Unknown`."
    ).format(code=exit_code_after_return(tree, "app"))


@cache
def daemon_story(shim: bool, away: bool) -> tuple[ProcessTree, ...]:
    """The processes at each step."""
    if shim:
        tree = start_container(node_processes(), "app")
    else:
        tree = ProcessTree().start(Process("systemd", waits="all")).start(Process(DAEMON, "systemd"))
        tree = tree.start(Process("app", DAEMON, namespace="app"))
    killed = tree.kill(DAEMON)
    if away:
        ended = killed.exit("app", 3)
        return tree, killed, ended, ended.start(Process(DAEMON, "systemd"))
    back = killed.start(Process(DAEMON, "systemd"))
    return tree, killed, back, back.exit("app", 3)


# What a kernel says.


def measured_stops() -> Mapping[str, Program]:
    """The programs of ``book/files/pid1.py`` by the name that they have there."""
    return {
        "has a handler, needs 1 s": Program(stop_seconds=1),
        "has a handler, needs 9 s": Program(stop_seconds=9),
        "has no handler": Program(handles_sigterm=False),
        "a shell without a handler in front": Program(handles_sigterm=False),
        "a shell that passes SIGTERM on": Program(handles_sigterm=False, under_init=True),
    }


def against_the_kernel(measured: Mapping[str, Mapping[str, float]], grace: int) -> Frame:
    """Each measured stop beside what the model says."""
    rows, same = list[list[str]](), 0
    for name, program in measured_stops().items():
        end, found = terminate_pod(stoppable(grace, 0), {"main": program}).end("main"), measured[name]
        model = _("{time}, exit {code}").format(time=moment(end.end_seconds), code=end.exit_code)
        kernel = _("{time}, exit {code}").format(time=moment(found["seconds"]), code=found["exitCode"])
        rows.append([name, model, kernel])
        same += model == kernel
    says = _("{same} of {all} agree, to a tenth of a second.").format(same=same, all=len(rows))
    return Frame(table([_("the first process"), _("model"), _("kernel")], rows), says)
