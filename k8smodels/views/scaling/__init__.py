"""Views of autoscalers: what kubectl prints, how a number came about, and sizes over time."""

from k8smodels.views.scaling.listing import HPAEvent, described, hpa_listing

__all__ = ["HPAEvent", "described", "hpa_listing"]
