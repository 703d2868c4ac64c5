"""The addresses of a range, and who has each of them by the files of host-local."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from ipaddress import ip_address, ip_network

from k8smodels.i18n import _
from k8smodels.views.html import Html, el, join

__all__ = ["lease_table"]


def lease_table(
    subnet: str, files: Mapping[str, str], living: Mapping[str, str], changed: Collection[str] = ()
) -> Html:
    """Every address of a small range.

    Parameters
    ----------
    subnet
        The range; its first address is the gateway's.
    files
        The files of host-local's directory: text by name.
    living
        Names of the pods that run, by container id. A file whose container is not among them is nobody's.
    changed
        The addresses to look at now.
    """
    network = ip_network(subnet)
    last = next((text for name, text in files.items() if name.startswith("last") and _within(text, subnet)), "")
    rows = []
    for address in network:
        text = str(address)
        who = _who(text, subnet, files, living)
        note = el("small", _("given last")) if text == last else ""
        row = el("tr", el("th", text, class_="nw", scope="row"), el("td", who, " ", note))
        rows.append(row if text not in changed else Html(row.replace("<tr>", '<tr class="on">', 1)))
    head = el("tr", el("th", _("address"), scope="col"), el("th", _("taken by"), scope="col"))
    return el("table", el("caption", subnet), el("thead", head), el("tbody", join(rows)))


def _within(text: str, subnet: str) -> bool:
    return ip_address(text).version == ip_network(subnet).version


def _who(address: str, subnet: str, files: Mapping[str, str], living: Mapping[str, str]) -> Html:
    network = ip_network(subnet)
    if address == str(network[0]):
        return el("span", _("the network's own name"), class_="muted")
    if address == str(network[1]):
        return el("span", _("the gateway"), class_="muted")
    if network.version == 4 and address == str(network[-1]):
        return el("span", _("broadcast"), class_="muted")
    if address not in files:
        return el("span", _("free"), class_="muted")
    container = files[address].split("\r\n")[0]
    if container in living:
        return el("b", living[container], class_="ob pod")
    return el(
        "span", el("b", _("nobody")), " ", _("(a file of {container})").format(container=container), class_="v no"
    )
