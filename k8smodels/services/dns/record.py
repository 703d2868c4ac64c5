"""Resource records, and what a server answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

NOERROR, NXDOMAIN, REFUSED = "NOERROR", "NXDOMAIN", "REFUSED"


@dataclass(frozen=True, slots=True)
class ResourceRecord:
    """A record as a zone file has it: ``web.ns.svc.cluster.local. 30 IN A 10.96.0.10``."""

    name: str
    ttl_seconds: int
    type: str
    value: str

    def __str__(self) -> str:
        return f"{self.name} {self.ttl_seconds} IN {self.type} {self.value}"


Upstream = Callable[[str, str], tuple[ResourceRecord, ...]]
"""What the servers outside of the cluster have for a name and a type."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer.

    Attributes
    ----------
    rcode
        ``NOERROR``, also if the name exists but has no record of the type; ``NXDOMAIN`` if there is no such name;
        ``REFUSED`` for a name outside of the server's zones.
    answer, additional
        The records asked for, and addresses that a client will want next.
    soa
        Whether the zone's SOA record comes along, which says for how long a negative answer may be kept.
    reason
        How the server came to it.
    """

    rcode: str
    answer: tuple[ResourceRecord, ...] = ()
    additional: tuple[ResourceRecord, ...] = ()
    soa: bool = False
    reason: str = ""


def nothing_upstream(name: str, type_: str) -> tuple[ResourceRecord, ...]:  # noqa: ARG001 - as every `Upstream`
    """The world outside of the cluster without any name."""
    return ()
