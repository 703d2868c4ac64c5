"""Scenes of the chapter on a container's life: containers of a pod over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from k8smodels.api.container_life import ContainerRestartRule, ContainerRestartRuleOnExitCodes, ExecAction, Probe
from k8smodels.api.container_status import (
    ContainerState,
    ContainerStateRunning,
    ContainerStateTerminated,
    ContainerStateWaiting,
)
from k8smodels.api.pod import Container, ContainerStatus, Pod, pod
from k8smodels.i18n import _, ngettext
from k8smodels.runtime import (
    Answer,
    PodLife,
    ProbeTimeline,
    Program,
    Run,
    job,
    pod_columns,
    pod_conditions,
    pod_life,
    pod_phase,
    run_probes,
)
from k8smodels.scenes.container_life import with_uid
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.runtime import (
    Span,
    condition_table,
    happening_table,
    moment,
    pod_line,
    probe_spans,
    probe_table,
    span_bars,
)

POLICIES = ("Always", "OnFailure", "Never")
RESTART_STEPS = 10

# Restarts.


@cache
def restart_programs() -> Mapping[str, tuple[str, Program]]:
    """Programs by a short name: what they do again and again."""
    runs, fails, well = 2, 1, 0
    long = (Run(runs, fails), Run(runs, fails), Run(700, fails), Run(runs, fails))
    return {
        "fails": (_("fails after 2 s, each time"), job(runs, fails)),
        "done": (_("ends well after 2 s, each time"), job(runs, well)),
        "long": (_("fails after 2 s, the third time after 700 s"), Program(runs=long)),
        "rule": (_("ends with 42; has the rule: restart on 42"), job(runs, 42)),
    }


def restarts(program: str, policy: str, step: int) -> Frame:
    """A pod of one container at the moment `step` at which something happens."""
    at_seconds, life = restart_moment(program, policy, step)
    waiting = life.pod.status.container_statuses[0].state.waiting
    said = (
        _("After {time}, phase **{phase}**, the container waits: `{why}`")
        if waiting
        else _("After {time} the phase is **{phase}**: {why}.")
    )
    why = waiting.message if waiting else pod_phase(life.pod).reason
    says = said.format(time=moment(at_seconds), phase=life.pod.status.phase, why=why)
    return Frame(join([pod_line(life.pod), _runs_table(life)]), says)


@cache
def restart_moment(program: str, policy: str, step: int) -> tuple[float, PodLife]:
    """The moment of that number, or the last one, and the pod's life until then."""
    subject, programs = _restarting(program, policy), {"main": restart_programs()[program][1]}
    whole = pod_life(subject, programs, until_seconds=1000)
    moments = sorted({item.at_seconds for item in whole.of("main")})[:RESTART_STEPS]
    at_seconds = moments[min(step, len(moments) - 1)]
    return at_seconds, pod_life(subject, programs, until_seconds=at_seconds)


def _restarting(program: str, policy: str) -> Pod:
    container = Container(name="main", image="web:1")
    if program == "rule":
        codes = ContainerRestartRuleOnExitCodes(operator="In", values=(42,))
        rule = ContainerRestartRule(action="Restart", exit_codes=codes)
        container = replace(container, restart_policy="Never", restart_policy_rules=(rule,))
    return with_uid(pod("web", containers=(container,), restart_policy=policy))


def _runs_table(life: PodLife, rows: int = 6) -> Html:
    """Each run so far; empty rows keep the height."""
    starts = life.when("started", "main")
    ends = [item for item in life.of("main") if item.what.startswith("exit ")]
    cells = list[list[str]]()
    for i, start in enumerate(starts):
        ended = ends[i] if i < len(ends) else None
        later = starts[i + 1] if i + 1 < len(starts) else None
        wait = moment(later - ended.at_seconds) if ended and later is not None else ""
        end = [moment(ended.at_seconds), ended.what] if ended else ["", _("runs")]
        cells.append([str(i + 1), moment(start), *end, wait])
    cells += [[str(i + 1), "", "", "", ""] for i in range(len(cells), rows)]
    newest = len(starts) - 1
    head = [_("run"), _("started"), _("ended"), _("how"), _("wait after it")]
    titles = el("tr", join(el("th", title, scope="col") for title in head))
    body = join(
        el(
            "tr",
            el("th", row[0], scope="row"),
            join(el("td", c) for c in row[1:]),
            class_="on" if i == newest else None,
        )
        for i, row in enumerate(cells)
    )
    return el("table", el("thead", titles), el("tbody", body))


