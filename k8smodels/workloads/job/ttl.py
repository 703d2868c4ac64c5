"""When a finished Job is deleted.

References
----------
pkg/controller/ttlafterfinished/ttlafterfinished_controller.go: getFinishAndExpireTime (v1.37)
"""

from __future__ import annotations

from datetime import datetime

from k8smodels.api.batch import Job
from k8smodels.api.times import parse_time, seconds


def expires_at(job: Job) -> datetime | None:
    """`ttlSecondsAfterFinished` after the end; None if it has not ended, or is kept."""
    ttl = job.spec.ttl_seconds_after_finished
    if ttl is None or not job.finished or job.metadata.deletion_timestamp:
        return None
    end = next(each for each in job.status.conditions if each.type == job.finished and each.status == "True")
    return parse_time(end.last_transition_time) + seconds(ttl)
