"""What real controllers and a real API server did, beside the model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from k8smodels.api.batch import CronJob, Job
from k8smodels.api.kinds import load
from k8smodels.api.times import parse_time
from k8smodels.scenes import jobs_real
from k8smodels.workloads import CronRun, JobRun, Work
from k8smodels.workloads.job.spec import defaulted
from k8smodels.workloads.job.validation import validate_job

FILES = Path(__file__).parents[2] / "book" / "files"
TEXT = (FILES / "recorded-jobs.json").read_text()
RECORDED = json.loads(TEXT)
MANIFESTS = (FILES / "jobs.yaml").read_text()


def seconds(run: JobRun, moment: Any) -> float:
    return (moment - run.start).total_seconds()


def counts(state: Mapping[str, Any]) -> tuple[int, int, int]:
    return state["succeeded"], state["failed"], len(state["conditions"])


@pytest.mark.parametrize("scene", jobs_real.SCRIPTS)
def test_every_pod_comes_and_ends_when_the_real_one_did(scene: str) -> None:
    run = jobs_real.modelled(MANIFESTS, scene)
    real = sorted(RECORDED["jobs"][scene]["pods"], key=lambda pod: (int(pod["index"] or 0), pod["created"]))
    ours = sorted(run.lives.values(), key=lambda life: (life.index or 0, life.created))
    assert len(real) == len(ours)
    for pod, life in zip(real, ours, strict=True):
        assert pod["created"] == pytest.approx(seconds(run, life.created), abs=1)
        assert pod["ended"] == pytest.approx(seconds(run, life.ended), abs=1)
        assert ("deleted" in pod) == (life.deleted is not None)


@pytest.mark.parametrize("scene", jobs_real.SCRIPTS)
def test_the_status_ends_as_the_real_one_did(scene: str) -> None:
    status = jobs_real.modelled(MANIFESTS, scene).statuses[-1][1]
    real = RECORDED["jobs"][scene]["states"][-1][1]
    assert (status.succeeded, status.failed, status.terminating) == (
        real["succeeded"],
        real["failed"],
        real["terminating"],
    )
    assert status.completed_indexes == real.get("completedIndexes", "")
    assert (status.failed_indexes or "") == real.get("failedIndexes", "")
    assert [f"{each.type}={each.status}/{each.reason}" for each in status.conditions] == real["conditions"]


@pytest.mark.parametrize("scene", jobs_real.SCRIPTS)
def test_the_table_of_the_chapter_finds_no_time_far_apart(scene: str) -> None:
    frame = jobs_real.beside(TEXT, MANIFESTS, scene)
    most = float(frame.says.rpartition("more than ")[2].split()[0])
    assert most < 1


@pytest.mark.parametrize("scene", jobs_real.SCRIPTS)
def test_what_kubectl_printed_is_shown_without_the_template(scene: str) -> None:
    frame = jobs_real.printed(TEXT, scene)
    assert "Pods Statuses:" in frame.html
    assert "Pod Template:" not in frame.html
    assert RECORDED["jobs"][scene]["events"][-1][1] in frame.html


def test_a_suspended_job_does_as_the_real_one_did() -> None:
    (job,) = (item for item in load(MANIFESTS) if item.name == "films")
    assert isinstance(job, Job)
    fields = job.to_json()
    fields["spec"] |= {"completions": 3, "parallelism": 3, "activeDeadlineSeconds": 30}
    run = JobRun(Job.from_json(fields), lambda _index, _before: Work(20))
    run.until(run.start + timedelta(seconds=5))
    run.edit(suspend=True)
    run.until(run.start + timedelta(seconds=15))
    run.edit(suspend=False)
    run.until(run.start + timedelta(minutes=2))
    real = RECORDED["jobs"]["paused"]
    assert [counts(state) for _at, state in real["states"]][-1] == (3, 0, 3)
    assert (run.statuses[-1][1].succeeded, run.statuses[-1][1].failed) == (3, 0)
    reasons = [event.reason for _at, event in run.events]
    assert sorted(reasons) == sorted(reason for _type, reason, _message in real["events"])
    wanted = [at for at, state in real["states"] if state["terminating"]]
    ours = [seconds(run, at) for at, status in run.statuses if status.terminating]
    assert wanted == pytest.approx(ours, abs=1)


def test_a_cron_job_that_forbids_overlaps_does_as_the_real_one_did() -> None:
    (tick,) = (item for item in load(MANIFESTS) if isinstance(item, CronJob))
    start = parse_time(RECORDED["cron"]["start"])
    run = CronRun(tick, start, lambda _name: timedelta(seconds=91))
    run.until(start + timedelta(seconds=425))
    made = {each.job: (each.at - start).total_seconds() for each in run.log if each.verb == "create"}
    assert made == pytest.approx({name: at for name, at, _ended in RECORDED["cron"]["jobs"]}, abs=3)
    kept = [name for name, _at, _ended in RECORDED["cron"]["jobs"]][1:]
    assert list(run.jobs) == kept


def test_more_than_a_hundred_missed_starts_start_one_job() -> None:
    real = RECORDED["hundred"]
    assert [reason for _type, reason, _message in real["events"]] == ["TooManyMissedTimes", "SuccessfulCreate"]
    assert real["get cronjobs,jobs"].count("job.batch/report-") == 1


@pytest.mark.parametrize("case", RECORDED["refusals"], ids=lambda case: case["said"][:60])
def test_a_job_is_refused_word_for_word_as_by_the_api_server(case: Mapping[str, Any]) -> None:
    try:
        validate_job(defaulted(Job.from_json(case["job"])))
        said = "job.batch/films created (server dry run)"
    except ValueError as error:
        said = str(error)
    assert said == case["said"]
