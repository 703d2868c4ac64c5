"""The steps of a packet as text: the entry that decided, and what it did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k8smodels.i18n import _
from k8smodels.network import Hop, Loss, Path
from k8smodels.views.html import Html, el, inline, join

__all__ = ["entries", "explained", "says_of_loss", "telling", "walk_list"]


def telling(hops: Iterable[Hop]) -> list[Hop]:
    """The hops that decide or change something; frames that only pass a cable or a bridge are left out."""
    return [hop for hop in hops if hop.action not in ("send", "receive") or (hop.action == "send" and hop.segment)]


def entries(hops: Sequence[Hop]) -> Html:
    """Each hop's entry as the kernel prints it, with what it means."""
    lines = (
        el("li", el("b", str(hop.port)), " ", hop.decided_by, el("small", inline(explained(hop))), class_="hit")
        for hop in hops
    )
    return el("ul", join(lines), class_="rules")


def explained(hop: Hop) -> str:
    """What a hop does, in a sentence."""
    before, after = hop.before, hop.after
    match hop.action:
        case "route":
            text = _("The route with the longest prefix that holds {destination}.")
        case "forward":
            text = _("Passed on: the longest prefix that holds {destination}. TTL {ttl_before} becomes {ttl}.")
        case "neighbour":
            permanent = hop.decided_by.endswith("PERMANENT")
            text = _("The MAC of the next hop, written down by the plugin.") if permanent else _("ARP found this MAC.")
        case "encapsulate":
            fdb = " dst " in hop.decided_by
            text = _("The FDB names the node behind this MAC.") if fdb else _("The other end of the tunnel.")
        case "decapsulate":
            text = _("The outer headers come off.")
        case "translate":
            text = _("{source_before} > {destination_before} becomes {source} > {destination}.")
        case "fragment":
            text = _("Cut into {pieces} bytes.")
        case "reassemble":
            text = _("Connection tracking puts the pieces together.")
        case "send":
            text = _("On the wire: {pieces} bytes.")
        case _:
            text = _("An address of this namespace: arrived, with TTL {ttl}.")
    return text.format(
        destination=after.destination,
        source=after.source,
        destination_before=before.destination,
        source_before=before.source,
        ttl=after.ttl,
        ttl_before=before.ttl,
        pieces=" + ".join(map(str, after.sizes)),
    )


def walk_list(path: Path) -> Html:
    """All telling hops in order, and the loss that ends them."""
    rows = [
        el("li", _place(hop.port.namespace, hop.action), el("code", hop.decided_by), class_=_tunnel(hop))
        for hop in telling(path.hops)
    ]
    if path.lost:
        where = _place(path.lost.port.namespace, path.lost.port.device)
        rows.append(el("li", where, el("p", el("b", path.lost.reason), class_="v no"), class_="lost"))
    return el("ol", join(rows), class_="walk")


def says_of_loss(path: Path) -> str:
    """What the sender hears of a loss: an error of its own kernel, an ICMP error, or nothing."""
    loss = path.lost
    if loss is None:
        return ""
    if loss.errno:
        return _("The sender's own kernel says {errno}.").format(errno=loss.errno)
    return _icmp(loss, path.error)


def _icmp(loss: Loss, error: Path | None) -> str:
    if error is None:
        return _("Nobody says a word: the sender waits.")
    if error.received is None:
        return _lost_error(loss, error)
    return _("An ICMP error comes back: {kind}.").format(kind=loss.icmp)


def _lost_error(loss: Loss, error: Path) -> str:
    if error.lost is None:
        return _("The ICMP error “{kind}” is lost on its way back.").format(kind=loss.icmp)
    return _("The ICMP error “{kind}” is lost on its way back, at {where}: {reason}.").format(
        kind=loss.icmp, where=error.lost.port.namespace, reason=error.lost.reason
    )


def _place(namespace: str, what: str) -> Html:
    return el("span", namespace, el("small", what), class_="at")


def _tunnel(hop: Hop) -> str | None:
    return "tunnel" if hop.after.tunnel else None
