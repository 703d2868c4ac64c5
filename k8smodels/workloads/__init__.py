"""Controllers that keep pods running."""

from k8smodels.workloads.templates import expand

__all__ = ["expand"]
