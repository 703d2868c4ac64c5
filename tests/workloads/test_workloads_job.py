from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.api.batch import Job
from k8smodels.api.pod import Pod
from k8smodels.api.times import format_time, parse_time
from k8smodels.workloads.bounds import TooLong
from k8smodels.workloads.job.backoff import Backoff, remaining
from k8smodels.workloads.job.indexes import Indexes
from k8smodels.workloads.job.pods import COMPLETION_INDEX, completion_index, finished_at
from k8smodels.workloads.job.policies import enough, judge
from k8smodels.workloads.job.run import EPOCH, JobRun
from k8smodels.workloads.job.sync import sync_job
from k8smodels.workloads.job.tracking import JobSync
from k8smodels.workloads.job.ttl import expires_at
from k8smodels.workloads.job.work import Work
from k8smodels.workloads.readiness import is_active

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def make_job(**spec: object) -> Job:
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "A"}]}}
    return Job.from_json({"metadata": {"name": "j", "uid": "u"}, "spec": {"template": template, **spec}})


def named(pods: tuple[Pod, ...], now: datetime, count: int) -> list[Pod]:
    at = format_time(now)
    return [
        replace(pod, metadata=replace(pod.metadata, name=f"p{i}", uid=f"p{i}", creation_timestamp=at))
        for i, pod in enumerate(pods, count)
    ]


def ended(pod: Pod, now: datetime, code: int) -> Pod:
    state = {"terminated": {"exitCode": code, "finishedAt": format_time(now)}}
    fields = pod.to_json()
    phase = "Failed" if code else "Succeeded"
    fields["status"] = {"phase": phase, "containerStatuses": [{"name": "c", "state": state}]}
    return Pod.from_json(fields)


def settle(sync: JobSync, pods: list[Pod], now: datetime) -> list[Pod]:
    """The pods after the writes of `sync`; deleted ones are gone at once."""
    gone = {pod.name for pod in (*sync.delete, *sync.end)}
    counted = {pod.name for pod in sync.counted}
    kept = [pod for pod in pods if pod.name not in gone]
    kept = [replace(pod, metadata=replace(pod.metadata, finalizers=())) if pod.name in counted else pod for pod in kept]
    return kept + named(sync.create, now, len(pods) + 1000 * (now - NOW).seconds)


specs = st.fixed_dictionaries(
    {"parallelism": st.integers(0, 4), "backoffLimit": st.integers(0, 4)},
    optional={"completions": st.integers(0, 5), "podReplacementPolicy": st.just("Failed")},
)


@settings(max_examples=60)
@given(specs, st.booleans(), st.lists(st.integers(0, 5), min_size=1, max_size=25))
def test_no_more_pods_run_than_parallelism_allows_and_counts_add_up(
    spec: dict[str, object], indexed: bool, codes: list[int]
) -> None:
    if indexed and "completions" in spec:
        spec = {**spec, "completionMode": "Indexed"}
    job, backoff, pods, now, successes = make_job(**spec), Backoff(), [], NOW, 0
    for code in codes:
        sync = sync_job(job, pods, backoff, now)
        job, backoff, pods = sync.job, sync.backoff, settle(sync, pods, now)
        active = [pod for pod in pods if is_active(pod)]
        assert len(active) <= spec["parallelism"]  # type: ignore[operator]
        assert len({completion_index(pod) for pod in active}) == len(active) or not indexed or "completions" not in spec
        assert job.status.succeeded <= successes
        now += timedelta(seconds=70)
        if active and not job.finished:
            successes += not code % 2
            pods = [ended(pod, now, code % 2) if pod is active[0] else pod for pod in pods]
    if job.finished == "Complete" and "completions" in spec:
        assert job.status.succeeded >= spec["completions"]  # type: ignore[operator]


def test_an_end_comes_in_two_steps_while_pods_are_being_deleted() -> None:
    first = sync_job(make_job(backoffLimit=0, parallelism=2, completions=2), [], Backoff(), NOW)
    bad, good = named(first.create, NOW, 0)
    second = sync_job(first.job, [ended(bad, NOW, 1), good], first.backoff, NOW)
    assert [each.type for each in second.job.status.conditions] == ["FailureTarget"]
    assert [pod.name for pod in second.end] == [good.name]
    third = sync_job(second.job, [], second.backoff, NOW)
    assert third.job.finished == "Failed"
    assert [event.reason for event in third.events] == ["BackoffLimitExceeded"]


