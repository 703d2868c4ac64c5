"""The examples of the chapter on scaling show what its text says they show."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from k8smodels.api.kinds import load
from k8smodels.explore import Task
from k8smodels.explore.exercise import check
from k8smodels.scenes import scaling as scenes
from k8smodels.scenes import scaling_behavior as behavior
from k8smodels.scenes import scaling_diagnosis as diagnosis
from k8smodels.scenes import scaling_exercises as exercises
from k8smodels.scenes import scaling_own as own
from k8smodels.scenes import scaling_run as runs
from k8smodels.views.scaling import described
from k8smodels.workloads.autoscaling.validation import stored

FILES = Path(__file__).parents[2] / "book" / "files"
EXERCISES = [
    exercises.how_many,
    exercises.unknown_pods,
    exercises.will_it_grow,
    exercises.how_soon_down,
    diagnosis.diagnose,
]


def test_the_puzzles_message_names_the_container_without_a_request() -> None:
    assert "missing request for cpu in container log of Pod web-0" in scenes.puzzle_described()
    assert "&lt;unknown&gt;/50%" in scenes.puzzle().html


@pytest.mark.parametrize(("percent", "replicas"), [(80, 7), (54, 4), (45, 4), (60, 5), (30, 3)])
def test_the_formula_gives_what_the_text_says(percent: int, replicas: int) -> None:
    assert scenes.estimated(4, percent, 50, "ready").replicas == replicas
    assert f"**{replicas}**" in scenes.calculator(4, percent, 50, "ready").says or replicas == 4


@pytest.mark.parametrize("state", scenes.STATES[1:3])
@pytest.mark.parametrize("percent", [20, 30, 45, 60, 80, 120])
def test_pods_that_tell_nothing_never_hasten_a_change(state: str, percent: int) -> None:
    known, unknown = (scenes.estimated(10, percent, 50, each).replicas for each in ("ready", state))
    if percent > 50:
        assert unknown <= known
    elif state == "without a sample":
        assert unknown >= known


def test_the_lines_of_the_formula_end_with_the_result() -> None:
    for percent in (10, 45, 80):
        for target in (50, 80):
            for state in scenes.STATES:
                estimate = scenes.estimated(10, percent, target, state)
                html = scenes.calculator(10, percent, target, state).html
                last = html.rpartition("<li>")[2]
                assert f"<b>{estimate.replicas}</b>" in last or f"stay {estimate.replicas}" in last


@pytest.mark.parametrize(
    ("cpu", "queue", "size"),
    [("6", "8", 8), ("6", "cannot be read", 6), ("2", "cannot be read", 4), ("2", "1", 4), ("4", "4", 4)],
)
def test_the_largest_wins_and_a_failure_stops_the_way_down(cpu: str, queue: str, size: int) -> None:
    assert scenes.two_metrics(cpu, queue).replicas == size
    assert f"{size}" in scenes.largest(cpu, queue).says


def test_a_target_at_the_ceiling_never_adds_a_pod() -> None:
    assert {look.wanted for look in runs.leaps("500m", 100)} == {2}
    assert "still lost" in runs.capped("500m", 100).says


def test_a_higher_limit_lets_it_grow_sooner() -> None:
    times = [
        next(look.at_seconds for look in runs.leaps(limit, 80)[5:] if not look.unserved_milli)
        for limit in ("500m", "750m", "1000m", "2000m")
    ]
    assert times == sorted(times, reverse=True)


def test_the_real_process_stays_at_its_limit() -> None:
    report = json.loads((FILES / "measured-scaling.json").read_text())
    full = [case["used_milli"] for case in report["cases"] if case["wanted_milli"] >= report["limit_milli"]]
    assert all(abs(used - report["limit_milli"]) <= 5 for used in full)
    assert "measure_cpu_ceiling.py" in runs.measured(json.dumps(report)).says


@pytest.mark.parametrize("start", [5, 20, 60, 180])
def test_up_it_decides_within_a_minute_and_down_after_five(start: int) -> None:
    up = [look.at_seconds - 60 for look in runs.reaction("up", start) if look.wanted > look.replicas]
    down = [look.at_seconds - 60 for look in runs.reaction("down", start) if look.wanted < look.replicas]
    assert max(up) < 60
    assert 300 < min(down) < 360


def test_waves_flap_without_a_window_and_cost_pods_with_one() -> None:
    without, with_one = (runs.played("waves", 50, window, "all at once", 20) for window in (0, 300))
    assert sum(look.wanted != look.replicas for look in without) > 50
    assert sum(look.wanted != look.replicas for look in with_one) < 10
    assert runs.pod_hours(without) < runs.pod_hours(with_one)


def test_slow_pods_a_high_target_and_no_window_lose_work() -> None:
    assert runs.lost_percent(runs.played("waves", 80, 0, "all at once", 120)) == "4.8"
    assert runs.lost_percent(runs.played("waves", 80, 300, "all at once", 20)) == "0.0"


@pytest.mark.parametrize("window", [0, 45, 120])
@pytest.mark.parametrize("step", range(len(behavior.ASKED)))
def test_the_marked_number_of_the_window_is_the_size(window: int, step: int) -> None:
    frame = behavior.held(window, step)
    marked = frame.html.partition("<mark>")[2].partition(">")[2].partition("<")[0]
    assert f"the size is **{marked}**" in frame.says


def test_the_percentage_overtakes_the_number_of_pods() -> None:
    chosen = []
    for step in range(behavior.LOOKS):
        memory, size, _done = behavior.travelled("up", "Max")[step]
        limits = behavior.policy_limits("up", "Max", memory, size, behavior.NOW + step * behavior.PERIOD)
        chosen.append(next(each.rule for each in limits if each.is_chosen))
    assert chosen[0] == "4 Pods / 30 s"
    assert chosen[-1] == "100% / 60 s"


@pytest.mark.parametrize("direction", behavior.WAYS)
@pytest.mark.parametrize("select", ["Max", "Min"])
def test_the_chosen_policy_is_what_the_size_becomes(direction: str, select: str) -> None:
    for step, (memory, size, done) in enumerate(behavior.travelled(direction, select)):
        now = behavior.NOW + timedelta(seconds=15 * step)
        limits = behavior.policy_limits(direction, select, memory, size, now)
        allowed = [each.allowed for each in limits if each.is_chosen]
        bound = max if direction == "up" else min
        assert done.replicas == bound(size, *allowed)


def test_a_disabled_direction_stays() -> None:
    assert {done.replicas for _memory, _size, done in behavior.travelled("up", "Disabled")} == {3}


def test_the_queue_goes_to_zero_after_five_minutes_and_wakes_at_once() -> None:
    html = behavior.to_zero().html
    assert "3 → 0" in html
    assert "5:15" in html
    assert "0 → 3" in html


def test_a_manifest_with_replicas_sets_them_back_and_without_the_line_nothing_happens() -> None:
    kept, dropped, never = (runs.applies(file) for file in runs.FILES)
    assert "Down to **3**" in kept.says
    assert "Down to **1**" in dropped.says
    assert "Nothing happens" in never.says


@pytest.mark.parametrize("name", own.EXAMPLES)
def test_the_examples_play_or_are_refused_as_their_names_say(name: str) -> None:
    if name in ("a target without a group", "several mistakes"):
        with pytest.raises(ValueError, match="is invalid"):
            own.own(own.EXAMPLES[name])
    else:
        assert "pod-hours" in own.own(own.EXAMPLES[name]).says


SHORT = own.EXAMPLES["as short as can be"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "kind: Pod",
        "a: [",
        SHORT.replace("maxReplicas: 20", "maxReplicas: 2000000000"),
        SHORT.replace("maxReplicas: 20", "maxReplicas: much"),
        SHORT + "  metrics: [" + "{type: Resource, resource: {name: cpu, target: {type: Utilization}}}," * 20 + "]\n",
        SHORT + "  metrics: 3\n",
        SHORT + "  behavior: {scaleUp: 7}\n",
    ],
)
def test_what_cannot_be_played_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        own.own(text)


@pytest.mark.parametrize(
    "metric",
    [
        "{type: External, external: {metric: {name: q}, target: {type: AverageValue, averageValue: 100m}}}",
        "{type: Pods, pods: {metric: {name: q}, target: {type: AverageValue, averageValue: 1}}}",
        "{type: ContainerResource, containerResource: {name: cpu, container: web, target: {type: Utilization,"
        " averageUtilization: 60}}}",
        "{type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 1Gi}}}",
        "{type: Resource, resource: {name: cpu, target: {type: AverageValue, averageValue: 1n}}}",
    ],
)
def test_other_metrics_play_or_say_that_they_cannot_be_read(metric: str) -> None:
    assert own.own(f"{SHORT}  metrics: [{metric}]\n").says


def test_markup_in_names_is_escaped() -> None:
    html = own.own(SHORT.replace("{name: web,", "{annotations: {about: '<img src=x>'}, name: web,")).html
    assert "&lt;img" in html
    assert "<img" not in html


def _dump() -> str:
    return (FILES / "scaling-cluster.yaml").read_text() + "\n---\n" + (FILES / "pod-metrics.json").read_text()


def test_the_dump_leads_to_six_pods() -> None:
    frame = own.next_look(_dump())
    assert "4 current / 6 desired" in frame.html
    assert "1 of 1" in frame.says
    tolerant = own.next_look(_dump().replace("behavior:", "behavior:\n    scaleUp: {tolerance: 600m}"))
    assert "Between 0.9 and 1.6" in tolerant.html
    assert "0 of 1" in tolerant.says
    without = own.next_look((FILES / "scaling-cluster.yaml").read_text())
    assert "no metrics returned from resource metrics API" in without.html


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026-01-05T10:00:03Z", "9999-12-31T23:59:59Z"),
        ("2026-01-05T10:00:03Z", "soon"),
        ("15.021s", "15 parsecs"),
        ("kind: Deployment\n    name: web", "kind: Deployment\n    name: other"),
        ("kind: HorizontalPodAutoscaler", "kind: ReplicaSet\n#"),
        ("averageUtilization: 50", "averageUtilization: -1"),
    ],
)
def test_a_dump_that_does_not_fit_together_is_refused(old: str, new: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        own.next_look(_dump().replace(old, new))


def test_the_manifest_of_the_chapter_is_stored() -> None:
    deployment, hpa = load((FILES / "scaling.yaml").read_text())
    assert stored(hpa).spec.min_replicas == 2  # type: ignore[arg-type]
    assert deployment.to_json()["spec"].get("replicas") is None


@pytest.mark.parametrize("make", EXERCISES)
@pytest.mark.parametrize("seed", range(8))
def test_exercises_have_answers_hints_and_solutions(make: Callable[[int], Task], seed: int) -> None:
    task = make(seed)
    assert task.text
    assert len(task.hints) == 2
    assert task.solution
    right = [sorted(step.answer) if step.kind == "several" else str(step.answer) for step in task.steps]  # type: ignore[arg-type]
    assert check(task.steps, right).wrong is None
    assert all(step.why for step in task.steps)
    assert all(str(step.answer) not in step.wrong for step in task.steps if step.kind == "number")


@pytest.mark.parametrize("make", EXERCISES)
def test_exercises_vary(make: Callable[[int], Task]) -> None:
    assert len({make(seed).text for seed in range(8)}) >= 5


def test_half_of_the_ceilings_never_add_a_pod() -> None:
    answers = [exercises.will_it_grow(seed).steps[1].answer for seed in range(8)]
    assert answers.count("yes") == 4


def test_no_fault_moves_the_size_and_each_prints_differently() -> None:
    looks = {name: diagnosis.last_look(fault) for name, fault in diagnosis.faults().items()}
    assert {look.wanted for look in looks.values()} == {4}
    texts = {described(look.done.hpa, None) for look in looks.values()}
    assert len(texts) == len(looks)


GENTLE = own.EXAMPLES["slow down, quick up"].replace("maxReplicas: 20", "maxReplicas: 40")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SHORT, "it needs a behavior"),
        (GENTLE.replace("value: 300", "value: 50"), "it comes to"),
        (GENTLE, "go within one minute"),
        (GENTLE.replace("{type: Percent, value: 20", "{type: Pods, value: 1"), "there are still"),
        (GENTLE.replace("{type: Percent, value: 20", "{type: Pods, value: 4").replace("120", "0"), "Done"),
        ("{", "line"),
    ],
)
def test_the_readers_behavior_is_judged(text: str, says: str) -> None:
    assert says in own.is_gentle(text)
