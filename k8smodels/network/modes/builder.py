"""The network of a cluster in a mode; each namespace is made when a packet first meets it."""

from __future__ import annotations

from k8smodels.api.errors import unsupported
from k8smodels.network.addresses import IPAddress
from k8smodels.network.cluster import Cluster
from k8smodels.network.devices import Port
from k8smodels.network.modes.fabric import host_namespace, router_namespace, segments
from k8smodels.network.modes.layout import CARD, ROUTER, Layout
from k8smodels.network.modes.mode import MODES
from k8smodels.network.modes.nodes import node_namespace
from k8smodels.network.modes.pods import pod_namespace
from k8smodels.network.namespace import Namespace
from k8smodels.network.network import Network


def build(cluster: Cluster, mode: str, *, masquerade: bool = True, pod_mtu: int | None = None) -> Network:
    """The network of `cluster`.

    Parameters
    ----------
    mode
        A key of `MODES`.
    masquerade
        Whether nodes masquerade what pods send out of the cluster, where the mode does such a thing.
    pod_mtu
        The MTU of pods' devices, in bytes; default: what the mode leaves.

    Raises
    ------
    FieldError
        An unknown mode, or a cluster that cannot work in it: pod CIDRs that are missing or overlap, a pod outside.

    Examples
    --------
    >>> from k8smodels.network import Cluster, Packet, cluster, walk
    >>> from ipaddress import ip_address
    >>> n1 = cluster.node("n1", "192.168.0.1/24", "10.244.1.0/24")
    >>> n2 = cluster.node("n2", "192.168.0.2/24", "10.244.2.0/24")
    >>> pods = (cluster.pod("default/a", "n1", "10.244.1.2"), cluster.pod("default/b", "n2", "10.244.2.2"))
    >>> there = Packet(source=ip_address("10.244.1.2"), destination=ip_address("10.244.2.2"))
    >>> path = walk(build(Cluster((n1, n2), pods), "vxlan"), there)
    >>> path.received.ttl, path.wire[0].after.size_bytes
    (62, 178)
    """
    if mode not in MODES:
        raise unsupported("--mode", mode, MODES)
    layout = Layout(cluster, MODES[mode], masquerade, pod_mtu)
    layout.check()
    layout.prepare()
    return Network(
        make=lambda name: _namespace(layout, name),
        segments=segments(layout),
        owners=_owners(cluster),
        slaves=_slaves(layout),
    )


def _namespace(layout: Layout, name: str) -> Namespace | None:
    cluster = layout.cluster
    if name in cluster.node_by_name:
        return node_namespace(layout, cluster.node_by_name[name])
    pod = cluster.pod_by_name.get(name)
    if pod is not None:
        return (
            node_namespace(layout, cluster.node_by_name[pod.node]) if pod.host_network else pod_namespace(layout, pod)
        )
    if name == ROUTER and layout.gateways:
        return router_namespace(layout)
    host = next((host for host in cluster.hosts if host.name == name), None)
    return host_namespace(layout, host) if host else None


def _owners(cluster: Cluster) -> dict[IPAddress, str]:
    machines = {item.ip: one.name for one in cluster.machines for item in one.addresses}
    pods = (pod for pod in cluster.pods if not pod.host_network)
    return machines | {address: pod.name for pod in pods for address in pod.addresses}


def _slaves(layout: Layout) -> dict[tuple[Port, IPAddress], Port]:
    if not layout.mode.pods.startswith("ipvlan"):
        return {}
    return {
        (Port(pod.node, CARD), address): Port(pod.name, CARD)
        for pods in layout.cluster.pods_by_node.values()
        for pod in pods
        for address in pod.addresses
    }
