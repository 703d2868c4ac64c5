"""Views of Deployments: pods over time, ReplicaSets side by side, the order in which pods go."""

from k8smodels.views.workloads.comparison import comparison
from k8smodels.views.workloads.pod_squares import PodRow, pod_squares
from k8smodels.views.workloads.rollout_chart import rollout_chart

__all__ = ["PodRow", "comparison", "pod_squares", "rollout_chart"]
