"""Exercises of the chapter on kube-proxy, with answers from the models."""

from __future__ import annotations

import random
from fractions import Fraction

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.kubeproxy.iptables.sync import full_sync
from k8smodels.kubeproxy.ipvs.schedulers import Balancer, RealServer, Scheduler
from k8smodels.netfilter.addresses import is_loopback
from k8smodels.netfilter.packet import Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.ways import Way
from k8smodels.scenes.kube_proxy import (
    CLIENTS,
    ENDPOINTS,
    KINDS,
    MACHINE,
    NODE,
    NODE_IP,
    NODE_PORT,
    READY,
    endpoint_slice,
    outcome_shares,
    service,
    state,
    ways_of,
)
from k8smodels.views.html import bullets, el, inline, join
from k8smodels.views.netfilter import rule_text

__all__ = ["diagnose", "dice_rule", "keeps_source", "next_server", "where_to"]


def dice_rule(seed: int) -> Task:
    """Ask for what is written in a rule with dice, and for the share that it takes."""
    chance = random.Random(seed)  # noqa: S311 (numbers of an exercise)
    count = chance.choice([4, 5, 8, 10])
    number = chance.randint(2, count - 1)
    left = count - number + 1
    return Task(
        _("A Service has {n} ready endpoints. Look at rule number {k} of its chain `KUBE-SVC-…`.").format(
            n=count, k=number
        ),
        [
            Step(
                _("Of the packets that reach it, it takes one in …"),
                left,
                wrong={str(count): _("That is its share of all connections, not of those that are left.")},
                why=_("Count the endpoints from this rule on: only packets that passed the rules before get here."),
            ),
            Step(
                _("Of all connections to the Service, its endpoint gets one in …"),
                count,
                why=_("Multiply what is left with what the rule takes of it."),
            ),
        ],
        [_("Rule 1 takes one part of all. How many endpoints share what is left?"), _("1 divided by those left.")],
        bullets(
            [
                _("Before rule {k}, {left} of {n} parts are left.").format(k=number, left=left, n=count),
                _("It takes 1/{left} of them: {part} of all.").format(left=left, part=Fraction(1, count)),
            ]
        ),
    )


def where_to(seed: int) -> Task:
    """Ask where a connection ends, and whose address the Pod sees."""
    client, kind, ready = _telling_cases()[seed % len(_telling_cases())]
    shares = outcome_shares(ways_of("iptables", client, kind, ready))
    delivered = [way for way in ways_of("iptables", client, kind, ready) if way.verdict == "deliver"]
    options = [*ENDPOINTS, _("nobody: dropped"), _("nobody: refused")]
    ends = {"DROP": options[3], "REJECT": options[4]}
    answer = frozenset(ends.get(name, name) for name in shares)
    steps = [
        Step(
            _("Who can get it?"),
            answer,
            options=options,
            why=_("First the policy: may outside traffic leave this node? This node's own traffic always may."),
        )
    ]
    if delivered:
        steps.append(_source_step(client, delivered))
    where = _("to the cluster IP") if kind == "ClusterIP" else _("to port {port} of node-1").format(port=NODE_PORT)
    asked = _("{client} opens a connection {where}. Ready: {ready}. The Service: **{kind}**. Mode: iptables.")
    return Task(
        inline(asked.format(client=f"{client[0].upper()}{client[1:]}", where=where, ready=ready, kind=kind)),
        steps,
        [
            _("`web-a` runs on node-1, `web-b` and `web-c` on node-2."),
            _("The policy `Cluster` rewrites the source of whatever comes by a node port."),
        ],
        bullets(f"{name}: {share}" for name, share in sorted(shares.items())),
    )


def _telling_cases() -> list[tuple[str, str, str]]:
    """Who, to what, with whom ready: each with another answer or another reason."""
    pod, process, outside = CLIENTS
    cluster_ip, cluster, local = KINDS
    everywhere, elsewhere, _nowhere = READY
    return [
        (outside, local, everywhere),
        (pod, local, elsewhere),
        (outside, cluster, everywhere),
        (outside, local, elsewhere),
        (pod, cluster_ip, elsewhere),
        (process, local, everywhere),
        (pod, cluster, elsewhere),
        (outside, cluster_ip, everywhere),
    ]


def _source_step(client: str, delivered: list[Way]) -> Step:
    kept, node = CLIENTS[client].ip, _("node-1's address")
    masked = any(way.packet.snat for way in delivered) or kept == NODE_IP
    return Step(
        _("Whose address does the Pod see?"),
        node if masked else kept,
        options=[kept, node] if kept != NODE_IP else [node, _("the address of a Pod")],
        why=_("An answer must come back through node-1, unless the client is one of its own Pods or the Pod is here."),
    )


