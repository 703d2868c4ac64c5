"""The Job controller in the cluster: `sync_job` over what it has seen, and what follows when a Job has lived its time.

References
----------
pkg/controller/job/job_controller.go; pkg/controller/ttlafterfinished/ttlafterfinished_controller.go (v1.37)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.api.batch import Job
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Pod
from k8smodels.controlplane.client import Answer
from k8smodels.controlplane.controllers.controller import Controller, ObjectKey, key_of
from k8smodels.controlplane.status import StatusError
from k8smodels.controlplane.store import Change
from k8smodels.workloads import Backoff, JobSync, expires_at, sync_job
from k8smodels.workloads.job.pods import TRACKING_FINALIZER
from k8smodels.workloads.job.sync import SYNC_BATCH_PERIOD


class JobController(Controller):
    """Makes pods that run to completion, and counts them."""

    name = "job-controller"

    def watch(self) -> None:
        """A Job at once, its pods a second later, together."""
        self._jobs, self._pods = self.informer(Job), self.informer(Pod)
        self._backoffs: dict[str, Backoff] = {}
        self._batch_seconds = SYNC_BATCH_PERIOD.total_seconds()
        self._jobs.handlers.append(self._job_changed)
        self._pods.handlers.append(self._pod_changed)

    def _job_changed(self, change: Change) -> None:
        key = key_of(change.item)
        if change.type == "DELETED":
            self._backoffs.pop(change.item.metadata.uid, None)
            self.forget(key)
        elif isinstance(change.before, Job) and change.before.metadata.generation == change.item.metadata.generation:
            self.queue.add_after(key, self._batch_seconds, change.record)
        else:
            self.queue.add(key, change.record)

    def _pod_changed(self, change: Change) -> None:
        owner = change.item.metadata.controller
        if owner is not None and owner.kind == "Job":
            self.queue.add_after((change.item.metadata.namespace, owner.name), self._batch_seconds, change.record)

    def sync(self, key: ObjectKey, because: int) -> Answer[None]:
        """See `sync_job`."""
        job = self._jobs.get(*key)
        if job is None:
            return
        if self.is_stale(job, because):
            return
        if job.finished:
            yield from self._expire(job, because)
            return
        uid = job.metadata.uid
        result = sync_job(job, self._pods.owned_by(uid), self._backoffs.get(uid, Backoff()), self.clock.now)
        yield from self._write_pods(job, result, because)
        if result.written:
            status = result.job.status
            note = f"{status.active} active, {status.succeeded} succeeded, {status.failed} failed"
            written = yield from self.client.update(replace(job, status=status), because, note, status=True)
            self.wrote(written)
        self._backoffs[uid] = result.backoff
        for event in result.events:
            self.event(job, event.reason, event.message, warning=event.warning)
        if result.look_again is not None:
            self.queue.add_after(key, result.look_again.total_seconds(), because)

    def _write_pods(self, job: Job, result: JobSync, because: int) -> Answer[None]:
        for pod in result.create:
            meta = replace(pod.metadata, namespace=job.metadata.namespace)
            made = yield from self.client.create(replace(pod, metadata=meta), because)
            self.event(job, "SuccessfulCreate", f"Created pod: {made.name}")
        for pod in result.end:
            yield from self._delete(job, pod, because)
        for pod in (*result.counted, *result.delete):
            yield from self._release(pod, because)
        for pod in result.delete:
            yield from self._delete(job, pod, because)

    def _delete(self, job: Job, pod: Pod, because: int) -> Answer[None]:
        yield from self.client.delete("Pod", pod.namespace, pod.name, because, "its Job no longer needs it")
        self.event(job, "SuccessfulDelete", f"Deleted pod: {pod.name}")

    def _release(self, pod: Pod, because: int) -> Answer[None]:
        """Take off the finalizer that kept an ended pod until it was counted."""
        try:
            yield from self.client.patch(pod, _without_finalizer, because, "counted")
        except StatusError as error:
            if error.reason != "NotFound":
                raise

    def _expire(self, job: Job, because: int) -> Answer[None]:
        """A finished Job is deleted when ``ttlSecondsAfterFinished`` is over."""
        moment = expires_at(job)
        if moment is None:
            return
        wait = (moment - self.clock.now).total_seconds()
        if wait > 0:
            self.queue.add_after(key_of(job), wait, because)
            return
        note = "ttlSecondsAfterFinished is over"
        yield from self.client.delete("Job", job.namespace, job.name, because, note, policy="Foreground")


def _without_finalizer(item: KubernetesObject) -> KubernetesObject:
    kept = tuple(each for each in item.metadata.finalizers if each != TRACKING_FINALIZER)
    return replace(item, metadata=replace(item.metadata, finalizers=kept))
