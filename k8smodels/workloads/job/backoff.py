"""How long a Job waits before it replaces failed pods.

References
----------
pkg/controller/job/backoff_utils.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from k8smodels.api.pod import Pod
from k8smodels.workloads.job.pods import failure_count, finished_at, ignored_failure_count

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Backoff:
    """What the controller remembers of failures. It is lost when the controller starts anew.

    Attributes
    ----------
    failures
        Since the last success.
    last
        When the last of them ended.
    """

    failures: int = 0
    last: datetime | None = None

    def after(self, succeeded: Sequence[Pod], failed: Sequence[Pod]) -> Backoff:
        """The same with pods that have ended since: a success wipes out the failures before it."""
        ends = sorted(map(finished_at, failed))
        if not succeeded:
            return Backoff(self.failures + len(ends), ends[-1]) if ends else self
        success = max(map(finished_at, succeeded))
        later = [end for end in ends if end > success]
        return Backoff(len(later), later[-1] if later else None)

    def remaining(self, now: datetime) -> timedelta:
        """How long it still waits."""
        return remaining(self.failures, self.last, now)


def remaining(failures: int, last: datetime | None, now: datetime) -> timedelta:
    """The rest of 10 s, doubled with each failure after the first, 10 minutes at most."""
    if failures == 0 or last is None:
        return timedelta()
    wait = min(FIRST_WAIT * (1 << min(failures - 1, 10)), LONGEST_WAIT)
    return max(last + wait - now, timedelta())


def remaining_of_index(last_failed: Pod | None, now: datetime) -> timedelta:
    """The same for one index, whose last failed pod knows of the failures before it."""
    if last_failed is None:
        return timedelta()
    failures = failure_count(last_failed) + ignored_failure_count(last_failed) + 1
    return remaining(failures, finished_at(last_failed), now)
