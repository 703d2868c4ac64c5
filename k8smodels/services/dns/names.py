"""The names of the cluster's zone, taken apart.

References
----------
Kubernetes DNS-Based Service Discovery 1.1.0; CoreDNS 1.14.2, plugin/kubernetes/parse.go: parseRequest;
plugin/pkg/dnsutil/reverse.go
"""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.network.policy.addresses import IPAddress
from k8smodels.services.addresses import parse_strict_ip

REVERSE_ZONES = ("in-addr.arpa.", "ip6.arpa.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a name asks for.

    ``_http._tcp.web.ns.svc.<zone>`` has a port and a protocol, ``db-0.db.ns.svc.<zone>`` an endpoint,
    ``ns.svc.<zone>`` only a namespace, the zone itself nothing.

    Attributes
    ----------
    kind
        ``svc`` or ``pod``.
    """

    kind: str = ""
    namespace: str = ""
    service: str = ""
    endpoint: str = ""
    port: str = ""
    protocol: str = ""


def parse_name(name: str, zone: str) -> Asked | None:
    """What a name, in lower case, asks for; None if no name of `zone` has this form."""
    base = name[: len(name) - len(zone)].rstrip(".")
    if base in ("", "svc", "pod"):
        return Asked()
    *labels, kind = base.split(".")
    if kind not in ("svc", "pod") or len(labels) > 4:
        return None
    namespace, service, *rest = labels[::-1] + [""] * (2 - len(labels))
    if len(rest) == 2:
        return Asked(kind, namespace, service, port=rest[1].removeprefix("_"), protocol=rest[0].removeprefix("_"))
    return Asked(kind, namespace, service, endpoint=rest[0] if rest else "")


def pod_address(label: str) -> IPAddress | None:
    """The address in the name of a pod, ``10-244-1-5`` or ``fd00-10--1``."""
    is_ipv4 = label.count("-") == 3 and "--" not in label
    return parse_strict_ip(label.replace("-", "." if is_ipv4 else ":"))


def endpoint_label(address: str, hostname: str) -> str:
    """The name of an endpoint below its Service: its hostname, else its address with dashes."""
    if hostname:
        return hostname
    label = address.replace(".", "-") if "." in address else address.replace(":", "-")
    return label + "0" if ":" in address and label.endswith("-") else label


def reversed_address(name: str) -> IPAddress | None:
    """The address that a name of a reverse zone stands for: ``10.0.96.10.in-addr.arpa.`` is 10.96.0.10."""
    for zone in REVERSE_ZONES:
        if name.endswith(f".{zone}"):
            parts = name.removesuffix(f".{zone}").split(".")[::-1]
            if zone == "in-addr.arpa.":
                address = parse_strict_ip(".".join(parts))
                return address if address is not None and address.version == 4 else None
            groups = ["".join(parts[i : i + 4]) for i in range(0, len(parts) - len(parts) % 4, 4)]
            return parse_strict_ip(":".join(groups))
    return None


def is_below(name: str, zone: str) -> bool:
    """Whether `name` is `zone` or a name in it, whatever their case; both end with a dot."""
    name, zone = name.lower(), zone.lower()
    return name == zone or name.endswith(f".{zone}")
