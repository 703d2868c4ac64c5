"""Scenes of the chapter on kube-proxy: dice, clients that stay, endpoints that are dead, schedulers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from k8smodels.i18n import _
from k8smodels.kubeproxy.iptables.sync import full_sync
from k8smodels.kubeproxy.ipvs.schedulers import Balancer, RealServer, Scheduler
from k8smodels.kubeproxy.state import proxy_state
from k8smodels.kubeproxy.userspace import RoundRobin
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.tables import Tables
from k8smodels.netfilter.walk import walk
from k8smodels.netfilter.ways import Way
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.kube_proxy import CLUSTER_IP, CONFIG, ENDPOINTS, NODE, NODE_IP, PORT, endpoint_slice, service
from k8smodels.views.figures import shares as shares_figure
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, inline, join
from k8smodels.views.netfilter import split_bar
from k8smodels.views.tables import table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The dice.


def dice(n: int) -> Frame:
    """The rules of a Service with `n` endpoints: each takes its share of what is left."""
    left = Fraction(1)
    rows, parts = [], []
    for i in range(n):
        chance = Fraction(1, n - i)
        taken = left * chance
        written = f"--probability {float(chance):.10f}" if chance != 1 else _("no dice: all that is left")
        rows.append((str(i + 1), written, str(left), str(taken)))
        parts.append((str(i + 1), taken))
        left -= taken
    head = [_("rule"), _("what it says"), _("packets that get here"), _("share that it takes")]
    says = _("Of {n} endpoints each gets **{share}** of the connections.").format(n=n, share=Fraction(1, n))
    return Frame(join([split_bar(parts), table(head, rows)]), says)


def thrown(connections: int = 1200, seed: int = 1) -> Figure:
    """How many of some connections each endpoint really gets, beside the exact share."""
    chance = dice_of(seed)
    state = proxy_state([service("ClusterIP")], [endpoint_slice(ENDPOINTS)], NODE, CONFIG)
    ways = walk(
        read_tables(full_sync(state).kernel.text), Packet("10.244.1.7", CLUSTER_IP, 80, iif="cni0"), Machine((NODE_IP,))
    )
    names = {f"{ip}:{PORT}": name for name, (ip, _node) in ENDPOINTS.items()}
    picked = chance.choices(ways, [float(way.probability) for way in ways], k=connections)
    counts = Counter(names[way.packet.dnat] for way in picked)
    exact = {names[way.packet.dnat]: float(way.probability) * connections for way in ways}
    return shares_figure(counts, exact, y=_("connections"))


# Clients that stay.


@dataclass(frozen=True, slots=True)
class Arrival:
    """A connection: when, in seconds, and from whom."""

    at: int
    client: str


ARRIVALS = (
    Arrival(0, "10.244.1.7"),
    Arrival(20, "10.244.1.7"),
    Arrival(50, "10.244.1.8"),
    Arrival(70, "10.244.1.7"),
    Arrival(140, "10.244.1.7"),
    Arrival(145, "10.244.1.8"),
)
AFFINITY_SECONDS = 60


def affinity(kept: bool, step: int, seed: int = 3) -> Frame:
    """Connections one after another, with ClientIP affinity of 60 seconds or without."""
    rows = [_arrival_row(*found) for found in arrivals(kept=kept, seed=seed)[: step + 1]]
    head = [_("time"), _("client"), _("its last endpoint"), _("goes to")]
    last = rows[-1]
    says = _("At **{time}** {client} goes to **{endpoint}**.").format(time=last[0], client=last[1], endpoint=last[3])
    return Frame(table(head, rows), says)


def arrivals(*, kept: bool, seed: int) -> list[tuple[Arrival, str, str]]:
    """Each connection with what is remembered of its client, and the endpoint that it gets."""
    chance, found = dice_of(seed), []
    last: dict[str, tuple[str, int]] = {}
    for arrival in ARRIVALS:
        endpoint, at = last.get(arrival.client, ("", 0))
        recent = {_chain(kept, endpoint): {arrival.client: float(arrival.at - at)}} if endpoint else {}
        ways = _ways_of(kept, arrival.client, recent)
        way = chance.choices(ways, [float(each.probability) for each in ways])[0]
        chosen = _name(way)
        found.append((arrival, f"{endpoint}, {arrival.at - at} s" if endpoint and kept else "", chosen))
        last[arrival.client] = chosen, arrival.at
    return found


def _arrival_row(arrival: Arrival, remembered: str, chosen: str) -> tuple[str, str, str, str]:
    return f"{arrival.at} s", arrival.client, remembered or "–", chosen


@cache
def _tables(*, kept: bool) -> Tables:
    config = {"clientIP": {"timeoutSeconds": AFFINITY_SECONDS}}
    spec: dict[str, object] = {"sessionAffinity": "ClientIP", "sessionAffinityConfig": config} if kept else {}
    state = proxy_state([service("ClusterIP", **spec)], [endpoint_slice(ENDPOINTS)], NODE, CONFIG)
    return read_tables(full_sync(state).kernel.text)


def _ways_of(kept: bool, client: str, recent: Mapping[str, Mapping[str, float]]) -> tuple[Way, ...]:
    packet = Packet(client, CLUSTER_IP, 80, iif="cni0")
    return walk(_tables(kept=kept), packet, Machine((NODE_IP,), recent=recent))


def _chain(kept: bool, endpoint: str) -> str:
    """The chain of an endpoint, which is also the name of its list of clients."""
    to = f"{ENDPOINTS[endpoint][0]}:{PORT}"
    nat = _tables(kept=kept).tables["nat"]
    return next(name for name, chain in nat.items() if any(to in rule.options.values() for rule in chain.rules))


def _name(way: Way) -> str:
    return next(name for name, (ip, _node) in ENDPOINTS.items() if way.packet.dnat.startswith(f"{ip}:"))


# An endpoint that does not answer.

FATES = ("userspace", "iptables", "iptables, with a readiness probe")
FATE_STEPS = 6
DEAD = "web-b"


def dead_endpoint(mode: str, step: int) -> Frame:
    """Connections of a client, one after another, while web-b does not answer."""
    rows = _dead_rows(mode)[: step + 1]
    head = [_("connection"), _("tried"), _("what the client sees")]
    failed = sum(row[2] == _timeout() for row in rows)
    says = _("{n} of {all} connections have failed so far.").format(n=failed, all=len(rows))
    return Frame(table(head, rows), says)


def _timeout() -> str:
    return _("nothing, until it times out")


def _dead_rows(mode: str) -> list[tuple[str, str, str]]:
    if mode == "userspace":
        return list(_tried_again())
    chance = dice_of(5)
    rows = []
    for number in range(1, FATE_STEPS + 1):
        ready = [name for name in ENDPOINTS if name != DEAD] if mode != "iptables" and number > 2 else list(ENDPOINTS)
        chosen = chance.choice(ready)
        noted = _("{endpoint} (web-b is out of the rules)") if DEAD not in ready else "{endpoint}"
        seen = _timeout() if chosen == DEAD else _("an answer")
        rows.append((str(number), noted.format(endpoint=chosen), seen))
    return rows


def _tried_again() -> Sequence[tuple[str, str, str]]:
    addresses = {f"{ip}:{PORT}": name for name, (ip, _node) in ENDPOINTS.items()}
    dead = [address for address, name in addresses.items() if name == DEAD]
    robin = RoundRobin().new_service("None").set_endpoints(addresses)
    rows = []
    for number in range(1, FATE_STEPS + 1):
        robin, connection = robin.connect("10.244.1.7:40000", dead=dead)
        tried = ", ".join(addresses[attempt.endpoint] for attempt in connection.attempts)
        late = sum(attempt.timeout_seconds for attempt in connection.attempts[:-1])
        seen = _("an answer, {n} s later").format(n=f"{late:g}") if late else _("an answer")
        rows.append((str(number), tried, seen))
    return rows


# Schedulers of IPVS.

SCHEDULERS: Mapping[Scheduler, str] = {
    "rr": "rr: in turn",
    "wrr": "wrr: in turn, by weight",
    "lc": "lc: fewest connections",
    "wlc": "wlc: fewest for its weight",
    "sed": "sed: shortest expected delay",
    "nq": "nq: an idle one first",
    "sh": "sh: by source address",
}
SERVERS = (RealServer("web-a", 3, active=2), RealServer("web-b", 2), RealServer("web-c", 1))
CONNECTIONS = 8
SOURCES = ("10.244.1.7", "10.244.1.8", "10.244.1.9")


def scheduled(scheduler: Scheduler, step: int) -> Frame:
    """Connections, none of which ends, given to three servers of the weights 3, 2 and 1; the first has two already."""
    balancer = Balancer(scheduler, SERVERS)
    picks = []
    for number in range(step + 1):
        source = SOURCES[number % len(SOURCES)]
        balancer, server = balancer.connect(source, CLUSTER_IP)
        picks.append((source, server.name if server else "–"))
    rows = [_server_row(server, now=server.name == picks[-1][1]) for server in balancer.servers]
    order = el("p", inline(" → ".join(f"**{name}**" if i == step else name for i, (_s, name) in enumerate(picks))))
    head = [_("server"), _("weight"), _("open connections"), _("new ones")]
    says = _("Connection {n}, from {source}, goes to **{server}**.").format(
        n=step + 1, source=picks[-1][0], server=picks[-1][1]
    )
    return Frame(join([table(head, rows), order]), says)


def _server_row(server: RealServer, *, now: bool) -> tuple[str, ...]:
    before = next(each.active for each in SERVERS if each.name == server.name)
    mark = "★ " if now else ""
    return f"{mark}{server.name}", str(server.weight), str(server.active), str(server.active - before)
