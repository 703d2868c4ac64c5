"""Containers in time: results of `k8smodels.runtime` as HTML."""

from k8smodels.views.runtime.describe import described_status, event_lines
from k8smodels.views.runtime.happenings import happening_table, moment
from k8smodels.views.runtime.pods import condition_table, pod_line, pods_explained
from k8smodels.views.runtime.probes import probe_spans, probe_table
from k8smodels.views.runtime.spans import Span, span_bars
from k8smodels.views.runtime.trees import process_table

__all__ = [
    "Span",
    "condition_table",
    "described_status",
    "event_lines",
    "happening_table",
    "moment",
    "pod_line",
    "pods_explained",
    "probe_spans",
    "probe_table",
    "process_table",
    "span_bars",
]
