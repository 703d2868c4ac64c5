"""IP packets as bytes: which probe a packet on the wire belongs to, also inside of VXLAN, also as a fragment."""

import socket
import struct
from dataclasses import dataclass, field
from typing import Any

VXLAN_PORT, VXLAN_HEADERS_BYTES = 8472, 8 + 8 + 14
UDP, IPIP, V6_FRAGMENT = 17, 4, 44


@dataclass
class Header:
    """What matters of an IP header; `body` is what follows."""

    size: int
    ttl: int
    protocol: int
    source: str
    destination: str
    ident: int
    offset: int
    body: bytes


def parse(data: bytes) -> Header | None:
    """The IPv4 or IPv6 header of a packet."""
    if len(data) < 40 and data[:1] != b"E":
        return None
    if data[0] >> 4 == 4:
        size, ident, fragment = struct.unpack("!HHH", data[2:8])
        source, destination = (socket.inet_ntop(socket.AF_INET, data[at : at + 4]) for at in (12, 16))
        body = data[(data[0] & 15) * 4 : size]
        return Header(size, data[8], data[9], source, destination, ident, (fragment & 0x1FFF) * 8, body)
    if data[0] >> 4 != 6:
        return None
    payload, protocol, ttl = struct.unpack("!HBB", data[4:8])
    source, destination = (socket.inet_ntop(socket.AF_INET6, data[at : at + 16]) for at in (8, 24))
    body, ident, offset = data[40 : 40 + payload], 0, 0
    if protocol == V6_FRAGMENT:
        protocol, offset, ident = body[0], struct.unpack("!H", body[2:4])[0] & 0xFFF8, struct.unpack("!I", body[4:8])[0]
        body = body[8:]
    return Header(40 + payload, ttl, protocol, source, destination, ident, offset, body)


@dataclass
class Probes:
    """Finds the probe's mark in a packet; later fragments belong where their first one did."""

    firsts: dict[tuple[Any, ...], str] = field(default_factory=dict)

    def mark(self, head: Header) -> str | None:
        """The mark at the start of the innermost UDP payload."""
        key = (head.source, head.destination, head.ident, head.protocol)
        if head.offset:
            return self.firsts.get(key)
        found = self._inside(head)
        if found:
            self.firsts[key] = found
        return found

    def _inside(self, head: Header) -> str | None:
        if head.protocol == IPIP:
            inner = parse(head.body)
        elif head.protocol == UDP and struct.unpack("!H", head.body[2:4])[0] == VXLAN_PORT:
            inner = parse(head.body[VXLAN_HEADERS_BYTES:])
        elif head.protocol == UDP:
            mark = head.body[8:16]
            return mark.decode() if mark[:1] in (b"q", b"r") and mark[1:].isdigit() else None
        else:
            return None
        return self.mark(inner) if inner else None
