"""portmap: makes a port of the node lead to a port of the pod, Kubernetes' ``hostPort``.

It runs after a plugin that made the interface, and only rewrites destinations, with rules of iptables.

What is left out: the backend nftables, conditions of the administrator, and connections that were known before.

References
----------
github.com/containernetworking/plugins v1.9.1: plugins/meta/portmap/{main,portmap_iptables,chain,utils}.go
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_network

from k8smodels.api.gotext import quote
from k8smodels.network.addresses import iptables_program
from k8smodels.network.cni.addresses import Address, AddressError, AddressWithPrefix, parse_ip
from k8smodels.network.cni.effects import set_sysctl
from k8smodels.network.cni.execution import Execution, PluginError, Program
from k8smodels.network.cni.iptables import (
    add_rule,
    delete_chain,
    delete_rule,
    has_chain,
    hashed_name,
    new_chain,
    rules_of,
)
from k8smodels.network.cni.node import HOST, Node
from k8smodels.network.cni.plugins.attaching import require_previous
from k8smodels.network.cni.plugins.fields import flag, number, objects, section, word
from k8smodels.network.cni.result import Result

_DNAT, _SET_MARK, _MASQUERADE = "CNI-HOSTPORT-DNAT", "CNI-HOSTPORT-SETMARK", "CNI-HOSTPORT-MASQ"
_MOST_PORTS_A_RULE, _MARK_BIT = 15, 13
_NOT_MODELLED = ("backend", "conditionsV4", "conditionsV6", "externalSetMarkChain")


@dataclass(frozen=True, slots=True)
class PortMapping:
    """A port of the node that leads to one of the pod; `host_ip` limits it to one of the node's addresses."""

    host_port: int
    container_port: int
    protocol: str
    host_ip: str = ""


def add(run: Execution) -> Result:
    """Rules for every mapping, in the families that the pod has addresses of."""
    mappings = port_mappings(run)
    previous = require_previous(run, "must be called as chained plugin")
    for address in _pod_addresses(run, previous) if mappings else ():
        _forward(run, mappings, address)
        link = (
            _route_to(run.node, address.ip) if address.version == 4 and flag(run.config, "snat", default=True) else ""
        )
        if link:
            run.do(set_sysctl(HOST, f"net.ipv4.conf.{link}.route_localnet", "1"))
    return previous


def delete(run: Execution) -> None:
    """Remove the pod's chain and what leads to it; the chains for all pods stay."""
    chain = _own_chain(run)
    for program in ("iptables", "ip6tables") if port_mappings(run) else ():
        if not has_chain(run.node, program, "nat", chain):
            continue
        entries = rules_of(run.node, program, "nat", _DNAT)
        for rule in [rule for rule in entries if rule.endswith(f"-j {chain}")]:
            run.do(delete_rule(run.node, program, "nat", _DNAT, rule))
        run.do(delete_chain(program, "nat", chain))


def check(run: Execution) -> None:
    """Whether the pod's chain is still there."""
    previous, chain = require_previous(run, "Required prevResult missing"), _own_chain(run)
    for address in _pod_addresses(run, previous) if port_mappings(run) else ():
        if not has_chain(run.node, iptables_program(address.version), "nat", chain):
            problem = f"chain {chain} not found in iptables table nat"
            raise PluginError(f"could not check ipv{address.version} dnat: {problem}")


def port_mappings(run: Execution) -> tuple[PortMapping, ...]:
    """The mappings that the runtime gives as the capability ``portMappings``.

    Raises
    ------
    PluginError
        A port is none.
    """
    bit = number(run.config, "markMasqBit", _MARK_BIT)
    if not 0 <= bit <= 31:
        raise PluginError("failed to parse config: MasqMarkBit must be between 0 and 31")
    mappings = tuple(_mapping(item) for item in objects(section(run.config, "runtimeConfig"), "portMappings"))
    for mapping in mappings:
        for what, port in (("container", mapping.container_port), ("host", mapping.host_port)):
            if port <= 0:
                raise PluginError(f"failed to parse config: Invalid {what} port number: {port}")
    return mappings


def _mapping(item: Mapping[str, object]) -> PortMapping:
    ports = (number(item, "hostPort"), number(item, "containerPort"))
    return PortMapping(*ports, word(item, "protocol"), word(item, "hostIP"))


def _pod_addresses(run: Execution, result: Result) -> Iterator[AddressWithPrefix]:
    """The first address of each family that belongs to the pod's interface."""
    seen = set()
    for ip in result.ips:
        of = (
            result.interfaces[ip.interface]
            if ip.interface is not None and ip.interface < len(result.interfaces)
            else None
        )
        is_pods = of is None or (of.name == run.call.if_name and of.sandbox)
        if is_pods and ip.address.version not in seen:
            seen.add(ip.address.version)
            yield ip.address


