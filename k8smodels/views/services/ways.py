"""The ways into a Service, and who can take them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from k8smodels.api.service import Service
from k8smodels.i18n import _
from k8smodels.views.html import Html, el
from k8smodels.views.isolation import grid
from k8smodels.views.text import columns

__all__ = ["Reach", "reach_table", "service_listing"]


@dataclass(frozen=True, slots=True)
class Reach:
    """An address that leads to the Pods.

    Attributes
    ----------
    who
        Who gives the address, and to whom it is of use.
    clients
        By client, whether it knows a way to the address.
    """

    address: str
    who: str
    clients: Mapping[str, bool]


def reach_table(ways: Iterable[Reach], marked: Collection[int] = ()) -> Html:
    """A row an address, a column a client."""
    listed = list(ways)
    head = [_("address"), _("given by; for whom"), *listed[0].clients]
    rows = [
        (el("code", way.address), el("small", way.who), *(_verdict(known) for known in way.clients.values()))
        for way in listed
    ]
    return grid(head, rows, marked)


def _verdict(known: bool) -> Html:
    return el("span", el("b", _("yes") if known else _("no way")), class_="v ok" if known else "v no")


def service_listing(services: Iterable[Service]) -> str:
    """The Services as ``kubectl get services`` prints them, without their age.

    References
    ----------
    pkg/printers/internalversion/printers.go: printService, getServiceExternalIP, makePortString (v1.37)
    """
    rows = [
        (
            item.name,
            item.spec.type,
            item.spec.cluster_ips[0] if item.spec.cluster_ips else "<none>",
            _external(item),
            ",".join(_ports(item)) or "<none>",
        )
        for item in services
    ]
    return columns(["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)"], rows)


def _external(service: Service) -> str:
    if service.spec.type == "ExternalName":
        return service.spec.external_name
    if service.spec.type != "LoadBalancer":
        return ",".join(service.spec.external_ips) or "<none>"
    ingress = _clipped(",".join(sorted({item.ip or item.hostname for item in service.status.load_balancer.ingress})))
    return ",".join(filter(None, [ingress, *service.spec.external_ips])) or "<pending>"


def _clipped(text: str, limit: int = 16) -> str:
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def _ports(service: Service) -> list[str]:
    return [
        f"{port.port}:{port.node_port}/{port.protocol}" if port.node_port else f"{port.port}/{port.protocol}"
        for port in service.spec.ports
    ]
