"""Budgets for voluntary disruptions.

References
----------
staging/src/k8s.io/api/policy/v1/types.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.selectors import LabelSelector
from k8smodels.api.structure import Struct, struct


@struct
class PodDisruptionBudgetSpec(Struct):
    """How many of the selected pods must stay up. Both bounds are a number or a percentage."""

    min_available: int | str | None = None
    max_unavailable: int | str | None = None
    selector: LabelSelector | None = None
    unhealthy_pod_eviction_policy: str = ""


@struct
class PodDisruptionBudgetStatus(Struct):
    """How many more pods may go now; `disrupted_pods` are on their way out already, with the time of eviction."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        {"observedGeneration", "currentHealthy", "desiredHealthy", "expectedPods", "conditions"}
    )

    disruptions_allowed: int = 0
    disrupted_pods: Mapping[str, str] = field(default_factory=dict)


@struct
class PodDisruptionBudget(KubernetesObject):
    """A bound on how many pods of an application may be evicted at once."""

    api_version: ClassVar[str] = "policy/v1"
    kind: ClassVar[str] = "PodDisruptionBudget"

    spec: PodDisruptionBudgetSpec = PodDisruptionBudgetSpec()
    status: PodDisruptionBudgetStatus = PodDisruptionBudgetStatus()
