"""Exercises of the chapter on Services, with answers from the models."""

from __future__ import annotations

from k8smodels.api.service import Service
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.one_object import one_object
from k8smodels.scenes.services import NODES, PLACES, STATES, named, pod, service, standings, usable_shares
from k8smodels.scenes.services_dns import conf_of, database_pods, looked_up
from k8smodels.scenes.services_types import ROUTES, client_knows, stored
from k8smodels.services import ClusterDNS, ClusterIPs, NodePorts, Pools, answer, create_service, reconcile, ways_in
from k8smodels.services.dns import queries
from k8smodels.views.html import bullets, el, inline, join

__all__ = ["band_sizes", "finds_peers", "how_many_questions", "which_address", "who_is_behind"]


def who_is_behind(seed: int) -> Task:
    """Ask who takes connections, and who is listed all the same."""
    chance = dice_of(seed)
    others = [name for name in STATES if name not in (next(iter(STATES)), "its port http is 9090")]
    drawn = [next(iter(STATES)), *chance.sample(others, 2)]
    chance.shuffle(drawn)
    states = dict(zip(PLACES, drawn, strict=True))
    unready_too = seed % 4 == 3
    owner = service(publishNotReadyAddresses=unready_too)
    pods = [pod(name, STATES[state]) for name, state in states.items()]
    result = reconcile(owner, pods, NODES)
    slices = named(result.slices)
    listed = {each.target_ref.name for item in slices for each in item.endpoints if each.target_ref}
    lines = [_("`{pod}`: {state}").format(pod=name, state=state) for name, state in states.items()]
    asked = _("The Service `web` selects `app: web`, its `targetPort` is `http`. `publishNotReadyAddresses`: {on}.")
    reasons = [f"`{each.pod}`: {each.word}; {each.reason}" for each in standings(owner, pods, result)]
    listing = _("Look at {pod} again ({state}). Listed is who has the labels and an address, and is not finished.")
    sending = _("Look at {pod} again ({state}). Sent to is who is listed, has the port, and is called ready.")
    return Task(
        join([el("p", inline(asked.format(on="true" if unready_too else "false"))), bullets(lines)]),
        [
            Step(
                _("Which Pods are in some EndpointSlice?"),
                frozenset(listed),
                options=list(PLACES),
                wrong={name: listing.format(pod=name, state=state) for name, state in states.items()},
                why=_(
                    "Listed is who has the labels, an address, and is not finished. Readiness only marks an endpoint."
                ),
            ),
            Step(
                _("Which Pods get new connections to port 80?"),
                frozenset(usable_shares(owner, slices)),
                options=list(PLACES),
                wrong={name: sending.format(pod=name, state=state) for name, state in states.items()},
                why=_("Of the listed ones those that are ready and have the port; a Pod being deleted is not ready."),
            ),
        ],
        [
            _("First the labels and the address, then the port's name, then readiness."),
            _("A Pod without the named port lands in a slice of its own, without ports."),
        ],
        bullets(reasons),
    )


LOOKUPS = (
    ("web.shop", "blog", 5),
    ("api.example.com", "shop", 2),
    ("web.shop.svc.cluster.local", "blog", 5),
    ("db-0.db", "shop", 5),
    ("web", "blog", 5),
    ("web.shop.svc.cluster.local.", "blog", 5),
    ("bill.shop", "shop", 2),
    ("web.shop.svc", "blog", 2),
)
"""Lookups with another number of questions, or another reason: a name, the asking Pod's namespace, its `ndots`."""


