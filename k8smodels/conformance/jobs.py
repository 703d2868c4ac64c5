"""Adapter of the suite ``workloads/job``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from k8smodels.api.batch import Job, JobStatus
from k8smodels.api.pod import Pod
from k8smodels.conformance.report import JSON
from k8smodels.workloads.job.pods import completion_index
from k8smodels.workloads.job.run import EPOCH, JobRun
from k8smodels.workloads.job.work import Work

_TERMINATION = timedelta(seconds=2.3)
_POD_NAME = re.compile(r"default/j-[0-9-]*[0-9]")


def job(case: JSON) -> JSON:
    """The suite ``workloads/job``."""
    # the recorded controllers talked to an API server without grace periods
    run = JobRun(Job.from_json(case["job"]), termination=_TERMINATION, graceful=False)
    for step in case["ops"]:
        run.until(EPOCH + timedelta(seconds=step["at"]))
        _play(run, step)
    run.until(EPOCH + timedelta(seconds=case["until"]))
    conditions = run.job.status.conditions if run.job else ()
    messages = {each.type: _POD_NAME.sub("default/j-N", each.message) for each in conditions}
    shown = {"messages": messages} if messages else {}
    return {"events": list(_events(run)), "status": _changes(run.statuses), **shown}


def _play(run: JobRun, step: JSON) -> None:
    """What the user or the kubelet does."""
    if "set" in step:
        run.edit(**step["set"])
        return
    verb = next(each for each in ("run", "succeed", "fail", "delete") if step.get(each))
    for pod in _chosen(run, step, verb)[: step[verb]]:
        if verb == "delete":
            run.delete(pod.name)
        elif verb == "run":
            run.begin(pod.name)
        elif verb == "succeed":
            run.end(pod.name, Work(0))
        else:
            run.end(pod.name, Work(0, step.get("exitCode", 0), step.get("condition", "")), "Failed")


def _chosen(run: JobRun, step: JSON, verb: str) -> list[Pod]:
    indexes = step.get("indexes") or ()
    able = [
        pod
        for pod in run.pods
        if not pod.is_terminating
        and not pod.is_finished
        and not (verb == "run" and pod.status.phase == "Running")
        and (not indexes or completion_index(pod) in indexes)
    ]
    return sorted(able, key=lambda pod: -1 if (index := completion_index(pod)) is None else index)


_VERBS = {"SuccessfulCreate": "create", "SuccessfulDelete": "delete"}


def _events(run: JobRun) -> Iterator[JSON]:
    """What the controllers made and deleted, by time and kind."""
    found: defaultdict[tuple[float, str], list[int]] = defaultdict(list)
    for at, event in run.events:
        if event.reason in _VERBS:
            index = run.lives[event.message.rpartition(" ")[2]].index
            found[_tenths(at), _VERBS[event.reason]].append(-1 if index is None else index)
    for (moment, verb), indexes in sorted(found.items()):
        yield [moment, verb, len(indexes) if indexes[0] < 0 else sorted(indexes)]
    if run.expired is not None:
        yield [_tenths(run.expired), "deleteJob"]


def _changes(statuses: Iterable[tuple[datetime, JobStatus]]) -> JSON:
    """The last status of each moment, where it differs from the one before."""
    out: list[JSON] = []
    for at, state in {_tenths(at): _shown(status) for at, status in statuses}.items():
        if not out or out[-1][1] != state:
            out.append([at, state])
    return out


def _tenths(moment: datetime) -> float:
    return round((moment - EPOCH).total_seconds(), 1)


def _shown(status: JobStatus) -> JSON:
    indexes = {"completedIndexes": status.completed_indexes, "failedIndexes": status.failed_indexes}
    return {
        "active": status.active,
        "ready": status.ready or 0,
        "succeeded": status.succeeded,
        "failed": status.failed,
        "terminating": status.terminating or 0,
        **{name: text for name, text in indexes.items() if text},
        "conditions": [f"{each.type}={each.status}/{each.reason}" for each in status.conditions],
    }
