"""Exercises on the way of a packet, on sizes, and on a network that is broken."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.network import MODES, Path, build
from k8smodels.network.headers import IP_HEADER_BYTES, fragment_sizes, outer_size, overhead_bytes
from k8smodels.network.planning import plan
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.pod_network import API, DB, OUTSIDE, example, probe
from k8smodels.scenes.pod_network_faults import PROBES, broken, fault_names, heard, outcome, sent, tables
from k8smodels.views.html import bullets, el, inline, join
from k8smodels.views.network import walk_list
from k8smodels.views.network.headers import ETHERNET_BYTES
from k8smodels.views.tables import table

TRACED = [
    (mode, to)
    for to in (DB, OUTSIDE, API)
    for mode in ("vxlan", "host-gw", "macvlan", "ipip", "calico-bgp")
    if (mode, to) != ("macvlan", OUTSIDE)
]
CASES = [
    ("host-gw", "back"),
    ("vxlan", "fdb"),
    ("host-gw", "apart"),
    ("vxlan", "masquerade"),
    ("vxlan", "neighbour"),
    ("host-gw", "forward"),
    ("vxlan", "mtu"),
    ("vxlan", "route"),
    ("host-gw", "mtu"),
    ("vxlan", "back"),
]
"""Mode and fault of each diagnosis."""


def trace(seed: int) -> Task:
    """Ask what the receiver sees of a packet."""
    dice = dice_of(seed)
    mode, to = TRACED[seed % len(TRACED)]
    size = dice.choice([200, 328, 600, 840, 1000])
    cluster = example(mode)
    path = probe(build(cluster, mode), cluster, to, size)
    text = _(
        "`web` (node-1, {web}) sends a UDP packet to `{to}`{where}. The mode is **{mode}**. The IP packet has {size} "
        "bytes and starts with TTL 64. The nodes are 192.168.0.1 and 192.168.0.2, in one Ethernet."
    ).format(
        web=cluster.pods[0].addresses[0],
        to=to.rpartition("/")[2],
        where=_place(to),
        mode=mode,
        size=size,
    )
    return Task(el("p", inline(text)), _trace_steps(path, mode, size), _trace_hints(), walk_list(path))


def _place(to: str) -> str:
    if to == OUTSIDE:
        return _(", a machine outside of the cluster, one router away")
    return _(" on node-2") if to == DB else _(" on the same node")


def _trace_steps(path: Path, mode: str, size: int) -> Sequence[Step]:
    received = path.received or path.hops[-1].after
    wire = path.wire[0].after.size_bytes if path.wire else 0
    web = str(example(mode).pods[0].addresses[0])
    wrong = {"64": _("Somebody on the way passed it on."), "63": _("Count all machines that forward it.")}
    if received.ttl == 64:
        wrong = {"63": _("No IP layer forwards it on this way."), "62": _("No IP layer forwards it on this way.")}
    sizes = {str(size): _("Is something put around it?")} if wire != size else {}
    return [
        Step(
            _("Which source address does the receiver see?"),
            str(received.source),
            options=(web, "192.168.0.1", "192.168.0.2"),
            why=_("Pods see each other's own addresses. Does the packet leave the cluster?"),
        ),
        Step(
            _("Which TTL does it arrive with?"),
            received.ttl,
            wrong={key: why for key, why in wrong.items() if key != str(received.ttl)},
            why=_("Each IP layer that forwards takes one off; bridges do not."),
        ),
        Step(
            _("How many bytes has the IP packet on the wire behind node-1? (0 if it is never there)"),
            wire,
            unit=_("bytes"),
            wrong=sizes,
            why=_("VXLAN adds 50 bytes, IP in IP 20, a route none."),
        ),
    ]


def _trace_hints() -> list[str]:
    return [
        _("Which of them are asked on this way: node-1's IP layer, node-2's, a router?"),
        _("Each that forwards takes one off the TTL. A bridge and a macvlan device take none."),
    ]


def largest(seed: int) -> Task:
    """Ask for the MTU inside a tunnel, and for the fragments of a packet that is larger."""
    dice = dice_of(seed)
    tunnel, version = dice.choice([("vxlan", 4), ("vxlan", 6), ("geneve", 4), ("ipip", 4), ("wireguard", 6)])
    mtu = dice.choice([1400, 1460, 1500, 8900, 9000])
    left = mtu - overhead_bytes(tunnel, version)
    size = left + dice.choice([40, 300, left])
    pieces = fragment_sizes(size, left)
    text = _(
        "The network between the nodes has an MTU of **{mtu}**, and the nodes talk to each other by IPv{version}. The "
        "mode is **{tunnel}**. Pods use IPv4."
    ).format(mtu=mtu, version=version, tunnel=tunnel)
    steps = [
        Step(
            _("Which MTU is right for the Pods?"),
            left,
            unit=_("bytes"),
            wrong=_wrong_mtus(mtu, tunnel, version),
            why=_(
                "Add up what stands between the outer IP header and the Pod's packet, and the outer IP header itself."
            ),
        ),
        Step(
            _("A Pod sends a UDP packet of {size} bytes that may be fragmented. How many fragments?").format(size=size),
            len(pieces),
            why=_("Each fragment has an IP header of its own: 20 of its bytes are no payload."),
        ),
        Step(
            _("How many bytes has the first one as the Pod sends it, its own IP header included?"),
            pieces[0],
            unit=_("bytes"),
            wrong=_wrong_fragments(pieces[0], left, outer_size(tunnel, pieces[0], left, version)),
            why=_("20 bytes of header, and the largest multiple of 8 that fits."),
        ),
    ]
    cost = _("{mtu} − {cost} of the tunnel = {left}.").format(mtu=mtu, cost=mtu - left, left=left)
    cut = _("{left} − 20 = {room}; down to a multiple of 8, and 20 again: {first}.").format(
        left=left, room=left - 20, first=pieces[0]
    )
    outside = _("On the wire the first one has {size} bytes.").format(size=outer_size(tunnel, pieces[0], left, version))
    hints = [
        _("VXLAN and Geneve: outer IP, UDP 8, own header 8, inner Ethernet 14. WireGuard: outer IP, 40 more."),
        _("An IPv4 header has 20 bytes, an IPv6 header 40."),
    ]
    return Task(el("p", inline(text)), steps, hints, bullets([cost, cut, outside]))


def _wrong_mtus(mtu: int, tunnel: str, version: int) -> dict[str, str]:
    """Why an MTU is wrong that forgets the tunnel, counts another one's headers, or counts too many."""
    cost = overhead_bytes(tunnel, version)
    wrong = {
        mtu: _("The outer headers need space in it, too."),
        mtu - cost - ETHERNET_BYTES: _("The outer Ethernet header is not counted by an MTU."),
    }
    if tunnel in ("vxlan", "geneve"):
        wrong[mtu - cost + ETHERNET_BYTES] = _("{tunnel} carries the Ethernet header of the inner packet, too.").format(
            tunnel=tunnel
        )
    for name, ip in (("vxlan", 4), ("vxlan", 6), ("ipip", 4), ("wireguard", 4), ("wireguard", 6)):
        other = overhead_bytes(name, ip)
        if other != cost:
            says = _("{other} bytes are the cost of {name} over IPv{ip}. Here it is {tunnel}, over IPv{version}.")
            wrong[mtu - other] = says.format(other=other, name=name, ip=ip, tunnel=tunnel, version=version)
    return {str(number): why for number, why in wrong.items() if number != mtu - cost}


