"""Plans of a cluster's addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from k8smodels.api.errors import DecodeError, FieldError, duplicate, invalid, required, unsupported
from k8smodels.i18n import _
from k8smodels.network.addresses import IPNetwork, cidr
from k8smodels.network.planning import CidrPlan, overlaps, plan
from k8smodels.views.frame import Frame, error_frame
from k8smodels.views.html import Child, Html, el, inline, join
from k8smodels.views.images.cells import grid

CLUSTER_CIDR, MASK, MAX_PODS = "--cluster-cidr", "--node-cidr-mask-size", "--max-pods"
SERVICES, NODES = "--service-cluster-ip-range", "nodes"
NAMES = (CLUSTER_CIDR, MASK, MAX_PODS, SERVICES, NODES)
_MOST_PODS = 1 << 16


def divided(prefix: int, mask: int, max_pods: int) -> Frame:
    """How the cluster's block 10.244.0.0 with a prefix of this length is cut into blocks of nodes."""
    try:
        made = plan(f"10.244.0.0/{prefix}", mask, max_pods=max_pods)
    except FieldError as error:
        return Frame(error_frame(error).html, _("Refused: `{flag}` {why}.").format(flag=error.path, why=error.detail))
    says = _("**{nodes} nodes** of at most **{pods} Pods**.").format(nodes=made.nodes, pods=made.pods_per_node)
    return Frame(_blocks(made), says)


def _blocks(made: CidrPlan) -> Html:
    shown = made.pod_cidrs(min(made.nodes, 3))
    rows: list[list[Child]] = [
        [
            el("b", f"node-{place + 1}", class_="ob node"),
            el("code", str(block)),
            str(block[1]),
            f"{block[2]} – {block[-2]}",
        ]
        for place, block in enumerate(shown)
    ]
    head = [_("node"), "spec.podCIDR", _("the bridge's address"), _("for Pods")]
    left = made.nodes - len(shown)
    more = el("p", _("… and {count} more blocks").format(count=left), class_="muted") if left else None
    return join([grid(head, rows), more])


# The reader's own values.


def cases() -> dict[str, str]:
    """Plans to start from."""
    usual = "--cluster-cidr=10.244.0.0/16\n--node-cidr-mask-size=24\n--max-pods=110\n"
    rest = "--service-cluster-ip-range=10.96.0.0/12\nnodes=192.168.0.0/24\n"
    return {
        _("usual values"): usual + rest,
        _("nodes and Pods overlap"): usual + rest.replace("192.168.0.0/24", "10.244.7.0/24"),
        _("more Pods on a node"): usual.replace("110", "250").replace("24\n", "25\n") + rest,
        _("a small block"): usual.replace("10.244.0.0/16", "10.244.0.0/22") + rest,
    }


def checked(text: str) -> Frame:
    """The plan that flags describe, one a line, or what is wrong with it.

    Raises
    ------
    ValueError
        A flag is unknown or has a wrong value, or two blocks overlap.
    """
    flags = _flags(text)
    if CLUSTER_CIDR not in flags:
        raise required(CLUSTER_CIDR, "the block for Pods is not given")
    made = plan(flags[CLUSTER_CIDR], _number(flags, MASK), max_pods=_number(flags, MAX_PODS) or 110)
    for (block, name), (before, other) in overlaps(_named(flags)):
        raise invalid(name, str(block), f"must not overlap with {before} ({other})")
    says = _("Nothing overlaps. **{nodes} nodes** of at most **{pods} Pods**.").format(
        nodes=made.nodes, pods=made.pods_per_node
    )
    first = el("p", inline(_("The first node gets `{block}`.").format(block=made.pod_cidrs(1)[0])))
    return Frame(_blocks(made) if made.cluster_cidr.version == 4 else first, says)


def _flags(text: str) -> dict[str, str]:
    flags: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, value = line.partition("=")
        if not equals:
            raise DecodeError("input", "must be lines of the form --flag=value")
        if name not in NAMES:
            raise unsupported("input", name[:80], NAMES)
        if name in flags:
            raise duplicate("input", name)
        flags[name] = value.strip()
    return flags


def _number(flags: Mapping[str, str], name: str) -> int | None:
    text = flags.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and 1 <= int(text) <= _MOST_PODS):
        raise invalid(name, text[:80], f"must be a whole number from 1 to {_MOST_PODS}")
    return int(text)


def _named(flags: Mapping[str, str]) -> Iterator[tuple[IPNetwork, str]]:
    for name in (NODES, CLUSTER_CIDR, SERVICES):
        if name in flags:
            yield cidr(flags[name], name), name
