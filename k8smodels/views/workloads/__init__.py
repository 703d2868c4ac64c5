"""Views of Deployments: pods over time, ReplicaSets side by side, the order in which pods go."""

from k8smodels.views.workloads.charts import rollout_chart
from k8smodels.views.workloads.comparison_figure import comparison
from k8smodels.views.workloads.squares import PodRow, pod_squares

__all__ = ["PodRow", "comparison", "pod_squares", "rollout_chart"]