def _wrong_fragments(first: int, mtu: int, on_wire: int) -> dict[str, str]:
    """Why a size of the first fragment is wrong."""
    wrong = {
        mtu: _("All fragments but the last carry a multiple of 8 bytes."),
        first - IP_HEADER_BYTES[4]: _("So much it carries. Its own IP header counts, too."),
        on_wire: _("That is its size on the wire, inside the tunnel. How large is it before?"),
    }
    return {str(number): why for number, why in wrong.items() if number != first}


def blocks(seed: int) -> Task:
    """Ask how a cluster's addresses are cut for nodes with many or few pods."""
    dice = dice_of(seed)
    prefix, pods = dice.choice([12, 14, 15, 16, 17]), dice.choice([30, 60, 64, 110, 125, 250])
    mask = max(size for size in range(prefix, 31) if (1 << 32 - size) - 3 >= pods)
    made = plan(f"10.0.0.0/{prefix}", mask, max_pods=pods)
    text = _("`--cluster-cidr` is 10.0.0.0/{prefix}. Each node shall hold {pods} Pods, on a bridge.").format(
        prefix=prefix, pods=pods
    )
    steps = [
        Step(
            _("What is the largest `--node-cidr-mask-size` that will do?"),
            mask,
            wrong={
                str(mask + 1): _("A /{size} has too few addresses. Three are taken: which?").format(size=mask + 1),
                str(mask - 1): _("That will do, but half as large a block will, too."),
            },
        ),
        Step(
            _("How many nodes get a block?"),
            made.nodes,
            why=_("Each bit between the two prefix lengths doubles the number."),
        ),
        Step(
            _("Which prefix length must the cluster's block have for twice as many nodes?"),
            prefix - 1,
            wrong={str(prefix + 1): _("A longer prefix is a smaller block.")},
        ),
    ]
    hints = [
        _("A block of n bits has 2ⁿ addresses. The first, the last and the bridge's own are no Pod's."),
        _("Nodes: 2 to the power of the difference of the two prefix lengths."),
    ]
    lines = [
        _("2^{bits} − 3 = {room} addresses in a /{mask}.").format(bits=32 - mask, room=made.pods_per_node, mask=mask),
        _("2^({mask} − {prefix}) = {nodes} nodes.").format(mask=mask, prefix=prefix, nodes=made.nodes),
    ]
    return Task(el("p", inline(text)), steps, hints, bullets(lines))


