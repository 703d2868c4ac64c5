"""A network namespace: its devices, addresses and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from k8smodels.network.addresses import IPAddress, IPInterface
from k8smodels.network.devices import Device, Veth
from k8smodels.network.nat import Nat
from k8smodels.network.routes import Route, Routes, RouteTable

Permanent = Callable[[str, IPAddress], str | None]
"""The MAC that an administrator wrote down for an address on a device (``ip neigh … nud permanent``)."""

Remote = Callable[[str, str], IPAddress | None]
"""The node that has a MAC behind a tunnel device (``bridge fdb``)."""

Endpoint = Callable[[str, IPAddress], IPAddress | None]
"""The node of the WireGuard peer whose allowed IPs hold an address."""


def nobody(_device: str, _key: object) -> None:
    """No entry."""


@dataclass(frozen=True, kw_only=True)
class Namespace:
    """What decides about packets in one namespace.

    Attributes
    ----------
    name
        Of a node, a router, a host, or ``namespace/name`` of a pod.
    devices
        By name.
    routes
        The table ``main``.
    permanent, remote, endpoint
        Entries that are written down; other neighbours are asked for on the link.
    nat
        Translation rules.
    ip_forward
        Whether it is a router.
    rp_filter
        1: packets whose source is not routed back by the device they came in by are dropped.
    """

    name: str
    devices: Mapping[str, Device]
    routes: Routes
    permanent: Permanent = nobody
    remote: Remote = nobody
    endpoint: Endpoint = nobody
    nat: Nat = field(default_factory=Nat)
    ip_forward: bool = False
    rp_filter: int = 0

    @cached_property
    def local(self) -> Mapping[IPAddress, str]:
        """Devices by the addresses that they have."""
        return {item.ip: device.name for device in self.devices.values() for item in device.addresses}

    def has(self, address: IPAddress) -> bool:
        """Whether a packet to `address` is for this namespace: one of its own, or any of 127.0.0.0/8."""
        return address in self.local or address.is_loopback

    @cached_property
    def cables(self) -> Mapping[str, Veth]:
        """Cables by the namespace at their other end."""
        return {device.peer.namespace: device for device in self.devices.values() if isinstance(device, Veth)}

    def address_of(self, device: str, next_hop: IPAddress, destination: IPAddress) -> IPAddress | None:
        """The source address that the kernel chooses for packets that leave by `device`; None if there is none."""
        own = [item for item in self.devices[device].addresses if item.version == next_hop.version]
        if next_hop.version == 6:
            return self._closest(own, destination)
        near = (item.ip for item in own if next_hop in item.network)
        return next(near, None) or next((item.ip for item in own or self._others(4)), None)

    def _others(self, version: int) -> Iterator[IPInterface]:
        items = (item for device in self.devices.values() for item in device.addresses)
        return (item for item in items if item.version == version and not item.ip.is_loopback)

    def _closest(self, own: list[IPInterface], destination: IPAddress) -> IPAddress | None:
        """Of the device's addresses, else of all, the one that shares most leading bits (RFC 6724)."""
        among = own or list(self._others(6))
        best = max(among, key=lambda item: min(_same_bits(item.ip, destination), item.network.prefixlen), default=None)
        return best.ip if best else None


def connected(devices: Iterable[Device]) -> list[Route]:
    """The routes that the kernel makes with addresses: to each device's subnets."""
    return [
        Route(prefix=item.network, device=device.name, source=item.ip, automatic=True)
        for device in devices
        for item in device.addresses
        if item.network.prefixlen < item.max_prefixlen
    ]


def namespace(
    name: str,
    devices: Iterable[Device],
    routes: Iterable[Route] = (),
    *,
    neighbours: Mapping[tuple[str, IPAddress], str] | None = None,
    nat: Nat | None = None,
    ip_forward: bool = False,
) -> Namespace:
    """A namespace of which everything is written down, with the routes that its addresses bring."""
    devices = tuple(devices)
    known = dict(neighbours or {})
    return Namespace(
        name=name,
        devices={device.name: device for device in devices},
        routes=RouteTable([*connected(devices), *routes]),
        permanent=lambda device, address: known.get((device, address)),
        nat=nat or Nat(),
        ip_forward=ip_forward,
    )


def _same_bits(one: IPAddress, other: IPAddress) -> int:
    return one.max_prefixlen - (int(one) ^ int(other)).bit_length()
