"""Who may talk to whom, for all pods at once.

It decides as `verdict.judge` does, without the reasons: each policy and each rule is read once for the whole cluster,
with sets of pods instead of pods.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from k8smodels.api.network_policy import EGRESS, INGRESS
from k8smodels.network.policy.cluster import Cluster
from k8smodels.network.policy.label_index import LabelIndex, bits
from k8smodels.network.policy.rules import Block, Rule
from k8smodels.network.policy.traffic import Connection, Party, Port, not_found, port_of


@dataclass(frozen=True, slots=True)
class Reachability:
    """The whole matrix.

    Attributes
    ----------
    parties
        Names of the pods, then of the nodes and addresses that were asked for.
    ports
        The ports that were asked for.
    sources
        By port and destination, in the order of `ports` and `parties`: a number whose bit `i` says whether party `i`
        may connect.
    """

    parties: tuple[str, ...]
    ports: tuple[Port, ...]
    sources: tuple[tuple[int, ...], ...]

    def allowed(self, source: str, destination: str, port: Port | int | str) -> bool:
        """Whether `source` may open a connection to `destination`.

        Raises
        ------
        FieldError
            The matrix does not have them.
        """
        wanted = port_of(port)
        if wanted not in self.ports:
            raise not_found("port", str(wanted))
        column = self.sources[self.ports.index(wanted)][self._index(destination, "destination")]
        return bool(column >> self._index(source, "source") & 1)

    def counts(self) -> dict[Port, int]:
        """How many pairs are allowed, by port, each party with itself included."""
        return {port: sum(map(int.bit_count, columns)) for port, columns in zip(self.ports, self.sources, strict=True)}

    def _index(self, name: str, path: str) -> int:
        if name not in self.parties:
            raise not_found(path, name)
        return self.parties.index(name)


def reachability(cluster: Cluster, ports: Sequence[Port | int | str], others: Iterable[str] = ()) -> Reachability:
    """The matrix of all pods, for each port.

    Parameters
    ----------
    ports
        As in `verdict.may_talk`.
    others
        Nodes and addresses outside that take part as well.

    Raises
    ------
    FieldError
        There is no such node or port.
    """
    extra = (cluster.party(name, "others") for name in others)
    parties = tuple({party.name: party for party in (*cluster.pods, *extra)}.values())
    wanted = tuple(dict.fromkeys(map(port_of, ports)))
    index = LabelIndex(parties)
    free = _always_allowed(parties)
    columns = []
    for port in wanted:
        ingress, egress = _direction(cluster, index, INGRESS, port), _direction(cluster, index, EGRESS, port)
        columns.append(tuple(i & e | a for i, e, a in zip(ingress, egress, free, strict=True)))
    return Reachability(tuple(party.name for party in parties), wanted, tuple(columns))


def _direction(cluster: Cluster, index: LabelIndex, direction: str, port: Port) -> list[int]:
    """By destination: the sources to which the policies of one direction agree."""
    isolated = 0
    allowed = [0] * len(index.parties)
    for policy in cluster.policies:
        if direction in policy.directions:
            selected = index.selected(policy)
            isolated |= selected
            for rule in policy.rules(direction):
                _allow(allowed, index, direction, selected, rule, port)
    if direction == EGRESS:
        return [mask | index.all & ~isolated for mask in allowed]
    return [mask if isolated >> i & 1 else index.all for i, mask in enumerate(allowed)]


def _allow(allowed: list[int], index: LabelIndex, direction: str, selected: int, rule: Rule, port: Port) -> None:
    """Add what one rule allows: its peers to the selected pods, or the selected pods to its peers."""
    chosen, blocks = index.peers(rule.peers)
    candidates = selected if direction == INGRESS else index.all if blocks else chosen
    for i in bits(candidates) if selected else ():
        destination = index.parties[i]
        if rule.ports and not any(each.matches(port, destination) for each in rule.ports):
            continue
        if direction == INGRESS:
            allowed[i] |= chosen | _from_blocks(index, blocks, destination)
        else:
            allowed[i] |= selected if chosen >> i & 1 else selected & _into_blocks(index, blocks, i)


def _from_blocks(index: LabelIndex, blocks: Sequence[Block], destination: Party) -> int:
    """The sources whose address is in one of the blocks, in the family that they use."""
    found = 0
    for version in (4, 6) if blocks else ():
        inside = 0
        for block in blocks:
            inside |= index.inside(block, version)
        found |= inside & index.sources_using(version, destination)
    return found


def _into_blocks(index: LabelIndex, blocks: Sequence[Block], i: int) -> int:
    """The sources that use a family in which the destination is in one of the blocks."""
    destination = index.parties[i]
    found = 0
    for version in (4, 6) if blocks else ():
        if any(index.inside(block, version) >> i & 1 for block in blocks):
            found |= index.sources_using(version, destination)
    return found


def _always_allowed(parties: Sequence[Party]) -> list[int]:
    """By destination: the sources that no policy can stop."""
    port = Port(1)
    unseen = [i for i, party in enumerate(parties) if not party.selectable]
    free = [1 << i for i in range(len(parties))]
    for i in unseen:
        for j, other in enumerate(parties):
            if Connection(parties[i], other, port, None).always_allowed:
                free[i] |= 1 << j
                free[j] |= 1 << i
    return free
