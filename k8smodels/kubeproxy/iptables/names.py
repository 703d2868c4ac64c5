"""Names of chains: 16 characters of a hash keep them short enough for the kernel.

References
----------
pkg/proxy/iptables/proxier.go: portProtoHash, servicePortEndpointChainName (v1.37)
"""

from __future__ import annotations

from base64 import b32encode
from hashlib import sha256
from typing import NamedTuple

from k8smodels.kubeproxy.service_port import ServicePortName

SERVICES = "KUBE-SERVICES"
EXTERNAL_SERVICES = "KUBE-EXTERNAL-SERVICES"
NODE_PORTS = "KUBE-NODEPORTS"
FORWARD = "KUBE-FORWARD"
FIREWALL = "KUBE-PROXY-FIREWALL"
KUBELET_FIREWALL = "KUBE-FIREWALL"
POSTROUTING = "KUBE-POSTROUTING"
MARK_MASQ = "KUBE-MARK-MASQ"

OWN_CHAINS = ("KUBE-SVC-", "KUBE-SVL-", "KUBE-SEP-", "KUBE-FW-", "KUBE-EXT-")
"""How the names of chains begin that belong to one Service."""


class PortChains(NamedTuple):
    """The chains of one port.

    Attributes
    ----------
    cluster
        Chooses among all endpoints (``KUBE-SVC-``).
    local
        Chooses among this node's endpoints (``KUBE-SVL-``).
    external
        Where traffic from outside goes first (``KUBE-EXT-``).
    firewall
        Lets through who may use the load balancer's address (``KUBE-FW-``).
    """

    cluster: str
    local: str
    external: str
    firewall: str


def hashed(text: str) -> str:
    """16 characters that stand for `text`."""
    return b32encode(sha256(text.encode()).digest()[:10]).decode()


def port_chains(name: ServicePortName) -> PortChains:
    """The names of a port's chains.

    Examples
    --------
    >>> port_chains(ServicePortName("ns1", "svc1", "p80", "TCP")).cluster
    'KUBE-SVC-XPGD46QRK7WJZT7O'
    """
    key = hashed(f"{name}{name.protocol.lower()}")
    return PortChains(f"KUBE-SVC-{key}", f"KUBE-SVL-{key}", f"KUBE-EXT-{key}", f"KUBE-FW-{key}")


def endpoint_chain(port: str, address: str) -> str:
    """The name of the chain that sends to one endpoint (``KUBE-SEP-``).

    Parameters
    ----------
    port
        The port's name with its protocol, ``ns1/svc1:p80tcp``.
    """
    return f"KUBE-SEP-{hashed(port + address)}"
