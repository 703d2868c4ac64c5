"""A cluster's network from its objects, as ``kubectl get nodes,pods -A -o yaml`` prints them.

References
----------
staging/src/k8s.io/api/core/v1/types.go (v1.37): NodeSpec.PodCIDRs, NodeStatus.Addresses, PodStatus.PodIPs
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_interface

from k8smodels.api.errors import FieldError, invalid, required
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Node
from k8smodels.api.pod import Container, Pod
from k8smodels.network.addresses import UNSPECIFIED, IPAddress, IPInterface, address, cidr
from k8smodels.network.cluster import Cluster, ClusterNode, ClusterPod
from k8smodels.network.nat import HostPort

NODE_PREFIX = {4: 24, 6: 64}
"""Prefix length of the nodes' subnets where nobody says it: the API does not know it."""

_FLANNEL = "flannel.alpha.coreos.com/backend-type"
_FLANNEL_MODES = {"vxlan": "vxlan", "host-gw": "host-gw", "wireguard": "wireguard", "ipip": "ipip"}
_CALICO_MODES = {
    "projectcalico.org/IPv4IPIPTunnelAddr": "calico-ipip",
    "projectcalico.org/IPv4VXLANTunnelAddr": "calico-vxlan",
    "projectcalico.org/IPv4Address": "calico-bgp",
}


def cluster_from(objects: Iterable[KubernetesObject], *, mtu: int = 1500, node_prefix: int = NODE_PREFIX[4]) -> Cluster:
    """The nodes and the pods that have an address.

    Finished pods are left out: others may have their addresses. Nodes of which the first `node_prefix` bits of the
    IPv4 address (of IPv6: 64) are the same are taken to be on one segment.

    Parameters
    ----------
    mtu
        Of the physical network, in bytes.

    Raises
    ------
    FieldError
        An address that is none, that two pods have, or that a node lacks.
    """
    items = list(objects)
    if not 0 < node_prefix <= 32:
        raise invalid("--node-prefix", node_prefix, "must be from 1 to 32")
    nodes = tuple(_node(item, node_prefix) for item in items if isinstance(item, Node))
    names = {node.name: node for node in nodes}
    return Cluster(nodes, tuple(_pods(items, names)), mtu=mtu)


def mode_from(objects: Iterable[KubernetesObject]) -> str | None:
    """The mode that annotations of the nodes tell of (Flannel's, Calico's); None if they tell of none."""
    for item in objects:
        notes = item.metadata.annotations if isinstance(item, Node) else {}
        if notes.get(_FLANNEL) in _FLANNEL_MODES:
            return _FLANNEL_MODES[notes[_FLANNEL]]
        for key, mode in _CALICO_MODES.items():
            if key in notes:
                return mode
    return None


def _node(item: Node, prefix: int) -> ClusterNode:
    path = f"nodes[{item.name}]"
    found: dict[int, IPInterface] = {}
    for entry in _maps(item.status.unknown.get("addresses"), f"{path}.status.addresses"):
        if entry.get("type") == "InternalIP":
            ip = address(_text(entry.get("address"), f"{path}.status.addresses"), f"{path}.status.addresses")
            found.setdefault(ip.version, ip_interface(f"{ip}/{prefix if ip.version == 4 else NODE_PREFIX[6]}"))
    if not found:
        raise required(f"{path}.status.addresses", "a node needs an address of type InternalIP")
    blocks = _list(item.spec.unknown.get("podCIDRs"), f"{path}.spec.podCIDRs")
    if not blocks and item.spec.pod_cidr:
        blocks = [item.spec.pod_cidr]
    named = (
        (_text(block, f"{path}.spec.podCIDRs[{i}]"), f"{path}.spec.podCIDRs[{i}]") for i, block in enumerate(blocks)
    )
    return ClusterNode(item.name, tuple(found.values()), tuple(cidr(text, where) for text, where in named))


def _pods(items: Iterable[KubernetesObject], nodes: Mapping[str, ClusterNode]) -> Iterator[ClusterPod]:
    for item in items:
        if isinstance(item, Pod) and item.spec.node_name and item.status.phase not in ("Succeeded", "Failed"):
            made = _pod(item, nodes)
            if made.addresses:
                yield made


def _pod(item: Pod, nodes: Mapping[str, ClusterNode]) -> ClusterPod:
    name = f"{item.namespace}/{item.name}"
    path = f"pods[{name}].status"
    if item.spec.node_name not in nodes:
        raise invalid(f"pods[{name}].spec.nodeName", item.spec.node_name, "there is no such node")
    texts = [entry.ip for entry in item.status.pod_ips] or [item.status.pod_ip]
    addresses = tuple(address(text, f"{path}.podIPs") for text in texts if text)
    if len(addresses) > 2 or len({one.version for one in addresses}) < len(addresses):
        raise invalid(f"{path}.podIPs", [str(one) for one in addresses], "may hold one address of each IP version")
    if item.spec.host_network:
        return ClusterPod(name, item.spec.node_name, addresses, host_network=True)
    ports = tuple(_host_ports(item.spec.containers, addresses, f"pods[{name}].spec.containers"))
    return ClusterPod(name, item.spec.node_name, addresses, ports)


def _host_ports(containers: Iterable[Container], addresses: Iterable[IPAddress], path: str) -> Iterator[HostPort]:
    ports = [port for container in containers for port in container.ports if port.host_port]
    for port in ports:
        asked = address(port.host_ip, f"{path}.ports.hostIP") if port.host_ip else None
        only = None if asked in UNSPECIFIED else asked
        for pod_ip in addresses:
            if only is None or only.version == pod_ip.version:
                yield HostPort(
                    host_port=port.host_port,
                    pod_ip=pod_ip,
                    container_port=port.container_port,
                    protocol=port.protocol or "TCP",
                    host_ip=only,
                )


def _list(value: object, path: str) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid(path, value, "must be a list")
    return value


def _maps(value: object, path: str) -> list[Mapping[str, object]]:
    found = []
    for place, entry in enumerate(_list(value, path)):
        if not isinstance(entry, Mapping):
            raise FieldError(f"{path}[{place}]", "Invalid value", entry, "must be an object")
        found.append(entry)
    return found


def _text(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise invalid(path, value, "must be a string")
    return value
