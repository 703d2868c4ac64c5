"""The answers of the cluster's DNS server, set up as kubeadm does: CoreDNS with its plugin ``kubernetes``.

Left out: zone transfers, NS records and the server's own address, caches, and the load balancing that shuffles records.

References
----------
CoreDNS 1.14.2, plugin/kubernetes/handler.go: ServeDNS; plugin/backend_lookup.go: A, AAAA, SRV, CNAME, TXT, PTR, SOA
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from k8smodels.api.meta import KubernetesObject
from k8smodels.i18n import _
from k8smodels.services.addresses import parse_strict_ip
from k8smodels.services.dns.directory import NO_PORT, Directory, Found, Target
from k8smodels.services.dns.names import REVERSE_ZONES, is_below, reversed_address
from k8smodels.services.dns.record import (
    NOERROR,
    NXDOMAIN,
    REFUSED,
    Answer,
    ResourceRecord,
    Upstream,
    nothing_upstream,
)
from k8smodels.services.dns.targets import find, find_address

SCHEMA_VERSION = "1.1.0"
"""The version of the specification, which the name ``dns-version`` of the zone gives."""

_VERSION_TTL_SECONDS = 28800
_MOST_ALIASES = 10

Records = tuple[ResourceRecord, ...]


@dataclass(frozen=True, slots=True)
class ClusterDNS:
    """The DNS server of a cluster.

    Attributes
    ----------
    directory
        What it knows of the cluster.
    domain
        The cluster's domain, without a dot at its end.
    ttl_seconds
        How long an answer may be kept.
    serial
        The version of the zone; CoreDNS takes the time of the last change.
    upstream
        The world outside of the cluster.
    """

    directory: Directory
    domain: str = "cluster.local"
    ttl_seconds: int = 30
    serial: int = 1
    upstream: Upstream = nothing_upstream

    @classmethod
    def of(cls, objects: Iterable[KubernetesObject], upstream: Upstream = nothing_upstream) -> ClusterDNS:
        """The server of a cluster that holds `objects`."""
        return cls(Directory.of(objects), upstream=upstream)

    def zone_of(self, name: str) -> str | None:
        """The zone that `name` is in, in the case of `name`; None if it is in none."""
        zones = (f"{self.domain}.", *REVERSE_ZONES)
        zone = next((zone for zone in zones if is_below(name, zone)), None)
        return None if zone is None else name[len(name) - len(zone) :]


def answer(dns: ClusterDNS, name: str, type_: str) -> Answer:
    """What the server answers.

    Parameters
    ----------
    name
        The whole name, with the dot at its end. Its case does not matter, and comes back in the answer.
    type_
        ``A``, ``AAAA``, ``SRV``, ``PTR``, ``CNAME``, ``TXT``, ``SOA``; any other type has no records here.
    """
    zone = dns.zone_of(name)
    if zone is None:
        return Answer(REFUSED, reason=_("the name is in none of the server's zones"))
    if type_ in ("AXFR", "IXFR"):
        return Answer(REFUSED, reason=_("whole zones are not given away"))
    found, records, additional = _BY_TYPE.get(type_, _other)(dns, name, zone)
    if not found.exists:
        return Answer(NXDOMAIN, soa=True, reason=found.reason)
    if not records:
        reason = _("{why}; but there is no record of this type").format(why=found.reason)
        return Answer(NOERROR, soa=True, reason=reason)
    return Answer(NOERROR, records, additional, reason=found.reason)


Handler = Callable[[ClusterDNS, str, str], tuple[Found, Records, Records]]


def _found(dns: ClusterDNS, name: str, zone: str) -> Found:
    if name.lower() == f"ns.dns.{zone}":  # here the case of the zone matters to CoreDNS
        return Found(True, _("the name of the server itself"))
    return find(dns.directory, name.lower(), zone)


def _a(dns: ClusterDNS, name: str, zone: str) -> tuple[Found, Records, Records]:
    return _found(dns, name, zone), _addresses(dns, name, zone, "A", ()), ()


def _aaaa(dns: ClusterDNS, name: str, zone: str) -> tuple[Found, Records, Records]:
    return _found(dns, name, zone), _addresses(dns, name, zone, "AAAA", ()), ()


def _addresses(dns: ClusterDNS, name: str, zone: str, type_: str, before: Records) -> Records:
    """The addresses of `name`, each once, and for an external name the alias and where it leads."""
    records: list[ResourceRecord] = []
    for target in _found(dns, name, zone).targets:
        address = parse_strict_ip(target.host)
        if address is None:
            records += _followed(dns, name, zone, type_, (target.host, before))
        elif type_ == ("A" if address.version == 4 else "AAAA"):
            records.append(ResourceRecord(name, dns.ttl_seconds, type_, str(address)))
    return tuple(dict.fromkeys(records))


def _followed(dns: ClusterDNS, name: str, zone: str, type_: str, alias: tuple[str, Records]) -> Records:
    """An alias with what it leads to; inside of the zone only if it leads anywhere, and never in a circle."""
    target, before = f"{alias[0].removesuffix('.')}.", alias[1]
    record = ResourceRecord(name, dns.ttl_seconds, "CNAME", target)
    circle = is_below(target, name) or any((item.name, item.value) == (name, target) for item in before)
    if circle or len(before) > _MOST_ALIASES:
        return ()
    if not is_below(target, zone):
        return (record, *dns.upstream(target, type_))
    led_to = _addresses(dns, target, zone, type_, (*before, record))
    return (record, *led_to) if led_to else ()


def _srv(dns: ClusterDNS, name: str, zone: str) -> tuple[Found, Records, Records]:
    """A record for each port of each target, all with the same share of the traffic, and the targets' addresses."""
    found = _found(dns, name, zone)
    addressed = [target for target in found.targets if parse_strict_ip(target.host) is not None]
    weight = max(math.floor(100.0 / (100 * len(addressed)) * 100), 1) if addressed else 0
    usable = [target for target in addressed if target.port != NO_PORT]
    records = (
        ResourceRecord(name, dns.ttl_seconds, "SRV", f"0 {weight} {target.port} {target.name}") for target in usable
    )
    return found, tuple(dict.fromkeys(records)), tuple(dict.fromkeys(_address_of(dns, each) for each in usable))


