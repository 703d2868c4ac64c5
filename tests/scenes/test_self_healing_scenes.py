from pathlib import Path

import pytest

from k8smodels.controlplane.node_health import ZoneCount, eviction_rate, zone_state
from k8smodels.explore.exercise import check
from k8smodels.scenes import self_healing as scenes
from k8smodels.scenes import self_healing_clock as clock
from k8smodels.scenes import self_healing_cost as cost
from k8smodels.scenes import self_healing_diagnosis as diagnoses
from k8smodels.scenes import self_healing_exercises as exercises
from k8smodels.scenes import self_healing_loss as losses
from k8smodels.scenes import self_healing_own as own
from k8smodels.scenes import self_healing_probes as probes
from k8smodels.scenes import self_healing_real as real
from k8smodels.scenes import self_healing_zones as zones

FILES = Path(__file__).parents[2] / "book" / "files"
RECORDED = (FILES / "recorded-healing.json").read_text("utf-8")
DEFAULT = ("300 s", "never")


@pytest.mark.parametrize("owner", ["Deployment", "Always"])
def test_a_crashed_container_comes_back_in_the_same_pod_within_a_second(owner):
    healing = scenes.heal("container", owner)
    assert healing.is_same
    assert healing.seconds < 1.5
    assert healing.after.status.pod_ip == healing.before.status.pod_ip


@pytest.mark.parametrize(("trouble", "at_least"), [("pod", 0), ("node", 340)])
@pytest.mark.parametrize("owner", ["Deployment", "Job"])
def test_an_owner_replaces_a_lost_pod_by_another_one(trouble, at_least, owner):
    healing = scenes.heal(trouble, owner)
    assert healing.after is not None
    assert healing.after.name != healing.before.name
    assert at_least <= healing.seconds < at_least + 30


@pytest.mark.parametrize("trouble", ["pod", "node"])
@pytest.mark.parametrize("owner", ["Always", "Never"])
def test_nobody_misses_a_bare_pod(trouble, owner):
    assert scenes.heal(trouble, owner).after is None


@pytest.mark.parametrize("owner", scenes.OWNERS.values())
def test_no_loop_mends_a_broken_program(owner):
    assert scenes.heal("program", owner).after is None


def test_who_heals_marks_what_is_new():
    frame = scenes.who_heals("the Pod is deleted", "a Deployment")
    assert frame.html.count("<mark>") == 4
    assert "replicaset-controller" in frame.html
    assert "Nobody heals it" in scenes.who_heals("the Pod is deleted", "nobody").says


def test_the_three_clocks_run_one_after_the_other():
    lost = losses.loss("crash", 300, None)
    assert 40 <= lost.silent <= 60
    assert 50 < lost.silent + lost.since_renewal <= 60
    assert lost.evicted - lost.tainted == pytest.approx(300, abs=0.1)
    assert lost.replaced - lost.evicted < 0.1


def test_requests_are_lost_until_the_first_clock_ends():
    lost = losses.loss("crash", 300, None)
    assert {losses.answered(lost, at) for at in range(int(lost.silent))} == {0.5}
    assert {losses.answered(lost, at) for at in range(int(lost.silent) + 1, 600)} == {1.0}


def test_a_node_that_is_back_in_time_keeps_its_pod():
    lost = losses.loss("cut", 300, 200)
    assert lost.evicted is None
    before, after = ({pod.metadata.uid for pod in lost.snapshots[i].objects["Pod"]} for i in (0, -1))
    assert before == after
    assert "in time" in clock.silent_node("loses its network", "300 s", "after 200 s", 5).says


def test_a_node_that_starts_anew_in_time_keeps_its_pod_but_not_the_address():
    lost = losses.loss("crash", 300, 200)
    before, after = (sorted(lost.snapshots[i].objects["Pod"], key=lambda pod: pod.name) for i in (0, -1))
    assert [pod.metadata.uid for pod in before] == [pod.metadata.uid for pod in after]
    assert [a.status.pod_ip == b.status.pod_ip for a, b in zip(before, after, strict=True)].count(True) == 1


def test_a_node_that_is_back_too_late_loses_its_pod_for_good():
    lost = losses.loss("crash", 300, 480)
    assert len(lost.snapshots[470].objects["Pod"]) == 3
    assert len(lost.snapshots[-1].objects["Pod"]) == 2
    assert "too late" in clock.silent_node("loses its power", "300 s", "after 480 s", 7).says


def test_who_tolerates_for_ever_is_never_replaced():
    assert losses.loss("crash", None, None).evicted is None


def test_the_column_ready_of_a_lost_pod_stays_as_it_was():
    html = clock.silent_node("loses its power", *DEFAULT, 4).html
    assert html.count("1/1 Running") == 2
    assert "nothing runs" in html
    assert "runs, unheard" in clock.silent_node("loses its network", *DEFAULT, 4).html


def test_each_moment_of_the_silence_shows_another_state():
    frames = {clock.silent_node("loses its power", *DEFAULT, step).html for step in range(len(clock.MOMENTS))}
    assert len(frames) == len(clock.MOMENTS)


def test_more_copies_lose_less_and_a_short_toleration_helps_one_copy_only():
    lost = {(copies, stay): cost.lost_seconds(copies, stay) for copies in cost.COPIES for stay in cost.STAYS}
    assert lost[1, 300] > lost[1, 30] > lost[2, 300] > lost[3, 300]
    assert lost[2, 300] == lost[2, 30]


