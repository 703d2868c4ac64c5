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

_LONGEST_NAME, _LONGEST_LABEL = 253, 63


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

    Every name server of `conf` is taken for the cluster's. A full name that DNS cannot carry is left out: one with more
    than 253 characters, or with a label that is empty or has more than 63.
    """
    steps: list[Step] = []
    for full in queries(name, conf):
        if not _is_possible(full):
            continue
        asked = [Step(full, type_, resolve(dns, full, type_)) for type_ in types]
        steps += asked
        records = [record for step in asked for record in step.answer.answer]
        addresses = tuple(record.value for record in records if record.type in types)
        if addresses:
            return Lookup(tuple(steps), addresses)
    return Lookup(tuple(steps), ())


def _is_possible(full: str) -> bool:
    labels = full[:-1].encode(errors="surrogatepass").split(b".")
    return len(full) <= _LONGEST_NAME + 1 and all(0 < len(label) <= _LONGEST_LABEL for label in labels)


def resolve(dns: ClusterDNS, name: str, type_: str) -> Answer:
    """What the server answers in the end: for names outside of its zones, what the world outside says."""
    own = answer(dns, name, type_)
    if own.rcode != REFUSED or dns.zone_of(name) is not None:
        return own
    records = dns.upstream(name, type_)
    if records:
        return Answer(NOERROR, records, reason=_("a server outside of the cluster knows the name"))
    return Answer(NXDOMAIN, reason=_("no server outside of the cluster knows the name"))
