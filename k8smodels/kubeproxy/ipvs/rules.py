"""The iptables rules of the IPVS mode: as many as there are kinds of Services, not as there are Services.

References
----------
pkg/proxy/ipvs/proxier.go: iptablesJumpChain, ipsetWithIptablesChain, writeIptablesRules (v1.37)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from k8smodels.kubeproxy.config import loopback
from k8smodels.kubeproxy.iptables.ruleset import Ruleset
from k8smodels.kubeproxy.iptables.shared_rules import forward_accepts, masquerade_rules
from k8smodels.kubeproxy.ipvs import sets
from k8smodels.kubeproxy.ipvs.sets import COMMENTS, node_may_use_load_balancer, node_ports_set, set_name
from k8smodels.kubeproxy.state import ProxyState

SERVICES = "KUBE-SERVICES"
NODE_PORT = "KUBE-NODE-PORT"
LOAD_BALANCER = "KUBE-LOAD-BALANCER"
MARK_MASQ = "KUBE-MARK-MASQ"
POSTROUTING = "KUBE-POSTROUTING"
FIREWALL = "KUBE-PROXY-FIREWALL"
SOURCE_RANGES = "KUBE-SOURCE-RANGES-FIREWALL"
FORWARD = "KUBE-FORWARD"
FILTER = "KUBE-IPVS-FILTER"
OUT_FILTER = "KUBE-IPVS-OUT-FILTER"


class _SetRule(NamedTuple):
    """A rule that asks a set; it is there if the set has entries."""

    chain: str
    set: str
    target: str
    fields: str
    protocol: str = ""


_NAT_SET_RULES = (
    _SetRule(POSTROUTING, sets.LOOP_BACK, "MASQUERADE", "dst,dst,src"),
    _SetRule(SERVICES, sets.LOAD_BALANCER, LOAD_BALANCER, "dst,dst"),
    _SetRule(LOAD_BALANCER, sets.LOAD_BALANCER_LOCAL, "RETURN", "dst,dst"),
    *(
        _SetRule(NODE_PORT, node_ports_set(name, local=local), target, fields, name.lower())
        for name, fields in (("TCP", "dst"), ("UDP", "dst"), ("SCTP", "dst,dst"))
        for local, target in ((True, "RETURN"), (False, MARK_MASQ))
    ),
)
_FILTER_SET_RULES = (
    _SetRule(FIREWALL, sets.LOAD_BALANCER_FIREWALL, SOURCE_RANGES, "dst,dst"),
    _SetRule(SOURCE_RANGES, sets.LOAD_BALANCER_SOURCE_CIDR, "RETURN", "dst,dst,src"),
    _SetRule(SOURCE_RANGES, sets.LOAD_BALANCER_SOURCE_IP, "RETURN", "dst,dst,src"),
)


def _jump(source: str, target: str, comment: str) -> str:
    return f'-A {source} -m comment --comment "{comment}" -j {target}'


_FILTER_JUMPS = {
    "FORWARD": (
        _jump("FORWARD", FIREWALL, "kube-proxy firewall rules"),
        _jump("FORWARD", FORWARD, "kubernetes forwarding rules"),
    ),
    "INPUT": (
        _jump("INPUT", FILTER, "kubernetes ipvs access filter"),
        _jump("INPUT", FIREWALL, "kube-proxy firewall rules"),
        _jump("INPUT", NODE_PORT, "kubernetes health check rules"),
    ),
    "OUTPUT": (_jump("OUTPUT", OUT_FILTER, "kubernetes ipvs access filter"),),
}
_NAT_JUMPS = {
    "INPUT": (),
    "OUTPUT": (_jump("OUTPUT", SERVICES, "kubernetes service portals"),),
    "POSTROUTING": (_jump("POSTROUTING", POSTROUTING, "kubernetes postrouting rules"),),
    "PREROUTING": (_jump("PREROUTING", SERVICES, "kubernetes service portals"),),
}


def ruleset(state: ProxyState, filled: Mapping[str, tuple[str, ...]]) -> Ruleset:
    """The rules, with the jumps from the built-in chains.

    Parameters
    ----------
    filled
        Entries of the sets that are not empty, by their names without the 6 of IPv6.
    """
    return Ruleset(_filter(state, filled), _nat(state, filled))


def _set_rule(rule: _SetRule, state: ProxyState) -> str:
    protocol = f"-p {rule.protocol} " if rule.protocol else ""
    asked = f'-m comment --comment "{COMMENTS[rule.set]}" -m set --match-set {set_name(rule.set, state)} {rule.fields}'
    return f"-A {rule.chain} {protocol}{asked} -j {rule.target}"


def _nat(state: ProxyState, filled: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    chains: dict[str, list[str]] = defaultdict(list)
    chains[SERVICES] = [f"-A {SERVICES} -s {loopback(state.family)} -j RETURN"]
    for rule in _NAT_SET_RULES:
        if rule.set in filled:
            chains[rule.chain].append(_set_rule(rule, state))
    chains[SERVICES] += _service_rules(state, filled)
    chains[LOAD_BALANCER].append(f"-A {LOAD_BALANCER} -j {MARK_MASQ}")
    for chain, rules in masquerade_rules(state).items():
        chains[chain] += rules
    chains[NODE_PORT] += []
    return {**_NAT_JUMPS, **{chain: tuple(rules) for chain, rules in chains.items()}}


def _service_rules(state: ProxyState, filled: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Marking for masquerade, then acceptance: other people's rules shall not get hold of IPVS traffic."""

    def asks(name: str, fields: str, *, comment: bool = True) -> str:
        why = f'-m comment --comment "{COMMENTS[name]}" ' if comment else ""
        return f"-A {SERVICES} {why}-m set --match-set {set_name(name, state)} {fields}"

    found = []
    if sets.CLUSTER_IP in filled:
        local = state.config.local
        if state.config.masquerade_all:
            found.append(f"{asks(sets.CLUSTER_IP, 'dst,dst')} -j {MARK_MASQ}")
        elif local.is_implemented:
            found.append(f"{asks(sets.CLUSTER_IP, 'dst,dst')} {local.if_not_local} -j {MARK_MASQ}")
        else:
            found.append(f"{asks(sets.CLUSTER_IP, 'src,dst')} -j {MARK_MASQ}")
    if sets.EXTERNAL_IP in filled:
        found.append(f"{asks(sets.EXTERNAL_IP, 'dst,dst')} -j {MARK_MASQ}")
    for name in (sets.EXTERNAL_IP, sets.EXTERNAL_IP_LOCAL):
        if name in filled:
            from_outside = "-m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL"
            found.append(f"{asks(name, 'dst,dst')} {from_outside} -j ACCEPT")
            found.append(f"{asks(name, 'dst,dst')} -m addrtype --dst-type LOCAL -j ACCEPT")
    found.append(f"-A {SERVICES} -m addrtype --dst-type LOCAL -j {NODE_PORT}")
    accepted = (name for name in (sets.CLUSTER_IP, sets.LOAD_BALANCER) if name in filled)
    return found + [f"{asks(name, 'dst,dst', comment=False)} -j ACCEPT" for name in accepted]


