"""Scenes of the chapter on kube-proxy: a packet through the rules of a node, stage by stage, in each mode."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from k8smodels.i18n import _
from k8smodels.kubeproxy.ipvs.sync import sync as ipvs_sync
from k8smodels.kubeproxy.ipvs.way import ipvs_machine, ipvs_tables
from k8smodels.netfilter.explain import Visit, nft_visits, visits
from k8smodels.netfilter.packet import Packet
from k8smodels.netfilter.ways import Step, Way
from k8smodels.scenes.kube_proxy import (
    CLUSTER_IP,
    ENDPOINTS,
    MACHINES,
    MODES,
    NODE_IPS,
    PORT,
    caught_at,
    nft_table,
    packet,
    state,
    tables,
)
from k8smodels.scenes.kube_proxy_compare import ipvs_ways, ways_of
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, inline, join
from k8smodels.views.netfilter import rule_list, server_list, visit_summary
from k8smodels.views.tables import table

STAGES = 5
CAUGHT, CHOSEN, REWRITTEN, FILTER, OUT = range(STAGES)
"""What is done to a packet on its way. IPVS filters before it chooses."""

SHOWN = f"{ENDPOINTS['web-b'][0]}:{PORT}"
"""The way to web-b is followed, if there is one."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the way.

    Attributes
    ----------
    role
        What is done.
    where
        The hook, and the table or balancer.
    body
        All that is met.
    last
        What its last chain did, in a few words.
    packet
        The packet at its end.
    """

    role: int
    where: str
    body: Html
    last: str
    packet: Packet


def _name(mode: str, role: int) -> str:
    if mode == "ipvs" and role == FILTER:
        return _("the node takes it in")
    return (
        _("caught by its destination"),
        _("an endpoint is chosen"),
        _("the destination is rewritten"),
        _("the filter"),
        _("on the way out"),
    )[role]


def followed(mode: str, kind: str, client: str, step: int) -> Frame:
    """The way of a packet in a mode, to web-b if it may go there; stage `step` is open."""
    way = stages(mode, client, kind)
    shown = join(_item(mode, stage, opened=i == step) for i, stage in enumerate(way))
    here = way[step]
    html = [_headers(client, kind, here), el("ol", shown, class_="walk"), _beside(mode, client, kind, here.role)]
    says = _("**{stage}**: {what}.").format(stage=_name(mode, here.role), what=here.last)
    return Frame(join(html), says)


@cache
def stages(mode: str, client: str, kind: str) -> tuple[Stage, ...]:
    """The way in a mode, all endpoints ready."""
    return tuple(_STAGES_OF[mode](client, kind))


def _item(mode: str, stage: Stage, *, opened: bool) -> Html:
    name = _name(mode, stage.role)
    head = el("span", el("mark", name) if opened else name, el("small", stage.where), class_="at")
    if opened:
        return el("li", head, stage.body, aria_current="step")
    return el("li", head, el("p", stage.last, class_="muted"))


def _headers(client: str, kind: str, stage: Stage) -> Html:
    """The packet as it was sent, and at the end of a stage."""
    node = caught_at(client, kind)
    first, now = (_header(each, node) for each in (packet(client, kind), stage.packet))
    changed = [el("mark", new) if new != old else new for old, new in zip(first, now, strict=True)]
    rows = [(_("first"), *first), (_("now"), *changed)]
    where = _("Met by the rules of **{node}**.").format(node=node)
    return join(
        [el("p", inline(where), class_="muted"), table([_("packet"), _("source"), _("destination"), _("mark")], rows)]
    )


def _header(at: Packet, node: str) -> tuple[str, str, str]:
    source = NODE_IPS[node] if at.snat else at.src
    return source, f"{at.dst}:{at.dport}", f"0x{at.mark:x}" if at.mark else "–"


def _beside(mode: str, client: str, kind: str, role: int) -> Html:
    """The same stage in the other modes."""
    others = {other: stages(other, client, kind) for other in MODES if other != mode}
    same = {other: next(stage for stage in way if stage.role == role) for other, way in others.items()}
    parts = (el("p", el("b", other), f": {stage.last}") for other, stage in same.items())
    return join([el("p", _("The same in the other modes:"), class_="muted"), el("div", join(parts), class_="two")])


# iptables and nftables.


def _iptables_stages(client: str, kind: str) -> Iterator[Stage]:
    node = caught_at(client, kind)
    way = _shown_way(ways_of("iptables", client, kind))
    stays = list(visits(tables(kind, node=node), way.steps, MACHINES[node]))
    return _by_role(stays, _iptables_role, packet(client, kind))


def _iptables_role(stay: Visit, now: int) -> int:
    """Marking belongs to the stage that it was called from."""
    if stay.hook == "POSTROUTING":
        return OUT
    if stay.table == "filter":
        return FILTER
    if stay.chain.startswith("KUBE-SEP"):
        return REWRITTEN
    if stay.chain.startswith(("KUBE-SVC", "KUBE-SVL", "KUBE-EXT", "KUBE-FW")):
        return CHOSEN
    return now if stay.chain == "KUBE-MARK-MASQ" else CAUGHT


def _nftables_stages(client: str, kind: str) -> Iterator[Stage]:
    """The rule that chooses also rewrites: its two halves are two stages."""
    node = caught_at(client, kind)
    way = _shown_way(ways_of("nftables", client, kind))
    stays = list(nft_visits(nft_table(kind, node=node), way.steps, MACHINES[node]))
    (rewrites,) = (step for step in way.steps if step.after.dnat != step.before.dnat)
    for stage in _by_role(stays, _nftables_role, packet(client, kind)):
        if stage.role != CHOSEN:
            yield stage
            continue
        what = _("one throw of the dice, {chance}") if rewrites.chance != 1 else _("the only one: no dice")
        chosen = f"{rewrites.rule.chain if rewrites.rule else ''}: {what.format(chance=rewrites.chance)}"
        yield Stage(CHOSEN, stage.where, stage.body, chosen, rewrites.before)
        told = _("The same rule does it, by `dnat`: {before} becomes **{after}**.")
        yield _rewriting(told, f"dnat {rewrites.after.dnat}", stage.where, rewrites.before, rewrites.after)


def _nftables_role(stay: Visit, now: int) -> int:
    """Chains of a Service have its name. The filter of the node's own packets comes behind the rewriting."""
    if stay.hook == "postrouting":
        return OUT
    if stay.hook in ("forward", "input") or (now >= CHOSEN and stay.chain.startswith("filter-")):
        return FILTER
    if "/" in stay.chain:
        return CHOSEN
    return now