def test_a_finished_job_is_left_alone() -> None:
    done = sync_job(make_job(completions=0), [], Backoff(), NOW).job
    again = sync_job(done, [], Backoff(3, NOW), NOW)
    assert (again.job, again.written, again.backoff) == (done, False, Backoff())


def test_suspending_a_job_without_pods_is_written_too() -> None:
    first = sync_job(make_job(parallelism=0, completions=1), [], Backoff(), NOW)
    job = replace(first.job, spec=replace(first.job.spec, suspend=True))
    second = sync_job(job, [], first.backoff, NOW)
    assert second.written
    assert second.job.status.start_time == ""


def test_restarts_in_place_count_towards_the_limit_where_the_kubelet_restarts() -> None:
    template = {"spec": {"restartPolicy": "OnFailure", "containers": [{"name": "c", "image": "A"}]}}
    first = sync_job(make_job(backoffLimit=2, template=template), [], Backoff(), NOW)
    (pod,) = named(first.create, NOW, 0)
    status = {"phase": "Running", "containerStatuses": [{"name": "c", "restartCount": 2}]}
    crashing = Pod.from_json({**pod.to_json(), "status": status})
    second = sync_job(first.job, [crashing], first.backoff, NOW)
    assert second.job.status.conditions[0].reason == "BackoffLimitExceeded"


def test_a_second_pod_of_an_index_goes() -> None:
    first = sync_job(make_job(completionMode="Indexed", completions=2, parallelism=2), [], Backoff(), NOW)
    pods = named((*first.create, first.create[0]), NOW, 0)
    second = sync_job(first.job, pods, first.backoff, NOW)
    assert [pod.metadata.annotations[COMPLETION_INDEX] for pod in second.delete] == ["0"]


def test_the_ttl_counts_from_the_end() -> None:
    job = make_job(completions=0, ttlSecondsAfterFinished=30)
    assert expires_at(job) is None
    assert expires_at(sync_job(job, [], Backoff(), NOW).job) == NOW + timedelta(seconds=30)


@pytest.mark.parametrize(("failures", "wait"), [(0, 0), (1, 10), (2, 20), (6, 320), (7, 600), (2**31, 600)])
def test_the_wait_doubles_up_to_ten_minutes(failures: int, wait: int) -> None:
    assert remaining(failures, NOW, NOW) == timedelta(seconds=wait)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": {"containerStatuses": [{"state": {"terminated": {"finishedAt": "2026-03-04T00:00:09Z"}}}]}}, 9),
        ({"status": {"containerStatuses": [{"state": {"running": {}}}]}}, 0),
        (
            {
                "status": {
                    "conditions": [{"type": "Ready", "status": "False", "lastTransitionTime": "2026-03-04T00:00:05Z"}]
                }
            },
            5,
        ),
        ({}, 0),
    ],
)
def test_a_pod_ended_when_its_containers_did_or_it_lost_its_readiness(fields: dict[str, object], expected: int) -> None:
    pod = Pod.from_json({"metadata": {"name": "p", "creationTimestamp": "2026-03-04T00:00:00Z"}, **fields})
    assert finished_at(pod) == NOW + timedelta(seconds=expected)


def test_a_deleted_pod_ended_a_grace_period_before_its_deletion_is_due() -> None:
    meta = {"deletionTimestamp": "2026-03-04T00:00:30Z", "deletionGracePeriodSeconds": 30}
    assert finished_at(Pod.from_json({"metadata": {"name": "p", **meta}})) == parse_time("2026-03-04T00:00:00Z")


@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)), st.integers(0, 70))
def test_indexes_are_sets(left: set[int], right: set[int], below: int) -> None:
    a, b = Indexes.of(left), Indexes.of(right)
    assert a | b == Indexes.of(left | right)
    assert (a | b).total == len(left | right)
    assert a.common(b) == len(left & right)
    assert list(a.missing(below)) == [i for i in range(below) if i not in left]
    assert Indexes.parse(str(a), below) == Indexes.of(i for i in left if i < below)
    assert all(i in a for i in left)


def test_a_large_range_costs_nothing() -> None:
    assert Indexes.parse("0-2000000000", 2**31 - 1).total == 2_000_000_001


@pytest.mark.parametrize("text", ["x", "3-1", "1-x", "", "-"])
def test_a_part_that_is_no_range_is_passed_over(text: str) -> None:
    assert Indexes.parse(text, 10) == Indexes()