def _filter(state: ProxyState, filled: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    chains: dict[str, list[str]] = {FIREWALL: [], SOURCE_RANGES: [], OUT_FILTER: _no_node_access(state)}
    for rule in _FILTER_SET_RULES:
        if rule.set in filled:
            chains[rule.chain].append(_set_rule(rule, state))
    chains[SOURCE_RANGES].append(f"-A {SOURCE_RANGES} -j DROP")
    chains[FORWARD] = list(forward_accepts(state))
    health = set_name(sets.HEALTH_CHECK_NODE_PORT, state)
    why = f'-m comment --comment "{COMMENTS[sets.HEALTH_CHECK_NODE_PORT]}"'
    chains[NODE_PORT] = [f"-A {NODE_PORT} {why} -m set --match-set {health} dst -j ACCEPT"]
    chains[FILTER] = _access_filter(state)
    return {**_FILTER_JUMPS, **{chain: tuple(rules) for chain, rules in chains.items()}}


def _no_node_access(state: ProxyState) -> list[str]:
    """A node that may not use the load balancer would reach it all the same: the address is its own, on kube-ipvs0."""
    return [
        f"-A {OUT_FILTER} -s {address} -m ipvs --vaddr {address} --vproto {port.protocol.lower()}"
        f" --vport {port.port} -j DROP"
        for port in state.ports()
        if port.load_balancer_source_ranges and not node_may_use_load_balancer(port, state)
        for address in port.load_balancer_vips
    ]


def _access_filter(state: ProxyState) -> list[str]:
    """Addresses of Services are bound to the node; its own open ports must not be reached by them.

    https://github.com/kubernetes/kubernetes/issues/72236
    """
    served = (sets.LOAD_BALANCER, sets.CLUSTER_IP, sets.EXTERNAL_IP, sets.EXTERNAL_IP_LOCAL)
    head = f"-A {FILTER} -m set --match-set"
    return [
        *(f"{head} {set_name(name, state)} dst,dst -j RETURN" for name in served),
        f"{head} {set_name(sets.HEALTH_CHECK_NODE_PORT, state)} dst -j RETURN",
        f"-A {FILTER} -m conntrack --ctstate NEW -m set --match-set {set_name(sets.IPVS_IPS, state)} dst -j REJECT",
    ]
