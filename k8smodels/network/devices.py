"""Network devices of a Linux namespace.

References
----------
ip-link(8), iproute2 6.1; Linux drivers/net/{veth,vxlan,macvlan,ipvlan,wireguard} and net/bridge
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from k8smodels.network.addresses import IPAddress, IPInterface


class Port(NamedTuple):
    """A device in a namespace."""

    namespace: str
    device: str

    def __str__(self) -> str:
        return f"{self.device}@{self.namespace}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What every device has.

    Attributes
    ----------
    name
        Unique in its namespace.
    mac
        Empty for devices that carry IP packets without Ethernet headers.
    mtu
        The largest IP packet, in bytes, that it sends.
    addresses
        With the prefix length of the subnet that is on the link.
    master
        The bridge in the same namespace whose port this device is.
    proxy_arp
        Answers for addresses that its namespace has a route to by another device.
    """

    name: str
    mac: str = ""
    mtu: int = 1500
    addresses: tuple[IPInterface, ...] = ()
    master: str = ""
    proxy_arp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Loopback(Device):
    """The device ``lo``."""

    mtu: int = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Ethernet(Device):
    """A network card, plugged into a segment of the physical network."""

    segment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Veth(Device):
    """One end of a virtual cable; `peer` is the other.

    As a bridge's port with `hairpin` it also gets back what came by it.
    """

    peer: Port
    hairpin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge(Device):
    """A switch inside a namespace: its ports are the devices whose master it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tunnel(Device):
    """A device that puts what it sends into packets between nodes.

    Attributes
    ----------
    local
        Source address of the outer packets.
    """

    local: IPAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class Vxlan(Tunnel):
    """Ethernet in UDP; who has which MAC stands in the FDB (``nolearning``). 4789 is IANA's port, Flannel's is 8472."""

    vni: int = 1
    port: int = 8472


@dataclass(frozen=True, slots=True, kw_only=True)
class Geneve(Tunnel):
    """Ethernet in UDP with room for options.

    The kernel's device has one remote, or is told the remote of each packet by Open vSwitch or an eBPF program; the
    model writes such a program's table as FDB.
    """

    vni: int = 1
    port: int = 6081


@dataclass(frozen=True, slots=True, kw_only=True)
class Ipip(Tunnel):
    """IPv4 in IPv4; the remote is the route's next hop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wireguard(Tunnel):
    """IP, encrypted, in UDP; the remote is the peer whose allowed IPs hold the destination."""

    port: int = 51820


@dataclass(frozen=True, slots=True, kw_only=True)
class Macvlan(Device):
    """A second MAC on the parent's link, mode ``bridge``: it reaches the parent's siblings, never the parent."""

    parent: Port


@dataclass(frozen=True, slots=True, kw_only=True)
class Ipvlan(Device):
    """Further addresses on the parent's MAC.

    Mode ``l2`` resolves neighbours itself; mode ``l3`` sends by the routes of the parent's namespace.
    """

    parent: Port
    mode: str = "l2"
