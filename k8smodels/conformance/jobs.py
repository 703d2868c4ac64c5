"""Adapter of the suite ``workloads/job``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from k8smodels.api.batch import Job, JobSpec
from k8smodels.api.container_status import ContainerState, ContainerStateTerminated
from k8smodels.api.pod import ContainerStatus, Pod, PodCondition
from k8smodels.api.times import format_time
from k8smodels.conformance.report import JSON
from k8smodels.workloads.job.backoff import Backoff
from k8smodels.workloads.job.pods import TRACKING_FINALIZER, completion_index
from k8smodels.workloads.job.spec import defaulted
from k8smodels.workloads.job.sync import SYNC_BATCH_PERIOD, sync_job
from k8smodels.workloads.job.tracking import JobSync
from k8smodels.workloads.job.ttl import expires_at

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)
_GRACE = timedelta(seconds=2.3)
_POD_NAME = re.compile(r"default/j-[0-9-]*[0-9]")


def job(case: JSON) -> JSON:
    """The suite ``workloads/job``."""
    run = JobRun(Job.from_json(case["job"]))
    run.sync()
    for step in case["ops"]:
        run.until(_EPOCH + timedelta(seconds=step["at"]))
        run.play(step)
    run.until(_EPOCH + timedelta(seconds=case["until"]))
    return run.result()


class JobRun:
    """A Job, its pods and its controllers, which are woken by changes and when they asked for it.

    Parameters
    ----------
    item
        The Job.
    """

    def __init__(self, item: Job) -> None:
        self.job: Job | None = defaulted(replace(item, metadata=replace(item.metadata, uid="uid-0")))
        self.now, self.wake = _EPOCH, _NEVER
        self.backoff = Backoff()
        self.pods: dict[str, Pod] = {}
        self.made = 0
        self.kills: list[tuple[datetime, str]] = []
        self.events: defaultdict[float, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.states: dict[float, JSON] = {}

    def until(self, moment: datetime) -> None:
        """Let time pass up to `moment`."""
        while True:
            kill = min(self.kills, default=None)
            expiry = expires_at(self.job) if self.job else None
            due = min(filter(None, (self.wake, kill and kill[0], expiry)))
            if due > moment:
                break
            self.now = max(due, self.now)
            if due == self.wake:
                self.wake = _NEVER
                self.sync()
            elif kill and due == kill[0]:
                self._kill(kill)
            else:
                self.job = None
                self._note("deleteJob", None)
        self.now = moment

    def sync(self) -> None:
        """One sync of the controller."""
        if self.job is None or self.job.finished:
            return
        sync = sync_job(self.job, list(self.pods.values()), self.backoff, self.now)
        self.job, self.backoff = sync.job, sync.backoff
        self._write(sync)
        if sync.written:
            self.states[self._tenths()] = _status(sync.job)
            self._wake_in(SYNC_BATCH_PERIOD)
        if sync.look_again is not None:
            self._wake_in(sync.look_again)

    def _write(self, sync: JobSync) -> None:
        for pod in sync.create:
            self._create(pod)
        for pod in sync.end:
            self._note("delete", completion_index(pod))
            self._begin_deletion(pod.name)
        for pod in (*sync.counted, *sync.delete):
            self._release(pod.name)
        for pod in sync.delete:
            self._note("delete", completion_index(pod))
            self.pods.pop(pod.name, None)
            self._wake_in(SYNC_BATCH_PERIOD)

    def _create(self, pod: Pod) -> None:
        self.made += 1
        name = f"{pod.metadata.generate_name}{self.made:04d}"
        meta = replace(pod.metadata, name=name, uid=f"uid-{self.made}", creation_timestamp=format_time(self.now))
        self._note("create", completion_index(pod))
        self._save(replace(pod, metadata=meta))

    def _save(self, pod: Pod) -> None:
        self.pods[pod.name] = pod
        self._wake_in(SYNC_BATCH_PERIOD)

    def _begin_deletion(self, name: str) -> None:
        pod = self.pods[name]
        self._save(replace(pod, metadata=replace(pod.metadata, deletion_timestamp=format_time(self.now))))
        self.kills.append((self.now + _GRACE, name))

    def _release(self, name: str) -> None:
        """Take the finalizer away: a pod that is being deleted is gone then."""
        pod = self.pods[name]
        kept = tuple(each for each in pod.metadata.finalizers if each != TRACKING_FINALIZER)
        self._save(replace(pod, metadata=replace(pod.metadata, finalizers=kept)))
        if pod.is_terminating:
            del self.pods[name]

    def _kill(self, kill: tuple[datetime, str]) -> None:
        self.kills.remove(kill)
        pod = self.pods.get(kill[1])
        if pod is not None and not pod.is_finished:
            self._save(self._ended(pod, "Failed", 137, ""))

    def _ended(self, pod: Pod, phase: str, code: int, kind: str) -> Pod:
        at = format_time(self.now)
        conditions = (PodCondition(type=kind, status="True", last_transition_time=at),) if kind else ()
        state = ContainerState(terminated=ContainerStateTerminated(exit_code=code, finished_at=at))
        statuses = (ContainerStatus(name="c", state=state),)
        status = replace(pod.status, phase=phase, conditions=conditions, container_statuses=statuses)
        return replace(pod, status=status)

    def play(self, step: JSON) -> None:
        """What the user or the kubelet does."""
        if "set" in step:
            if self.job is not None:
                self.job = replace(self.job, spec=JobSpec.from_json(self.job.spec.to_json() | step["set"]))
                self.sync()
            return
        verb = next(each for each in ("run", "succeed", "fail", "delete") if step.get(each))
        for pod in self._chosen(step, verb)[: step[verb]]:
            if verb == "delete":
                self._begin_deletion(pod.name)
            elif verb == "run":
                at = format_time(self.now)
                ready = PodCondition(type="Ready", status="True", last_transition_time=at)
                self._save(replace(pod, status=replace(pod.status, phase="Running", conditions=(ready,))))
            elif verb == "succeed":
                self._save(self._ended(pod, "Succeeded", 0, ""))
            else:
                self._save(self._ended(pod, "Failed", step.get("exitCode", 0), step.get("condition", "")))

    def _chosen(self, step: JSON, verb: str) -> list[Pod]:
        indexes = step.get("indexes") or ()
        able = [
            pod
            for pod in self.pods.values()
            if not pod.is_terminating
            and not pod.is_finished
            and not (verb == "run" and pod.status.phase == "Running")
            and (not indexes or completion_index(pod) in indexes)
        ]
        return sorted(able, key=lambda pod: -1 if (index := completion_index(pod)) is None else index)

    def _wake_in(self, delay: timedelta) -> None:
        self.wake = min(self.wake, self.now + delay)

    def _note(self, verb: str, index: int | None) -> None:
        self.events[self._tenths()][verb].append(-1 if index is None else index)

    def _tenths(self) -> float:
        return round((self.now - _EPOCH).total_seconds(), 1)

    def result(self) -> JSON:
        """What was written when, and the messages at the end."""
        events = [
            _event(at, verb, sorted(indexes))
            for at, verbs in sorted(self.events.items())
            for verb, indexes in sorted(verbs.items())
        ]
        conditions = self.job.status.conditions if self.job else ()
        messages = {each.type: _POD_NAME.sub("default/j-N", each.message) for each in conditions}
        shown = {"messages": messages} if messages else {}
        return {"events": events, "status": _changes(sorted(self.states.items())), **shown}


def _event(at: float, verb: str, indexes: list[int]) -> JSON:
    if verb == "deleteJob":
        return [at, verb]
    return [at, verb, len(indexes) if indexes[0] < 0 else indexes]


def _changes(states: Iterable[tuple[float, JSON]]) -> JSON:
    out: list[JSON] = []
    for at, state in states:
        if not out or out[-1][1] != state:
            out.append([at, state])
    return out


def _status(item: Job) -> JSON:
    status = item.status
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
