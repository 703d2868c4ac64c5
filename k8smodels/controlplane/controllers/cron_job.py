"""The CronJob controller in the cluster: `sync_cron_job` when the clock says so, or a Job has ended.

References
----------
pkg/controller/cronjob/cronjob_controllerv2.go (v1.37)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.api.batch import CronJob, CronJobStatus, Job
from k8smodels.controlplane.client import Answer
from k8smodels.controlplane.controllers.controller import Controller, ObjectKey, key_of
from k8smodels.controlplane.store import Change
from k8smodels.workloads import sync_cron_job


class CronJobController(Controller):
    """Makes a Job at each time of a schedule."""

    name = "cronjob-controller"

    def watch(self) -> None:
        """A CronJob, or a Job that one owns."""
        self._cron_jobs, self._jobs = self.informer(CronJob), self.informer(Job)
        self._cron_jobs.handlers.append(lambda change: self.queue.add(key_of(change.item), change.record))
        self._jobs.handlers.append(self._job_changed)

    def _job_changed(self, change: Change) -> None:
        owner = change.item.metadata.controller
        if owner is not None and owner.kind == "CronJob":
            self.queue.add((change.item.metadata.namespace, owner.name), change.record)

    def sync(self, key: ObjectKey, because: int) -> Answer[None]:
        """See `sync_cron_job`."""
        item = self._cron_jobs.get(*key)
        if item is None:
            self.forget(key)
            return
        if self.is_stale(item, because):
            return
        result = sync_cron_job(item, self._jobs.owned_by(item.metadata.uid), self.clock.now)
        for name in result.deleted:
            yield from self.client.delete("Job", item.namespace, name, because, "history", policy="Background")
        status = result.cron_job.status
        if result.created is not None:
            meta = replace(result.created.metadata, uid="", namespace=item.metadata.namespace)
            made = yield from self.client.create(replace(result.created, metadata=meta), because)
            status = _with_uid(status, made)
        for event in result.events:
            self.event(item, event.reason, event.message, warning=event.warning)
        if status != item.status:
            written = yield from self.client.update(replace(item, status=status), because, status=True)
            self.wrote(written)
        if result.look_again is not None:
            self.queue.add_after(key, result.look_again.total_seconds(), because)


def _with_uid(status: CronJobStatus, job: Job) -> CronJobStatus:
    """The list of active Jobs with the UID that the API server gave to `job`."""
    active = tuple(replace(each, uid=job.metadata.uid) if each.name == job.name else each for each in status.active)
    return replace(status, active=active)