def test_a_rule_about_a_condition_names_it() -> None:
    rule = {"action": "FailJob", "onPodConditions": [{"type": "DisruptionTarget"}]}
    job = make_job(podFailurePolicy={"rules": [rule]})
    pod = Pod.from_json(
        {"metadata": {"name": "p"}, "status": {"conditions": [{"type": "DisruptionTarget", "status": "True"}]}}
    )
    assert judge(job, pod).message == "Pod default/p has condition DisruptionTarget matching FailJob rule at index 0"


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ({"succeededCount": 2}, True),
        ({"succeededCount": 3}, False),
        ({"succeededIndexes": "0,2"}, True),
        ({"succeededIndexes": "0-2"}, False),
        ({"succeededIndexes": "0-2", "succeededCount": 2}, True),
        ({"succeededIndexes": "9"}, False),
    ],
)
def test_a_success_rule_asks_for_indexes_or_for_a_number_of_them(rule: dict[str, object], met: bool) -> None:
    job = make_job(completions=4, completionMode="Indexed", successPolicy={"rules": [rule]})
    assert bool(enough(job, Indexes.of([0, 2]))) == met


def test_ten_pods_end_with_the_one_that_is_broken() -> None:
    job = make_job(completionMode="Indexed", completions=10, parallelism=10)
    run = JobRun(job, lambda index, _before: Work(5, 1) if index == 3 else Work(1200))
    run.until(EPOCH + timedelta(hours=1))
    made = [(life.created - EPOCH).seconds for life in run.lives.values() if life.index == 3]
    assert made == [0, 15, 40, 85, 170, 335, 660]
    assert (run.job.status.succeeded, run.job.status.failed) == (0, 16)  # type: ignore[union-attr]
    assert run.events[-1][1].reason == "BackoffLimitExceeded"


def test_a_pod_that_restarts_in_place_waits_for_the_kubelet() -> None:
    template = {"spec": {"restartPolicy": "OnFailure", "containers": [{"name": "c", "image": "A"}]}}
    run = JobRun(make_job(template=template), lambda _index, before: Work(5, before < 3))
    run.until(EPOCH + timedelta(minutes=2))
    (life,) = run.lives.values()
    assert [(moment - EPOCH).seconds for moment in life.restarts] == [5, 20, 45]
    assert run.job.finished == "Complete"  # type: ignore[union-attr]
    assert run.job.status.failed == 0  # type: ignore[union-attr]


def test_a_suspended_job_says_so_and_starts_anew() -> None:
    run = JobRun(make_job(activeDeadlineSeconds=30), lambda _index, _before: Work(20))
    run.until(EPOCH + timedelta(seconds=5))
    run.edit(suspend=True)
    run.until(EPOCH + timedelta(seconds=15))
    run.edit(suspend=False)
    run.until(EPOCH + timedelta(minutes=1))
    assert [event.reason for _at, event in run.events] == [
        "SuccessfulCreate",
        "SuccessfulDelete",
        "Suspended",
        "SuccessfulCreate",
        "Resumed",
        "Completed",
    ]


def test_a_job_goes_when_its_time_is_over() -> None:
    run = JobRun(make_job(ttlSecondsAfterFinished=60), lambda _index, _before: Work(5))
    run.until(EPOCH + timedelta(minutes=2))
    assert (run.job, run.expired) == (None, EPOCH + timedelta(seconds=66))


def test_a_run_without_an_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("k8smodels.workloads.bounds.MAX_SYNCS", 5)
    run = JobRun(make_job(backoffLimit=99), lambda _index, _before: Work(1, 1))
    with pytest.raises(TooLong, match="5 times"):
        run.until(EPOCH + timedelta(days=1))


@settings(max_examples=40, deadline=None)
@given(specs, st.lists(st.tuples(st.integers(1, 40), st.integers(0, 1)), min_size=1, max_size=12), st.integers(0, 30))
def test_every_pod_of_a_finished_job_is_counted_once(
    spec: dict[str, object], works: list[tuple[int, int]], termination: int
) -> None:
    script = itertools.cycle(works)
    run = JobRun(
        make_job(**spec), lambda _index, _before: Work(*next(script)), termination=timedelta(seconds=termination)
    )
    run.until(EPOCH + timedelta(hours=2))
    assert run.job is not None
    if run.job.finished:
        status = run.job.status
        assert status.succeeded + status.failed == len(run.lives)
        assert all(life.ended is not None for life in run.lives.values())
        assert status.terminating == 0
