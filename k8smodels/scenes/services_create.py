"""Scenes of making a Service: what is filled in, what is refused, and where addresses and ports come from."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import replace

from k8smodels.api.kinds import dump
from k8smodels.api.service import Service
from k8smodels.i18n import _
from k8smodels.scenes.one_object import one_object
from k8smodels.services import AllocationError, ClusterIPs, NodePorts, Pools, create_service
from k8smodels.services.allocation.bands import Range
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, join
from k8smodels.views.services import (
    Band,
    band_table,
    filled_lines,
    filled_pieces,
    service_listing,
    terminal,
    warning_list,
)

EXAMPLES: Mapping[str, str] = {
    "as short as can be": """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports:
  - port: 80
""",
    "a node port": """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: NodePort
  selector: {app: web}
  ports:
  - {name: http, port: 80, targetPort: http}
""",
    "a load balancer, Local": """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  selector: {app: web}
  ports:
  - {name: http, port: 80, targetPort: http}
""",
    "headless": """\
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec:
  clusterIP: None
  selector: {app: db}
  ports:
  - {name: pg, port: 5432}
""",
    "an external address": """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  externalIPs: [198.51.100.20]
  selector: {app: web}
  ports:
  - {name: http, port: 80, targetPort: http}
""",
    "a node port out of range": """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: NodePort
  selector: {app: web}
  ports:
  - {name: http, port: 80, nodePort: 8080}
""",
    "several mistakes": """\
apiVersion: v1
kind: Service
metadata: {name: Web_1, namespace: shop}
spec:
  externalTrafficPolicy: Local
  selector: {app: web}
  ports:
  - {port: 80, targetPort: web-server-port-1}
  - {port: 80, targetPort: 0}
""",
}

MOST_LINES = 120
"""Longer objects are not drawn."""


def made(text: str) -> Frame:
    """What the API server makes of the Service in `text`.

    Raises
    ------
    ValueError
        The API server refuses it, or it is too long to draw.
    """
    written = one_object(text, Service)
    created = create_service(written, Pools.of("10.96.0.0/16"))
    before, after = (_lines(item) for item in (written, created.service))
    if len(after) > MOST_LINES:
        raise ValueError(_("The figure takes at most {n} lines.").format(n=MOST_LINES))
    pieces = filled_pieces(before, after)
    added = sum(len(piece.stored) for piece in pieces if piece.is_added)
    listing = terminal(service_listing([created.service]), "kubectl get services")
    says = _("Stored. The API server added {n} lines.").format(n=added)
    return Frame(join([filled_lines(pieces, _origin), warning_list(created.warnings), listing]), says)


ALLOCATED = ("clusterIP", "nodePort", "healthCheckNodePort", "- 10.")
FAMILIES = ("ipFamil", "- IPv")


def _origin(lines: Sequence[str]) -> str:
    """Where lines that the API server added come from."""
    found = dict.fromkeys(map(_origin_of, lines))
    return ", ".join(found)


def _origin_of(line: str) -> str:
    text = line.strip()
    if text.startswith(FAMILIES):
        return _("from the cluster's ranges")
    return _("allocated") if text.startswith(ALLOCATED) else _("default")


def _lines(service: Service) -> list[str]:
    """The object as YAML, without its status, which others write."""
    text = dump([replace(service, status=type(service.status)())])
    return [line for line in text.splitlines() if line != "---" and not line.startswith("status:")]


# Where addresses and ports come from.

RANGES: Mapping[str, str] = {
    "10.96.0.0/28": "cluster IPs, 10.96.0.0/28",
    "10.96.0.0/27": "cluster IPs, 10.96.0.0/27",
    "10.96.0.0/26": "cluster IPs, 10.96.0.0/26",
    "30000-30063": "node ports, 30000-30063",
}
WANTED = 10
"""Somebody comes late, and asks for value number 10 of the range."""


def given(range_: str, services: int, seed: int = 3) -> Frame:
    """Give out values until `services` have one, or none is left; then ask for a fixed one."""
    pool = ClusterIPs.of(range_) if "/" in range_ else NodePorts.of(range_)
    made = 0
    while made < services and pool.range.free:
        pool, _value = pool.allocate_next(seed)
        made += 1
    wanted = pool.range.first + WANTED - ("/" in range_)
    shown = str(ipaddress.IPv4Address(wanted)) if isinstance(pool, ClusterIPs) else str(wanted)
    refusal = _refusal(pool, wanted)
    asked = el("p", _("Somebody now asks for {value}.").format(value=shown))
    verdict = el("p", el("b", refusal or _("allowed")), class_="v no" if refusal else "v ok")
    taken = _("{n} Services have a value each. {value} is **taken**.")
    free = _("{n} Services have a value each. {value} is **free**.")
    says = (taken if refusal else free).format(n=made, value=shown)
    return Frame(join([band_table(_bands(pool.range, pool)), asked, verdict]), says)


def _refusal(pool: ClusterIPs | NodePorts, wanted: int) -> str:
    try:
        if isinstance(pool, ClusterIPs):
            pool.allocate(ipaddress.IPv4Address(wanted))
        else:
            pool.allocate(wanted)
    except AllocationError as refused:
        return str(refused)
    return ""


def _bands(values: Range, pool: ClusterIPs | NodePorts) -> list[Band]:
    lower = sum(value < values.dynamic_from for value in values.taken)
    upper = Band(_("given first"), pool.dynamic, len(values.taken) - lower, values.size - values.static)
    return [upper, Band(_("kept for requests"), pool.static or _("no such band"), lower, values.static)]
