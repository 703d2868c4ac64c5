"""Exercises of the chapter on kube-proxy, with answers from the models."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from k8smodels.api.kinds import load
from k8smodels.api.service import Service
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.kubeproxy.iptables.sync import full_sync
from k8smodels.kubeproxy.state import proxy_state
from k8smodels.netfilter.addresses import is_loopback
from k8smodels.netfilter.packet import Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.walk import walk
from k8smodels.netfilter.ways import Way
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.kube_proxy import (
    CLIENTS,
    CLUSTER_IP,
    CONFIG,
    ENDPOINTS,
    KINDS,
    MACHINE,
    NODE,
    NODE_IP,
    NODE_PORT,
    READY,
    endpoint_slice,
    packet,
    service,
    state,
)
from k8smodels.scenes.kube_proxy_compare import outcome_shares, ways_of
from k8smodels.views.html import bullets, el, inline, join
from k8smodels.views.netfilter import rule_text

__all__ = ["diagnose", "dice_rule", "keeps_source", "where_to", "who_is_left"]


def dice_rule(seed: int) -> Task:
    """Ask for what is written in a rule with dice, and for the share that it takes."""
    chance = dice_of(seed)
    count = chance.choice([4, 5, 8, 10])
    number = chance.randint(2, count - 1)
    left = count - number + 1
    return Task(
        _(
            "A Service has {n} ready endpoints. Its chain `KUBE-SVC-…` has a rule for each; look at that of number {k}."
        ).format(n=count, k=number),
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
        [_("The first takes one part of all. How many endpoints share what is left?"), _("1 divided by those left.")],
        bullets(
            [
                _("Before the rule of number {k}, {left} of {n} parts are left.").format(k=number, left=left, n=count),
                _("It takes 1/{left} of them: {part} of all.").format(left=left, part=Fraction(1, count)),
            ]
        ),
    )


def where_to(seed: int) -> Task:
    """Ask where a connection ends, and whose address the Pod sees."""
    cases = _telling_cases()
    client, kind, ready = cases[seed % len(cases)]
    ways = ways_of("iptables", client, kind, ready)
    shares = outcome_shares(ways)
    delivered = [way for way in ways if way.verdict == "deliver"]
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
    asked = _("{client} opens a connection {where}. Endpoints: {ready}. The Service: **{kind}**. Mode: iptables.")
    return Task(
        inline(asked.format(client=f"{client[0].upper()}{client[1:]}", where=where, ready=ready, kind=kind)),
        steps,
        [
            _("`web-a` runs on node-1, `web-b` and `web-c` on node-2."),
            _("The policy `Cluster` rewrites the source of whatever comes by a node port."),
            _("A Pod that is terminating counts only where the policy leaves no ready one."),
        ],
        bullets([*_solution(shares), *(_("Source: {source}.").format(source=each.answer) for each in steps[1:])]),
    )


def _solution(shares: dict[str, Fraction]) -> Iterator[str]:
    """Who gets which part of the connections, in words."""
    ends = {"DROP": _("Dropped: there are Pods, but none that this node may use."), "REJECT": _("Refused: nobody.")}
    for name, share in sorted(shares.items()):
        yield ends.get(name, _("`{name}` gets {part} of the connections.").format(name=name, part=_part(share)))


def _part(share: Fraction) -> str:
    return _("all") if share == 1 else str(share)


def _telling_cases() -> list[tuple[str, str, str]]:
    """Who, to what, with whom ready: each with another answer or another reason."""
    pod, pod_elsewhere, process, outside = CLIENTS
    cluster_ip, cluster, local = KINDS
    everywhere, elsewhere, ending, _all_ending, _nowhere = READY
    return [
        (outside, local, everywhere),
        (pod, local, elsewhere),
        (outside, cluster, everywhere),
        (outside, local, elsewhere),
        (outside, local, ending),
        (process, local, everywhere),
        (pod_elsewhere, cluster_ip, everywhere),
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


def who_is_left(seed: int) -> Task:
    """Ask who gets connections while some Pods end and some are not ready."""
    cases = _telling_states()
    states = cases[seed % len(cases)]
    inside, outside = (_receivers(states, client, kind) for client, kind in _ASKED)
    words = {"ready": _("ready"), "ending": _("being deleted, still serving"), "no": _("not ready")}
    where = {name: node for name, (_ip, node) in ENDPOINTS.items()}
    lines = [f"`{name}` ({where[name]}): {words[state]}" for name, state in states.items()]
    nobody = _("nobody")
    options = [*ENDPOINTS, nobody]
    ends_too = {
        name: _("Those that end are used only where no ready one is left to choose from.")
        for name, state in states.items()
        if state == "ending"
    }
    never = {name: _("A Pod that is not ready gets none.") for name, state in states.items() if state == "no"}
    far = {
        name: _("Under the policy `Local`, outside traffic stays on node-1.")
        for name in ENDPOINTS
        if where[name] != NODE.name
    }
    return Task(
        join(
            [el("p", inline(_("The Service is a **NodePort** with `externalTrafficPolicy: Local`."))), bullets(lines)]
        ),
        [
            Step(
                _("A Pod of node-1 connects to the cluster IP. Who can get it?"),
                inside or frozenset({nobody}),
                options=options,
                wrong=ends_too | never,
                why=_("Look for ready ones on all nodes first."),
            ),
            Step(
                _("Somebody outside connects to node-1's port. Who can get it?"),
                outside or frozenset({nobody}),
                options=options,
                wrong=far | never,
                why=_("Look at node-1 only: ready first, then those that end and still serve."),
            ),
        ],
        [
            _("The external policy says nothing about the cluster IP."),
            _("The choice between ready and ending is made anew for each policy, among the Pods that it allows."),
        ],
        bullets(
            [
                _("Cluster IP: {pods}.").format(pods=", ".join(sorted(inside)) or nobody),
                _("From outside, on node-1: {pods}.").format(pods=", ".join(sorted(outside)) or nobody),
            ]
        ),
    )


_ASKED = (("a Pod on node-1", "ClusterIP"), ("somebody outside", "NodePort, policy Local"))


def _telling_states() -> list[dict[str, str]]:
    """The states of the three Pods, each with another answer or another reason."""
    rows = [
        ("ending", "ready", "ready"),
        ("ready", "ending", "no"),
        ("ending", "ending", "no"),
        ("no", "ending", "ending"),
        ("ending", "no", "ready"),
        ("no", "ready", "ending"),
        ("ready", "ready", "ending"),
        ("no", "no", "ending"),
    ]
    return [dict(zip(ENDPOINTS, row, strict=True)) for row in rows]


def _receivers(states: dict[str, str], client: str, kind: str) -> frozenset[str]:
    """The Pods that a client's connection may end at, by the rules of node-1."""
    found = {state: [name for name, its in states.items() if its == state] for state in ("ready", "ending")}
    given = proxy_state(
        [service("NodePort, policy Local")], [endpoint_slice(found["ready"], found["ending"])], NODE, CONFIG
    )
    ways = walk(read_tables(full_sync(given).kernel.text), packet(client, kind), MACHINE)
    return frozenset(outcome_shares(ways)) & frozenset(ENDPOINTS)


