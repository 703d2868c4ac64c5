"""What the plugins that make an interface have in common: names, addresses, routes, masquerading, and their end.

The kernel chooses hardware addresses by chance, and the plugins the names of veth ends; here both follow from the
network's, the container's and the interface's name, so that a figure is always the same.

References
----------
github.com/containernetworking/plugins v1.9.1: pkg/ipam/ipam_linux.go, pkg/ip/{link,ipmasq_iptables}_linux.go
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from ipaddress import ip_interface

from k8smodels.api.gotext import quote
from k8smodels.network.addresses import iptables_program
from k8smodels.network.cni.effects import (
    Effect,
    add_address,
    add_route,
    add_veth,
    delete_link,
    set_sysctl,
    set_up,
)
from k8smodels.network.cni.execution import Execution, PluginError
from k8smodels.network.cni.iptables import (
    add_rule,
    delete_chain,
    delete_rule,
    has_chain,
    hashed_name,
    new_chain,
    rules_of,
)
from k8smodels.network.cni.node import HOST, KernelRoute, Link
from k8smodels.network.cni.plugins.fields import checked_mtu, ipam_type, word
from k8smodels.network.cni.result import Result, Route

_MULTICAST = {4: "224.0.0.0/4", 6: "ff00::/8"}


def chosen_mac(*words: str) -> str:
    """A hardware address in the place of one by chance."""
    digest = hashlib.sha256("/".join(words).encode(errors="replace")).digest()
    return ":".join(f"{byte:02x}" for byte in (digest[0] & 0xFC | 0x02, *digest[1:6]))


def veth_name(run: Execution) -> str:
    """The name of the host's end of the pod's veth pair."""
    words = f"{word(run.config, 'name')}/{run.call.container_id}/{run.call.if_name}"
    return f"veth{hashlib.sha256(words.encode(errors='replace')).hexdigest()[:8]}"


def set_up_veth(run: Execution, mtu: int, mac: str = "") -> tuple[Link, Link]:
    """A veth pair, made in the pod, with one end on the host and up. Gives the pod's and the host's end."""
    pod, name, outer_name = run.call.netns, run.call.if_name, veth_name(run)
    if run.pod().link(name) or run.node.host.link(outer_name):
        both = f"container veth name ({quote(name)}) peer provided ({quote(outer_name)})"
        raise PluginError(f"{both} already exists")
    mtu = checked_mtu(mtu, 1500, "failed to make veth pair: ")
    inner = Link(name, "veth", mac or chosen_mac(outer_name, "pod"), mtu)
    outer = Link(outer_name, "veth", chosen_mac(outer_name, HOST), mtu)
    run.do(add_veth(pod, inner, outer), set_up(HOST, outer_name))
    return inner, outer


def ask_ipam(run: Execution) -> Result:
    """Addresses from the IPAM plugin that the configuration names.

    Raises
    ------
    PluginError, CniError
        It failed, or gave none.
    """
    result = run.delegate(ipam_type(run), "ADD")
    if result is None or not result.ips:
        if result is not None:
            run.delegate(ipam_type(run), "DEL")
        raise PluginError("IPAM plugin returned missing IP config")
    return result


def tell_ipam(run: Execution, command: str) -> None:
    """Run the IPAM plugin, if the configuration names one.

    Raises
    ------
    PluginError, CniError
        As `Execution.delegate`.
    """
    if ipam_type(run):
        run.delegate(ipam_type(run), command)


def status(run: Execution) -> None:
    """Ready if the IPAM plugin is."""
    tell_ipam(run, "STATUS")


def configure_interface(run: Execution, result: Result) -> None:
    """Give the pod's interface its addresses, switch it on, and add the routes."""
    pod, name = run.call.netns, run.call.if_name
    if any(ip.address.version == 6 for ip in result.ips):
        run.do(set_sysctl(pod, f"net.ipv6.conf.{name}.keep_addr_on_down", "1"))
    run.do(*(add_address(pod, name, str(ip.address)) for ip in result.ips), set_up(pod, name))
    for route in result.routes:
        run.do(_route_effect(run, route, result))