def test_the_figures_numbers_are_those_of_its_caption():
    back = {copies: list(cost.shares(copies)).index(1.0) for copies in cost.COPIES}
    assert back == {1: 363, 2: 53, 3: 53}
    assert cost.figure().axes


@pytest.mark.parametrize("size", zones.SIZES)
@pytest.mark.parametrize("share", zones.SHARES)
def test_a_zone_is_given_up_at_its_rate(size, share):
    silent = zones.count(size, share)
    rate = eviction_rate(zone_state(ZoneCount(size - silent, silent)), size)
    counts = zones.tainted(size, silent, 0)
    assert counts[-1] <= max(1, 1 + rate * 600 + 1)
    if rate == 0.1:
        assert counts[-1] >= min(silent, 58)


@pytest.mark.parametrize("size", zones.SIZES)
def test_nobody_is_evicted_when_every_zone_is_lost(size):
    assert zones.tainted(size, size, 3)[-1] == 0
    assert "nothing is evicted" in zones.silent_zone(size, "all", "is silent, too").says


def test_a_liveness_probe_that_asks_others_makes_an_outage_longer():
    late = [probes.outage("liveness", seconds).late_seconds for seconds in probes.OUTAGES]
    assert late == sorted(late)
    assert late[-1] > 100
    assert all(probes.outage("readiness", seconds).late_seconds <= 10 for seconds in probes.OUTAGES)


@pytest.mark.parametrize("kind", ["none", "readiness"])
def test_only_liveness_kills(kind):
    assert not any(probes.outage(kind, 600).restarts.values())


@pytest.mark.parametrize(
    ("case", "unreachable", "not_ready"),
    [
        ("nothing said", 300, 300),
        ("30 s if it is unreachable", 30, 300),
        ("first 600 s, then 10 s", 600, 300),
        ("tolerates everything", None, None),
        ("a Pod", 0, 300),
    ],
)
def test_the_first_toleration_that_fits_counts_and_missing_ones_are_added(case, unreachable, not_ready):
    tolerations = own.admitted(own.CASES[case]).spec.tolerations
    found = [own.leaves_after(tolerations, own.TAINTS[name]) for name in ("unreachable", "not-ready")]
    assert found == [unreachable, not_ready]


@pytest.mark.parametrize("text", ["", "5", "[", "tolerations: 5", "kind: Pod", "kind: Node", "a: 1\n---\nb: 2"])
def test_bad_tolerations_are_refused_in_words(text):
    assert "refused" in own.own_tolerations(text).says


def test_seconds_without_the_effect_that_evicts_are_refused_as_the_api_server_does():
    says = own.own_tolerations(own.CASES["seconds without NoExecute"]).says
    assert "effect must be 'NoExecute' when `tolerationSeconds` is set" in says


def test_the_real_clocks_run_as_the_model_says():
    found = real.seconds_between(RECORDED)
    assert 50 < found["unknown"] <= 60
    assert found["delete"] == pytest.approx(300, abs=1)
    assert found["taint"] < 1
    assert found["replace"] < 1


def test_recorded_owners_act_each_in_its_own_way():
    at_380, at_450 = (real.owners(RECORDED, at).html for at in (380, 450))
    assert "web-q2h47 on node-3" in at_380
    assert "db-0 on" not in at_380
    assert "db-0 on node-2" in at_450
    assert real.owners(RECORDED, 75).html.count("not ready") == 5


@pytest.mark.parametrize("at", real.MOMENTS)
def test_what_was_printed_is_shown(at):
    assert "$ kubectl" in real.printed(RECORDED, at).html


def test_a_budget_that_allows_nothing_stops_a_drain():
    assert "Cannot evict pod as it would violate" in real.drained(RECORDED, 2).html
    assert "node/node-2 drained" in real.drained(RECORDED, 1).html


def test_the_model_and_the_real_controllers_stand_side_by_side():
    assert real.beside(RECORDED).html.count("<tr>") == 5


@pytest.mark.parametrize("renewed", [61, 62, 64, 66, 99])
def test_silence_is_counted_from_the_look_and_must_be_longer_than_the_grace_period(renewed):
    seen, unknown = exercises.noticed(renewed)
    assert seen == -(-renewed // 5) * 5
    assert unknown == seen + 55


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", ["silence", "what_comes_back", "pace", "first_match"])
def test_the_models_answer_is_right(name, seed):
    task = getattr(diagnoses if name == "what_comes_back" else exercises, name)(seed)
    given = [str(step.answer) for step in task.steps]
    assert check(task.steps, given).wrong is None
    assert task.hints
    assert task.solution


@pytest.mark.parametrize("seed", range(30))
def test_the_diagnosis_can_be_read_from_nodes_and_pods(seed):
    task = diagnoses.diagnosis(seed)
    happened, served = (step.answer for step in task.steps)
    assert check(task.steps, [happened, str(served)]).wrong is None
    assert ("is silent" in happened) == ("NotReady" in task.text)
    assert ("given up" in happened) == ("Terminating" in task.text)
    assert served == (1 if "300 s runs" in happened or "for ever" in happened else 2)


def test_the_diagnosis_tells_all_stories():
    assert len({diagnoses.diagnosis(seed).steps[0].answer for seed in range(30)}) == 6


def test_every_task_of_what_comes_back_has_all_three_outcomes():
    for seed in range(5):
        assert len({step.answer for step in diagnoses.what_comes_back(seed).steps}) == 3
