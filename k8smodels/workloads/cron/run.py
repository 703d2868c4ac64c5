"""A CronJob in virtual time: its controller and its Jobs.

Left out: what the pods of a Job do; a Job takes as long as it is said to.

References
----------
pkg/controller/cronjob/cronjob_controllerv2.go: sync, updateCronJob (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from k8smodels.api.batch import CronJob, CronJobSpec, Job, JobCondition
from k8smodels.api.times import format_time
from k8smodels.workloads.bounds import Count
from k8smodels.workloads.cron.missed import next_look, schedule_of
from k8smodels.workloads.cron.sync import CronJobSync, sync_cron_job
from k8smodels.workloads.events import Correlator, Event


@dataclass(frozen=True, slots=True)
class CronRecord:
    """One thing that happened.

    Attributes
    ----------
    verb
        ``create`` or ``delete`` a Job, ``end`` of a Job, or ``say``.
    job
        The Job's name; empty for ``say``.
    event
        What the controller says.
    """

    at: datetime
    verb: Literal["create", "delete", "end", "say"]
    job: str = ""
    event: Event | None = None


class CronRun:
    """A CronJob, its Jobs and its controller, which is woken by changes and when it asked for it.

    Parameters
    ----------
    cron_job
        The CronJob; it is created at `start` if it does not say when.
    start
        When the controller starts.
    lasts
        How long the Job of that name runs before it is complete. Without it Jobs run until `finish`.

    Attributes
    ----------
    cron_job, jobs
        The objects as they are; the Jobs by name.
    now
        The present.
    log
        What happened, in order.

    Examples
    --------
    >>> from datetime import UTC
    >>> hourly = CronJob.from_json({"metadata": {"name": "c"}, "spec": {"schedule": "0 * * * *"}})
    >>> run = CronRun(hourly, datetime(2026, 3, 4, 9, 30, tzinfo=UTC), lambda name: timedelta(minutes=5))
    >>> run.until(datetime(2026, 3, 4, 12, tzinfo=UTC))
    >>> [record.at.hour for record in run.log if record.verb == "create"]
    [10, 11]
    """

    def __init__(self, cron_job: CronJob, start: datetime, lasts: Callable[[str], timedelta] | None = None) -> None:
        meta = cron_job.metadata
        created = meta.creation_timestamp or format_time(start)
        self.cron_job = replace(cron_job, metadata=replace(meta, creation_timestamp=created))
        self.now, self.lasts = start, lasts
        self.jobs: dict[str, Job] = {}
        self.log: list[CronRecord] = []
        self._wake: datetime | None = None
        self._ends: list[tuple[datetime, str]] = []
        self._correlator = Correlator()
        self._count = Count()
        self._sync()

    def until(self, moment: datetime) -> None:
        """Let the controller run up to `moment`.

        Raises
        ------
        TooLong
            The controller has looked too often, see `bounds`.
        """
        while True:
            end = min(self._ends, default=None)
            due = min(filter(None, (self._wake, end and end[0])), default=None)
            if due is None or due > moment:
                break
            self.now = max(due, self.now)
            if end and due == end[0]:
                self._end(end)
            else:
                self._sync()
        self.now = moment

    def stop(self, until: datetime) -> None:
        """The controller is away up to `until`, while Jobs go on; then it starts anew and looks at everything."""
        for end in sorted(self._ends):
            if end[0] <= until:
                self.now = end[0]
                self._ends.remove(end)
                self._finish(end[1], "Complete")
        self.now = until
        self._correlator = Correlator()
        self._sync()

    def finish(self, *names: str, kind: str = "Complete") -> None:
        """Jobs end as ``Complete`` or ``Failed``, and the controller looks."""
        for name in names:
            self._finish(name, kind)
        self._sync()

    def delete(self, *names: str) -> None:
        """Somebody deletes Jobs, and the controller looks."""
        for name in names:
            del self.jobs[name]
        self._sync()

    def edit(self, **fields: object) -> None:
        """Change fields of the spec, in the API's spelling. A new schedule only sets the clock anew."""
        spec = CronJobSpec.from_json(self.cron_job.spec.to_json() | fields)
        self.cron_job = replace(self.cron_job, spec=spec)
        if "schedule" not in fields:
            self._sync()
            return
        wait = next_look(self.cron_job, schedule_of(self.cron_job), self.now)
        if wait is not None and (self._wake is None or self.now + wait < self._wake):
            self._wake = self.now + wait

    def _sync(self) -> None:
        """Sync until nothing is written any more."""
        changed = True
        while changed:
            self._count.one_more()
            before = self.cron_job, dict(self.jobs)
            sync = sync_cron_job(self.cron_job, list(self.jobs.values()), self.now)
            self._write(sync)
            changed = before != (self.cron_job, self.jobs)
            self._wake = None if sync.look_again is None else self.now + sync.look_again

    def _write(self, sync: CronJobSync) -> None:
        self.cron_job = sync.cron_job
        for name in sync.deleted:
            del self.jobs[name]
            self.log.append(CronRecord(self.now, "delete", name))
        if sync.created is not None:
            name = sync.created.name
            status = replace(sync.created.status, start_time=format_time(self.now))
            self.jobs[name] = replace(sync.created, status=status)
            self.log.append(CronRecord(self.now, "create", name))
            if self.lasts is not None:
                self._ends.append((self.now + self.lasts(name), name))
        self.log += [CronRecord(self.now, "say", event=event) for event in self._posted(sync.events)]

    def _posted(self, events: Iterable[Event]) -> Iterator[Event]:
        for event in events:
            self._correlator, posted = self._correlator.post(event, self.now)
            if posted:
                yield posted

    def _end(self, end: tuple[datetime, str]) -> None:
        self._ends.remove(end)
        if end[1] in self.jobs:
            self.finish(end[1])

    def _finish(self, name: str, kind: str) -> None:
        """The Job says that it has ended; nobody has looked yet."""
        if name not in self.jobs:
            return
        job, at = self.jobs[name], format_time(self.now)
        condition = JobCondition(type=kind, status="True", last_transition_time=at)
        status = replace(job.status, conditions=(condition,), completion_time=at if kind == "Complete" else "")
        self.jobs[name] = replace(job, status=status)
        self.log.append(CronRecord(self.now, "end", name))
