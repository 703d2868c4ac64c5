"""A node's network as plugins find and leave it: namespaces with interfaces, routes, rules, and a few files.

What is left out: addresses that the kernel makes for itself (``fe80::``), routes of IPv6 other than the connected
ones, and traffic: nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_interface

HOST = "host"
"""The name of the node's own network namespace; those of pods are named by their path."""


@dataclass(frozen=True, slots=True)
class Link:
    """A network interface.

    Attributes
    ----------
    name, kind, mac, mtu, up
        As ``ip link`` shows them; `kind` is ``veth``, ``bridge``, ``macvlan``, ``device``, ...
    peer
        The other end of a veth: its namespace and name.
    master
        The bridge whose port it is.
    parent, mode
        The interface below a macvlan or ipvlan, and how it is used.
    hairpin
        Whether the bridge may send a frame back out of this port.
    promiscuous
        Whether it takes frames for others.
    addresses
        With the length of their prefix.
    qdiscs
        Queueing disciplines that were added, in the words of ``tc``.
    """

    name: str
    kind: str
    mac: str = ""
    mtu: int = 1500
    up: bool = False
    peer: tuple[str, str] | None = None
    master: str = ""
    parent: str = ""
    mode: str = ""
    hairpin: bool = False
    promiscuous: bool = False
    addresses: tuple[str, ...] = ()
    qdiscs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KernelRoute:
    """A line of ``ip route``; `dst` is ``default`` or a network."""

    dst: str
    link: str
    via: str = ""
    src: str = ""
    scope: str = ""
    metric: int = 0

    def __str__(self) -> str:
        words = [self.dst, *(("via", self.via) if self.via else ()), "dev", self.link]
        for name in ("scope", "src", "metric"):
            value = getattr(self, name)
            words += [name, str(value)] if value else []
        return " ".join(words)


@dataclass(frozen=True, slots=True)
class Netns:
    """A network namespace.

    Attributes
    ----------
    links, routes
        In the order in which they were made.
    sysctls
        Settings that were written, such as ``net.ipv4.ip_forward``.
    chains
        Rules as ``iptables -S`` prints them, by program (``iptables``, ``ip6tables``), table and chain.
    """

    links: tuple[Link, ...] = (Link("lo", "loopback", "00:00:00:00:00:00", 65536),)
    routes: tuple[KernelRoute, ...] = ()
    sysctls: Mapping[str, str] = field(default_factory=dict)
    chains: Mapping[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)

    def link(self, name: str) -> Link | None:
        """The interface of that name."""
        return next((link for link in self.links if link.name == name), None)

    def with_link(self, changed: Link) -> Netns:
        """The namespace with that interface in the place of the one of its name."""
        links = tuple(changed if link.name == changed.name else link for link in self.links)
        return replace(self, links=links)

    def with_bridge_mtu(self, name: str) -> Netns:
        """The namespace with a bridge whose MTU is the smallest of its ports', which the kernel sees to."""
        bridge = self.link(name)
        ports = [link.mtu for link in self.links if link.master == name]
        return self if bridge is None else self.with_link(replace(bridge, mtu=min(ports, default=1500)))

    def connected(self, link: Link) -> Netns:
        """The namespace with the routes that the kernel adds for the addresses of an interface that is up."""
        routes = [route for address in link.addresses for route in _connected(link.name, address)]
        new = tuple(route for route in routes if route not in self.routes)
        return replace(self, routes=(*self.routes, *new)) if link.up and link.kind != "loopback" else self


@dataclass(frozen=True, slots=True)
class Node:
    """A machine: its network namespaces by path, and the files that plugins keep.

    `files` holds texts by absolute path: leases of host-local, ``/run/flannel/subnet.env``.
    """

    namespaces: Mapping[str, Netns]
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def host(self) -> Netns:
        """The node's own network namespace."""
        return self.namespaces[HOST]

    def with_netns(self, path: str, change: Callable[[Netns], Netns] = lambda netns: netns) -> Node:
        """The node with a namespace changed, or a new one."""
        netns = change(self.namespaces.get(path, Netns()))
        return replace(self, namespaces={**self.namespaces, path: netns})

    def without_netns(self, path: str) -> Node:
        """The node once a pod's namespace is gone, and with it the far ends of its veth pairs."""
        node = self
        for link in self.namespaces[path].links if path in self.namespaces else ():
            if link.peer is not None and link.peer[0] != path:
                node = node.with_netns(link.peer[0], lambda netns, name=link.peer[1]: without_link(netns, name))  # type: ignore[misc]
        left = {name: netns for name, netns in node.namespaces.items() if name != path}
        return replace(node, namespaces=left)


def without_link(netns: Netns, name: str) -> Netns:
    """The namespace without an interface and the routes through it."""
    gone, links = netns.link(name), tuple(link for link in netns.links if link.name != name)
    left = replace(netns, links=links, routes=tuple(route for route in netns.routes if route.link != name))
    return left.with_bridge_mtu(gone.master) if gone is not None and gone.master else left


def simple_node(address: str = "192.168.0.1/24", gateway: str = "192.168.0.9", interface: str = "eth0") -> Node:
    """A node with one network card, an address and a default route."""
    card = Link(interface, "device", "52:54:00:00:00:01", 1500, up=True, addresses=(address,))
    host = Netns((Netns().links[0], card)).connected(card)
    routes = (KernelRoute("default", interface, via=gateway), *host.routes)
    return Node({HOST: replace(host, routes=routes if gateway else host.routes)})


def _connected(link: str, address: str) -> tuple[KernelRoute, ...]:
    """The route to the network of an address; one that is alone in its network has none (in IPv6 its own)."""
    found = ip_interface(address)
    if found.version == 6:
        return (KernelRoute(str(found.network), link, metric=256),)
    if found.network.prefixlen == found.max_prefixlen:
        return ()
    return (KernelRoute(str(found.network), link, src=str(found.ip), scope="link"),)
