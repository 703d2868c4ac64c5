"""All that the IPVS mode puts into the kernel.

Leaves out: real servers that are still drained of their connections, and the order in which the kernel keeps servers.

References
----------
pkg/proxy/ipvs/proxier.go: syncProxyRules (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from k8smodels.kubeproxy.iptables.ruleset import Ruleset
from k8smodels.kubeproxy.ipvs import rules, sets
from k8smodels.kubeproxy.ipvs.virtual_servers import VirtualServer, bound_addresses, node_ips, virtual_servers
from k8smodels.kubeproxy.state import ProxyState


@dataclass(frozen=True, slots=True)
class Sync:
    """The state of the kernel after a sync.

    Attributes
    ----------
    virtual_servers
        Sorted by address as text.
    ip_sets
        Entries of the sets that are not empty, sorted, by name.
    bound
        Addresses of the device kube-ipvs0.
    iptables
        The rules.
    """

    virtual_servers: tuple[VirtualServer, ...]
    ip_sets: Mapping[str, tuple[str, ...]]
    bound: tuple[str, ...]
    iptables: Ruleset


def sync(state: ProxyState) -> Sync:
    """The kernel after kube-proxy has seen `state`, whatever was before."""
    found: dict[str, set[str]] = {}
    for port in state.ports():
        for entry in sets.entries(port, state, node_ips(state)):
            found.setdefault(entry.set, set()).add(entry.text)
    bound = bound_addresses(state)
    if bound:
        found[sets.IPVS_IPS] = set(bound)
    filled = {name: tuple(sorted(texts)) for name, texts in found.items()}
    servers = {
        (server.address, server.protocol): server for port in state.ports() for server in virtual_servers(port, state)
    }
    return Sync(
        tuple(servers[key] for key in sorted(servers, key="/".join)),
        {sets.set_name(name, state): texts for name, texts in sorted(filled.items())},
        bound,
        rules.ruleset(state, filled),
    )