# Init containers and sidecars.


def order(proxy: str, migrate: str, app: str) -> Frame:
    """A pod with an init container `migrate`, a `proxy` of some kind, and an `app`."""
    life = ordered(proxy, migrate, app)
    names = [item.name for item in life.pod.all_containers]
    rows = {name: _spans(life, name) for name in names}
    numbers = {name: _last(life, name) for name in names}
    told = [item for item in life.timeline if item.container or item.what.startswith(("phase", "deleted"))]
    deleted, found = life.when("deleted"), pod_columns(life.pod)
    if deleted:
        says = _("Deleted at {time}; the last container ends at **{end}**.").format(
            time=moment(deleted[0]), end=moment(life.when("StopPodSandbox")[-1])
        )
    else:
        says = _("At the end: phase **{phase}**; `kubectl` shows {ready} **{status}**.").format(
            phase=life.pod.status.phase, status=found.status, ready=found.ready
        )
    return Frame(join([span_bars(rows, 75, numbers), happening_table(told)]), says)


def ordered(proxy: str, migrate: str, app: str) -> PodLife:
    """The life of that pod in its first 75 s; a server that has started is deleted at 50 s, a job ends after 20 s."""
    helper = Container(name="proxy", image="proxy:1", restart_policy="Always" if proxy == "sidecar" else "")
    first, main = Container(name="migrate", image="tool:1"), Container(name="app", image="app:1")
    inits = (first,) if proxy == "container" else (first, helper)
    containers = (main, helper) if proxy == "container" else (main,)
    policy = "OnFailure" if app == "job" else "Always"
    subject = pod("web", init_containers=inits, containers=containers, restart_policy=policy)
    is_deleted = app == "server" and migrate != "fails always" and proxy != "init"
    fails = {"works": 0, "fails once": 1, "fails always": 9}[migrate]
    programs = {
        "migrate": Program(runs=(*(Run(4, 1) for _try in range(fails)), Run(4, 0))),
        "proxy": Program(stop_seconds=2),
        "app": job(20) if app == "job" else Program(stop_seconds=5),
    }
    return pod_life(subject, programs, until_seconds=75, delete_at_seconds=50 if is_deleted else None)


def _spans(life: PodLife, name: str) -> list[Span]:
    """When the container ran, and when it was told to stop."""
    spans, began, stop = list[Span](), None, None
    for item in life.of(name):
        if item.what == "started":
            began, stop = item.at_seconds, None
        elif item.what == "SIGTERM":
            stop = item.at_seconds
        elif item.what.startswith(("exit ", "StopContainer")) and began is not None:
            good = "bad" if item.what.startswith("exit ") and item.what != "exit 0" else "well"
            spans += [Span(began, item.at_seconds if stop is None else stop, good, _("runs"))]
            spans += [Span(stop, item.at_seconds, "now", _("stops"))] if stop is not None else []
            began = None
    return [*spans, Span(began, 75, "well", _("runs"))] if began is not None else spans


def _last(life: PodLife, name: str) -> str:
    lines = [item for item in life.of(name) if item.what.startswith(("started", "exit ", "StopContainer"))]
    last = lines[-1].what if lines else ""
    if last in ("started", "StopContainer"):
        return _("runs") if last == "started" else _("stopped")
    return last if lines else _("not started")


# Probes.


def probed_pod(kinds: Sequence[str], period: int, failures: int) -> Pod:
    """A pod of one container with these probes; a startup probe is patient."""
    usual = Probe(exec=ExecAction(command=("check",)), period_seconds=period, failure_threshold=failures)
    container = Container(
        name="main",
        image="web:1",
        startup_probe=replace(usual, failure_threshold=30) if "startup" in kinds else None,
        liveness_probe=usual if "liveness" in kinds else None,
        readiness_probe=usual if "readiness" in kinds else None,
    )
    return pod("web", containers=(container,))


PROBE_SETS: Mapping[str, tuple[str, ...]] = {
    "readiness": ("readiness",),
    "liveness": ("liveness",),
    "both": ("liveness", "readiness"),
    "all three": ("startup", "liveness", "readiness"),
}
_END = 120


@cache
def answering() -> Mapping[str, tuple[str, tuple[Answer, ...], Program]]:
    """Programs by a short name: what they are, how they answer, how they stop."""
    refused, deaf = "connection refused", Program(handles_sigterm=False)
    return {
        "slow": (_("needs 60 s to start"), (Answer(0, False, output=refused), Answer(60)), Program()),
        "hangs": (_("hangs for good after 42 s"), (Answer(), Answer(42, takes_seconds=600)), deaf),
        "busy": (_("is overloaded from 42 s to 64 s"), (Answer(), Answer(42, takes_seconds=5), Answer(64)), Program()),
    }


