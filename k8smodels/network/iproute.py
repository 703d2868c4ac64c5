"""A network as commands of iproute2 and iptables, that build it in network namespaces of a real kernel.

References
----------
ip-link(8), ip-route(8), ip-neighbour(8), bridge(8), iptables(8)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from k8smodels.api.errors import invalid
from k8smodels.network.addresses import iptables_program
from k8smodels.network.devices import (
    Bridge,
    Device,
    Ethernet,
    Geneve,
    Ipip,
    Ipvlan,
    Loopback,
    Macvlan,
    Port,
    Tunnel,
    Veth,
    Vxlan,
    Wireguard,
)
from k8smodels.network.namespace import Namespace
from k8smodels.network.network import Network, Segment

_NAME = re.compile(r"[A-Za-z0-9._()-]{1,255}")
_ORDER = (Loopback, Bridge, Ethernet, Veth, Macvlan, Ipvlan, Tunnel)
"""Devices that others need come first."""


class Command(NamedTuple):
    """A command line, and the namespace that it runs in."""

    namespace: str
    line: str


def netns(name: str) -> str:
    """The name for ``ip netns`` of a namespace or a segment: it may hold no slash."""
    plain = name.replace("/", "_").replace(":", "_")
    if not _NAME.fullmatch(plain):
        raise invalid("metadata.name", name, "must consist of letters, digits, '-', '_', '.', '/' and ':'")
    return plain


def commands(network: Network, names: Iterable[str]) -> list[Command]:
    """What builds the namespaces `names` of `network`; each must exist, empty, and one for each segment.

    A segment is a namespace with a bridge ``br0``, whose ports are called ``p0``, ``p1``, ….

    Raises
    ------
    ValueError
        A device that iproute2 alone does not make: WireGuard needs keys, Geneve a program that knows the remotes.
    """
    spaces = [network.namespace(name) for name in names]
    return [
        *(line for segment in network.segments.values() for line in _segment(segment)),
        *_links(network, spaces),
        *(line for item in spaces for line in _settings(item)),
        *(line for item in spaces for line in _tables(item)),
    ]


def _segment(segment: Segment) -> Iterator[Command]:
    yield Command(netns(segment.name), f"ip link add br0 mtu {segment.mtu} type bridge")
    yield Command(netns(segment.name), "ip link set br0 up")


def _links(network: Network, spaces: Iterable[Namespace]) -> Iterator[Command]:
    made: set[Port] = set()
    ports = 0
    all_devices = [(Port(item.name, device.name), device) for item in spaces for device in item.devices.values()]
    for here, device in sorted(all_devices, key=_place):
        if here in made or isinstance(device, Loopback):
            continue
        yield from _link(network, here, device, ports)
        made |= {here, device.peer} if isinstance(device, Veth) else {here}
        ports += isinstance(device, Ethernet)


def _place(item: tuple[Port, Device]) -> int:
    return next(place for place, kind in enumerate(_ORDER) if isinstance(item[1], kind))


def _link(network: Network, here: Port, device: Device, number: int) -> Iterator[Command]:
    name = netns(here.namespace)
    what = f"name {device.name} netns {name} mtu {device.mtu} address {device.mac}"
    match device:
        case Ethernet(segment=segment):
            wire, mtu = netns(segment), network.segments[segment].mtu
            yield Command(name, f"ip link add {what} type veth peer name p{number} netns {wire} mtu {mtu}")
            yield Command(wire, f"ip link set p{number} master br0 up")
        case Veth(peer=peer):
            other = network.device(peer)
            far = f"name {peer.device} netns {netns(peer.namespace)} mtu {other.mtu} address {other.mac}"
            yield Command(name, f"ip link add {what} type veth peer {far}")
        case Bridge():
            yield Command(name, f"ip link add {what} type bridge")
        case Macvlan(parent=parent):
            yield Command(netns(parent.namespace), f"ip link add link {parent.device} {what} type macvlan mode bridge")
        case Ipvlan(parent=parent, mode=mode):
            what = f"name {device.name} netns {name}"
            yield Command(netns(parent.namespace), f"ip link add link {parent.device} {what} type ipvlan mode {mode}")
        case _:
            yield Command(name, _tunnel(network, here, device))


def _tunnel(network: Network, here: Port, device: Device) -> str:
    """A tunnel device; its MTU is left to the kernel, which takes the headers off the card's."""
    match device:
        case Vxlan(local=local, vni=vni, port=port):
            owner = network.namespace(here.namespace).local[local]
            kind = f"type vxlan id {vni} local {local} dev {owner} dstport {port} nolearning"
            return f"ip link add {device.name} address {device.mac} {kind}"
        case Ipip(local=local):
            return f"ip link add {device.name} type ipip local {local} ttl inherit"
        case Wireguard() | Geneve() | _:
            raise ValueError(f"{here}: Unsupported value: {type(device).__name__}: iproute2 alone does not make it")


def _settings(item: Namespace) -> Iterator[Command]:
    name, forward = netns(item.name), int(item.ip_forward)
    yield Command(name, f"sysctl net/ipv4/ip_forward={forward}")
    yield Command(name, f"sysctl net/ipv6/conf/all/forwarding={forward}")
    if item.nat and any(isinstance(device, Bridge) for device in item.devices.values()):
        yield Command(name, "sysctl net/bridge/bridge-nf-call-iptables=1")
        yield Command(name, "sysctl net/bridge/bridge-nf-call-ip6tables=1")
    for device in item.devices.values():
        if device.master:
            yield Command(name, f"ip link set {device.name} master {device.master}")
            if isinstance(device, Veth) and device.hairpin:
                yield Command(name, f"ip link set {device.name} type bridge_slave hairpin on")
        for address in device.addresses:
            if not address.ip.is_loopback:
                yield Command(name, f"ip addr add {address} dev {device.name}{' nodad' * (address.version == 6)}")
        yield Command(name, f"ip link set {device.name} up")
        yield Command(name, f"sysctl net/ipv4/conf/{device.name}/rp_filter={item.rp_filter}")
        if device.proxy_arp:
            yield Command(name, f"sysctl net/ipv4/conf/{device.name}/proxy_arp=1")
            yield Command(name, f"sysctl net/ipv4/neigh/{device.name}/proxy_delay=0")


def _tables(item: Namespace) -> Iterator[Command]:
    name = netns(item.name)
    written = [route for route in item.routes if not route.automatic]
    for route in sorted(written, key=lambda route: (route.via is not None, -route.prefix.prefixlen)):
        yield Command(name, f"ip route add {route}")
        mac = item.permanent(route.device, route.via) if route.via else None
        if mac is None:
            continue
        yield Command(name, f"ip neigh replace {route.via} lladdr {mac} dev {route.device} nud permanent")
        remote = item.remote(route.device, mac) if isinstance(item.devices[route.device], Tunnel) else None
        if remote is not None:
            yield Command(name, f"bridge fdb append {mac} dev {route.device} dst {remote}")
    for rule in item.nat.masquerade:
        yield Command(name, f"{iptables_program(rule.source.version)} -t nat -A POSTROUTING {rule}")
    for port in item.nat.host_ports:
        for chain in ("PREROUTING", "OUTPUT"):
            yield Command(name, f"{iptables_program(port.pod_ip.version)} -t nat -A {chain} {port}")
