"""What pods use, as the resource metrics API tells it.

References
----------
staging/src/k8s.io/metrics/pkg/apis/metrics/v1beta1/types.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.quantity import Quantity
from k8smodels.api.structure import Struct, struct


@struct
class ContainerMetrics(Struct):
    """What a container uses, by resource."""

    name: str = ""
    usage: Mapping[str, Quantity] = field(default_factory=dict)


@struct
class PodMetrics(KubernetesObject):
    """What a pod's containers used in the `window` that ended at `timestamp`."""

    api_version: ClassVar[str] = "metrics.k8s.io/v1beta1"
    kind: ClassVar[str] = "PodMetrics"

    timestamp: str = ""
    window: str = ""
    containers: tuple[ContainerMetrics, ...] = ()
