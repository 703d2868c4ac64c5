"""Into a tunnel and out of it.

References
----------
Linux drivers/net/vxlan/vxlan_core.c, drivers/net/geneve.c, net/ipv4/ip_tunnel.c, drivers/net/wireguard/send.c
"""

from __future__ import annotations

from k8smodels.i18n import _
from k8smodels.network.addresses import IPAddress
from k8smodels.network.devices import Device, Geneve, Ipip, Ipvlan, Loopback, Port, Tunnel, Vxlan, Wireguard
from k8smodels.network.headers import outer_size
from k8smodels.network.namespace import Namespace
from k8smodels.network.packet import Frame, Packet
from k8smodels.network.path import Loss
from k8smodels.network.steps import Errand

PROTOCOL = {"vxlan": "UDP", "geneve": "UDP", "wireguard": "UDP", "ipip": "IPIP"}
"""What the outer packet is, by kind of tunnel."""


def has_ethernet(device: Device) -> bool:
    """Whether packets leave the device with an Ethernet header, so that a neighbour's MAC is needed."""
    return not (isinstance(device, Ipip | Wireguard | Loopback) or (isinstance(device, Ipvlan) and device.mode == "l3"))


def kind_of(device: Tunnel) -> str:
    """``vxlan``, ``geneve``, ``ipip`` or ``wireguard``."""
    return type(device).__name__.lower()


def remote_of(item: Namespace, device: Tunnel, frame: Frame, packet: Packet, next_hop: IPAddress) -> IPAddress | None:
    """The node at the other end for this packet."""
    match device:
        case Ipip():
            return next_hop
        case Wireguard():
            return item.endpoint(device.name, packet.destination)
        case _:
            return item.remote(device.name, frame.destination)


def encapsulate(device: Tunnel, frame: Frame, packet: Packet, remote: IPAddress) -> Packet:
    """The packet between nodes: its TTL is new, except for IP in IP, which copies TTL and DF."""
    kind = kind_of(device)
    sizes = tuple(outer_size(kind, size, device.mtu, device.local.version) for size in packet.sizes)
    same = kind == "ipip"
    return Packet(
        source=device.local,
        destination=remote,
        protocol=PROTOCOL[kind],
        source_port=0,
        destination_port=_port(device),
        size_bytes=max(sizes),
        fragments=sizes if len(sizes) > 1 else (),
        ttl=packet.ttl if same else 64,
        df=packet.df and same,
        inner=packet,
        inner_frame=frame,
        tunnel=_label(device),
    )


def decapsulate(errand: Errand, item: Namespace, packet: Packet) -> tuple[Port, Packet] | Loss:
    """The device of this namespace that the outer packet is for, and the packet inside."""
    inner, tunnels = packet.inner, (device for device in item.devices.values() if isinstance(device, Tunnel))
    device = next((d for d in tunnels if _label(d) == packet.tunnel and d.local == packet.destination), None)
    if device is None or inner is None:
        reason = _("{namespace} has no device for {tunnel}").format(namespace=item.name, tunnel=packet.tunnel)
        icmp = "" if packet.tunnel == "wireguard" else "port unreachable"
        return Loss(port=Port(item.name, ""), packet=packet, reason=reason, icmp=icmp)
    here = Port(item.name, device.name)
    if packet.inner_frame.destination != device.mac:
        reason = _("the frame inside is for {mac}, {port} has {own}").format(
            mac=packet.inner_frame.destination, port=here, own=device.mac
        )
        return Loss(port=here, packet=inner, reason=reason)
    errand.note(here, "decapsulate", packet.tunnel, packet, inner, frame=packet.inner_frame)
    return here, inner


def _port(device: Tunnel) -> int:
    return device.port if isinstance(device, Vxlan | Geneve | Wireguard) else 0


def _label(device: Tunnel) -> str:
    vni = f" {device.vni}" if isinstance(device, Vxlan | Geneve) else ""
    port = f" port {_port(device)}" if _port(device) else ""
    return f"{kind_of(device)}{vni}{port}"
