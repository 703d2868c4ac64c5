"""What a plugin does to a node, step by step: each effect names its namespace and the command that would do the same.

A plugin talks to the kernel by netlink; the commands of ``ip``, ``iptables``, ``tc`` and ``sysctl`` are for people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from k8smodels.network.cni.node import HOST, KernelRoute, Link, Netns, Node, without_link


@dataclass(frozen=True, slots=True)
class Effect:
    """One change.

    Attributes
    ----------
    netns
        The namespace: ``host``, or the path of a pod's; empty for files.
    command
        The command that would do the same there.
    apply
        The node afterwards.
    """

    netns: str
    command: str
    apply: Callable[[Node], Node]


def _in(netns: str, command: str, change: Callable[[Netns], Netns]) -> Effect:
    return Effect(netns, command, lambda node: node.with_netns(netns, change))


def add_link(netns: str, link: Link) -> Effect:
    """A new interface that is no veth."""
    words = [f"ip link add {link.name}"]
    words += [f"link {link.parent}"] if link.parent else []
    words += [f"mtu {link.mtu}"] if link.mtu != 1500 else []
    words += [f"type {link.kind}", *([f"mode {link.mode}"] if link.mode else [])]
    return _in(netns, " ".join(words), lambda ns: replace(ns, links=(*ns.links, link)))


def add_veth(pod: str, inner: Link, outer: Link) -> Effect:
    """A pair of interfaces: what goes into one comes out of the other. The outer end is in the host's namespace."""
    mtu = f" mtu {inner.mtu}" if inner.mtu != 1500 else ""
    command = f"ip link add {inner.name}{mtu} type veth peer name {outer.name} netns {HOST}"
    near = replace(inner, peer=(HOST, outer.name))
    far = replace(outer, peer=(pod, inner.name))

    def apply(node: Node) -> Node:
        node = node.with_netns(pod, lambda ns: replace(ns, links=(*ns.links, near)))
        return node.with_netns(HOST, lambda ns: replace(ns, links=(*ns.links, far)))

    return Effect(pod, command, apply)


def delete_link(netns: str, link: Link) -> Effect:
    """An interface less; with a veth its other end goes too."""

    def apply(node: Node) -> Node:
        node = node.with_netns(netns, lambda ns: without_link(ns, link.name))
        if link.peer is None or link.peer[0] not in node.namespaces:
            return node
        path, name = link.peer
        return node.with_netns(path, lambda ns: without_link(ns, name))

    return Effect(netns, f"ip link del {link.name}", apply)


def change_link(netns: str, name: str, words: str, change: Callable[[Link], Link]) -> Effect:
    """An interface set otherwise: ``ip link set NAME WORDS``."""

    def apply(ns: Netns) -> Netns:
        link = ns.link(name)
        return ns if link is None else ns.with_link(change(link))

    return _in(netns, f"ip link set {name} {words}", apply)


def set_up(netns: str, name: str) -> Effect:
    """An interface switched on: the routes to its networks appear, and the addresses of ``lo``."""

    def apply(ns: Netns) -> Netns:
        link = ns.link(name)
        if link is None:
            return ns
        lo = ("127.0.0.1/8", "::1/128") if link.kind == "loopback" and not link.addresses else link.addresses
        on = replace(link, up=True, addresses=lo)
        return ns.with_link(on).connected(on)

    return _in(netns, f"ip link set {name} up", apply)


def set_down(netns: str, name: str) -> Effect:
    """An interface switched off: routes through it go, and its addresses of IPv6."""

    def apply(ns: Netns) -> Netns:
        link = ns.link(name)
        if link is None:
            return ns
        kept = tuple(address for address in link.addresses if ":" not in address)
        routes = tuple(route for route in ns.routes if route.link != name)
        return replace(ns.with_link(replace(link, up=False, addresses=kept)), routes=routes)

    return _in(netns, f"ip link set {name} down", apply)


def set_master(name: str, bridge: str) -> Effect:
    """An interface of the host becomes a port of a bridge."""

    def apply(ns: Netns) -> Netns:
        link = ns.link(name)
        return ns if link is None else ns.with_link(replace(link, master=bridge)).with_bridge_mtu(bridge)

    return _in(HOST, f"ip link set {name} master {bridge}", apply)


def add_address(netns: str, name: str, address: str) -> Effect:
    """An address more; if the interface is up, the route to its network appears."""

    def apply(ns: Netns) -> Netns:
        link = ns.link(name)
        if link is None or address in link.addresses:
            return ns
        now = replace(link, addresses=(*link.addresses, address))
        return ns.with_link(now).connected(now)

    return _in(netns, f"ip addr add {address} dev {name}", apply)


def delete_address(netns: str, link: Link, address: str) -> Effect:
    """An address less, and the route to its network."""
    left = replace(link, addresses=tuple(item for item in link.addresses if item != address))

    def apply(ns: Netns) -> Netns:
        gone = set(replace(ns, routes=()).connected(replace(left, up=True, addresses=(address,))).routes)
        return replace(ns.with_link(left), routes=tuple(route for route in ns.routes if route not in gone))

    return _in(netns, f"ip addr del {address} dev {link.name}", apply)


def add_route(netns: str, route: KernelRoute) -> Effect:
    """A route more."""
    return _in(netns, f"ip route add {route}", lambda ns: replace(ns, routes=(*ns.routes, route)))


def delete_route(netns: str, dst: str, link: str) -> Effect:
    """A route less."""

    def apply(ns: Netns) -> Netns:
        left = tuple(route for route in ns.routes if (route.dst, route.link) != (dst, link))
        return replace(ns, routes=left)

    return _in(netns, f"ip route del {dst} dev {link}", apply)


def set_sysctl(netns: str, key: str, value: str) -> Effect:
    """A setting of the kernel, which is the namespace's own."""
    return _in(netns, f"sysctl -w {key}={value}", lambda ns: replace(ns, sysctls={**ns.sysctls, key: value}))


def add_qdisc(netns: str, name: str, words: str) -> Effect:
    """A queueing discipline: ``tc qdisc add dev NAME WORDS``."""

    def apply(ns: Netns) -> Netns:
        link = ns.link(name)
        return ns if link is None else ns.with_link(replace(link, qdiscs=(*link.qdiscs, words)))

    return _in(netns, f"tc qdisc add dev {name} {words}", apply)


def write_file(path: str, text: str) -> Effect:
    """A file with a new text."""
    return Effect("", f"write {path}", lambda node: replace(node, files={**node.files, path: text}))


def delete_file(path: str) -> Effect:
    """A file less."""

    def apply(node: Node) -> Node:
        return replace(node, files={name: text for name, text in node.files.items() if name != path})

    return Effect("", f"rm {path}", apply)