def _causes() -> dict[str, tuple[str, str, str]]:
    """What may be wrong: what is ready then, what tells it from the others, and why it is not that otherwise."""
    return {
        _("no Pod of the Service is ready"): (
            "none",
            _("`has no endpoints` stands in a rule with REJECT."),
            _("Then a rule would refuse every connection, and no rule would name a Pod."),
        ),
        _("outside traffic may use this node's Pods only, and there is none"): (
            "ready only on node-2",
            _("`has no local endpoints` stands in a rule with DROP."),
            _("Then a rule would drop what comes from outside, and nothing would be refused."),
        ),
        _("a Pod is in the rules and does not answer"): (
            "all three ready",
            _("The rules are complete: they cannot know who answers."),
            _("Then rules with dice would lead to three Pods, and two connections in three would work."),
        ),
    }


def diagnose(seed: int) -> Task:
    """Show a symptom and the rules of a node, and ask for the cause."""
    chance = dice_of(seed)
    causes, looks = _causes(), _next_look()
    cause = chance.choice(sorted(causes))
    ready, sign, _because = causes[cause]
    kind = "NodePort, policy Local" if ready == "ready only on node-2" else chance.choice(list(KINDS))
    symptom = {
        "none": _("Every connection is refused at once."),
        "ready only on node-2": _(
            "From outside, connections to port 30080 of node-1 get no answer; to node-2 they work."
        ),
        "all three ready": _("One connection in three gets no answer."),
    }[ready]
    lines = [line for line in full_sync(state(kind, ready)).kernel.lines if line.startswith("-A") and "web" in line]
    shown = [line for line in lines if "KUBE-SEP" not in line.split(" -m ")[0]]
    return Task(
        join([el("p", symptom), rule_text(shown, _("rules of node-1"))]),
        [
            Step(
                _("What is the cause?"),
                cause,
                options=sorted(causes),
                wrong={name: because for name, (_ready, _sign, because) in causes.items() if name != cause},
            ),
            Step(
                _("Where do you look next?"),
                looks[ready],
                options=sorted(looks.values()),
                why=_("Rules come from EndpointSlices, and these from Pods and their probes."),
            ),
        ],
        [_("Is there a rule that refuses or drops?"), sign],
        bullets([sign, _("So {cause}.").format(cause=cause), looks[ready]]),
    )


def _next_look() -> dict[str, str]:
    return {
        "none": _("kubectl get endpointslices, then the Pods' readiness"),
        "ready only on node-2": _("externalTrafficPolicy, and on which nodes the Pods run"),
        "all three ready": _("the Pod that does not answer, and why its readiness probe says yes"),
    }


def keeps_source(text: str) -> str:
    """Say in one sentence whether by port 30080 of node-1 the Pod sees the address of a client outside."""
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