def _shown_way(ways: Sequence[Way]) -> Way:
    return next((way for way in ways if way.packet.dnat == SHOWN), ways[0])


def _by_role(stays: Sequence[Visit], role_of: Callable[[Visit, int], int], first: Packet) -> Iterator[Stage]:
    found: dict[int, list[Visit]] = {}
    now = CAUGHT
    for stay in stays:
        now = role_of(stay, now)
        found.setdefault(now, []).append(stay)
    for role, together in found.items():
        first = _end(together, first)
        yield _stage(role, together, first)


def _end(stays: Sequence[Visit], before: Packet) -> Packet:
    return next((stay.steps[-1].after for stay in reversed(stays) if stay.steps), before)


def _stage(role: int, stays: Sequence[Visit], end: Packet, note: Html | None = None) -> Stage:
    where = "; ".join(dict.fromkeys(f"{stay.hook}, {stay.table}" for stay in stays))
    body = join([note, *(join([el("p", el("b", stay.chain)), rule_list(stay)]) for stay in stays)])
    return Stage(role, where, body, f"{stays[-1].chain}: {visit_summary(stays[-1])}", end)


def _rewriting(told: str, last: str, where: str, before: Packet, after: Packet) -> Stage:
    """The destination before and after, where no rule of its own does it."""
    text = told.format(before=f"`{before.dst}:{before.dport}`", after=f"{after.dst}:{after.dport}")
    return Stage(REWRITTEN, where, el("p", inline(text)), last, after)


# IPVS.


def _ipvs_stages(client: str, kind: str) -> Iterator[Stage]:
    """Marked, taken in, given to a real server, rewritten, and out."""
    node = caught_at(client, kind)
    known = state(kind, node=node)
    kernel = ipvs_sync(known)
    ways = ipvs_ways(client, kind)
    way = next((each for each in ways if each.packet.dnat == SHOWN), ways[0])
    rules, own = ipvs_tables(kernel), ipvs_machine(known, kernel, MACHINES[node])
    first = packet(client, kind)

    def stays(steps: Sequence[Step]) -> list[Visit]:
        return list(visits(rules, steps, own))

    caught = [stay for stay in stays(way.until) if stay.table == "nat"]
    marked = _end(caught, first)
    yield _stage(CAUGHT, caught, marked)
    yield _taken_in([stay for stay in stays(way.until) if stay.table == "filter"], first, marked)
    hook = "INPUT" if first.iif else "OUTPUT"
    if way.endpoint:
        picked = f"{way.server.scheduler} → {way.endpoint.address}"
        yield Stage(CHOSEN, f"{hook}, IPVS", server_list(way.server, way.endpoint), picked, marked)
        rewritten = marked.to(way.endpoint.ip, way.endpoint.port)
        told = _(
            "IPVS does it, no rule: {before} becomes **{after}**. Its word `Masq` is about this, not about the source."
        )
        yield _rewriting(told, f"Masq → {rewritten.dnat}", f"{hook}, IPVS", marked, rewritten)
    out = stays(way.since)
    yield _stage(OUT, out, _end(out, marked))


def _taken_in(stays: Sequence[Visit], first: Packet, marked: Packet) -> Stage:
    """Why the node takes the packet for its own; what comes by a device then meets the filter of INPUT."""
    bound = first.dst == CLUSTER_IP
    why = (
        _("`{address}` is bound to the device `kube-ipvs0`: to the kernel it is the node's own.")
        if bound
        else _("`{address}` is the node's own address.")
    )
    note = el("p", inline(why.format(address=first.dst)))
    device = _("{address} is on kube-ipvs0") if bound else _("{address} is the node's own")
    last = device.format(address=first.dst)
    if not stays:
        return Stage(FILTER, _("OUTPUT, routing"), note, last, marked)
    found = _stage(FILTER, stays, marked, note)
    return Stage(FILTER, found.where, found.body, last, marked)


_STAGES_OF: Mapping[str, Callable[[str, str], Iterator[Stage]]] = {
    "iptables": _iptables_stages,
    "nftables": _nftables_stages,
    "ipvs": _ipvs_stages,
}
