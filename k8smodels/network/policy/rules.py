"""A NetworkPolicy with its selectors and blocks read once: what it isolates and what it allows.

References
----------
staging/src/k8s.io/api/networking/v1/types.go (v1.37); kubernetes.io/docs/concepts/services-networking/network-policies
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from k8smodels.api.network_policy import EGRESS, IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort
from k8smodels.api.selectors import EVERYTHING, Selector, as_selector
from k8smodels.network.policy.addresses import IPAddress, IPNetwork, parse_cidr
from k8smodels.network.policy.traffic import Party, Port


@dataclass(frozen=True, slots=True)
class Block:
    """Addresses of `cidr` that are in none of `excepted`."""

    cidr: IPNetwork
    excepted: tuple[IPNetwork, ...] = ()

    def __contains__(self, address: IPAddress) -> bool:
        return address in self.cidr and not any(address in each for each in self.excepted)


@dataclass(frozen=True, slots=True)
class Peer:
    """One entry of ``from`` or ``to``.

    Attributes
    ----------
    namespaces
        Selector of namespaces; None for the policy's own, `own_namespace`.
    pods
        Selector of pods in them.
    block
        A block of addresses instead of both.
    """

    own_namespace: str
    namespaces: Selector | None = None
    pods: Selector = EVERYTHING
    block: Block | None = None

    def matches(self, party: Party, version: int | None) -> bool:
        """Whether the other end is meant: by its labels if it is a pod, or by the address that is used.

        Where a plugin knows pods by identity and not by address, a block may not match them; here it does.
        """
        if self.block is not None:
            address = party.address(version) if version else None
            return address is not None and address in self.block
        return self.selects(party)

    def selects(self, party: Party) -> bool:
        """Whether the selectors, all of them, match the pod and its namespace."""
        if not party.selectable:
            return False
        if self.namespaces is None:
            in_namespace = party.namespace == self.own_namespace
        else:
            in_namespace = self.namespaces.matches(party.namespace_labels)
        return in_namespace and self.pods.matches(party.labels)


@dataclass(frozen=True, slots=True)
class PortRule:
    """One entry of ``ports``: all ports of a protocol, a number, a range, or a name."""

    protocol: str
    port: int | str | None = None
    end_port: int | None = None

    def matches(self, port: Port, destination: Party) -> bool:
        """Whether the port is meant; a name means what it means at the destination, whichever the direction."""
        if port.protocol != self.protocol:
            return False
        if self.port is None:
            return True
        if isinstance(self.port, str):
            return port.number in destination.ports.get((self.port, self.protocol), ())
        return self.port <= port.number <= (self.end_port or self.port)


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of ``ingress`` or ``egress``. An empty list of peers or of ports matches everything."""

    peers: tuple[Peer, ...]
    ports: tuple[PortRule, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy, ready to be asked."""

    name: str
    namespace: str
    pods: Selector
    directions: tuple[str, ...]
    ingress: tuple[Rule, ...]
    egress: tuple[Rule, ...]

    def isolates(self, party: Party, direction: str) -> bool:
        """Whether the policy applies to the pod in this direction: then only what is listed is allowed."""
        return direction in self.directions and self.selects(party)

    def selects(self, party: Party) -> bool:
        """Whether the pod is in the policy's namespace and has the labels."""
        return party.selectable and party.namespace == self.namespace and self.pods.matches(party.labels)

    def rules(self, direction: str) -> tuple[Rule, ...]:
        """Its ``ingress`` or ``egress``."""
        return self.egress if direction == EGRESS else self.ingress


def read_policy(policy: NetworkPolicy) -> Policy:
    """The policy's meaning; it must have passed `validate_network_policy`."""
    namespace, spec = policy.namespace, policy.spec
    return Policy(
        name=f"{namespace}/{policy.name}",
        namespace=namespace,
        pods=as_selector(spec.pod_selector),
        directions=spec.directions,
        ingress=tuple(_rule(rule.from_, rule.ports, namespace) for rule in spec.ingress),
        egress=tuple(_rule(rule.to, rule.ports, namespace) for rule in spec.egress),
    )


def _rule(peers: Sequence[NetworkPolicyPeer], ports: Sequence[NetworkPolicyPort], namespace: str) -> Rule:
    numbers = tuple(PortRule(port.protocol or "TCP", port.port, port.end_port) for port in ports)
    return Rule(tuple(_peer(peer, namespace) for peer in peers), numbers)


def _peer(peer: NetworkPolicyPeer, namespace: str) -> Peer:
    if peer.ip_block is not None:
        return Peer(namespace, block=_block(peer.ip_block))
    namespaces = None if peer.namespace_selector is None else as_selector(peer.namespace_selector)
    pods = EVERYTHING if peer.pod_selector is None else as_selector(peer.pod_selector)
    return Peer(namespace, namespaces, pods)


def _block(block: IPBlock) -> Block:
    return Block(parse_cidr(block.cidr), tuple(map(parse_cidr, block.except_)))
