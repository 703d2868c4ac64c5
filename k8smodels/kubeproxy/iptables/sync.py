"""A sync: what kube-proxy writes, and what stands in the kernel afterwards.

References
----------
pkg/proxy/iptables/proxier.go: syncProxyRules (v1.37)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from k8smodels.kubeproxy.iptables import names
from k8smodels.kubeproxy.iptables.port_rules import PortRules, port_rules
from k8smodels.kubeproxy.iptables.ruleset import Chains, Ruleset
from k8smodels.kubeproxy.iptables.shared_rules import (
    FILTER_JUMPS,
    NAT_JUMPS,
    forward_rules,
    localnet_rules,
    masquerade_rules,
    node_port_jumps,
)
from k8smodels.kubeproxy.service_port import ServicePortName
from k8smodels.kubeproxy.state import ProxyState

LARGE_CLUSTER_ENDPOINTS = 1000
"""Above so many endpoints kube-proxy leaves comments out and lets unused chains stand for a while."""

_FILTER_CHAINS = (
    names.SERVICES,
    names.EXTERNAL_SERVICES,
    names.FORWARD,
    names.NODE_PORTS,
    names.FIREWALL,
)


@dataclass(frozen=True, slots=True)
class Sync:
    """The outcome of a sync.

    Attributes
    ----------
    restore
        What iptables-restore was given.
    kernel
        All chains of kube-proxy that stand in the kernel now, with the jumps from the built-in ones.
    ports
        The rules of each port, for the next sync.
    """

    restore: Ruleset
    kernel: Ruleset
    ports: Mapping[ServicePortName, PortRules]


def full_sync(state: ProxyState) -> Sync:
    """The first sync, into a kernel without rules of kube-proxy."""
    return _sync(state, None)


def partial_sync(state: ProxyState, before: Sync) -> Sync:
    """A sync after a change: the chains of Services that `state` does not name as updated are left as they are.

    The real kube-proxy writes everything again once an hour, in a large cluster only after a failure, and removes
    unused chains of a large cluster at the next period; neither is modelled.
    """
    return _sync(state, before)


def is_large(state: ProxyState) -> bool:
    """Whether the ports have more than 1,000 endpoints together, unready ones too."""
    return sum(len(state.endpoints_of(port.name)) for port in state.ports()) > LARGE_CLUSTER_ENDPOINTS


def _sync(state: ProxyState, before: Sync | None) -> Sync:
    known = before.ports if before else {}
    comments = not is_large(state)
    ports: dict[ServicePortName, PortRules] = {}
    written: dict[str, tuple[str, ...]] = {}
    for port in state.ports():
        name = port.name
        unchanged = None if name.service in state.updated else known.get(name)
        ports[name] = unchanged or port_rules(port, state, comments=comments)
        if not unchanged:
            written |= ports[name].nat_chains
    shared = _shared_nat(state, ports.values())
    standing = before.kernel.nat if before else {}
    deleted = _unused(standing, ports.values()) if comments else ()
    kernel = {**NAT_JUMPS, **standing, **shared, **written}
    for chain in deleted:
        del kernel[chain]
    filter_chains = _filter(state, ports.values())
    return Sync(
        Ruleset(filter_chains, shared | written, deleted),
        Ruleset({**FILTER_JUMPS, names.KUBELET_FIREWALL: (), **filter_chains}, kernel),
        ports,
    )


def _unused(standing: Chains, ports: Iterable[PortRules]) -> tuple[str, ...]:
    used = {chain for rules in ports for chain in rules.nat_chains}
    return tuple(sorted(chain for chain in standing if chain.startswith(names.OWN_CHAINS) and chain not in used))


def _shared_nat(state: ProxyState, ports: Iterable[PortRules]) -> dict[str, tuple[str, ...]]:
    chains = _joined(rules.nat_rules for rules in ports)
    services = (*chains.get(names.SERVICES, ()), *node_port_jumps(state))
    return {names.SERVICES: services, names.NODE_PORTS: chains.get(names.NODE_PORTS, ()), **masquerade_rules(state)}


def _filter(state: ProxyState, ports: Iterable[PortRules]) -> dict[str, tuple[str, ...]]:
    chains = _joined(rules.filter_rules for rules in ports)
    found = {chain: chains.get(chain, ()) for chain in _FILTER_CHAINS} | {names.FORWARD: forward_rules(state)}
    localnet = localnet_rules(state)
    return found | ({names.KUBELET_FIREWALL: localnet} if localnet else {})


def _joined(parts: Iterable[Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    chains: defaultdict[str, list[str]] = defaultdict(list)
    for part in parts:
        for chain, rules in part.items():
            chains[chain] += rules
    return {chain: tuple(rules) for chain, rules in chains.items()}
