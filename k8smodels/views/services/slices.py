"""Who stands behind a Service: its Pods, and the EndpointSlices that list them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from k8smodels.api.endpoint_slice import Endpoint, EndpointPort, EndpointSlice
from k8smodels.i18n import _
from k8smodels.views.html import Html, el, inline, join
from k8smodels.views.isolation import grid
from k8smodels.views.text import columns

__all__ = ["Standing", "slice_listing", "slice_tables", "standing_table"]

_MOST = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """A Pod, and what it is to a Service.

    Attributes
    ----------
    verdict
        ``ok``, ``wait`` or ``no``.
    word, reason
        The verdict in words, and what decided.
    """

    pod: str
    labels: str
    verdict: str
    word: str
    reason: str


def standing_table(standings: Iterable[Standing]) -> Html:
    """A row a Pod: its labels, and what it is to the Service."""
    rows = [
        (
            join([el("b", each.pod, class_="ob pod"), " ", el("small", each.labels)]),
            el("span", el("b", each.word), " ", el("small", each.reason), class_=f"v {each.verdict}"),
        )
        for each in standings
    ]
    return grid([_("Pod and its labels"), _("behind the Service?")], rows)


def slice_tables(slices: Iterable[EndpointSlice]) -> Html:
    """Each slice with its ports and its endpoints; the conditions as the object has them."""
    return join(map(_slice, slices))


def _slice(item: EndpointSlice) -> Html:
    ports = ", ".join(map(_port, item.ports)) or _("none")
    title = el(
        "p", inline(_("EndpointSlice `{name}`, ports: {ports}").format(name=item.name, ports=ports)), class_="sub"
    )
    if not item.endpoints:
        return join([title, el("p", _("no endpoints"), class_="muted")])
    rows = [_endpoint(each) for each in item.endpoints]
    return join([title, grid(["address", "targetRef", "ready", "serving", "terminating"], rows)])


def _port(port: EndpointPort) -> str:
    return f"{port.name or _('unnamed')} {port.port}/{port.protocol}"


def _endpoint(each: Endpoint) -> tuple[str, str, Html, Html, Html]:
    conditions = each.conditions
    flags = (conditions.ready, conditions.serving, conditions.terminating)
    ready, serving, terminating = map(_flag, flags)
    return each.addresses[0], each.target_ref.name if each.target_ref else "", ready, serving, terminating


def _flag(value: bool | None) -> Html:
    text = {True: "true", False: "false", None: "–"}[value]
    return el("code", text) if value else el("code", text, class_="muted")


def slice_listing(slices: Iterable[EndpointSlice]) -> str:
    """The slices as ``kubectl get endpointslices`` prints them, without their age.

    References
    ----------
    pkg/printers/internalversion/printers.go: printEndpointSlice, formatDiscoveryPorts (v1.37)
    """
    rows = [
        (
            item.name,
            item.address_type,
            _few([str(port.port or port.name or "*") for port in item.ports]),
            _few([address for each in item.endpoints for address in each.addresses]),
        )
        for item in slices
    ]
    return columns(["NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS"], rows)


def _few(values: list[str]) -> str:
    listed = ",".join(values[:_MOST])
    more = len(values) - _MOST
    return f"{listed} + {more} more..." if more > 0 else listed or "<unset>"