def _route_effect(run: Execution, route: Route, result: Result) -> Effect:
    gateways = (ip.gateway for ip in result.ips if ip.gateway and ip.gateway.version == route.dst.version)
    via = route.gw or next(gateways, None)
    network = route.dst.network
    dst = "default" if network.prefixlen == 0 else str(network)
    # the kernel gives IPv6 routes this metric where none is set
    metric = route.priority or (1024 if network.version == 6 else 0)
    kernel = KernelRoute(dst, run.call.if_name, via=str(via or ""), metric=metric)
    scope = "" if via or network.version == 6 else "link"
    if route.table is not None:
        return Effect(run.call.netns, f"ip route add {kernel} table {route.table}", lambda node: node)
    return add_route(run.call.netns, KernelRoute(dst, kernel.link, kernel.via, scope=scope, metric=metric))


def enable_forwarding(run: Execution, result: Result) -> None:
    """Let the host pass on packets of the families that the pod has."""
    names = {4: "net.ipv4.ip_forward", 6: "net.ipv6.conf.all.forwarding"}
    run.do(*(set_sysctl(HOST, names[version], "1") for version in sorted({ip.address.version for ip in result.ips})))


def masquerade(run: Execution, addresses: tuple[str, ...]) -> None:
    """Hide the pod's addresses behind the host's for whatever leaves the pods' network."""
    chain, comment = _masquerade_names(run)
    for text in addresses:
        address = ip_interface(text)
        program = iptables_program(address.version)
        if not has_chain(run.node, program, "nat", chain):
            run.do(new_chain(program, "nat", chain))
        for where, rule in _masquerade_rules(text, chain, comment):
            if rule not in rules_of(run.node, program, "nat", where):
                run.do(add_rule(run.node, program, "nat", where, rule))


def stop_masquerading(run: Execution, addresses: tuple[str, ...]) -> None:
    """Take back what `masquerade` did."""
    chain, comment = _masquerade_names(run)
    for text in addresses:
        program = iptables_program(ip_interface(text).version)
        entry = dict(_masquerade_rules(text, chain, comment))["POSTROUTING"]
        if entry in rules_of(run.node, program, "nat", "POSTROUTING"):
            run.do(delete_rule(run.node, program, "nat", "POSTROUTING", entry))
        if has_chain(run.node, program, "nat", chain):
            run.do(delete_chain(program, "nat", chain))


def _masquerade_names(run: Execution) -> tuple[str, str]:
    """The pod's own chain, and a comment that says whose it is."""
    network, container_id = word(run.config, "name"), run.call.container_id
    text = f"name: {quote(network)} id: {quote(container_id)}"
    return hashed_name("CNI-", network, container_id), f"-m comment --comment {quote(text)}"


def _masquerade_rules(address: str, chain: str, comment: str) -> Iterator[tuple[str, str]]:
    found = ip_interface(address)
    yield chain, f"-d {found.network} {comment} -j ACCEPT"
    yield chain, f"! -d {_MULTICAST[found.version]} {comment} -j MASQUERADE"
    yield "POSTROUTING", f"-s {found.ip}/{found.max_prefixlen} {comment} -j {chain}"


def remove_interface(run: Execution) -> tuple[str, ...] | None:
    """Delete the pod's interface; its addresses, or none if namespace or interface are gone already."""
    netns = run.node.namespaces.get(run.call.netns)
    link = netns.link(run.call.if_name) if netns is not None else None
    if link is None:
        return None
    run.do(delete_link(run.call.netns, link))
    return link.addresses


def check_addresses(run: Execution, result: Result) -> None:
    """Whether the pod's interface still has what ADD reported.

    Raises
    ------
    PluginError
        An address or a route is missing.
    """
    name, pod = run.call.if_name, run.pod()
    link = pod.link(name)
    if link is None:
        raise PluginError(f"Cannot find container link {name}")
    for ip in result.ips:
        if str(ip.address) not in link.addresses:
            raise PluginError(f"Failed to match addr {ip.address} on interface {name}")
    for route in result.routes:
        network = route.dst.network
        dst = "default" if network.prefixlen == 0 else str(network)
        if not any(found.dst == dst for found in pod.routes):
            raise PluginError(f"Expected Route {route.to_json()} not found in routing table")


def require_previous(run: Execution, message: str = "Required prevResult missing") -> Result:
    """The result of the plugins before.

    Raises
    ------
    PluginError
        There is none.
    """
    result = run.previous()
    if result is None:
        raise PluginError(message)
    return result
