"""May one end talk to another? With the reasons.

References
----------
kubernetes.io/docs/concepts/services-networking/network-policies
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from k8smodels.api.network_policy import EGRESS, INGRESS
from k8smodels.i18n import _
from k8smodels.network.policy.addresses import parse_address
from k8smodels.network.policy.cluster import Cluster
from k8smodels.network.policy.rules import Policy, Rule
from k8smodels.network.policy.traffic import Connection, Party, Port, port_of, shared_version


@dataclass(frozen=True, slots=True)
class Permit:
    """The place in a policy that allows a connection.

    Attributes
    ----------
    rule
        Index in ``ingress`` or ``egress``.
    peer, port
        Index in the rule's ``from`` or ``to``, and in its ``ports``; None where the list is empty, so that all match.
    by_address
        Whether the peer is an ``ipBlock``.
    """

    policy: str
    direction: str
    rule: int
    peer: int | None = None
    port: int | None = None
    by_address: bool = False

    def __str__(self) -> str:
        peers = "to" if self.direction == EGRESS else "from"
        parts = ((peers, self.peer), ("ports", self.port))
        shown = "".join(f" {name}[{index}]" for name, index in parts if index is not None)
        return f"{self.policy} {self.direction.lower()}[{self.rule}]{shown}"


@dataclass(frozen=True, slots=True)
class Side:
    """What the policies of one end say.

    Attributes
    ----------
    party
        The pod that they isolate, or not.
    isolated_by
        Names of the policies that apply to it in this direction. Without any, everything is allowed.
    allowed_by
        Every rule of theirs that allows the connection. One is enough.
    """

    direction: str
    party: str
    isolated_by: tuple[str, ...] = ()
    allowed_by: tuple[Permit, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether this end agrees."""
        return not self.isolated_by or bool(self.allowed_by)

    @property
    def reason(self) -> str:
        """Why, in words."""
        values = {
            "pod": self.party,
            "direction": self.direction,
            "policies": ", ".join(self.isolated_by),
            "rules": "; ".join(map(str, self.allowed_by)),
        }
        if not self.isolated_by:
            text = _("{direction}: allowed, no policy isolates {pod} in this direction")
        elif self.allowed_by:
            text = _("{direction}: allowed by {rules}")
        else:
            text = _("{direction}: refused, {policies} isolates {pod} and no rule allows this")
        return text.format_map(values)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a connection is allowed. Replies belong to it: they are never asked about again.

    Attributes
    ----------
    egress, ingress
        What the source's and the destination's policies say. Both must agree.
    """

    connection: Connection
    egress: Side
    ingress: Side

    @property
    def allowed(self) -> bool:
        """Whether both ends agree, or no policy can stop it."""
        return self.connection.always_allowed or (self.egress.allowed and self.ingress.allowed)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, in words."""
        if self.connection.always_allowed:
            return (_exemption(self.connection),)
        return (self.egress.reason, self.ingress.reason)

    @property
    def caveats(self) -> tuple[str, ...]:
        """Where Kubernetes leaves the answer to the network plugin, in words."""
        ends = (self.connection.source, self.connection.destination)
        by_address = (
            any(permit.by_address for permit in side.allowed_by) and other.selectable
            for side, other in zip((self.egress, self.ingress), reversed(ends), strict=True)
        )
        texts = []
        if any(end.host_network for end in ends):
            texts.append(_("what policies mean for a pod in its node's network is left to the plugin"))
        if any(by_address) and not self.connection.always_allowed:
            texts.append(_("whether an ipBlock matches the address of a pod is left to the plugin"))
        return tuple(texts)


def may_talk(cluster: Cluster, source: str, destination: str, port: Port | int | str) -> Verdict:
    """Whether `source` may open a connection to `destination`.

    Parameters
    ----------
    source, destination
        ``NAMESPACE/POD``, ``POD`` of the namespace ``default``, a node's name, or an address.
    port
        As ``80`` or ``"53/UDP"``.

    Raises
    ------
    FieldError
        There is no such pod, node or port.

    Notes
    -----
    Left out: Services, whose address may be replaced before or after policies look, as the plugin has it; the time
    that a plugin needs to apply a change; ICMP; policies of other kinds than NetworkPolicy.
    """
    start, end = cluster.party(source, "source"), cluster.party(destination, "destination")
    wanted = port_of(port)
    return judge(cluster, Connection(start, end, wanted, _version(source, start, destination, end)))


def judge(cluster: Cluster, connection: Connection) -> Verdict:
    """The verdict on a connection."""
    return Verdict(
        connection,
        egress=_side(cluster, connection, EGRESS, connection.source, connection.destination),
        ingress=_side(cluster, connection, INGRESS, connection.destination, connection.source),
    )


def _side(cluster: Cluster, connection: Connection, direction: str, party: Party, other: Party) -> Side:
    isolating = [policy for policy in cluster.policies if policy.isolates(party, direction)]
    permits = (permit for policy in isolating for permit in _permits(policy, direction, connection, other))
    return Side(direction, party.name, tuple(policy.name for policy in isolating), tuple(permits))


def _permits(policy: Policy, direction: str, connection: Connection, other: Party) -> Iterator[Permit]:
    for index, rule in enumerate(policy.rules(direction)):
        permit = _permit(rule, connection, other)
        if permit is not None:
            yield replace(permit, policy=policy.name, direction=direction, rule=index)


def _permit(rule: Rule, connection: Connection, other: Party) -> Permit | None:
    """The first peer and the first port that match; both lists must have one, unless they are empty."""
    peers = [i for i, peer in enumerate(rule.peers) if peer.matches(other, connection.version)]
    ports = [i for i, each in enumerate(rule.ports) if each.matches(connection.port, connection.destination)]
    if (rule.peers and not peers) or (rule.ports and not ports):
        return None
    by_address = bool(peers) and rule.peers[peers[0]].block is not None
    return Permit("", "", 0, peers[0] if peers else None, ports[0] if ports else None, by_address)


def _version(source: str, start: Party, destination: str, end: Party) -> int | None:
    """The family of the address that was asked for, else the one that both prefer."""
    asked = parse_address(destination) or parse_address(source)
    if asked is None:
        return shared_version(start.versions, end.versions)
    known = all(asked.version in party.versions for party in (start, end) if party.versions)
    return asked.version if known else None


def _exemption(connection: Connection) -> str:
    source, destination = connection.source, connection.destination
    if source.name == destination.name:
        text = _("allowed: a pod can always reach itself")
    elif not (source.selectable or destination.selectable):
        text = _("allowed: neither end is a pod that policies see")
    else:
        text = _("allowed: traffic between a pod and its own node, {node}, is always allowed")
    return text.format(node=source.node)
