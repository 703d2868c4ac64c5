"""Views of autoscalers: what kubectl prints, how a number came about, and sizes over time."""

from k8smodels.views.scaling.chart import clock, decision_table, size_chart
from k8smodels.views.scaling.formula import formula_lines, group_table
from k8smodels.views.scaling.listing import HPAEvent, described, hpa_listing
from k8smodels.views.scaling.policies import PolicyLimit, policy_table

__all__ = [
    "HPAEvent",
    "PolicyLimit",
    "clock",
    "decision_table",
    "described",
    "formula_lines",
    "group_table",
    "hpa_listing",
    "policy_table",
    "size_chart",
]
