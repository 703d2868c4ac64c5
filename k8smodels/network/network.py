"""A network: namespaces, made when they are first asked for, and the segments that connect their cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from k8smodels.network.addresses import IPAddress
from k8smodels.network.devices import Device, Ethernet, Ipvlan, Macvlan, Port
from k8smodels.network.namespace import Namespace


@dataclass(frozen=True, slots=True)
class Segment:
    """One physical Ethernet: a switch, or several that form one broadcast domain.

    Attributes
    ----------
    by_mac
        Where a frame to a MAC arrives.
    by_address
        Who answers when an address is asked for (ARP, NDP).
    mtu
        The largest IP packet that the switches pass, in bytes; larger ones vanish.
    """

    name: str
    by_mac: Mapping[str, Port]
    by_address: Mapping[IPAddress, Port]
    mtu: int = 1500


@dataclass
class Network:
    """Everything that a packet can meet.

    Attributes
    ----------
    make
        The namespace of a name; None if there is none.
    segments
        By name.
    owners
        The namespace that has an address.
    slaves
        The ipvlan device on a card that has an address, by both.
    learned
        Namespaces by the MACs that they answered with: where bridges look first.
    """

    make: Callable[[str], Namespace | None]
    segments: Mapping[str, Segment]
    owners: Mapping[IPAddress, str]
    slaves: Mapping[tuple[Port, IPAddress], Port] = field(default_factory=dict)
    learned: dict[str, str] = field(default_factory=dict, repr=False)
    _made: dict[str, Namespace] = field(default_factory=dict, repr=False)

    def namespace(self, name: str) -> Namespace:
        """The namespace called `name`; KeyError if there is none."""
        found = self._made.get(name)
        if found is None:
            found = self.make(name)
            if found is None:
                raise KeyError(name)
            self._made[name] = found
        return found

    def device(self, port: Port) -> Device:
        """The device that `port` names."""
        return self.namespace(port.namespace).devices[port.device]


def network(namespaces: Iterable[Namespace], mtu: Mapping[str, int] | None = None) -> Network:
    """A network of namespaces that are all at hand; `mtu` is that of segments, 1500 where it is not given."""
    made = {item.name: item for item in namespaces}
    owners = {address: item.name for item in made.values() for address in item.local}
    plugged = [(segment, port, device) for item in made.values() for segment, port, device in _plugged(item, made)]
    segments = {
        name: Segment(
            name,
            {device.mac: port for where, port, device in plugged if where == name and not _is_ipvlan(device)},
            {item: port for where, port, _ in plugged if where == name for item in made[port.namespace].local},
            (mtu or {}).get(name, 1500),
        )
        for name in sorted({segment for segment, _port, _device in plugged})
    }
    return Network(made.get, segments, owners, _slaves(made.values()))


def _plugged(item: Namespace, made: Mapping[str, Namespace]) -> Iterator[tuple[str, Port, Device]]:
    """The devices of a namespace that others on a segment can hear."""
    for device in item.devices.values():
        match device:
            case Ethernet():
                yield device.segment, Port(item.name, device.name), device
            case Macvlan(parent=parent) | Ipvlan(parent=parent, mode="l2"):
                card = made[parent.namespace].devices[parent.device]
                if isinstance(card, Ethernet):
                    yield card.segment, Port(item.name, device.name), device
            case _:
                pass


def _is_ipvlan(device: Device) -> bool:
    return isinstance(device, Ipvlan)


def _slaves(namespaces: Iterable[Namespace]) -> dict[tuple[Port, IPAddress], Port]:
    return {
        (device.parent, address): Port(item.name, device.name)
        for item in namespaces
        for device in item.devices.values()
        if isinstance(device, Ipvlan)
        for address in item.local
    }
