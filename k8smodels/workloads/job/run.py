"""A Job in virtual time: its controllers, its pods, and the kubelet's part for them.

Left out: scheduling and starting take no time, and the clocks of all components agree.

References
----------
pkg/controller/job/job_controller.go: enqueueSyncJobBatched, worker (v1.37)
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from k8smodels.api.batch import Job, JobSpec, JobStatus
from k8smodels.api.pod import Pod
from k8smodels.api.times import format_time
from k8smodels.workloads.bounds import Count
from k8smodels.workloads.events import Event
from k8smodels.workloads.job.backoff import Backoff
from k8smodels.workloads.job.kubelet import Kubelet
from k8smodels.workloads.job.pods import TRACKING_FINALIZER, completion_index, is_tracked
from k8smodels.workloads.job.spec import defaulted
from k8smodels.workloads.job.sync import SYNC_BATCH_PERIOD, sync_job
from k8smodels.workloads.job.tracking import JobSync
from k8smodels.workloads.job.ttl import expires_at
from k8smodels.workloads.job.work import SIGKILL_EXIT_CODE, Script, Work, begun, ended, restarted

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""When virtual time begins, unless it is said otherwise."""

_NEVER = datetime.max.replace(tzinfo=UTC)
_UID = "uid-0"


@dataclass(frozen=True, slots=True)
class PodLife:
    """What became of a pod.

    Attributes
    ----------
    name, index
        Its name, and its completion index if it has one.
    created, deleted, ended
        When the controller made it, when the controller or a user asked for its end, and when its container ended for
        good. None if that has not happened.
    restarts
        When its container was started again in place.
    pod
        As it was last.
    """

    name: str
    index: int | None
    created: datetime
    pod: Pod
    deleted: datetime | None = None
    ended: datetime | None = None
    restarts: tuple[datetime, ...] = ()


