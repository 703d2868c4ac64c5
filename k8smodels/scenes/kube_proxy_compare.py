"""Scenes of the chapter on kube-proxy: the modes beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from k8smodels.i18n import _
from k8smodels.kubeproxy.ipvs.sync import sync as ipvs_sync
from k8smodels.kubeproxy.ipvs.way import IpvsWay, walk_ipvs
from k8smodels.netfilter.nft.walk import walk_nft
from k8smodels.netfilter.packet import Packet
from k8smodels.netfilter.walk import walk
from k8smodels.netfilter.ways import Way
from k8smodels.scenes.kube_proxy import (
    ALL_READY,
    CLIENTS,
    ENDPOINTS,
    MACHINES,
    MODES,
    NODE_IPS,
    PORT,
    READY,
    caught_at,
    nft_table,
    packet,
    state,
    tables,
)
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.tables import table


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a connection goes in a mode.

    Attributes
    ----------
    shares
        The chance of each end.
    sources
        Whose address the Pods see.
    asked
        How many rules are asked.
    astray
        Pods whose answers do not come back through the node that rewrote the packet: these connections fail.
    """

    shares: Mapping[str, Fraction]
    sources: frozenset[str]
    asked: str
    astray: frozenset[str]


def compared(client: str, kind: str, ready: str) -> Frame:
    """Where a connection goes in each mode: the Pods with their chances, or why not; and with whose address."""
    outcomes = {mode: outcome(mode, client, kind, ready) for mode in MODES}
    rows = [
        (mode, _ends(found.shares), ", ".join(sorted(found.sources)) or "–", found.asked)
        for mode, found in outcomes.items()
    ]
    head = [_("mode"), _("goes to"), _("source that the Pod sees"), _("rules asked")]
    same = len({row[1] for row in rows}) == 1
    says = _("All modes do the same.") if same else _("The modes differ: **read row by row.**")
    return Frame(
        join([_pods(ready), table(head, rows)]), " ".join(filter(None, [says, _astray(outcomes, client, kind)]))
    )


def _pods(ready: str) -> Html:
    """The three Pods, each with its node and state."""
    able, ending = READY[ready]
    states = {name: _("not ready") for name in ENDPOINTS}
    states |= dict.fromkeys(able, _("ready")) | dict.fromkeys(ending, _("terminating, still serves"))
    parts = (join([el("b", name), f" ({node}): {states[name]}"]) for name, (_ip, node) in ENDPOINTS.items())
    return el("ul", join(el("li", part) for part in parts))


def _astray(outcomes: Mapping[str, Outcome], client: str, kind: str) -> str:
    modes = [mode for mode, found in outcomes.items() if found.astray]
    pods = sorted({pod for found in outcomes.values() for pod in found.astray})
    told = _("In {modes}, **answers from {pods} go past {node}**: these connections fail.")
    node = caught_at(client, kind)
    return told.format(modes=", ".join(modes), pods=", ".join(pods), node=node) if modes else ""


def outcome(mode: str, client: str, kind: str, ready: str) -> Outcome:
    """Where a client's connection goes in a mode. No server of IPVS is a refusal."""
    if mode == "ipvs":
        ways = ipvs_ways(client, kind, ready)
        shares = _shares((way.endpoint.address if way.endpoint else "REJECT", way.probability) for way in ways)
        asked = _("{n} and a look-up").format(n=ways[0].asked)
        return _outcome(client, kind, shares, [way.packet for way in ways if way.endpoint], asked)
    found = ways_of(mode, client, kind, ready)
    counts = sorted({way.asked for way in found})
    asked = str(counts[0]) if len(counts) == 1 else _("{low} to {high}").format(low=counts[0], high=counts[-1])
    reached = [way.packet for way in found if way.verdict == "deliver" and way.packet.dnat]
    return _outcome(client, kind, outcome_shares(found), reached, asked)


def _outcome(client: str, kind: str, shares: Mapping[str, Fraction], reached: Sequence[Packet], asked: str) -> Outcome:
    node = caught_at(client, kind)
    sources = frozenset(seen_source(client, node, masqueraded=bool(packet.snat)) for packet in reached)
    bare = {packet.dst for packet in reached if not packet.snat and CLIENTS[client].node != node}
    astray = frozenset(name for name, (ip, at) in ENDPOINTS.items() if ip in bare and at != node)
    return Outcome(shares, sources, asked, astray)


def ways_of(mode: str, client: str, kind: str, ready: str = ALL_READY) -> tuple[Way, ...]:
    """The ways of a client's first packet through the rules of iptables or nftables."""
    first, node = packet(client, kind), caught_at(client, kind)
    if mode == "iptables":
        return walk(tables(kind, ready, node), first, MACHINES[node])
    return walk_nft([nft_table(kind, ready, node)], first, MACHINES[node])


def ipvs_ways(client: str, kind: str, ready: str = ALL_READY) -> tuple[IpvsWay, ...]:
    """The same through IPVS."""
    node = caught_at(client, kind)
    known = state(kind, ready, node)
    return walk_ipvs(known, ipvs_sync(known), packet(client, kind), MACHINES[node])


def outcome_shares(ways: Iterable[Way]) -> dict[str, Fraction]:
    """The chance of each end: a Pod, a refusal, or nothing."""
    return _shares(
        (way.packet.dnat or _("untouched") if way.verdict == "deliver" else way.verdict, way.probability)
        for way in ways
    )


def _shares(ends: Iterable[tuple[str, Fraction]]) -> dict[str, Fraction]:
    """The chance of each end; addresses of Pods by the Pods' names."""
    names = {f"{ip}:{PORT}": name for name, (ip, _node) in ENDPOINTS.items()}
    found: dict[str, Fraction] = {}
    for end, chance in ends:
        name = names.get(end, end)
        found[name] = found.get(name, Fraction(0)) + chance
    return found


def seen_source(client: str, node: str, *, masqueraded: bool) -> str:
    """Whose address the Pod sees."""
    own = masqueraded or CLIENTS[client].ip == NODE_IPS[node]
    return _("{node}'s address").format(node=node) if own else CLIENTS[client].ip


def _ends(shares: Mapping[str, Fraction]) -> str:
    return ", ".join(f"{name} {share}" if share != 1 else name for name, share in sorted(shares.items()))
