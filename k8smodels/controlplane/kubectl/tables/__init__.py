"""The tables of ``kubectl get``."""

from collections.abc import Mapping

from k8smodels.controlplane.kubectl.tables.cluster import (
    BUDGETS,
    CONFIG_MAPS,
    EVENTS,
    LEASES,
    NAMESPACES,
    NODES,
    OTHERS,
    SECRETS,
    WIDE_EVENTS,
)
from k8smodels.controlplane.kubectl.tables.pods import PODS
from k8smodels.controlplane.kubectl.tables.services import AUTOSCALERS, SERVICES, SLICES
from k8smodels.controlplane.kubectl.tables.storage import CLAIMS, VOLUMES
from k8smodels.controlplane.kubectl.tables.table import Decoration, Table, print_table
from k8smodels.controlplane.kubectl.tables.workloads import (
    CRON_JOBS,
    DAEMON_SETS,
    DEPLOYMENTS,
    JOBS,
    REPLICA_SETS,
    STATEFUL_SETS,
)

TABLES: Mapping[str, Table] = {
    "Pod": PODS,
    "Deployment": DEPLOYMENTS,
    "ReplicaSet": REPLICA_SETS,
    "StatefulSet": STATEFUL_SETS,
    "DaemonSet": DAEMON_SETS,
    "Job": JOBS,
    "CronJob": CRON_JOBS,
    "Node": NODES,
    "Namespace": NAMESPACES,
    "Lease": LEASES,
    "PodDisruptionBudget": BUDGETS,
    "ConfigMap": CONFIG_MAPS,
    "Secret": SECRETS,
    "Event": EVENTS,
    "Service": SERVICES,
    "EndpointSlice": SLICES,
    "HorizontalPodAutoscaler": AUTOSCALERS,
    "PersistentVolume": VOLUMES,
    "PersistentVolumeClaim": CLAIMS,
}
"""By kind."""


def table_of(kind: str, *, wide: bool = False) -> Table:
    """The table of a kind; one that has none shows name and age."""
    return WIDE_EVENTS if wide and kind == "Event" else TABLES.get(kind, OTHERS)


__all__ = ["Decoration", "Table", "print_table", "table_of"]
