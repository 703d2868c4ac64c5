"""The headers of a packet, drawn to scale: each tunnel is a row, and what it carries stands below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from k8smodels.i18n import _
from k8smodels.network.headers import IP_HEADER_BYTES, TUNNEL_BYTES
from k8smodels.network.packet import NO_FRAME, Frame, Packet
from k8smodels.views.amounts import percent
from k8smodels.views.html import Child, Html, el, join
from k8smodels.views.images.cells import grid

__all__ = ["nested_headers"]

ETHERNET_BYTES = 14
UDP_BYTES = 8
_TUNNEL_HEADER = {"vxlan": ("VXLAN", 8), "geneve": ("Geneve", 8), "wireguard": ("WireGuard", 16)}
_NAMED_FROM = 11
"""Percent of the whole from which on a part has room for its name."""


@dataclass(frozen=True, slots=True)
class Part:
    """A header, or what follows the last one; `kind` is its class."""

    name: str
    size_bytes: int
    ends: str = ""
    kind: str = ""


def nested_headers(packet: Packet, frame: Frame = NO_FRAME) -> Html:
    """The packet with all that is around it, outermost row first, and the same as a table.

    Of a packet that travels in fragments the first one is shown. The checksum behind an Ethernet frame (4 bytes) and
    the pause between frames are left out.
    """
    rows = list(_rows(packet, frame))
    whole = sum(part.size_bytes for part in rows[0])
    bars, before = [], 0
    for row in rows:
        bars.append(_bar(row, before, whole))
        before += sum(part.size_bytes for part in row[: _place_of_inside(row)])
    lines = [part for row in rows for part in row if part.kind != "inside"]
    table: list[list[Child]] = [[part.name, str(part.size_bytes), part.ends] for part in lines]
    head = [_("header"), _("bytes"), _("from > to")]
    return join([*bars, grid(head, table, right=(1,)), el("p", _total(whole, frame), class_="muted")])


def _total(whole: int, frame: Frame) -> str:
    """The size of the outermost IP packet, which is what an MTU limits."""
    if frame == NO_FRAME:
        return _("{count} bytes of IP packet").format(count=whole)
    return _("{count} bytes of IP packet. The Ethernet header before it, {more} more, is counted by no MTU.").format(
        count=whole - ETHERNET_BYTES, more=ETHERNET_BYTES
    )


def _place_of_inside(row: list[Part]) -> int:
    return next((place for place, part in enumerate(row) if part.kind == "inside"), len(row))


def _bar(row: list[Part], before: int, whole: int) -> Html:
    gap = [el("li", class_=f"w{percent(before, whole)} gap")] if before else []
    return el("ul", join([*gap, *(_piece(part, whole) for part in row)]), class_="split", aria_hidden="true")


def _piece(part: Part, whole: int) -> Html:
    share = percent(part.size_bytes, whole)
    text = join([el("b", part.name), el("small", part.size_bytes)]) if share >= _NAMED_FROM else None
    return el("li", text, class_=f"w{share} {part.kind}".strip())


def _rows(packet: Packet, frame: Frame) -> Iterator[list[Part]]:
    size = packet.sizes[0]
    row = list(_ethernet(frame, "tun" if packet.inner else ""))
    row.append(_ip(packet, "tun" if packet.inner else ""))
    left = size - row[-1].size_bytes
    if packet.inner is None:
        yield [*row, *_transport(packet, left)]
        return
    inner = packet.inner
    row += _tunnel(packet)
    around = IP_HEADER_BYTES[packet.source.version] + TUNNEL_BYTES[_kind(packet)]
    carried = inner.sizes[0] + (ETHERNET_BYTES if _has_frame(packet) else 0)
    row.append(Part(_("what it carries"), carried, kind="inside"))
    if _kind(packet) == "wireguard":
        row.append(Part(_("padding and tag"), size - around - inner.sizes[0] + 16, kind="tun"))
    yield row
    yield from _rows(inner, packet.inner_frame)


def _has_frame(packet: Packet) -> bool:
    """Whether the tunnel carries an Ethernet frame, not a bare IP packet."""
    return packet.inner_frame != NO_FRAME


def _kind(packet: Packet) -> str:
    return packet.tunnel.partition(" ")[0]


def _ethernet(frame: Frame, kind: str) -> Iterator[Part]:
    if frame != NO_FRAME:
        yield Part("Ethernet", ETHERNET_BYTES, f"{frame.source} > {frame.destination}", kind or "eth")


def _ip(packet: Packet, kind: str) -> Part:
    version = packet.source.version
    ends = f"{packet.source} > {packet.destination}, TTL {packet.ttl}"
    return Part("IP" if version == 4 else "IPv6", IP_HEADER_BYTES[version], ends, kind or "on")


def _tunnel(packet: Packet) -> Iterator[Part]:
    kind = _kind(packet)
    if kind in _TUNNEL_HEADER:
        name, size = _TUNNEL_HEADER[kind]
        yield Part("UDP", UDP_BYTES, _("port {port}").format(port=packet.destination_port), "tun")
        yield Part(name, size, kind="tun")


def _transport(packet: Packet, left: int) -> Iterator[Part]:
    if packet.protocol == "UDP" and left >= UDP_BYTES:
        yield Part("UDP", UDP_BYTES, _("port {port}").format(port=packet.destination_port))
        left -= UDP_BYTES
    yield Part(_("data"), left)
