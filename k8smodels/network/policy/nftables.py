"""What a network plugin could install on a node for its policies: rules of nftables.

Everything that is forwarded to or from a pod passes the chain ``forward``. An isolated pod has a chain for each
direction in which it is isolated. There, a rule that allows the connection returns, so that the other direction is
asked as well; what reaches the end of the chain is dropped. Replies pass by their connection. The node's own traffic
is not forwarded, so no rule meets it; neither does what a pod sends to itself.

Left out: Services, whose address must have been replaced before; the sets that plugins use to change members without
new rules.

References
----------
nft(8): verdict maps, sets, connection tracking
"""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from k8smodels.api.errors import invalid
from k8smodels.api.network_policy import EGRESS, INGRESS
from k8smodels.network.policy.addresses import IPNetwork
from k8smodels.network.policy.cluster import Cluster
from k8smodels.network.policy.rules import Block, Peer, PortRule, Rule
from k8smodels.network.policy.traffic import Party

TABLE = "inet network-policy"
COMMENT_LIMIT = 127
_KEYWORD = {4: "ip", 6: "ip6"}
_ALL_PORTS = (1, 65535)
Range = tuple[int, int]
Numbers = dict[str, tuple[Range, ...]]


def ruleset(cluster: Cluster, node: str | None = None) -> str:
    """A file for ``nft -f``: it replaces the table of the policies by a new one.

    Parameters
    ----------
    node
        Isolate only the pods of this node, as its plugin would; None for all.

    Raises
    ------
    FieldError
        The cluster takes pods in their node's network for pods: rules know pods by their addresses, and what the node
        sends is not forwarded.
    """
    if cluster.host_network == "as a pod":
        raise invalid("host_network", cluster.host_network, 'must be "as the node": rules know pods by their addresses')
    pods = [pod for pod in cluster.pods if pod.selectable and node in (None, pod.node)]
    isolated = {way: [pod for pod in pods if _applied(cluster, pod, way)] for way in (EGRESS, INGRESS)}
    chains = [
        _chain(cluster, pod, f"{way.lower()}-{i}", way) for way in isolated for i, pod in enumerate(isolated[way])
    ]
    lines = [
        f"table {TABLE}",
        f"delete table {TABLE}",
        f"table {TABLE} {{",
        *[line for chain in chains for line in chain],
        "\tchain forward {",
        "\t\ttype filter hook forward priority filter; policy accept;",
        "\t\tct state established,related accept",
        *_jumps(isolated[EGRESS], EGRESS),
        *_jumps(isolated[INGRESS], INGRESS),
        "\t}",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _applied(cluster: Cluster, pod: Party, direction: str) -> bool:
    return any(policy.isolates(pod, direction) for policy in cluster.policies)


def _jumps(isolated: Sequence[Party], direction: str) -> Iterator[str]:
    """From a pod's address to its chain, by one look into a map."""
    field = "saddr" if direction == EGRESS else "daddr"
    for version, keyword in _KEYWORD.items():
        pairs = [(pod.address(version), f"{direction.lower()}-{i}") for i, pod in enumerate(isolated)]
        entries = {str(address): chain for address, chain in pairs if address is not None}
        if entries:
            listed = ", ".join(f"{address} : jump {chain}" for address, chain in entries.items())
            yield f"\t\t{keyword} {field} vmap {{ {listed} }}"


def _chain(cluster: Cluster, pod: Party, name: str, direction: str) -> list[str]:
    rules = [
        f'\t\t{match}return comment "{comment}"'
        for policy in cluster.policies
        if policy.isolates(pod, direction)
        for i, rule in enumerate(policy.rules(direction))
        for comment in [_comment(f"{policy.name} {direction.lower()}[{i}]")]
        for match in _matches(cluster, pod, rule, direction)
    ]
    return [f"\tchain {name} {{", *rules, f'\t\tdrop comment "{_comment(pod.name)}"', "\t}"]


def _comment(text: str) -> str:
    """As much as a comment takes, and nothing that could end it: names of pods are not checked here."""
    return re.sub(r"[^-a-z0-9./\[\] ]", "?", text)[:COMMENT_LIMIT]


def _matches(cluster: Cluster, pod: Party, rule: Rule, direction: str) -> Iterator[str]:
    """The conditions of a rule: each of its peers with each protocol of its ports."""
    if direction == INGRESS:
        yield from _products(_addresses(cluster, rule.peers, "saddr"), _numbers(rule.ports, pod))
        return
    named = [port for port in rule.ports if isinstance(port.port, str)]
    plain = [port for port in rule.ports if not isinstance(port.port, str)]
    if plain or not named:
        yield from _products(_addresses(cluster, rule.peers, "daddr"), _numbers(plain, pod))
    for numbers, pods in _by_meaning(cluster, named).items():
        yield from _products(_peers_among(pods, rule.peers), dict(numbers))


def _products(addresses: Iterable[str], numbers: Numbers | None) -> Iterator[str]:
    for address in addresses:
        yield from (address + port for port in _by_protocol(numbers))


def _by_meaning(
    cluster: Cluster, ports: Sequence[PortRule]
) -> dict[tuple[tuple[str, tuple[Range, ...]], ...], list[Party]]:
    """Pods by what the names of the ports mean there."""
    found: dict[tuple[tuple[str, tuple[Range, ...]], ...], list[Party]] = defaultdict(list)
    for pod in cluster.pods if ports else ():
        if numbers := _numbers(ports, pod):
            found[tuple(sorted(numbers.items()))].append(pod)
    return found


def _peers_among(pods: Sequence[Party], peers: Sequence[Peer]) -> Iterator[str]:
    """The addresses of those pods that a rule's peers match."""
    for version in _KEYWORD:
        matched = (pod for pod in pods if not peers or any(peer.matches(pod, version) for peer in peers))
        yield from _set(version, "daddr", matched)


def _numbers(ports: Sequence[PortRule], destination: Party) -> Numbers | None:
    """The numbers of the ports by protocol; None where a rule names no ports."""
    if not ports:
        return None
    found: dict[str, list[Range]] = defaultdict(list)
    for port in ports:
        if isinstance(port.port, str):
            named = destination.ports.get((port.port, port.protocol), frozenset())
            found[port.protocol] += [(number, number) for number in sorted(named)]
        else:
            found[port.protocol].append((port.port, port.end_port or port.port) if port.port else _ALL_PORTS)
    return {protocol: merged(ranges) for protocol, ranges in found.items() if ranges}


def merged(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The same numbers in the fewest ranges: a set of nftables has no overlaps."""
    out: list[Range] = []
    for first, last in sorted(ranges):
        if out and first <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(last, out[-1][1]))
        else:
            out.append((first, last))
    return tuple(out)


def _by_protocol(numbers: Numbers | None) -> list[str]:
    if numbers is None:
        return [""]
    shown = {
        protocol: ", ".join(f"{first}-{last}" if first != last else str(first) for first, last in ranges)
        for protocol, ranges in numbers.items()
    }
    return [f"{protocol.lower()} dport {{ {listed} }} " for protocol, listed in shown.items()]


def _addresses(cluster: Cluster, peers: Sequence[Peer], field: str) -> Iterator[str]:
    """The addresses of a rule's peers; one empty condition where it names no peers."""
    if not peers:
        yield ""
        return
    selected = [pod for pod in cluster.pods if any(peer.block is None and peer.selects(pod) for peer in peers)]
    for version in _KEYWORD:
        yield from _set(version, field, selected)
    yield from (_block(peer.block, field) for peer in peers if peer.block is not None)


def _set(version: int, field: str, pods: Iterable[Party]) -> Iterator[str]:
    """The condition that an address is one of the pods'; none if they have no address of the family."""
    hosts = {address for address in (pod.address(version) for pod in pods) if address is not None}
    if hosts:
        listed = ", ".join(str(host) for host in sorted(hosts, key=int))
        yield f"{_KEYWORD[version]} {field} {{ {listed} }} "


def _block(block: Block, field: str) -> str:
    """A block and what it leaves out. A set has no overlaps, and nftables no prefix of length 0."""
    keyword = _KEYWORD[block.cidr.version]
    inside = f"{keyword} {field} {block.cidr} " if block.cidr.prefixlen else f"meta nfproto ipv{block.cidr.version} "
    excepted = ", ".join(map(str, _collapsed(block.excepted)))
    return inside + (f"{keyword} {field} != {{ {excepted} }} " if excepted else "")


def _collapsed(blocks: Sequence[IPNetwork]) -> list[IPNetwork]:
    """The same addresses in the fewest blocks; all are of one family."""
    v4 = ipaddress.collapse_addresses(block for block in blocks if isinstance(block, ipaddress.IPv4Network))
    v6 = ipaddress.collapse_addresses(block for block in blocks if isinstance(block, ipaddress.IPv6Network))
    return [*v4, *v6]