def next_server(seed: int) -> Task:
    """Ask which server a scheduler of IPVS picks."""
    chance = random.Random(seed)  # noqa: S311
    scheduler: Scheduler = chance.choice(["rr", "wrr", "lc", "wlc", "sed"])
    weights = chance.sample([1, 2, 3, 4], 3)
    servers = tuple(
        RealServer(name, weight, active=chance.randint(0, 4)) for name, weight in zip(ENDPOINTS, weights, strict=True)
    )
    balancer, first = Balancer(scheduler, servers).connect("10.244.1.7", "10.96.0.10")
    _after, second = balancer.connect("10.244.1.7", "10.96.0.10")
    lines = [
        _("`{name}`: weight {weight}, {n} open connections").format(name=each.name, weight=each.weight, n=each.active)
        for each in servers
    ]
    names = list(ENDPOINTS)
    rules = {
        "rr": _("`rr` looks neither at weights nor at connections."),
        "wrr": _("`wrr` begins with those whose weight is the largest."),
        "lc": _("`lc` counts connections and ignores weights."),
        "wlc": _("`wlc` divides connections by the weight."),
        "sed": _("`sed` adds the new connection before it divides by the weight."),
    }
    return Task(
        join(
            [el("p", inline(_("A virtual server with the scheduler `{name}`.").format(name=scheduler))), bullets(lines)]
        ),
        [
            Step(_("Who gets the next connection?"), first.name if first else "", options=names, why=rules[scheduler]),
            Step(_("And the one after it?"), second.name if second else "", options=names, why=rules[scheduler]),
        ],
        [rules[scheduler], _("Of equals the first in the list is taken.")],
        bullets([rules[scheduler], f"{first.name if first else ''}, {second.name if second else ''}"]),
    )


def _causes() -> dict[str, tuple[str, str]]:
    """What may be wrong, as a Service and what is ready; and what tells it from the others."""
    return {
        _("no Pod of the Service is ready"): ("none", _("`has no endpoints` stands in a rule with REJECT.")),
        _("outside traffic may use this node's Pods only, and there is none"): (
            "only on node-2",
            _("`has no local endpoints` stands in a rule with DROP."),
        ),
        _("a Pod is in the rules and does not answer"): (
            "all three",
            _("The rules are complete: they cannot know who answers."),
        ),
    }


def diagnose(seed: int) -> Task:
    """Show a symptom and the rules of a node, and ask for the cause."""
    chance = random.Random(seed)  # noqa: S311
    causes = _causes()
    cause = chance.choice(sorted(causes))
    ready, sign = causes[cause]
    kind = "NodePort, policy Local" if ready == "only on node-2" else chance.choice(list(KINDS))
    symptom = {
        "none": _("Every connection is refused at once."),
        "only on node-2": _("From outside, connections to port 30080 of node-1 get no answer; to node-2 they work."),
        "all three": _("One connection in three gets no answer."),
    }[ready]
    lines = [line for line in full_sync(state(kind, ready)).kernel.lines if line.startswith("-A") and "web" in line]
    shown = [line for line in lines if "KUBE-SEP" not in line.split(" -m ")[0]]
    return Task(
        join([el("p", symptom), rule_text(shown, _("rules of node-1"))]),
        [
            Step(_("What is the cause?"), cause, options=sorted(causes), why=_("Read the comments of the rules.")),
            Step(
                _("Where do you look next?"),
                _next_look()[ready],
                options=sorted(_next_look().values()),
                why=_("Rules come from EndpointSlices, and these from Pods and their probes."),
            ),
        ],
        [_("Is there a rule that refuses or drops?"), sign],
        bullets([sign, _next_look()[ready]]),
    )


def _next_look() -> dict[str, str]:
    return {
        "none": _("kubectl get endpointslices, then the Pods' readiness"),
        "only on node-2": _("externalTrafficPolicy, and on which nodes the Pods run"),
        "all three": _("the Pod that does not answer, and why its readiness probe says yes"),
    }


def keeps_source(text: str) -> str:
    """Say in one sentence whether by port 30080 of node-1 the Pod sees the address of a client outside."""
    from k8smodels.api.kinds import load
    from k8smodels.api.service import Service
    from k8smodels.kubeproxy.state import proxy_state
    from k8smodels.netfilter.walk import walk
    from k8smodels.scenes.kube_proxy import CLUSTER_IP, CONFIG

    try:
        services = [item for item in load(text) if isinstance(item, Service)]
    except ValueError as error:
        return str(error)
    if len(services) != 1:
        return _("Give one Service.")
    spec = services[0].to_json()["spec"] | {"clusterIP": CLUSTER_IP, "clusterIPs": [CLUSTER_IP], "ipFamilies": ["IPv4"]}
    given = service("ClusterIP", **spec)
    ways = walk(
        read_tables(full_sync(proxy_state([given], [endpoint_slice(ENDPOINTS)], NODE, CONFIG)).kernel.text),
        Packet("203.0.113.9", NODE_IP, NODE_PORT, iif="eth0"),
        MACHINE,
    )
    reached = [way for way in ways if way.packet.dnat and not is_loopback(way.packet.dst)]
    if not reached:
        return _("Not yet: nothing answers at port {port} of node-1.").format(port=NODE_PORT)
    if any(way.packet.snat for way in reached):
        return _("Not yet: the Pod sees node-1's address, not the client's.")
    pods = ", ".join(sorted(outcome_shares(reached)))
    return _("Done: the Pod sees 203.0.113.9. The price: of this node's outside traffic only {pods} gets any.").format(
        pods=pods
    )
