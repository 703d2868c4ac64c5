"""The examples of the chapter on Deployments show what its text says they show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from k8smodels.explore import Task
from k8smodels.explore.exercise import check
from k8smodels.scenes import deployments as scenes
from k8smodels.scenes import deployments_bad as bad
from k8smodels.scenes import deployments_diagnosis as diagnosis
from k8smodels.scenes import deployments_exercises as exercises
from k8smodels.scenes import deployments_hand as hand
from k8smodels.scenes import deployments_history as history
from k8smodels.scenes import deployments_order as order
from k8smodels.scenes import deployments_own as own
from k8smodels.scenes import deployments_recorded as recorded
from k8smodels.workloads import resolve_fenceposts

EXERCISES = [
    exercises.limits,
    exercises.first_step,
    exercises.revisions,
    exercises.shares,
    exercises.who_goes,
    diagnosis.diagnose,
]
RECORDED = Path("book/files/recorded-rollouts.json")


def test_the_puzzle_leaves_eight_old_pods_and_five_new_ones_and_undoes_nothing() -> None:
    assert bad.puzzle().says.startswith("**8** old pods serve, **5** new ones do not.")
    assert bad.broken("image")["7200"].statuses == {"ImagePullBackOff": 5, "Running": 8}


@pytest.mark.parametrize("kind", bad.KINDS)
def test_only_the_deadline_changes_what_a_deployment_says_of_a_bad_version(kind: str) -> None:
    found = bad.broken(kind)
    said = {moment: [each.reason for each in seen.deployment.status.conditions] for moment, seen in found.items()}
    assert said["30"] == said["590"] == ["MinimumReplicasAvailable", "ReplicaSetUpdated"]
    assert said["610"] == said["7200"] == ["MinimumReplicasAvailable", "ProgressDeadlineExceeded"]
    assert found["undo"].counts.ready == 10
    assert bad.printed(found["610"]).endswith("exceeded its progress deadline\n$ echo $?\n1")


def test_the_chain_of_writes_goes_from_the_user_to_the_status_of_the_deployment() -> None:
    who = [record.component.split(" ")[0] for record in bad.chain()]
    assert who[:5] == ["kubectl", "deployment-controller", "replicaset-controller", "default-scheduler", "kubelet"]
    assert bad.chain()[-1].note == "1 updated, 1 available"
    assert all(
        before.at_seconds < after.at_seconds for before, after in zip(bad.chain(), bad.chain()[1:], strict=False)
    )


@pytest.mark.parametrize("surge", scenes.SURGES)
@pytest.mark.parametrize("unavailable", scenes.UNAVAILABLES)
def test_a_rolling_update_stays_between_its_limits(surge: str, unavailable: str) -> None:
    if (surge, unavailable) == ("0", "0"):
        assert "may not be 0 when `maxSurge` is 0" in scenes.update(surge, unavailable, 10, 5).html
        return
    run = scenes.rolled(surge, unavailable, 10, 5)
    posts = resolve_fenceposts(scenes.limit_of(surge), scenes.limit_of(unavailable), 10)
    assert run.complete
    assert max(each.total for each in run.counts) <= 10 + posts.surge
    assert min(each.available for each in run.counts) >= 10 - posts.unavailable


def test_one_pod_at_a_time_takes_five_times_as_long() -> None:
    slow, quick = scenes.rolled("1", "0", 10, 5).seconds, scenes.rolled("25%", "25%", 10, 5).seconds
    assert round(slow / quick) == 5


def test_recreate_has_an_outage_and_a_rolling_update_has_none() -> None:
    assert "For **8 s** not" in scenes.strategies("Recreate", 5).says
    assert "For **0 s** not" in scenes.strategies("RollingUpdate", 5).says


def test_without_a_probe_a_slow_version_replaces_all_before_it_can_serve() -> None:
    assert scenes.serving("warm", "none", 0).says == (
        "Complete after **2 s**. And **no** pod can serve: the first one will in 14 s."
    )
    assert "fewer than 8" in scenes.serving("warm", "probe", 0).says


def test_a_probe_does_not_stop_a_version_that_crashes_later_but_patience_does() -> None:
    assert "**all** pods crash" in scenes.serving("crash", "probe", 0).says
    assert scenes.serving("crash", "probe", 10).says.endswith("8 old pods serve on.")


def test_the_controller_grows_shrinks_and_waits() -> None:
    sizes = [[(row.available, row.waiting) for row in hand.rows_of(turn.world)] for turn in hand.turns()]
    assert sizes[:5] == [[(10, 0)], [(8, 0), (0, 3)], [(8, 0), (0, 5)], [(8, 0), (5, 0)], [(3, 0), (5, 0)]]
    assert sizes[-1] == [(10, 0)]


def test_undo_uses_an_old_replica_set_again_under_a_new_revision() -> None:
    assert history.history(10, 3).says.startswith("`web:2` runs, as revision **4**")
    assert history.history(10, 5).says.startswith("`web:2` runs, as revision **6**")
    assert history.history(10, 6).says.startswith("`web:3` runs, as revision **7**")
    assert {len(found.sets) for found in history.chronicle(10)[2:]} == {3}
    assert "deployment.apps/web rolled back" in history.history(10, 3).html


def test_without_history_there_is_no_way_back() -> None:
    assert "no rollout history found" in history.history(0, 3).html
    assert "unable to find specified revision 1" in history.history(1, 4).html


def test_a_paused_deployment_scales_and_does_not_roll() -> None:
    says = [history.pausing(step).says for step in range(len(history.PAUSE))]
    assert says[2:4] == ["The template asks for `web:2`; **0** pods run it."] * 2
    assert says[-1] == "The template asks for `web:2`; **6** pods run it."
    assert "web:1: 6 available" in history.pausing(3).html


@pytest.mark.parametrize("replicas", hand.SIZES)
def test_a_new_size_is_shared_in_proportion(replicas: int) -> None:
    sizes = hand.sizes_after(replicas)
    assert sum(sizes.values()) == replicas + 3
    assert sizes["web:1"] == pytest.approx(8 * (replicas + 3) / 13, abs=0.5)


def test_the_order_of_deletion_names_the_rule_that_decides() -> None:
    assert order.order("mixed", 2).says == "First to go: **web-b**, **web-c**."
    assert "the UID decides" in order.order("close", 1).html
    assert "the UID decides" not in order.order("age", 1).html


def test_recorded_and_simulated_rollouts_begin_alike() -> None:
    text = RECORDED.read_text("utf-8")
    for record, ours in zip(recorded.recordings(text), recorded.replayed(text), strict=True):
        real = recorded.recorded(record)
        assert real.new[1][1] == ours.new[1][1]
        assert next(n for _at, n in real.old if n < 10) == next(n for _at, n in ours.old if n < 10)
        assert ours.seconds == pytest.approx(real.seconds, rel=0.25)


@pytest.mark.parametrize("version", own.VERSIONS)
def test_own_deployments_are_played_or_refused(version: str) -> None:
    for name, text in own.EXAMPLES.items():
        if name == "two mistakes":
            with pytest.raises(ValueError, match="does not match template"):
                own.own(text, version)
        else:
            assert "omplete" in own.own(text, version).says


def test_a_version_that_crashes_later_is_followed_after_its_complete_rollout() -> None:
    fails = {
        name for name in own.EXAMPLES if name != "two mistakes" and "fail" in own.own(own.EXAMPLES[name], "late").says
    }
    assert fails == {"six pods, defaults", "no probe", "Recreate"}


@pytest.mark.parametrize(
    "text", ["", "a: [", "kind: Pod", own.EXAMPLES["no probe"].replace("6", "5000"), "<script>alert(1)</script>"]
)
def test_bad_input_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        own.own(text, "good")


SOLUTION = own.EXAMPLES["six pods, defaults"].replace(
    "  replicas: 6\n",
    "  replicas: 6\n  minReadySeconds: 20\n  progressDeadlineSeconds: 60\n"
    "  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}\n",
)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (("", ""), "Done"),
        (("replicas: 6", "replicas: 7"), "6 replicas"),
        (("maxUnavailable: 0", "maxUnavailable: 1"), "only 5"),
        (("maxSurge: 1", "maxSurge: 2"), "10 pods"),
        (("minReadySeconds: 20", "minReadySeconds: 5"), "old pods"),
        (("progressDeadlineSeconds: 60", "progressDeadlineSeconds: 120"), "314 s"),
        (("progressDeadlineSeconds: 60", "progressDeadlineSeconds: 10"), "must be greater than minReadySeconds"),
    ],
)
def test_the_shop_must_be_careful_in_every_way(change: tuple[str, str], word: str) -> None:
    assert word in own.shop_check(SOLUTION.replace(*change) if change[0] else SOLUTION)


def _right(task: Task) -> list[str | list[str]]:
    return [
        sorted(step.answer) if isinstance(step.answer, frozenset | set) else str(step.answer) for step in task.steps
    ]


@pytest.mark.parametrize("make", EXERCISES, ids=lambda make: make.__name__)
@pytest.mark.parametrize("seed", range(8))
def test_the_models_answers_are_accepted_and_a_wrong_first_step_is_named(
    make: Callable[[int], Task], seed: int
) -> None:
    task = make(seed)
    right = _right(task)
    assert check(task.steps, right).wrong is None
    assert check(task.steps, [[] if isinstance(right[0], list) else "-1", *right[1:]]).wrong == 0


def test_each_diagnosis_has_a_cause_of_its_own() -> None:
    found = diagnosis.cases()
    assert len({case.cause for case in found}) == len({case.text for case in found}) == len(found)
    assert "1 Pending" in found[1].text
    assert "DeploymentPaused" in found[2].text
