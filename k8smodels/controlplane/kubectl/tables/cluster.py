"""Rows of nodes, namespaces, Leases, budgets, events, ConfigMaps, Secrets, and of kinds without a table of their own.

References
----------
pkg/printers/internalversion/printers.go: printNode, printNamespace, printLease, printEvent, printPodDisruptionBudget
(v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from k8smodels.api.lease import Lease
from k8smodels.api.meta import KubernetesObject, Unstructured
from k8smodels.api.node import Namespace, Node
from k8smodels.api.policy import PodDisruptionBudget
from k8smodels.api.structure import mappings
from k8smodels.controlplane.kubectl.ages import since
from k8smodels.controlplane.kubectl.raw import mapping, text
from k8smodels.controlplane.kubectl.tables.table import NONE, Table, age
from k8smodels.controlplane.node_health import ready_condition

ROLE_PREFIX = "node-role.kubernetes.io/"
ROLE = "kubernetes.io/role"


def roles(item: Node) -> str:
    """The roles that a node's labels give it."""
    found = {key.removeprefix(ROLE_PREFIX) for key in item.labels if key.startswith(ROLE_PREFIX)}
    found.add(item.labels.get(ROLE, ""))
    return ",".join(sorted(found - {""})) or NONE


def node_info(item: Node) -> Mapping[str, str]:
    """What the kubelet says of its machine and itself; empty if it says nothing."""
    return {key: text(value) for key, value in mapping(item.status.unknown.get("nodeInfo")).items()}


def node_address(item: Node, kind: str) -> str:
    """The node's first address of a kind, such as ``InternalIP``."""
    found = mappings(item.status.unknown.get("addresses"))
    return next((text(each.get("address")) for each in found if each.get("type") == kind), NONE)


def _node(item: Node, now: datetime, wide: bool) -> list[str]:
    ready = ready_condition(item)
    words = ["Unknown" if ready is None else "Ready" if ready.status == "True" else "NotReady"]
    words += ["SchedulingDisabled"] if item.spec.unschedulable else []
    info = node_info(item)
    cells = [item.name, ",".join(words), roles(item), age(item, now), info.get("kubeletVersion", "")]
    if wide:
        kernel = info.get("kernelVersion") or "<unknown>"
        kernel += f" ({info['architecture']})" if info.get("architecture") else ""
        addresses = [node_address(item, kind) for kind in ("InternalIP", "ExternalIP")]
        runtime = info.get("containerRuntimeVersion") or "<unknown>"
        cells += [*addresses, info.get("osImage") or "<unknown>", kernel, runtime]
    return cells


def namespace_phase(item: Namespace) -> str:
    """``Active`` until it is deleted: the API server says so when it makes one."""
    return "Terminating" if item.metadata.deletion_timestamp else "Active"


def _namespace(item: Namespace, now: datetime, _wide: bool) -> list[str]:
    return [item.name, namespace_phase(item), age(item, now)]


def _lease(item: Lease, now: datetime, _wide: bool) -> list[str]:
    return [item.name, item.spec.holder_identity, age(item, now)]


def _budget(item: PodDisruptionBudget, now: datetime, _wide: bool) -> list[str]:
    bounds = [item.spec.min_available, item.spec.max_unavailable]
    shown = ["N/A" if bound is None else str(bound) for bound in bounds]
    return [item.name, *shown, str(item.status.disruptions_allowed), age(item, now)]


def _event(item: Unstructured, now: datetime, wide: bool) -> list[str]:
    event: Mapping[str, Any] = item.content
    about, series = event["involvedObject"], event.get("series", {})
    begun = event["firstTimestamp"] or event["eventTime"]
    last = since(series.get("lastObservedTime") or event["lastTimestamp"] or begun, now)
    cells = [last, event["type"], event["reason"], f"{about['kind'].lower()}/{about['name']}"]
    message = event["message"].strip()
    if not wide:
        return [*cells, message]
    source = event["source"].get("component") or event["reportingComponent"]
    count = series.get("count") or event.get("count") or 1
    return [*cells, about.get("fieldPath", ""), source, message, since(begun, now), str(count), item.name]


def _config_map(item: Unstructured, now: datetime, _wide: bool) -> list[str]:
    parts = [mapping(item.content.get(name)) for name in ("data", "binaryData")]
    return [item.name, str(sum(map(len, parts))), age(item, now)]


def _secret(item: Unstructured, now: datetime, _wide: bool) -> list[str]:
    return [item.name, text(item.content.get("type")), str(len(mapping(item.content.get("data")))), age(item, now)]


def _other(item: KubernetesObject, now: datetime, _wide: bool) -> list[str]:
    return [item.metadata.name, age(item, now)]


NODES = Table(
    ("Name", "Status", "Roles", "Age", "Version"),
    ("Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime"),
    _node,
)
NAMESPACES = Table(("Name", "Status", "Age"), (), _namespace)
LEASES = Table(("Name", "Holder", "Age"), (), _lease)
BUDGETS = Table(("Name", "Min Available", "Max Unavailable", "Allowed Disruptions", "Age"), (), _budget)
EVENTS = Table(("Last Seen", "Type", "Reason", "Object", "Message"), (), _event)
WIDE_EVENTS = Table(
    ("Last Seen", "Type", "Reason", "Object", "Subobject", "Source", "Message", "First Seen", "Count", "Name"),
    (),
    _event,
)
CONFIG_MAPS = Table(("Name", "Data", "Age"), (), _config_map)
SECRETS = Table(("Name", "Type", "Data", "Age"), (), _secret)
OTHERS = Table(("Name", "Age"), (), _other)
