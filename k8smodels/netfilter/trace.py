"""A packet in words, and its ways through rules of either kind.

References
----------
iptables-save(8), nft(8)
"""

from __future__ import annotations

import re

from k8smodels.api.errors import DecodeError
from k8smodels.netfilter.addresses import canonical, split_port
from k8smodels.netfilter.nft.read import read_nft
from k8smodels.netfilter.nft.walk import walk_nft
from k8smodels.netfilter.packet import ConnectionState, Machine, Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.walk import walk
from k8smodels.netfilter.ways import Way

_DESTINATION = re.compile(r"(?P<address>.+?)(?:/(?P<protocol>[a-z0-9]+))?")
_SOME_PORT = 40000


def ways_through(text: str, packet: Packet, machine: Machine) -> tuple[Way, ...]:
    """The ways of a packet through rules of either kind: what begins with ``table`` or ``add`` is nftables'.

    Raises
    ------
    DumpError
        The rules cannot be read.
    TooManyWays
        They fork too often.
    """
    first = next((line.split()[0] for line in text.splitlines() if line.strip() and line.lstrip()[0] != "#"), "")
    if first in ("table", "add", "flush", "create"):
        return walk_nft(read_nft(text), packet, machine)
    return walk(read_tables(text), packet, machine)


def packet_of(source: str, to: str, iif: str, *, known: bool = False) -> Packet:
    """The packet that somebody describes.

    Parameters
    ----------
    source
        ``IP`` or ``IP:PORT``.
    to
        ``IP:PORT``, with ``/PROTOCOL`` if that is not tcp.
    iif
        The device by which it comes in; empty if a process of the machine sends it.
    known
        Whether it belongs to a connection that is known.

    Raises
    ------
    DecodeError
        An address, a port or a protocol that is none.
    """
    found = _DESTINATION.fullmatch(to)
    if found is None:
        raise DecodeError("--to", f"Invalid value: {to!r}: must be IP:PORT/PROTOCOL, e.g. 10.96.0.10:80/tcp")
    destination, dport = _endpoint("--to", found["address"])
    src, sport = _endpoint("--from", source)
    if (":" in src) != (":" in destination):
        raise DecodeError("--from", f"Invalid value: {source!r}: must be of the family of {destination}")
    state: ConnectionState = "ESTABLISHED" if known else "NEW"
    return Packet(src, destination, dport, found["protocol"] or "tcp", iif, sport or _SOME_PORT, state=state)


def _endpoint(option: str, text: str) -> tuple[str, int]:
    try:
        address, port = split_port(text)
        if 0 <= port <= 65535:
            return canonical(address), port
    except ValueError:
        pass
    raise DecodeError(option, f"Invalid value: {text!r}: must be an address with a port, e.g. 10.96.0.10:80")
