"""Names of chains and sets: they may be long here, so they say what they are for.

References
----------
pkg/proxy/nftables/proxier.go: servicePortChainNameBase, servicePortEndpointChainNameBase, hashAndTruncate (v1.37)
"""

from __future__ import annotations

from base64 import b32encode
from hashlib import sha256
from typing import NamedTuple

from k8smodels.kubeproxy.endpoints import Endpoint
from k8smodels.kubeproxy.service_port import ServicePortName

TABLE = "kube-proxy"

FIREWALL_PREROUTING = "filter-prerouting-pre-dnat"
FIREWALL_OUTPUT = "filter-output-pre-dnat"
INPUT = "filter-input"
FORWARD = "filter-forward"
OUTPUT = "filter-output"
NAT_PREROUTING = "nat-prerouting"
NAT_OUTPUT = "nat-output"
NAT_POSTROUTING = "nat-postrouting"

SERVICES = "services"
SERVICE_IPS = "service-ips"
SERVICE_NODE_PORTS = "service-nodeports"
NODE_PORT_IPS = "nodeport-ips"
CLUSTER_IPS = "cluster-ips"
CLUSTER_IPS_CHECK = "cluster-ips-check"
SERVICE_ENDPOINTS_CHECK = "service-endpoints-check"
NODE_PORT_ENDPOINTS_CHECK = "nodeport-endpoints-check"
NO_ENDPOINT_SERVICES = "no-endpoint-services"
NO_ENDPOINT_NODE_PORTS = "no-endpoint-nodeports"
REJECT = "reject-chain"
FIREWALL_IPS = "firewall-ips"
FIREWALL_CHECK = "firewall-check"
MASQUERADING = "masquerading"
HAIRPIN = "hairpin-connections"

_LONGEST = 256 - 16
"""What nft allows for a name, without the longest of the prefixes."""


class PortChains(NamedTuple):
    """The chains of one port, as in the iptables mode."""

    cluster: str
    local: str
    external: str
    firewall: str


def port_chains(name: ServicePortName) -> PortChains:
    """The names of a port's chains.

    Examples
    --------
    >>> port_chains(ServicePortName("ns1", "svc1", "p80", "TCP")).cluster
    'service-ULMVA6XW-ns1/svc1/tcp/p80'
    """
    base = _hashed(_port(name))
    return PortChains(f"service-{base}", f"local-{base}", f"external-{base}", f"firewall-{base}")


def endpoint_names(name: ServicePortName, endpoint: Endpoint) -> tuple[str, str]:
    """The chain that sends to an endpoint, and the set of the clients that stay with it."""
    base = _hashed(f"{_port(name)}__{endpoint.ip.replace(':', '.')}/{endpoint.port}")
    return f"endpoint-{base}", f"affinity-{base}"


def _port(name: ServicePortName) -> str:
    return f"{name.namespace}/{name.name}/{name.protocol.lower()}/{name.port}"


def _hashed(name: str) -> str:
    full = f"{b32encode(sha256(name.encode()).digest()[:5]).decode()}-{name}"
    return full if len(full) <= _LONGEST else f"{full[: _LONGEST - 3]}..."