def probes(program: str, asked: str, period: int, failures: int) -> Frame:
    """A container with some probes for two minutes."""
    kinds = PROBE_SETS[asked]
    _title, answers, behaviour = answering()[program]
    subject = probed_pod(kinds, period, failures)
    probed = run_probes(subject, dict.fromkeys(kinds, answers), program=behaviour, until_seconds=_END)
    rows = {kind: probe_spans(probed, kind, _END) for kind in kinds}
    runs, ready = _between(probed, "running", "exit "), _between(probed, "ready", "unready")
    rows[_("runs")] = [Span(start, end, "well", _("runs")) for start, end in runs]
    rows[_("ready")] = [Span(start, end, "now", _("ready")) for start, end in ready]
    restarts, unready = len(probed.when("Killing")), _END - sum(end - start for start, end in ready)
    numbers = {_("runs"): _("{n} killed").format(n=restarts), _("ready"): moment(round(_END - unready, 1))}
    killed = ngettext("Killed {n} time", "Killed {n} times", restarts).format(n=restarts)
    says = _("**{killed}** in {time}; not ready for **{unready}** of them.").format(
        killed=killed, time=moment(_END), unready=moment(round(unready, 1))
    )
    return Frame(join([span_bars(rows, _END, numbers), probe_table(probed, kinds, until_seconds=_END, rows=12)]), says)


def _between(probed: ProbeTimeline, begin: str, end: str) -> list[tuple[float, float]]:
    """The spans from `begin` to `end` in the timeline."""
    found, since = list[tuple[float, float]](), None
    for item in probed.timeline:
        if item.what == begin:
            since = item.at_seconds
        elif item.what.startswith(end) and since is not None:
            found.append((since, item.at_seconds))
            since = None
    return [*found, (since, float(_END))] if since is not None else found


# The phase and the conditions.


@cache
def states() -> Mapping[str, ContainerStatus]:
    """Statuses of a container by what a reader calls them."""
    ended = {code: ContainerStateTerminated(exit_code=code, reason="Error" if code else "Completed") for code in (0, 1)}
    running = ContainerState(running=ContainerStateRunning())
    creating = ContainerState(waiting=ContainerStateWaiting(reason="ContainerCreating"))
    back_off = ContainerState(waiting=ContainerStateWaiting(reason="CrashLoopBackOff"))
    return {
        _("never started"): ContainerStatus(state=creating, started=False),
        _("runs, not ready"): ContainerStatus(state=running, started=True),
        _("runs, ready"): ContainerStatus(state=running, started=True, ready=True),
        _("ended with 0"): ContainerStatus(state=ContainerState(terminated=ended[0]), started=False),
        _("ended with 1"): ContainerStatus(state=ContainerState(terminated=ended[1]), started=False),
        _("waits to restart"): ContainerStatus(
            state=back_off, last_state=ContainerState(terminated=ended[1]), started=False, restart_count=3
        ),
    }


def phase(app: str, log: str, policy: str) -> Frame:
    """A pod of two containers in these states; under ``Never`` none waits to restart, it stays ended."""
    chosen, waits = {"app": app, "log": log}, _("waits to restart")
    stays = policy == "Never" and waits in chosen.values()
    if stays:
        chosen = {name: _("ended with 1") if state == waits else state for name, state in chosen.items()}
    found = with_states(chosen, policy)
    result = pod_phase(found)
    says = _("Phase **{phase}**: {why} ({who}).").format(
        phase=result.phase, why=result.reason, who=", ".join(result.deciding)
    )
    if stays:
        says = _("Under `Never` a container that has ended **stays ended**. {says}").format(says=says)
    return Frame(join([pod_line(found), condition_table(found)]), says)


def with_states(chosen: Mapping[str, str], policy: str) -> Pod:
    """A pod whose containers, by name, are in those states, with its phase and conditions."""
    containers: Sequence[Container] = [Container(name=name, image=f"{name}:1") for name in chosen]
    subject = pod("web", containers=tuple(containers), restart_policy=policy)
    statuses = tuple(replace(states()[state], name=name) for name, state in chosen.items())
    seen = replace(subject, status=replace(subject.status, container_statuses=statuses))
    now = pod_phase(seen).phase
    return replace(seen, status=replace(seen.status, phase=now, conditions=pod_conditions(seen, now)))
