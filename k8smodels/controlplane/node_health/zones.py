"""How many nodes of a zone are lost, and how fast its nodes may be tainted then.

References
----------
pkg/controller/nodelifecycle/node_lifecycle_controller.go: ComputeZoneState, HealthyQPSFunc, ReducedQPSFunc
staging/src/k8s.io/component-helpers/node/topology/helpers.go: GetZoneKey (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from k8smodels.api.node import Node
from k8smodels.controlplane.node_health.flags import Flags, single

ZoneState = Literal["Initial", "Normal", "PartialDisruption", "FullDisruption"]

_DEFAULT_FLAGS = Flags()


@dataclass(frozen=True, slots=True)
class ZoneCount:
    """The nodes of a zone that are ready and those that are not, `Unknown` ones and those without status included."""

    ready: int = 0
    not_ready: int = 0

    @property
    def size(self) -> int:
        """All nodes of the zone."""
        return self.ready + self.not_ready


def zone_of(node: Node) -> str:
    """What names the failure zone of `node`: region and zone; empty if it has neither."""
    labels = node.labels
    region = labels.get("failure-domain.beta.kubernetes.io/region", labels.get("topology.kubernetes.io/region", ""))
    zone = labels.get("failure-domain.beta.kubernetes.io/zone", labels.get("topology.kubernetes.io/zone", ""))
    return f"{region}:\0:{zone}" if region or zone else ""


def zone_state(count: ZoneCount, flags: Flags = _DEFAULT_FLAGS) -> ZoneState:
    """How badly a zone is disrupted.

    Fully without a ready node. Partially from three nodes that are not ready on, if they are that share of the zone.
    """
    if count.not_ready and not count.ready:
        return "FullDisruption"
    if count.not_ready > 2 and single(count.not_ready / count.size) >= single(flags.unhealthy_zone_threshold):
        return "PartialDisruption"
    return "Normal"


def eviction_rate(state: ZoneState, size: int, flags: Flags = _DEFAULT_FLAGS) -> float:
    """How many nodes a second of a zone of `size` nodes get a NoExecute taint.

    A zone that is lost as a whole keeps the usual rate: its machines are gone. While a part is lost the network may be
    at fault, so tainting slows down, or stops in a small zone. (If every zone is lost, it stops everywhere.)
    """
    if state != "PartialDisruption":
        return flags.node_eviction_rate
    return flags.secondary_node_eviction_rate if size > flags.large_cluster_size_threshold else 0.0
