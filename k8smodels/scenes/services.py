"""Scenes of the chapter on Services: one Service, its Pods, and the EndpointSlices between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.service import Service
from k8smodels.i18n import _
from k8smodels.kubeproxy.config import ZONE, ProxyNode
from k8smodels.kubeproxy.state import proxy_state
from k8smodels.services import Reconciliation, reconcile
from k8smodels.services.endpoints import find_port, selected_pods
from k8smodels.views.frame import Frame
from k8smodels.views.html import join
from k8smodels.views.services import Standing, slice_tables, standing_table

NAMESPACE, CLUSTER_IP, NODE_IP = "shop", "10.96.0.77", "192.168.0.11"
ZONES: Mapping[str, str] = {"node-1": "zone-a", "node-2": "zone-b", "node-3": "zone-b", "node-4": "zone-c"}
NODES = [Node.from_json({"metadata": {"name": name, "labels": {ZONE: zone}}}) for name, zone in ZONES.items()]
PLACES: Mapping[str, tuple[str, str]] = {
    "web-a": ("10.244.1.4", "node-1"),
    "web-b": ("10.244.2.9", "node-2"),
    "web-c": ("10.244.3.4", "node-3"),
}
"""The Pods of the Service `web`, with their addresses and nodes."""

_SUFFIXES = ("7xk2d", "m4pqz", "w9b6t", "c2hfn")


@dataclass(frozen=True, slots=True)
class State:
    """What may differ from a Pod as it should be."""

    ready: bool = True
    deleted: bool = False
    label: str = "web"
    port_name: str = "http"
    port: int = 8080
    phase: str = "Running"
    has_address: bool = True


STATES: Mapping[str, State] = {
    "running and ready": State(),
    "running, not ready": State(ready=False),
    "being deleted, still answering": State(deleted=True),
    "labelled app: webb": State(label="webb"),
    "its port is named web": State(port_name="web"),
    "its port http is 9090": State(port=9090),
    "waiting for an address": State(ready=False, phase="Pending", has_address=False),
    "finished": State(ready=False, phase="Succeeded"),
}
"""What `web-c` may be like; the other two Pods are as they should be."""


def pod(name: str, state: State = STATES["running and ready"]) -> Pod:
    """A Pod of the shop."""
    address, node = PLACES[name]
    deletion = {"deletionTimestamp": "2026-11-25T12:00:00Z"} if state.deleted else {}
    ports = [{"name": state.port_name, "containerPort": state.port}]
    status: dict[str, Any] = {
        "phase": state.phase,
        "conditions": [{"type": "Ready", "status": "True" if state.ready else "False"}],
    }
    if state.has_address:
        status |= {"podIP": address, "podIPs": [{"ip": address}]}
    metadata = {"name": name, "namespace": NAMESPACE, "labels": {"app": state.label}, "uid": f"u-{name}"}
    return Pod.from_json(
        {
            "metadata": metadata | deletion,
            "spec": {"nodeName": node, "containers": [{"name": "app", "ports": ports}]},
            "status": status,
        }
    )


def service(**spec: object) -> Service:
    """The Service `web`, as the API server has stored it."""
    base = {
        "type": "ClusterIP",
        "selector": {"app": "web"},
        "clusterIP": CLUSTER_IP,
        "clusterIPs": [CLUSTER_IP],
        "ipFamilies": ["IPv4"],
        "ports": [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": "http"}],
    }
    metadata = {"name": "web", "namespace": NAMESPACE, "uid": "u-service"}
    return Service.from_json({"metadata": metadata, "spec": base | spec})


def named(slices: Iterable[EndpointSlice]) -> tuple[EndpointSlice, ...]:
    """`slices` with names as the API server makes them: the prefix and five characters."""
    return tuple(
        replace(item, metadata=replace(item.metadata, name=f"{item.metadata.generate_name}{suffix}"))
        for item, suffix in zip(slices, _SUFFIXES, strict=False)
    )


def usable_shares(owner: Service, slices: Iterable[EndpointSlice], node: str = "node-1") -> dict[str, Fraction]:
    """The Pods that `node` sends new connections for the Service to, each with its share."""
    here = ProxyNode(node, (NODE_IP,), {ZONE: ZONES[node]})
    state = proxy_state([owner], slices, here)
    names = {address: name for name, (address, _node) in PLACES.items()}
    found: dict[str, Fraction] = {}
    for port in state.ports()[:1]:
        ends = state.usable(port).reachable
        for end in ends:
            found[names[end.ip]] = found.get(names[end.ip], Fraction(0)) + Fraction(1, len(ends))
    return found


# Which Pods stand behind the Service.


def behind(state: str, target: str, *, unready_too: bool) -> Frame:
    """The Pods of the shop with `web-c` in a state, who is an endpoint, and who gets connections."""
    owner = service(
        ports=[{"name": "http", "protocol": "TCP", "port": 80, "targetPort": _target(target)}],
        publishNotReadyAddresses=unready_too,
    )
    pods = [pod("web-a"), pod("web-b"), pod("web-c", STATES[state])]
    result = reconcile(owner, pods, NODES)
    slices = named(result.slices)
    shares = usable_shares(owner, slices)
    used = ", ".join(f"**{name}**" for name in sorted(shares))
    says = _("New connections go to {pods}.").format(pods=used) if shares else _("Every connection is refused.")
    return Frame(join([standing_table(standings(owner, pods, result)), slice_tables(slices)]), says)


def _target(text: str) -> int | str:
    return int(text) if text.isdigit() else text


def standings(owner: Service, pods: Sequence[Pod], result: Reconciliation) -> list[Standing]:
    """For each Pod whether it is an endpoint that takes new connections, and why."""
    return [_standing(owner, each, result) for each in pods]


def _standing(owner: Service, each: Pod, result: Reconciliation) -> Standing:
    labels = ", ".join(f"{key}: {value}" for key, value in each.labels.items())
    if not selected_pods(owner, [each]):
        return Standing(each.name, labels, "no", _("left out"), _("its labels do not match the selector"))
    out = next((item for item in result.left_out if item.pod == each.name), None)
    if out is not None:
        return Standing(each.name, labels, "no", _("left out"), out.reason)
    missing = [port.target_port for port in owner.spec.ports if find_port(each, port) is None]
    if missing:
        reason = _("no container has a port named {name}").format(name=missing[0])
        return Standing(each.name, labels, "no", _("listed without a port"), reason)
    found = result.readiness[each.name]
    if found.ready:
        return Standing(each.name, labels, "ok", _("takes connections"), found.reason)
    return Standing(each.name, labels, "wait", _("listed, not ready"), found.reason)
