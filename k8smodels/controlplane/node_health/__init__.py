"""Node health: how a silent node is noticed, and how its pods leave it.

A kubelet renews its Lease and posts its node's status. `monitor_node_health` looks at all nodes every five seconds: a
node that is silent for the grace period becomes `Unknown`, its pods not ready. `no_schedule_pass` turns conditions into
taints for the scheduler at once; `no_execute_pass` adds the taints that evict, at the rate of each zone.
`taint_eviction` says when a pod leaves. All are functions from a state and the present to a new state and writes, each
with its reason.

Left out: the conflicts and retries of real writes, and the labels of nodes that the controller keeps in step.
"""

from k8smodels.controlplane.node_health.disruptions import Disruption, disruption
from k8smodels.controlplane.node_health.evictions import Eviction, first_clock, taint_eviction
from k8smodels.controlplane.node_health.flags import Flags
from k8smodels.controlplane.node_health.health import NodeHealth, Observation, is_node_ready, observe, ready_condition
from k8smodels.controlplane.node_health.monitor import MonitorPass, MonitorState, marks_new_pod, monitor_node_health
from k8smodels.controlplane.node_health.no_execute import NODE_EVICTION_PERIOD, NoExecutePass, no_execute_pass
from k8smodels.controlplane.node_health.queue import TokenBucket, ZoneQueue
from k8smodels.controlplane.node_health.taints import SwapTaints, no_schedule_pass
from k8smodels.controlplane.node_health.writes import (
    MarkPodsNotReady,
    UpdateNodeStatus,
    Write,
    ZoneChange,
    marked_not_ready,
)
from k8smodels.controlplane.node_health.zones import ZoneCount, ZoneState, eviction_rate, zone_of, zone_state

__all__ = [
    "NODE_EVICTION_PERIOD",
    "Disruption",
    "Eviction",
    "Flags",
    "MarkPodsNotReady",
    "MonitorPass",
    "MonitorState",
    "NoExecutePass",
    "NodeHealth",
    "Observation",
    "SwapTaints",
    "TokenBucket",
    "UpdateNodeStatus",
    "Write",
    "ZoneChange",
    "ZoneCount",
    "ZoneQueue",
    "ZoneState",
    "disruption",
    "eviction_rate",
    "first_clock",
    "is_node_ready",
    "marked_not_ready",
    "marks_new_pod",
    "monitor_node_health",
    "no_execute_pass",
    "no_schedule_pass",
    "observe",
    "ready_condition",
    "taint_eviction",
    "zone_of",
    "zone_state",
]
