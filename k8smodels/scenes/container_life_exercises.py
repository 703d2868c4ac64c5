"""Exercises of the chapter on a container's life: seeded cases whose answers the models compute."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

from k8smodels.api.container_life import ExecAction, Probe
from k8smodels.api.durations import SECOND_NS
from k8smodels.api.pod import Container, Pod, pod
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.runtime import (
    Answer,
    Program,
    crash_loop,
    explain_exit_code,
    pod_columns,
    pod_phase,
    run_probes,
    terminate_pod,
)
from k8smodels.scenes.container_life import stoppable
from k8smodels.scenes.container_life_pods import POLICIES, states, with_states
from k8smodels.scenes.dice import dice_of
from k8smodels.views.html import bullets, el, inline, join
from k8smodels.views.runtime import moment
from k8smodels.views.tables import table

__all__ = ["earliest_kill", "how_long", "next_restart", "what_code_tells", "which_phase"]

DEAF = Program(handles_sigterm=False)


def what_code_tells(seed: int) -> Task:
    """Ask what an exit code tells."""
    dice = dice_of(seed)
    oom = dice.random() < 0.2
    code = 137 if oom else dice.choice([0, 1, 3, 126, 127, 130, 134, 137, 139, 143])
    found = explain_exit_code(code, oom_killed=oom)
    signals = ["SIGINT", "SIGABRT", "SIGKILL", "SIGSEGV", "SIGTERM", _("none")]
    given = _("A container has ended with exit code {code}.").format(code=code)
    if oom:
        given = _("A container has ended with exit code 137. Its cgroup counts one `oom_kill` more than before.")
    meanings = [explain_exit_code(other).meaning for other in (0, 1, 126, 127, 137, 143)]
    meaning = Step(
        _("What does it mean?"),
        found.meaning,
        options=sorted({*meanings, found.meaning}),
        why=_("Up to 125 the code is the program's own; 126 and 127 are a shell's."),
    )
    return Task(
        el("p", inline(given)),
        [
            Step(
                _("Of which signal did the first process most likely die?"),
                found.signal or _("none"),
                options=signals,
                why=_("Above 128, take 128 away: what is left is the number of a signal."),
            ),
            Step(
                _("Which reason does the status give?"),
                found.reason,
                options=["Completed", "Error", "OOMKilled"],
                why=_("The runtime looks at two things: was memory the cause, and is the code 0?"),
            ),
            *([] if found.signal else [meaning]),
        ],
        [_("SIGINT is 2, SIGABRT 6, SIGKILL 9, SIGSEGV 11, SIGTERM 15."), _("Is the code above 128?")],
        join([found.meaning]),
    )


def how_long(seed: int) -> Task:
    """Ask when a container that is told to stop is gone."""
    dice = dice_of(seed)
    grace, hook = dice.choice([10, 20, 30, 45]), dice.choice([0, 5, 15, 40])
    needs = dice.choice([1, 8, 25, None])
    program = (
        replace(DEAF, pre_stop_seconds=hook) if needs is None else Program(stop_seconds=needs, pre_stop_seconds=hook)
    )
    end = terminate_pod(stoppable(grace, hook), {"main": program}).end("main")
    said = [
        _("`terminationGracePeriodSeconds: {grace}`.").format(grace=grace),
        _("Its `preStop` hook takes {hook} s.").format(hook=hook) if hook else _("It has no `preStop` hook."),
        _("Its program is the first process and has no handler for SIGTERM.")
        if needs is None
        else _("Its program has a handler for SIGTERM and then needs {needs} s.").format(needs=needs),
        _("The Pod is deleted at 0 s."),
    ]
    stop_wrong = {str(grace): _("The grace period is the longest time that it has, not a wait before the signal.")}
    added = hook + grace if end.exit_code == 137 else hook + (needs or 0)
    end_wrong = {
        str(added): _("The hook takes its time out of the grace period; it does not come on top."),
        str(grace): _("Does it use the whole grace period? And is there something left of it after the hook?"),
    }
    return Task(
        join(el("p", inline(line)) for line in said),
        [
            Step(
                _("When is SIGTERM sent?"),
                end.stop_seconds,
                unit="s",
                wrong=_without(stop_wrong, end.stop_seconds),
                why=_("SIGTERM follows the hook, or the end of the grace period if that comes first."),
            ),
            Step(
                _("When has the container ended?"),
                end.end_seconds,
                unit="s",
                wrong=_without(end_wrong, end.end_seconds),
                why=_("It ends when its handler is done, or by SIGKILL when the time is over: whichever comes first."),
            ),
            Step(
                _("With which exit code?"),
                end.exit_code,
                wrong={"143": _("143 is the death by SIGTERM. Did SIGTERM end it?")} if end.exit_code != 143 else {},
                why=_("Either its handler ended it, or SIGKILL did: 128 + 9."),
            ),
        ],
        [
            _("First the hook, then SIGTERM, then SIGKILL; one period for all of it."),
            _("If the hook uses up the period, 2 s are left."),
        ],
        bullets(str(item) for item in end.happenings),
    )


def _without(wrong: Mapping[str, str], right: float) -> dict[str, str]:
    """The explanations of answers that are wrong here."""
    return {answer: why for answer, why in wrong.items() if float(answer) != right}


def next_restart(seed: int) -> Task:
    """Ask when a failing container is started again."""
    dice = dice_of(seed)
    runs, number = dice.choice([1, 2, 5, 20]), dice.choice([3, 4, 5, 6, 7])
    made = crash_loop([runs] * number)
    last = made[-1]
    wait = last.waited_ns // SECOND_NS
    text = _("A container fails {runs} s after each start. `restartPolicy: Always`.").format(runs=runs)
    naive = 10 * 2 ** (number - 1)
    wrong = {str(naive): _("The first restart does not wait: the doubling begins one later.")}
    if wait == 300:
        wrong[str(naive // 2)] = _("The wait has a limit.")
    times = [
        _("restart {n}: exit at {exit}, wait {wait}, start at {start}").format(
            n=i,
            exit=moment(item.exited_ns // SECOND_NS),
            wait=moment(item.waited_ns // SECOND_NS),
            start=moment(item.restarted_ns // SECOND_NS),
        )
        for i, item in enumerate(made, 1)
    ]
    return Task(
        el("p", inline(text)),
        [
            Step(
                _("How long does it wait before restart {n}?").format(n=number),
                wait,
                unit="s",
                wrong=_without(wrong, wait),
                why=_("0, then 10 s, and twice as long each time, up to a limit."),
            ),
            Step(
                _("How many seconds after the very first start does restart {n} come?").format(n=number),
                last.restarted_ns // SECOND_NS,
                unit="s",
                wrong=_without(
                    {str(last.restarted_ns // SECOND_NS - runs * number): _("The runs themselves take time, too.")},
                    last.restarted_ns // SECOND_NS,
                ),
                why=_("Add up the waits and the runs before it; each wait counts from an exit."),
            ),
        ],
        [_("Write the waits in a row: 0, 10, 20, ..."), _("The longest wait is 300 s.")],
        bullets(times),
    )


def which_phase(seed: int) -> Task:
    """Ask for the phase of a pod from the states of its containers."""
    dice = dice_of(seed)
    wanted = ("Running", "Pending", "Failed", "Succeeded")[seed % 4]
    policy, chosen, found = next(draw for draw in _draws(dice) if draw[2].status.phase == wanted)
    result, shown = pod_phase(found), pod_columns(found)
    ready = next(item for item in found.status.conditions if item.type == "Ready")
    words = ["Completed", "ContainerCreating", "CrashLoopBackOff", "Error", "NotReady", "Running"]
    return Task(
        join(
            [el("p", inline(f"`restartPolicy: {policy}`")), table([_("container"), _("state")], list(chosen.items()))]
        ),
        [
            Step(
                _("Which phase has the Pod?"),
                result.phase,
                options=["Pending", "Running", "Succeeded", "Failed"],
                why=_("Ask in order: has one never started? Does one run? Will one be started again?"),
            ),
            Step(
                _("Is its condition Ready true?"),
                ready.status,
                options=["True", "False"],
                why=_("Ready asks that every container be ready, also one that has done its work."),
            ),
            Step(
                _("What does `kubectl get pods` show as STATUS?"),
                shown.status,
                options=words,
                wrong={"Running": _("A container that waits or has ended comes before those that run.")}
                if shown.status != "Running"
                else {},
                why=_("The word of the first container that waits or has ended; the phase if all run."),
            ),
        ],
        [_("A container that has never started keeps the Pod Pending."), _("Then one that runs makes it Running.")],
        bullets([result.reason, f"Ready: {ready.status} {ready.message}".strip(), f"STATUS: {shown.status}"]),
    )


def _draws(dice: random.Random) -> Iterator[tuple[str, dict[str, str], Pod]]:
    """Pods of two containers by chance: the policy, the states, the pod; none waits for a restart that never comes."""
    while True:
        policy, chosen = dice.choice(POLICIES), {name: dice.choice(list(states())) for name in ("app", "log")}
        if policy != "Never" or _("waits to restart") not in chosen.values():
            yield policy, chosen, with_states(chosen, policy)


def earliest_kill(seed: int) -> Task:
    """Ask when a container that is slow to start is killed by its liveness probe, and what would save it."""
    dice = dice_of(seed)
    delay, period, failures = dice.choice([0, 5, 12, 20]), dice.choice([5, 10, 20]), dice.choice([2, 3, 4])
    probe = Probe(
        exec=ExecAction(command=("check",)),
        initial_delay_seconds=delay,
        period_seconds=period,
        failure_threshold=failures,
    )
    first, killed = _asked_and_killed(probe)
    surely = _asked_and_killed(replace(probe, failure_threshold=failures + 1))[1]
    needs = int(surely) + dice.choice([7, 23, 38])
    saving = next(n for n in range(1, 60) if not _is_killed(replace(probe, failure_threshold=n), needs))
    text = _("`initialDelaySeconds: {delay}`, `periodSeconds: {period}`, `failureThreshold: {failures}`.").format(
        delay=delay, period=period, failures=failures
    )
    late = _("The program refuses connections for the first {needs} s of its life.").format(needs=needs)
    tick = _("The kubelet looks every {period} s. When the container starts, its next look may be due at any moment.")
    one_more = {str(delay + failures * period): _("Between the first and the last failure lies one period less.")}
    one_less = {str(killed): _("So soon it is if the first probe comes right after the delay. It may come later.")}
    return Task(
        join(el("p", inline(line)) for line in (text, late, tick.format(period=period))),
        [
            Step(
                _("How many seconds after its start is the container probed, at the earliest?"),
                first,
                unit="s",
                wrong=_without({str(delay + period): _("A look may be due right when the delay is over.")}, first),
                why=_("Before the delay is over a look asks nothing; from then on the next look asks."),
            ),
            Step(
                _("When is it told to stop, at the earliest?"),
                killed,
                unit="s",
                wrong=_without(one_more, killed),
                why=_("The first failure counts as one: the last one comes some periods after it."),
            ),
            Step(
                _("When has it been told to stop in any case?"),
                surely,
                unit="s",
                wrong=_without(one_less, surely),
                why=_("The first probe comes at most one period after the delay; the rest follows as before."),
            ),
            Step(
                _("Which is the smallest `failureThreshold` with which it surely lives?"),
                saving,
                wrong=_without(
                    {str(saving - 1): _("That many may fail before it answers, and then they are enough.")}, saving
                ),
                why=_("Take the earliest first probe. How many come before the program answers? Allow one more."),
            ),
        ],
        [
            _("Write the moments of the probes in a row, the first one right after the delay."),
            _("A startup probe with that threshold would do the same, without making liveness slow for good."),
        ],
        bullets(
            [
                _("First probe from {first} on, and before {last}.").format(
                    first=moment(first), last=moment(first + period)
                ),
                _("Failure {n} from {first} on, and before {last}.").format(
                    n=failures, first=moment(killed), last=moment(surely)
                ),
                _("Up to {n} failures fit before {time}.").format(n=saving - 1, time=moment(needs)),
            ]
        ),
    )


def _asked_and_killed(probe: Probe) -> tuple[float, float]:
    """When a program that never answers is asked first, and when it is told to stop, at the earliest."""
    container = Container(name="main", image="web:1", liveness_probe=probe)
    answers = {"liveness": (Answer(0, False),)}
    probed = run_probes(pod("web", containers=(container,)), answers, first_tick_seconds=_earliest(probe))
    return probed.results[0].at_seconds, probed.when("Killing")[0]


def _is_killed(probe: Probe, needs_seconds: int) -> bool:
    """Whether it is, if the first probe comes as early as it can: then the most of them come in time to fail."""
    container = Container(name="main", image="web:1", liveness_probe=probe)
    answers = {"liveness": (Answer(0, False), Answer(needs_seconds))}
    subject, tick = pod("web", containers=(container,)), _earliest(probe)
    return bool(run_probes(subject, answers, first_tick_seconds=tick, until_seconds=600).when("Killing"))


def _earliest(probe: Probe) -> float:
    """A first look such that another one is due right when the delay is over."""
    return probe.initial_delay_seconds % probe.period_seconds
