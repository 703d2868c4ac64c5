"""One lookup of a program in a pod, step by step.

References
----------
resolv.conf(5), getaddrinfo(3) of glibc; the Corefile of kubeadm, whose plugin ``forward`` asks the world outside
"""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.i18n import _
from k8smodels.services.dns.record import NOERROR, NXDOMAIN, REFUSED, Answer
from k8smodels.services.dns.resolv_conf import ResolvConf, queries
from k8smodels.services.dns.server import ClusterDNS, answer

_LONGEST_NAME = 253


@dataclass(frozen=True, slots=True)
class Step:
    """One question to the server, and its answer."""

    name: str
    type: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a program asked until it had addresses, or gave up.

    Attributes
    ----------
    steps
        All questions, in their order.
    addresses
        What the program gets; none if no name had any.
    """

    steps: tuple[Step, ...]
    addresses: tuple[str, ...]

    @property
    def found(self) -> str:
        """The full name that had addresses; empty if none had."""
        return self.steps[-1].name if self.addresses else ""


def lookup(dns: ClusterDNS, name: str, conf: ResolvConf, types: tuple[str, ...] = ("A", "AAAA")) -> Lookup:
    """Look `name` up as ``getaddrinfo`` does: each full name with all `types`, until one of them has addresses.

    Every name server of `conf` is taken for the cluster's. Names longer than 253 characters are not sent.
    """
    steps: list[Step] = []
    for full in queries(name, conf):
        if len(full.encode(errors="surrogatepass")) > _LONGEST_NAME + 1:
            continue
        asked = [Step(full, type_, resolve(dns, full, type_)) for type_ in types]
        steps += asked
        records = [record for step in asked for record in step.answer.answer]
        addresses = tuple(record.value for record in records if record.type in types)
        if addresses:
            return Lookup(tuple(steps), addresses)
    return Lookup(tuple(steps), ())


def resolve(dns: ClusterDNS, name: str, type_: str) -> Answer:
    """What the server answers in the end: for names outside of its zones, what the world outside says."""
    own = answer(dns, name, type_)
    if own.rcode != REFUSED or dns.zone_of(name) is not None:
        return own
    records = dns.upstream(name, type_)
    if records:
        return Answer(NOERROR, records, reason=_("a server outside of the cluster knows the name"))
    return Answer(NXDOMAIN, reason=_("no server outside of the cluster knows the name"))