class JobRun:
    """A Job, its pods and its controllers, which are woken by changes and when they asked for it.

    Move it by hand with `begin`, `end`, `delete` and `edit`, or give it a `script`; `until` lets time pass. What
    happened stands in `lives`, `statuses` and `events`.

    Parameters
    ----------
    job
        The Job.
    script
        What its pods do. Without one they wait for `begin` and `end`.
    start
        When the Job is created.
    termination
        How long a pod takes to end when it is deleted: its program ignores SIGTERM and is killed then.
    graceful
        Whether the API server keeps a deleted pod until it has ended, as a real one does. Otherwise the pod is gone as
        soon as no finalizer holds it, and a Job does not wait for it.

    Attributes
    ----------
    job
        The Job as it is; None once its time to live is over.
    expired
        When that was.
    now
        The present.
    lives
        Each pod by its name, in the order of their creation.
    statuses
        Each status that the controller wrote, and when.
    events
        What the controller said, and when.

    Examples
    --------
    >>> job = Job.from_json({"metadata": {"name": "j"}, "spec": {"backoffLimit": 1}})
    >>> run = JobRun(job, lambda index, before: Work(seconds=3, exit_code=1))
    >>> run.until(EPOCH + timedelta(minutes=1))
    >>> [(life.created - EPOCH).seconds for life in run.lives.values()], run.job.finished
    ([0, 13], 'Failed')
    """

    def __init__(
        self,
        job: Job,
        script: Script | None = None,
        *,
        start: datetime = EPOCH,
        termination: timedelta = timedelta(seconds=2),
        graceful: bool = True,
    ) -> None:
        meta = replace(job.metadata, uid=job.metadata.uid or _UID, creation_timestamp=format_time(start))
        self.job: Job | None = defaulted(replace(job, metadata=meta))
        self.now, self.start, self.termination, self.graceful = start, start, termination, graceful
        self.expired: datetime | None = None
        self.lives: dict[str, PodLife] = {}
        self.statuses: list[tuple[datetime, JobStatus]] = []
        self.events: list[tuple[datetime, Event]] = []
        self._wake, self._backoff = _NEVER, Backoff()
        self._pods: dict[str, Pod] = {}
        self._due: list[tuple[datetime, int, Callable[[], None]]] = []
        self._kubelet = Kubelet(script) if script else None
        self._asked, self._count = 0, Count()
        self._sync()

    @property
    def pods(self) -> tuple[Pod, ...]:
        """The pods that the API server still has."""
        return tuple(self._pods.values())

    def until(self, moment: datetime) -> None:
        """Let time pass up to `moment`.

        Raises
        ------
        TooLong
            The controller has looked too often, see `bounds`.
        """
        while True:
            expiry = expires_at(self.job) if self.job else None
            due = min(self._wake, self._due[0][0] if self._due else _NEVER, expiry or _NEVER)
            if due > moment:
                break
            self.now = max(due, self.now)
            if due == self._wake:
                self._wake = _NEVER
                self._sync()
            elif self._due and due == self._due[0][0]:
                heapq.heappop(self._due)[2]()
            else:
                self.job, self.expired = None, self.now
        self.now = moment

    def edit(self, **fields: object) -> None:
        """Change fields of the Job's spec, in the API's spelling; the controller looks at once."""
        if self.job is not None:
            self.job = replace(self.job, spec=JobSpec.from_json(self.job.spec.to_json() | fields))
            self._sync()

    def begin(self, name: str) -> None:
        """The pod runs and is ready."""
        self._save(begun(self._pods[name], self.now))

    def end(self, name: str, work: Work, phase: str = "") -> None:
        """The pod ends as `work` says; see `ended` for `phase`."""
        self._save(ended(self._pods[name], self.now, work, phase))
        self.lives[name] = replace(self.lives[name], ended=self.now)

    def delete(self, name: str) -> None:
        """Somebody deletes the pod: it goes on for the time of termination."""
        pod = self._pods[name]
        self._save(replace(pod, metadata=replace(pod.metadata, deletion_timestamp=format_time(self.now))))
        self.lives[name] = replace(self.lives[name], deleted=self.now)
        self.after(self.termination, lambda: self._kill(name))

    def restart(self, name: str) -> None:
        """The kubelet starts the pod's container again, in place."""
        self._save(restarted(self._pods[name]))
        self.lives[name] = replace(self.lives[name], restarts=(*self.lives[name].restarts, self.now))

    def has_running(self, name: str) -> bool:
        """Whether the pod is there and has not ended."""
        return name in self._pods and not self._pods[name].is_finished

    def after(self, delay: timedelta, act: Callable[[], None]) -> None:
        """Call `act` when `delay` is over; of two at the same moment the first that was asked for goes first."""
        self._asked += 1
        heapq.heappush(self._due, (self.now + delay, self._asked, act))

    def _sync(self) -> None:
        if self.job is None or self.job.finished:
            return
        self._count.one_more()
        sync = sync_job(self.job, self.pods, self._backoff, self.now)
        self.job, self._backoff = sync.job, sync.backoff
        self._write(sync)
        self.events += [(self.now, event) for event in sync.events]
        if sync.written:
            self.statuses.append((self.now, sync.job.status))
            self._wake_in(SYNC_BATCH_PERIOD)
        if sync.look_again is not None:
            self._wake_in(sync.look_again)

    def _write(self, sync: JobSync) -> None:
        for pod in sync.create:
            self._create(pod)
        for pod in sync.end:
            self._say_deleted(pod)
            self.delete(pod.name)
        for pod in (*sync.counted, *sync.delete):
            self._release(pod.name)
        for pod in sync.delete:
            self._say_deleted(pod)
            self._let_go(pod.name)

    def _let_go(self, name: str) -> None:
        """Delete a pod that nobody counts."""
        if self.graceful:
            self.delete(name)
            return
        del self._pods[name]
        self.lives[name] = replace(self.lives[name], deleted=self.now, ended=self.now)
        self._wake_in(SYNC_BATCH_PERIOD)

    def _create(self, pod: Pod) -> None:
        number = len(self.lives) + 1
        name = f"{pod.metadata.generate_name}{number:04d}"
        at = format_time(self.now)
        meta = replace(pod.metadata, name=name, uid=f"uid-{number}", creation_timestamp=at)
        made = replace(pod, metadata=meta)
        self.lives[name] = PodLife(name, completion_index(made), self.now, made)
        self.events.append((self.now, Event("SuccessfulCreate", f"Created pod: {name}")))
        self._save(made)
        if self._kubelet is not None:
            self._kubelet.start(self, name)

    def _kill(self, name: str) -> None:
        if self.has_running(name):
            self.end(name, Work(0, SIGKILL_EXIT_CODE))

    def _release(self, name: str) -> None:
        """Take the finalizer away: a pod that is being deleted may go then."""
        pod = self._pods[name]
        kept = tuple(each for each in pod.metadata.finalizers if each != TRACKING_FINALIZER)
        self._save(replace(pod, metadata=replace(pod.metadata, finalizers=kept)))

    def _save(self, pod: Pod) -> None:
        self._pods[pod.name] = pod
        self.lives[pod.name] = replace(self.lives[pod.name], pod=pod)
        self._wake_in(SYNC_BATCH_PERIOD)
        if pod.is_terminating and not is_tracked(pod) and (pod.is_finished or not self.graceful):
            del self._pods[pod.name]

    def _say_deleted(self, pod: Pod) -> None:
        self.events.append((self.now, Event("SuccessfulDelete", f"Deleted pod: {pod.name}")))

    def _wake_in(self, delay: timedelta) -> None:
        self._wake = min(self._wake, self.now + delay)
