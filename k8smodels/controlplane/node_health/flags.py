"""The flags of kube-controller-manager that node health depends on.

References
----------
pkg/controller/nodelifecycle/config/v1alpha1/defaults.go
cmd/kube-controller-manager/app/options/nodelifecyclecontroller.go (v1.37)
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, fields
from datetime import timedelta

from k8smodels.api.errors import invalid


def single(number: float) -> float:
    """The nearest number of single precision, in which Kubernetes keeps rates and shares.

    Its 0.01 is a little less than 0.01, so that a node is tainted every 100.1 seconds and not every 100.
    """
    return float(struct.unpack("f", struct.pack("f", number))[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """Settings under the names of the flags.

    Attributes
    ----------
    node_monitor_period
        Time between two passes over the nodes.
    node_monitor_grace_period
        A node that is silent for longer is `Unknown`.
    node_startup_grace_period
        The same for a node that never posted a status.
    node_eviction_rate
        How many nodes a second get a NoExecute taint in a zone, while most of its nodes are ready.
    secondary_node_eviction_rate
        The same in a large zone, while many of its nodes are not ready.
    large_cluster_size_threshold
        A zone with more nodes is large; in a smaller one the secondary rate is zero.
    unhealthy_zone_threshold
        The share of nodes that are not ready from which on a zone is disrupted.

    Raises
    ------
    FieldError
        A rate or a share that is negative or no number.
    """

    node_monitor_period: timedelta = timedelta(seconds=5)
    node_monitor_grace_period: timedelta = timedelta(seconds=50)
    node_startup_grace_period: timedelta = timedelta(seconds=60)
    node_eviction_rate: float = 0.1
    secondary_node_eviction_rate: float = 0.01
    large_cluster_size_threshold: int = 50
    unhealthy_zone_threshold: float = 0.55

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, float) and not (math.isfinite(value) and 0 <= value <= 1e9):
                raise invalid(each.name.replace("_", "-"), value, "must be between 0 and 1000000000")
