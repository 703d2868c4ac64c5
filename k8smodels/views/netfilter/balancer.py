"""A virtual server of IPVS, and the real server that it picked."""

from __future__ import annotations

from k8smodels.i18n import _
from k8smodels.kubeproxy.endpoints import Endpoint
from k8smodels.kubeproxy.ipvs.virtual_servers import VirtualServer
from k8smodels.views.html import Html, el, join

__all__ = ["server_list"]


def server_list(server: VirtualServer, picked: Endpoint) -> Html:
    """The real servers behind an address, as ``ipvsadm -Ln`` lists them; the one that was picked is marked."""
    head = el("li", f"{server.protocol} {server.address} {server.scheduler}", class_="hit")
    return el("ol", head, join(_real(each, picked) for each in server.real_servers), class_="rules")


def _real(endpoint: Endpoint, picked: Endpoint) -> Html:
    text = f"→ {endpoint.address} Masq 1"
    if endpoint != picked:
        return el("li", text)
    return el("li", text, el("small", _("its turn")), class_="hit")
