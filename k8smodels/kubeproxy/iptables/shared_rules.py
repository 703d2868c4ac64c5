"""Rules that belong to no Service: the ways into kube-proxy's chains, marks, forwarding.

References
----------
pkg/proxy/iptables/proxier.go: iptablesJumpChains, iptablesKubeletJumpChains, syncProxyRules (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.kubeproxy.config import loopback
from k8smodels.kubeproxy.iptables import names
from k8smodels.kubeproxy.iptables.port_rules import localhost_node_ports
from k8smodels.kubeproxy.state import ProxyState
from k8smodels.netfilter.addresses import is_loopback

INVALID_COUNTER = "ct_state_invalid_dropped_pkts"
"""The counter of packets that conntrack could not place."""

_NEW = "-m conntrack --ctstate NEW"


def _jump(source: str, target: str, comment: str, *, new: bool = True) -> str:
    return f'-A {source}{f" {_NEW}" if new else ""} -m comment --comment "{comment}" -j {target}'


FILTER_JUMPS: Mapping[str, tuple[str, ...]] = {
    "FORWARD": (
        _jump("FORWARD", names.FIREWALL, "kubernetes load balancer firewall"),
        _jump("FORWARD", names.FORWARD, "kubernetes forwarding rules", new=False),
        _jump("FORWARD", names.SERVICES, "kubernetes service portals"),
        _jump("FORWARD", names.EXTERNAL_SERVICES, "kubernetes externally-visible service portals"),
    ),
    "INPUT": (
        f"-A INPUT -j {names.KUBELET_FIREWALL}",
        _jump("INPUT", names.FIREWALL, "kubernetes load balancer firewall"),
        _jump("INPUT", names.NODE_PORTS, "kubernetes health check service ports", new=False),
        _jump("INPUT", names.EXTERNAL_SERVICES, "kubernetes externally-visible service portals"),
    ),
    "OUTPUT": (
        f"-A OUTPUT -j {names.KUBELET_FIREWALL}",
        _jump("OUTPUT", names.FIREWALL, "kubernetes load balancer firewall"),
        _jump("OUTPUT", names.SERVICES, "kubernetes service portals"),
    ),
}
"""Rules of the built-in chains of the table filter; each was put in front of those that were there."""

NAT_JUMPS: Mapping[str, tuple[str, ...]] = {
    "INPUT": (),
    "OUTPUT": (_jump("OUTPUT", names.SERVICES, "kubernetes service portals", new=False),),
    "POSTROUTING": (_jump("POSTROUTING", names.POSTROUTING, "kubernetes postrouting rules", new=False),),
    "PREROUTING": (_jump("PREROUTING", names.SERVICES, "kubernetes service portals", new=False),),
}
"""Rules of the built-in chains of the table nat."""


def forward_rules(state: ProxyState) -> tuple[str, ...]:
    """What is forwarded: marked packets, and what belongs to a known connection."""
    head = f"-A {names.FORWARD}"
    counted = f" -m nfacct --nfacct-name {INVALID_COUNTER}" if state.config.nfacct else ""
    invalid = () if state.config.conntrack_tcp_liberal else (f"{head} -m conntrack --ctstate INVALID{counted} -j DROP",)
    return *invalid, *forward_accepts(state)


def forward_accepts(state: ProxyState) -> tuple[str, ...]:
    """Marked packets and known connections are forwarded, even if the policy says no."""
    head, mark = f"-A {names.FORWARD}", state.config.masquerade_mark
    established = "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
    return (
        f'{head} -m comment --comment "kubernetes forwarding rules" -m mark --mark {mark}/{mark} -j ACCEPT',
        f'{head} -m comment --comment "kubernetes forwarding conntrack rule" {established}',
    )


def localnet_rules(state: ProxyState) -> tuple[str, ...]:
    """Node ports on 127.0.0.1 need a setting that would let other machines reach it: that is blocked.

    https://issue.k8s.io/90259
    """
    if not localhost_node_ports(state):
        return ()
    match = "-d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT"
    return (f'-A {names.KUBELET_FIREWALL} -m comment --comment "block incoming localnet connections" {match} -j DROP',)


def masquerade_rules(state: ProxyState) -> Mapping[str, tuple[str, ...]]:
    """The chain that marks, and the one that rewrites the source of what is marked and takes the mark off."""
    head, mark = f"-A {names.POSTROUTING}", state.config.masquerade_mark
    why = '-m comment --comment "kubernetes service traffic requiring SNAT"'
    return {
        names.MARK_MASQ: (f"-A {names.MARK_MASQ} -j MARK --or-mark {mark}",),
        names.POSTROUTING: (
            f"{head} -m mark ! --mark {mark}/{mark} -j RETURN",
            f"{head} -j MARK --xor-mark {mark}",
            f"{head} {why} -j MASQUERADE --random-fully",
        ),
    }


def node_port_jumps(state: ProxyState) -> tuple[str, ...]:
    """The last rules of KUBE-SERVICES: whatever is for this node may be for a node port."""
    ranges = state.config.node_port_ranges(state.family)
    note = "kubernetes service nodeports; NOTE: this must be the last rule in this chain"
    head = f'-A {names.SERVICES} -m comment --comment "{note}"'
    on_localhost = localhost_node_ports(state)
    if ranges.match_all:
        not_here = "" if on_localhost else f" ! -d {loopback(state.family)}"
        return (f"{head} -m addrtype --dst-type LOCAL{not_here} -j {names.NODE_PORTS}",)
    addresses = [ip for ip in ranges.of_node(state.node) if on_localhost or not is_loopback(ip)]
    return tuple(sorted(f"{head} -d {ip} -j {names.NODE_PORTS}" for ip in addresses))
