"""``kubectl describe node``.

References
----------
k8s.io/kubectl/pkg/describe/describe.go: describeNode, describeNodeResource, describeNodeLease;
staging/src/k8s.io/component-helpers/resource/helpers.go: PodLimits (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.api.lease import Lease
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod, ResourceList
from k8smodels.api.quantity import Quantity
from k8smodels.api.resources import NONE, aggregate, is_hugepages, is_pod_level_resource, plus, pod_requests
from k8smodels.api.structure import mappings
from k8smodels.controlplane.kubectl.ages import rfc1123
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.describe.writer import Writer
from k8smodels.controlplane.kubectl.find import key_order
from k8smodels.controlplane.kubectl.raw import text
from k8smodels.controlplane.kubectl.tables.cluster import node_info, roles
from k8smodels.controlplane.kubectl.tables.table import age

_STANDARD = frozenset({"cpu", "memory", "ephemeral-storage", "pods", "storage"})
_ZERO = Quantity.from_value(0)
_SYSTEM = {
    "Machine ID": "machineID",
    "System UUID": "systemUUID",
    "Boot ID": "bootID",
    "Kernel Version": "kernelVersion",
    "OS Image": "osImage",
    "Operating System": "operatingSystem",
    "Architecture": "architecture",
    "Container Runtime Version": "containerRuntimeVersion",
    "Kubelet Version": "kubeletVersion",
}


def describe_node(out: Writer, item: Node, call: Call) -> None:
    """A node with what it has and what its pods ask for."""
    out.head(item.metadata, namespaced=False)
    out.field("Roles", roles(item))
    out.marks(item.metadata)
    out.field("CreationTimestamp", rfc1123(item.metadata.creation_timestamp))
    out.taints(item.spec.taints)
    out.field("Unschedulable", str(item.spec.unschedulable).lower())
    _lease(out, item, call)
    _conditions(out, item)
    out.line("Addresses:")
    for address in mappings(item.status.unknown.get("addresses")):
        out.field(text(address.get("type")), text(address.get("address")), 1)
    for title, amounts in (("Capacity", item.status.capacity), ("Allocatable", item.status.allocatable)):
        if amounts:
            out.line(f"{title}:")
        for name, amount in sorted(amounts.items()):
            out.field(name, amount, 1)
    out.line("System Info:")
    for title, name in _SYSTEM.items():
        out.field(title, node_info(item).get(name, ""), 1)
    out.field_if("PodCIDR", item.spec.pod_cidr)
    out.field_if("PodCIDRs", item.spec.pod_cidr)
    out.field_if("ProviderID", item.spec.provider_id)
    _pods(out, item, call)


def _lease(out: Writer, item: Node, call: Call) -> None:
    lease = call.cluster.store.get("Lease", "kube-node-lease", item.name)
    if not isinstance(lease, Lease):
        out.line(f'Lease:\tFailed to get lease: leases.coordination.k8s.io "{item.name}" not found')
        return
    spec = lease.spec
    out.line("Lease:")
    out.field("HolderIdentity", spec.holder_identity or "<unset>", 1)
    out.field("AcquireTime", rfc1123(spec.acquire_time) if spec.acquire_time else "<unset>", 1)
    out.field("RenewTime", rfc1123(spec.renew_time) if spec.renew_time else "<unset>", 1)


def _conditions(out: Writer, item: Node) -> None:
    if not item.status.conditions:
        return
    out.line("Conditions:")
    rows = [
        (
            each.type,
            each.status,
            rfc1123(each.last_heartbeat_time),
            rfc1123(each.last_transition_time),
            each.reason,
            each.message,
        )
        for each in item.status.conditions
    ]
    out.table(("Type", "Status", "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message"), rows, gap=" ")


def pod_limits(pod: Pod) -> ResourceList:
    """The effective limits of a pod; its overhead counts where there is a limit."""
    limits = aggregate(pod, lambda container: container.resources.limits)
    own = pod.spec.resources.limits if pod.spec.resources else NONE
    limits = {**limits, **{name: amount for name, amount in own.items() if is_pod_level_resource(name)}}
    return plus(limits, {name: amount for name, amount in pod.spec.overhead.items() if name in limits})


def _pods(out: Writer, item: Node, call: Call) -> None:
    pods = [pod for pod in call.cluster.pods() if pod.spec.node_name == item.name and not pod.is_finished]
    pods.sort(key=key_order)
    has = item.status.allocatable or item.status.capacity
    out.line(f"Non-terminated Pods:\t({len(pods)} in total)")
    header = ("Namespace", "Name", "", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age")
    rows = []
    for pod in pods:
        asks, limits = pod_requests(pod), pod_limits(pod)
        shares = [_share(amounts, name, has) for name in ("cpu", "memory") for amounts in (asks, limits)]
        rows.append((pod.namespace, pod.name, "", *shares, age(pod, call.now)))
    out.table(header, rows)
    _allocated(out, pods, has)


def _allocated(out: Writer, pods: Sequence[Pod], has: ResourceList) -> None:
    out.line("Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)")
    asks, limits = NONE, NONE
    for pod in pods:
        asks, limits = plus(asks, pod_requests(pod)), plus(limits, pod_limits(pod))
    named = ["cpu", "memory", "ephemeral-storage", *sorted(filter(is_hugepages, has))]
    rows = [(name, _share(asks, name, has), _share(limits, name, has)) for name in named]
    others = sorted(name for name in has if name not in _STANDARD and not is_hugepages(name))
    rows += [(name, str(asks.get(name, _ZERO)), str(limits.get(name, _ZERO))) for name in others]
    out.table(("Resource", "Requests", "Limits"), rows)


def _share(amounts: ResourceList, name: str, has: ResourceList) -> str:
    """An amount, and its share of what there is: ``500m (12%)``."""
    amount, whole = amounts.get(name, _ZERO), has.get(name, _ZERO)
    if name == "cpu":
        part, total = amount.milli_value(), whole.milli_value()
    else:
        part, total = amount.value(), whole.value()
    return f"{amount} ({int(part / total * 100) if total else 0}%)"
