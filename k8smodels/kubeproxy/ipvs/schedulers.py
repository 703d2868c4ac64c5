"""How the kernel picks a real server for a new connection.

Leaves out: persistence, limits of connections per server, the flags of ``sh``, ``mh`` and the schedulers by locality.

References
----------
Linux net/netfilter/ipvs/ip_vs_rr.c, _wrr.c, _lc.c, _wlc.c, _sed.c, _nq.c, _sh.c, _dh.c; include/net/ip_vs.h:
ip_vs_dest_conn_overhead; include/linux/hash.h: hash_32
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import gcd
from typing import Literal

Scheduler = Literal["rr", "wrr", "lc", "wlc", "sed", "nq", "sh", "dh"]

_GOLDEN_RATIO_32 = 0x61C88647
_TABLE_BITS = 8
_ACTIVE_WEIGHT = 256
"""An open connection counts as many closed ones that are still remembered."""


@dataclass(frozen=True, slots=True)
class RealServer:
    """A server with its weight and connections; a weight of 0 takes no new ones."""

    name: str
    weight: int = 1
    active: int = 0
    inactive: int = 0


@dataclass(frozen=True, slots=True)
class Balancer:
    """The servers of one virtual server, in the kernel's order: one that is added comes first.

    Attributes
    ----------
    last
        The index of the server that was picked last; -1 before the first.
    threshold
        For ``wrr``: the weight that a server must have in this round.
    """

    scheduler: Scheduler
    servers: tuple[RealServer, ...]
    last: int = -1
    threshold: int = 0

    def connect(self, source: str, destination: str) -> tuple[Balancer, RealServer | None]:
        """The balancer after a new connection, and the server that got it; None if all are drained."""
        after, index = _PICKS[self.scheduler](self, source, destination)
        if index is None:
            return after, None
        servers = list(after.servers)
        servers[index] = replace(servers[index], active=servers[index].active + 1)
        return replace(after, servers=tuple(servers)), self.servers[index]


Pick = tuple[Balancer, int | None]


def _rr(balancer: Balancer, _source: str, _destination: str) -> Pick:
    """The next one, past those that are drained."""
    count = len(balancer.servers)
    for step in range(1, count + 1):
        index = (balancer.last + step) % count
        if balancer.servers[index].weight > 0:
            return replace(balancer, last=index), index
    return balancer, None


def _wrr(balancer: Balancer, _source: str, _destination: str) -> Pick:
    """Round after round, with a threshold that falls from the largest weight by the weights' common divisor."""
    weights = [server.weight for server in balancer.servers]
    if not any(weight > 0 for weight in weights):
        return balancer, None
    step = gcd(*weights)
    top = max(weights) - (step - 1)
    last, threshold = balancer.last, balancer.threshold or top
    while True:
        for index in range(last + 1, len(weights)):
            if weights[index] >= threshold:
                return replace(balancer, last=index, threshold=threshold), index
        last, threshold = -1, threshold - step
        threshold = threshold if threshold > 0 else top


def _least(balancer: Balancer, load: Callable[[RealServer], int], weight: Callable[[RealServer], int]) -> int | None:
    """The least load per weight, the first of equals. Compared crosswise, as the kernel has no fractions."""
    best: int | None = None
    for index, server in enumerate(balancer.servers):
        if server.weight > 0:
            leader = None if best is None else balancer.servers[best]
            if leader is None or load(leader) * weight(server) > load(server) * weight(leader):
                best = index
    return best


def _overhead(server: RealServer) -> int:
    return server.active * _ACTIVE_WEIGHT + server.inactive


def _lc(balancer: Balancer, _source: str, _destination: str) -> Pick:
    """The least connections."""
    return balancer, _least(balancer, _overhead, lambda _: 1)


def _wlc(balancer: Balancer, _source: str, _destination: str) -> Pick:
    """The least connections per weight."""
    return balancer, _least(balancer, _overhead, lambda server: server.weight)


def _sed(balancer: Balancer, _source: str, _destination: str) -> Pick:
    """The shortest expected delay: the new connection is counted as well."""
    return balancer, _least(balancer, lambda server: server.active + 1, lambda server: server.weight)


def _nq(balancer: Balancer, source: str, destination: str) -> Pick:
    """One that has nothing to do, else the shortest expected delay."""
    for index, server in enumerate(balancer.servers):
        if server.weight > 0 and server.active == 0:
            return balancer, index
    return _sed(balancer, source, destination)


def _sh(balancer: Balancer, source: str, _destination: str) -> Pick:
    """By the source: a client stays with its server, without a memory. A larger weight takes more of the table."""
    return balancer, _hashed(balancer.servers, source, [max(server.weight, 1) for server in balancer.servers])


def _dh(balancer: Balancer, _source: str, destination: str) -> Pick:
    """By the destination."""
    return balancer, _hashed(balancer.servers, destination, [1] * len(balancer.servers))


def _hashed(servers: Sequence[RealServer], address: str, copies: Sequence[int]) -> int | None:
    """The server in the address' place of a table of 256, which the servers fill in turn."""
    if not servers:
        return None
    value = int.from_bytes(ipaddress.IPv4Address(address).packed, "big")
    place = (value * _GOLDEN_RATIO_32 & 0xFFFFFFFF) >> (32 - _TABLE_BITS)
    turn = [index for index, count in enumerate(copies) for _ in range(count)]
    index = turn[place % len(turn)]
    return index if servers[index].weight > 0 else None


_PICKS: Mapping[str, Callable[[Balancer, str, str], Pick]] = {
    "rr": _rr,
    "wrr": _wrr,
    "lc": _lc,
    "wlc": _wlc,
    "sed": _sed,
    "nq": _nq,
    "sh": _sh,
    "dh": _dh,
}