def _own_chain(run: Execution) -> str:
    return hashed_name("CNI-DN-", word(run.config, "name"), run.call.container_id)


def _forward(run: Execution, mappings: Sequence[PortMapping], address: AddressWithPrefix) -> None:
    program, chain = iptables_program(address.version), _own_chain(run)
    if flag(run.config, "snat", default=True):
        mark = f"{1 << number(run.config, 'markMasqBit', _MARK_BIT):#x}"
        comment = '-m comment --comment "CNI portfwd masquerade mark"'
        _chain(run, program, _SET_MARK, [f"{comment} -j MARK --set-xmark {mark}/{mark}"])
        _chain(run, program, _MASQUERADE, [f"-m mark --mark {mark}/{mark} -j MASQUERADE"])
        entry = f'-m comment --comment "CNI portfwd requiring masquerade" -j {_MASQUERADE}'
        # before the rules of masquerading, which would take the packet first
        _rule(run, program, "POSTROUTING", entry, first=True)
    _chain(run, program, _DNAT, [])
    for hook in ("PREROUTING", "OUTPUT"):
        _rule(run, program, hook, f"-m addrtype --dst-type LOCAL -j {_DNAT}")
    _chain(run, program, chain, list(_own_rules(run, mappings, address)))
    for rule in _entry_rules(run, mappings, chain):
        _rule(run, program, _DNAT, rule)


def _chain(run: Execution, program: str, chain: str, rules: Sequence[str]) -> None:
    if not has_chain(run.node, program, "nat", chain):
        run.do(new_chain(program, "nat", chain))
    for rule in rules:
        _rule(run, program, chain, rule)


def _rule(run: Execution, program: str, chain: str, rule: str, *, first: bool = False) -> None:
    if rule not in rules_of(run.node, program, "nat", chain):
        run.do(add_rule(run.node, program, "nat", chain, rule, first=first))


def _entry_rules(run: Execution, mappings: Sequence[PortMapping], chain: str) -> Iterator[str]:
    """What leads into the pod's chain: all ports of a protocol in one rule, or in several if there are many."""
    text = f'dnat name: "{word(run.config, "name")}" id: "{run.call.container_id}"'
    comment = f"-m comment --comment {quote(text if len(text) <= 255 else text[:253] + '...')}"
    for protocol in sorted({mapping.protocol for mapping in mappings}):
        ports = [str(mapping.host_port) for mapping in mappings if mapping.protocol == protocol]
        for i in range(0, len(ports), _MOST_PORTS_A_RULE):
            some = ",".join(ports[i : i + _MOST_PORTS_A_RULE])
            yield f"-p {protocol} {comment} -m multiport --dports {some} -j {chain}"


def _own_rules(run: Execution, mappings: Sequence[PortMapping], address: AddressWithPrefix) -> Iterator[str]:
    """Mark what must be masqueraded (from the pod itself, from the node's 127.0.0.1), then send it to the pod."""
    for mapping in mappings:
        only = _host_ip(mapping)
        if only is not None and only.version != address.version:
            continue
        to = f"-d {only}/{only.max_prefixlen} " if only is not None and not only.is_unspecified else ""
        match = f"{to}-p {mapping.protocol} -m {mapping.protocol} --dport {mapping.host_port}"
        for source in _masqueraded(run, address):
            yield f"{source}{match} -j {_SET_MARK}"
        host = f"[{address.ip}]" if address.version == 6 else str(address.ip)
        yield f"{match} -j DNAT --to-destination {host}:{mapping.container_port}"


def _host_ip(mapping: PortMapping) -> Address | None:
    if not mapping.host_ip:
        return None
    try:
        return parse_ip(mapping.host_ip)
    except AddressError as error:
        raise PluginError(f"unable to setup DNAT: {error}") from None


def _masqueraded(run: Execution, address: AddressWithPrefix) -> list[str]:
    if not flag(run.config, "snat", default=True):
        return []
    if flag(run.config, "masqAll"):
        return [""]
    return [f"-s {address.network} ", *(["-s 127.0.0.1/32 "] if address.version == 4 else [])]


def _route_to(node: Node, address: Address) -> str:
    """The host's interface behind which an address lies."""
    fitting = [
        (ip_network(route.dst).prefixlen, route.link)
        for route in node.host.routes
        if route.dst != "default" and address in ip_network(route.dst)
    ]
    default = next((route.link for route in node.host.routes if route.dst == "default"), "")
    return max(fitting)[1] if fitting else default


PORTMAP = Program("portmap", {"ADD": add, "DEL": delete, "CHECK": check}, not_modelled=_NOT_MODELLED)
