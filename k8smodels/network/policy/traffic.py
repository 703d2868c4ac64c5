"""The ends of a connection, and its port."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from k8smodels.api.errors import FieldError, invalid, unsupported
from k8smodels.network.policy.addresses import IPAddress
from k8smodels.network.policy.validation import PROTOCOLS


@dataclass(frozen=True, slots=True, order=True)
class Port:
    """A port that a connection is made to."""

    number: int
    protocol: str = "TCP"

    def __post_init__(self) -> None:
        if not isinstance(self.number, int) or not 1 <= self.number <= 65535:
            raise invalid("port", self.number, "must be between 1 and 65535, inclusive")
        if self.protocol not in PROTOCOLS:
            raise unsupported("protocol", self.protocol, PROTOCOLS)

    def __str__(self) -> str:
        return f"{self.number}/{self.protocol}"


def port_of(value: Port | int | str) -> Port:
    """A port from ``80`` or ``"53/UDP"``; TCP if no protocol is named.

    Raises
    ------
    FieldError
        It is neither.
    """
    if isinstance(value, Port):
        return value
    number, _, protocol = str(value).partition("/")
    if not (number.isascii() and number.isdecimal() and len(number) <= 5):
        raise invalid("port", value, "must be a number, or a number and a protocol such as 53/UDP")
    return Port(int(number), protocol or "TCP")


@dataclass(frozen=True, slots=True)
class Party:
    """One end of a connection: a pod, a node, or an address outside of the cluster.

    Attributes
    ----------
    name
        ``NAMESPACE/POD``, the node's name, or the address.
    namespace, labels, namespace_labels
        What selectors look at. They see pods only.
    addresses
        All of them, the one that is preferred first.
    ports
        Numbers by name and protocol of the ports that the pod's containers name.
    node
        Where the pod runs, or the node itself; empty for others.
    selectable
        Whether policies take it for a pod.
    host_network
        Whether it is a pod in its node's network.
    """

    name: str
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    addresses: tuple[IPAddress, ...] = ()
    ports: Mapping[tuple[str, str], frozenset[int]] = field(default_factory=dict)
    node: str = ""
    selectable: bool = False
    host_network: bool = False

    @property
    def versions(self) -> tuple[int, ...]:
        """4 and 6, as it has addresses, the one that is preferred first."""
        return tuple(dict.fromkeys(address.version for address in self.addresses))

    def address(self, version: int) -> IPAddress | None:
        """Its first address of IPv4 or IPv6."""
        return next((address for address in self.addresses if address.version == version), None)


@dataclass(frozen=True, slots=True)
class Connection:
    """Who connects to whom, and over which addresses.

    Attributes
    ----------
    version
        4 or 6, the family that is used; None where the two have no addresses of the same family.
    """

    source: Party
    destination: Party
    port: Port
    version: int | None

    @property
    def always_allowed(self) -> bool:
        """Whether no policy can stop it: a pod and itself, a pod and the node that it runs on, two that are no pods."""
        source, destination = self.source, self.destination
        if source.name == destination.name or not (source.selectable or destination.selectable):
            return True
        both_pods = source.selectable and destination.selectable
        return not both_pods and bool(source.node) and source.node == destination.node


def shared_version(source: Sequence[int], destination: Sequence[int]) -> int | None:
    """The first family of the destination that the source has as well; an end without known addresses goes along."""
    if not source or not destination:
        return next(iter(destination or source), None)
    return next((version for version in destination if version in source), None)


def not_found(path: str, value: str) -> FieldError:
    """A name that nothing has."""
    return FieldError(path, "Not found", value)
