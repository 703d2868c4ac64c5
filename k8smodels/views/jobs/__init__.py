"""Jobs and CronJobs in time: bars, conditions, policies, calendars."""

from k8smodels.views.jobs.bars import job_bars
from k8smodels.views.jobs.calendar import Start, start_bars, time_table
from k8smodels.views.jobs.policy import rule_table, rule_text
from k8smodels.views.jobs.status import condition_table, job_line, pod_table
from k8smodels.views.jobs.times import human_duration

__all__ = [
    "Start",
    "condition_table",
    "human_duration",
    "job_bars",
    "job_line",
    "pod_table",
    "rule_table",
    "rule_text",
    "start_bars",
    "time_table",
]
