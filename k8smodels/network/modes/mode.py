"""The ways to connect pods, by what they do on a pod's side, on a node's side and in the physical network.

References
----------
flannel Documentation/backends.md (v0.28); docs.tigera.io/calico/latest/networking/determine-best-networking;
containernetworking/plugins plugins/main/{bridge,macvlan,ipvlan} (v1.9); amazon-vpc-cni-k8s docs/cni-proposal.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from k8smodels.network.headers import overhead_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One way.

    Attributes
    ----------
    name
        A key of `MODES`.
    pods
        ``bridge``: a cable to a bridge on the node; ``routed``: a cable to the node, which has a route to each pod;
        ``macvlan``, ``ipvlan-l2``, ``ipvlan-l3``: a second device on the node's card.
    tunnel
        ``vxlan``, ``geneve``, ``ipip``, ``wireguard``, or empty: packets travel between nodes as they are.
    cross_subnet
        Tunnel only to nodes of other subnets.
    routes
        Who tells nodes of each other's pods: ``agent`` (next hops on the link only), ``bgp`` (also past a router), or
        empty (nobody).
    routers_know
        Routers have routes to pods: they peer by BGP, or are a cloud's route table.
    secondary
        Pods have addresses of the nodes' subnet, and the network brings them to the node (a cloud's VPC).
    """

    name: str
    pods: str = "bridge"
    tunnel: str = ""
    cross_subnet: bool = False
    routes: str = ""
    routers_know: bool = False
    secondary: bool = False

    @property
    def meets_host_rules(self) -> bool:
        """Whether pods' packets pass the node's namespace, where kube-proxy's rules for Services are.

        From a macvlan or ipvlan device they go to the card below it: a Service's address is never translated.
        """
        return self.pods in ("bridge", "routed")

    def mtu(self, underlay_mtu: int, versions: Iterable[int] = (4,)) -> int:
        """The MTU for pods, in bytes, where nodes talk to each other by IP `versions`.

        Examples
        --------
        >>> MODES["vxlan"].mtu(1500), MODES["wireguard"].mtu(1500, (4, 6)), MODES["host-gw"].mtu(9000)
        (1450, 1420, 9000)
        """
        if not self.tunnel:
            return underlay_mtu
        return underlay_mtu - max(overhead_bytes(self.tunnel, version) for version in versions)


MODES: Mapping[str, Mode] = {
    mode.name: mode
    for mode in (
        Mode(name="bridge"),
        Mode(name="host-gw", routes="agent"),
        Mode(name="cloud-routes", routers_know=True),
        Mode(name="vxlan", tunnel="vxlan", routes="agent"),
        Mode(name="geneve", tunnel="geneve", routes="agent"),
        Mode(name="ipip", tunnel="ipip", routes="agent"),
        Mode(name="wireguard", tunnel="wireguard", routes="agent"),
        Mode(name="calico-bgp", pods="routed", routes="bgp"),
        Mode(name="calico-bgp-peered", pods="routed", routes="bgp", routers_know=True),
        Mode(name="calico-ipip", pods="routed", tunnel="ipip", routes="agent"),
        Mode(name="calico-ipip-cross-subnet", pods="routed", tunnel="ipip", cross_subnet=True, routes="agent"),
        Mode(name="calico-vxlan", pods="routed", tunnel="vxlan", routes="agent"),
        Mode(name="calico-vxlan-cross-subnet", pods="routed", tunnel="vxlan", cross_subnet=True, routes="agent"),
        Mode(name="macvlan", pods="macvlan"),
        Mode(name="ipvlan-l2", pods="ipvlan-l2"),
        Mode(name="ipvlan-l3", pods="ipvlan-l3", routes="agent"),
        Mode(name="vpc", pods="routed", secondary=True),
    )
}
"""By name. ``bridge`` connects the pods of one node only; ``host-gw``, ``vxlan``, ``ipip`` and ``wireguard`` are laid
out as Flannel does it, ``vpc`` as Amazon's VPC CNI."""
