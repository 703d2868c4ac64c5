"""``kubectl describe pod``.

References
----------
k8s.io/kubectl/pkg/describe/describe.go: describePod (v1.37)
"""

from __future__ import annotations

from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.controlplane.kubectl.ages import rfc1123, since
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.describe import template
from k8smodels.controlplane.kubectl.describe.volumes import volumes
from k8smodels.controlplane.kubectl.describe.writer import Writer
from k8smodels.controlplane.kubectl.tables.cluster import node_address
from k8smodels.controlplane.kubectl.tables.table import NONE
from k8smodels.isolation import pod_qos


def describe_pod(out: Writer, pod: Pod, call: Call) -> None:
    """A pod with its containers and conditions."""
    spec, status = pod.spec, pod.status
    _head(out, pod, call)
    _status(out, pod, call)
    out.field("IP", status.pod_ip)
    out.line("IPs:" if status.pod_ips else "IPs:\t<none>")
    for address in status.pod_ips:
        out.field("IP", address.ip, 1)
    out.controlled_by(pod)
    out.field_if("NominatedNodeName", status.nominated_node_name)
    if spec.resources is not None:
        out.line("Resources:")
        template.resources(out, spec.resources.limits, spec.resources.requests, 1)
    if spec.init_containers:
        template.containers(out, "Init Containers", spec.init_containers, status.init_container_statuses)
    template.containers(out, "Containers", spec.containers, status.container_statuses)
    _conditions(out, pod)
    volumes(out, spec.volumes)
    out.field("QoS Class", pod_qos(pod).qos_class)
    out.labels("Node-Selectors", spec.node_selector)
    template.tolerations(out, spec.tolerations)
    template.spread(out, spec.topology_spread_constraints)


def _head(out: Writer, pod: Pod, call: Call) -> None:
    spec = pod.spec
    out.head(pod.metadata)
    out.field("Priority", spec.priority or 0)  # admission writes 0 where no class says otherwise
    out.field_if("Priority Class Name", spec.priority_class_name)
    out.field_if("Service Account", spec.unknown.get("serviceAccountName"))
    out.field("Node", f"{spec.node_name}/{_host_ip(pod, call)}" if spec.node_name else "<none>")
    if pod.status.start_time:
        out.field("Start Time", rfc1123(pod.status.start_time))
    out.marks(pod.metadata)


def _host_ip(pod: Pod, call: Call) -> str:
    """What the kubelet reports of its node, or else the node's own address."""
    if reported := pod.status.unknown.get("hostIP"):
        return str(reported)
    node = call.cluster.store.get("Node", "", pod.spec.node_name)
    address = node_address(node, "InternalIP") if isinstance(node, Node) else NONE
    return "" if address == NONE else address


def _status(out: Writer, pod: Pod, call: Call) -> None:
    meta = pod.metadata
    if meta.deletion_timestamp and not pod.is_finished:
        out.field("Status", f"Terminating (lasts {since(meta.deletion_timestamp, call.now)})")
        out.field("Termination Grace Period", f"{meta.deletion_grace_period_seconds or 0}s")
    else:
        out.field("Status", pod.status.phase)
    for name in ("reason", "message"):
        out.field_if(name.capitalize(), pod.status.unknown.get(name))


def _conditions(out: Writer, pod: Pod) -> None:
    """Readiness gates, then conditions; each cell ends with a space before its tab."""
    conditions = {each.type: each.status for each in pod.status.conditions}
    if pod.spec.readiness_gates:
        out.line("Readiness Gates:\n  Type\tStatus")
        for gate in pod.spec.readiness_gates:
            out.line(f"{gate.condition_type} \t{conditions.get(gate.condition_type, '<none>')} ", 1)
    if conditions:
        out.line("Conditions:\n  Type\tStatus")
        for each in pod.status.conditions:
            out.line(f"{each.type} \t{each.status} ", 1)
