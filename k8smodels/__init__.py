"""Executable models of Kubernetes, faithful to the real code case by case.

One sub-package a subject (`k8smodels.api`, `k8smodels.scheduling`, ...). Nothing is imported until it is asked for.
"""

__version__ = "0.1.0"