def _address_of(dns: ClusterDNS, target: Target) -> ResourceRecord:
    address = parse_strict_ip(target.host)
    type_ = "AAAA" if address is not None and address.version == 6 else "A"
    return ResourceRecord(target.name, dns.ttl_seconds, type_, str(address))


def _cname(dns: ClusterDNS, name: str, zone: str) -> tuple[Found, Records, Records]:
    found = _found(dns, name, zone)
    names = [target.host for target in found.targets[:1] if parse_strict_ip(target.host) is None]
    records = [ResourceRecord(name, dns.ttl_seconds, "CNAME", f"{host.removesuffix('.')}.") for host in names]
    return found, tuple(records), ()


def _txt(dns: ClusterDNS, name: str, zone: str) -> tuple[Found, Records, Records]:
    """Only the version of the specification; for other names without targets the server denies that they exist."""
    if name.lower() == f"dns-version.{zone.lower()}":
        record = ResourceRecord(name, _VERSION_TTL_SECONDS, "TXT", f'"{SCHEMA_VERSION}"')
        return Found(True, _("the version of the specification")), (record,), ()
    found = find(dns.directory, name.lower(), zone)
    return Found(bool(found.targets), found.reason), (), ()


def _ptr(dns: ClusterDNS, name: str, zone: str) -> tuple[Found, Records, Records]:
    address = reversed_address(name.lower())
    if address is None:
        return find(dns.directory, name.lower(), zone), (), ()
    found = find_address(dns.directory, address, f"{dns.domain}.")
    records = (ResourceRecord(name, dns.ttl_seconds, "PTR", target.host) for target in found.targets)
    return found, tuple(records), ()


def _soa(dns: ClusterDNS, name: str, zone: str) -> tuple[Found, Records, Records]:
    """The zone's own record; the server denies no other name when it is asked for this type."""
    ttl = dns.ttl_seconds
    value = f"ns.dns.{zone} hostmaster.{zone} {dns.serial} 7200 1800 86400 {ttl}"
    records = (ResourceRecord(zone, min(ttl, 300), "SOA", value),) if name == zone else ()
    return Found(True, _("the zone itself") if records else _("the name is in the zone")), records, ()


def _other(dns: ClusterDNS, name: str, zone: str) -> tuple[Found, Records, Records]:
    return _found(dns, name, zone), (), ()


_BY_TYPE: Mapping[str, Handler] = {
    "A": _a,
    "AAAA": _aaaa,
    "SRV": _srv,
    "CNAME": _cname,
    "TXT": _txt,
    "PTR": _ptr,
    "SOA": _soa,
}