def diagnose(seed: int) -> Task:
    """Show what probes say and what stands in the nodes' tables, and ask for the fault."""
    mode, fault = CASES[seed % len(CASES)]
    dice = dice_of(seed)
    network = broken(mode, fault)
    paths = {kind: sent(mode, fault, kind) for kind in PROBES}
    words = {"small": _("128 bytes to db"), "large": _("a full packet to db"), "outside": _("128 bytes to outside")}
    results = table([_("web sends"), _("and gets")], [[words[kind], heard(path)] for kind, path in paths.items()])
    shown = "\n\n".join(tables(network, name) for name in ("node-1", "node-2"))
    intro = _("Mode **{mode}**; the nodes' MTU is 1500. `db` runs on node-2. What `web` on node-1 sees:").format(
        mode=mode
    )
    names = {key: name for key, name in fault_names().items() if _possible(key, mode, fault)}
    lost = {kind: path for kind, path in paths.items() if not path.works}
    first = next(iter(lost.values()))
    back = bool(first.received)
    options = [*names.values()]
    dice.shuffle(options)
    steps = [
        Step(
            _("What is lost?"),
            _("the answer") if back else _("the packet itself"),
            options=[_("the packet itself"), _("the answer")],
            why=_("Follow the packet through the tables of node-1. Does it come through to the other end?"),
        ),
        Step(
            _("What is wrong?"),
            names[fault],
            options=options,
            why=_("Would all three probes then say what they say? And does a table show it?"),
        ),
    ]
    hints = [
        _("Which of the three probes work? What do they have in common that the others lack?"),
        _("Follow the packet: route, next hop, its MAC, its node. Then follow the answer from the other side."),
    ]
    body = join([el("p", inline(intro)), results, el("pre", shown, tabindex="0")])
    return Task(body, steps, hints, join([el("p", inline(outcome(first))), walk_list(_lost_way(first))]))


def _possible(key: str, mode: str, fault: str) -> bool:
    """Whether a fault is offered: without a tunnel some cannot be, and a missing route follows from a router."""
    if key == "nothing" or (not MODES[mode].tunnel and key in ("neighbour", "fdb")):
        return False
    return not (fault == "apart" and key in ("route", "back")) and not (key == "apart" and fault in ("route", "back"))


def _lost_way(path: Path) -> Path:
    return path.reply if path.received and path.reply else path