def how_many_questions(seed: int) -> Task:
    """Ask which names a lookup asks, and how many questions that are."""
    name, namespace, ndots = LOOKUPS[seed % len(LOOKUPS)]
    conf, found = conf_of(namespace, ndots), looked_up(name, namespace, ndots)
    order = queries(name, conf)
    options = sorted({*order, *queries(name, conf_of("shop", 1)), *queries(name, conf_of("blog", 5))})
    dots = _("The name has {dots} dots, `ndots` is {ndots}.").format(dots=name.count("."), ndots=ndots)
    asked = _("A program in a Pod of `{namespace}` looks up `{name}`, for A and AAAA. Its `ndots` is {ndots}.")
    return Task(
        inline(asked.format(namespace=namespace, name=name, ndots=ndots)),
        [
            Step(
                _("Which full name is asked first?"),
                order[0],
                options=options,
                why=_("A dot at the end makes a name whole. Else count its dots, and compare with `ndots`."),
            ),
            Step(
                _("How many questions are asked in all?"),
                len(found.steps),
                wrong={str(len(found.steps) // 2): _("Each name is asked twice: for A and for AAAA.")},
                why=_("Go down the list of names until one has an address. `shop` holds `web`, `db` and `bill`."),
            ),
        ],
        [dots, _("Names in order: {names}.").format(names=", ".join(f"`{each}`" for each in order))],
        bullets([dots, *(f"`{each.name}` {each.type}: {each.answer.rcode}" for each in found.steps)]),
    )


def which_address(seed: int) -> Task:
    """Ask which addresses of a Service a client knows a way to."""
    chance = dice_of(seed)
    kinds = ["ClusterIP", "NodePort", "LoadBalancer", "ClusterIP with externalIPs"]
    kind, client = kinds[seed % len(kinds)], chance.choice(list(ROUTES)[1:] if seed % 2 else list(ROUTES))
    ways = ways_in(stored(kind))
    shown = {f"{way.address}:{way.port}": way for way in ways}
    nothing, elsewhere = _("none of them"), "<node>:80"
    known = frozenset(text for text, way in shown.items() if client_knows(client, way)) or frozenset({nothing})
    asked = _(
        "A Service of the kind **{kind}**: port 80, and a node port, if any, of 30080. "
        "The client: **{client}**; nobody has added routes by hand."
    )
    lost = [text for text in shown if text not in known]
    inner = {text: _("No router between this client and the nodes knows a way there.") for text in lost}
    reasons = [f"`{text}`: {way.who}" for text, way in shown.items()]
    return Task(
        inline(asked.format(kind=kind, client=client)),
        [
            Step(
                _("Which addresses can the client use?"),
                known,
                options=[*shown, elsewhere, nothing],
                wrong={elsewhere: _("Nodes do not listen on the Service's own port.")} | inner,
                why=_("Who gave the address, and which router knows a way to it?"),
            )
        ],
        [
            _("No router outside knows the range of cluster IPs."),
            _("A node's address is known beside the nodes; the balancer's everywhere."),
        ],
        bullets([*reasons, _("A way for this client: {known}.").format(known=", ".join(sorted(known)))]),
    )


def band_sizes(seed: int) -> Task:
    """Ask for the band that is kept for requests, of a range of addresses or of ports."""
    chance = dice_of(seed)
    if seed % 2:
        first, size = chance.choice([30000, 31000]), chance.choice([512, 1024, 2048])
        ports = NodePorts.of(f"{first}-{first + size - 1}")
        what = _("node ports {span}").format(span=f"{first}-{first + size - 1}")
        rule = _("The size divided by 32, at least 16, at most 128.")
        return _band_task(what, size, rule, ports.range.static, _("What is the last port of the band?"), ports.static)
    bits = chance.choice([24, 23, 22, 21])
    addresses = ClusterIPs.of(f"10.96.0.0/{bits}")
    what = _("cluster IPs of {cidr}").format(cidr=f"10.96.0.0/{bits}")
    rule = _("The size divided by 16, at least 16, at most 256.")
    ask = _("The band ends with 10.96.0.x. What is x?")
    return _band_task(what, 2 ** (32 - bits), rule, addresses.range.static, ask, addresses.static)


def _band_task(what: str, size: int, rule: str, kept: int, ask: str, span: str) -> Task:
    last = int(span.rpartition("-")[2].rpartition(".")[2])
    return Task(
        inline(_("A cluster has **{what}**: {size} values.").format(what=what, size=size)),
        [
            Step(
                _("How many values are kept for requests?"), kept, why=_("Divide, then apply the least and the most.")
            ),
            Step(ask, last, why=_("The band begins with the first value that can be given, and has as many values.")),
        ],
        [rule, _("A network's own address, .0, is never given.")],
        bullets([rule, _("The band: `{span}`, {n} values.").format(span=span, n=kept)]),
    )


PEER = "db-0.db.shop.svc.cluster.local."


def finds_peers(text: str) -> str:
    """Say in one sentence whether with the Service in `text` the Pod `db-0`, not ready yet, is found by its name."""
    try:
        made = create_service(one_object(text, Service), Pools.of("10.96.0.0/16")).service
        slices = named(reconcile(made, database_pods((False, False)), NODES).slices)
    except ValueError as error:
        return str(error)
    if (made.namespace, made.name) != ("shop", "db"):
        return _("Not yet: the Pods say subdomain db in shop; the Service must have this name and namespace.")
    found = answer(ClusterDNS.of([made, *slices]), PEER, "A")
    if not found.answer:
        return _("Not yet: {name} has no address: {reason}.").format(name=PEER, reason=found.reason)
    if not made.is_headless:
        return _("Not yet: db-0 is found, but db itself leads to one cluster IP, not to all peers.")
    return _("Done: {record}").format(record=found.answer[0])
