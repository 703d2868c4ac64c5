"""bridge: the pod gets one end of a veth pair, a bridge of the host the other: pods of a node share a switch.

What is left out: VLANs, the check of hardware addresses (``macspoofchk``), and isolation of ports.

References
----------
github.com/containernetworking/plugins v1.9.1: plugins/main/bridge/bridge.go
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_interface

from k8smodels.api.gotext import quote
from k8smodels.network.cni.addresses import Address, AddressWithPrefix
from k8smodels.network.cni.effects import (
    add_address,
    add_link,
    change_link,
    delete_address,
    set_master,
    set_sysctl,
    set_up,
)
from k8smodels.network.cni.execution import Execution, PluginError, Program
from k8smodels.network.cni.node import HOST, Link
from k8smodels.network.cni.plugins.attaching import (
    ask_ipam,
    check_addresses,
    chosen_mac,
    configure_interface,
    enable_forwarding,
    masquerade,
    remove_interface,
    require_previous,
    set_up_veth,
    status,
    stop_masquerading,
)
from k8smodels.network.cni.plugins.fields import (
    checked_mac,
    checked_mtu,
    dns_of,
    flag,
    ipam_type,
    number,
    section,
    word,
)
from k8smodels.network.cni.result import Interface, IPConfig, Result, Route
from k8smodels.network.cni.spec import CURRENT_VERSION, CniError

_NOT_MODELLED = ("vlan", "vlanTrunk", "macspoofchk", "portIsolation", "enabledad", "ipMasqBackend")
_ANYWHERE = {4: ip_interface("0.0.0.0/0"), 6: ip_interface("::/0")}


def add(run: Execution) -> Result:
    """Make the bridge if it is not there, the veth pair, and give the pod its addresses."""
    config = run.config
    _refuse_contradictions(run)
    bridge = _ensure_bridge(run)
    run.pod()
    mac = word(section(config, "runtimeConfig"), "mac") or word(section(section(config, "args"), "cni"), "mac")
    inner, outer = set_up_veth(run, number(config, "mtu"), checked_mac(mac) if mac else "")
    _connect(run, outer, bridge)
    interfaces = (
        Interface(bridge.name, bridge.mac),
        Interface(outer.name, outer.mac),
        Interface(inner.name, inner.mac, sandbox=run.call.netns),
    )
    result = Result(CURRENT_VERSION, interfaces)
    if ipam_type(run):
        result = _with_addresses(run, result, bridge.name)
    elif not flag(config, "disableContainerInterface"):
        run.do(set_up(run.call.netns, inner.name))
    return replace(result, dns=dns_of(run)) if dns_of(run).to_json() else result


def _refuse_contradictions(run: Execution) -> None:
    if ipam_type(run) and flag(run.config, "disableContainerInterface"):
        raise PluginError("cannot use IPAM when DisableContainerInterface flag is set")
    if flag(run.config, "hairpinMode") and flag(run.config, "promiscMode"):
        raise PluginError("cannot set hairpin mode and promiscuous mode at the same time")


def _ensure_bridge(run: Execution) -> Link:
    name = word(run.config, "bridge", "cni0")
    found = run.node.host.link(name)
    if found is not None and found.kind != "bridge":
        raise PluginError(f"failed to create bridge {quote(name)}: {quote(name)} already exists but is not a bridge")
    about = f"failed to create bridge {quote(name)}: could not add {quote(name)}: "
    bridge = found or Link(name, "bridge", chosen_mac(name), checked_mtu(number(run.config, "mtu"), 1500, about))
    if found is None:
        run.do(add_link(HOST, bridge))
    if flag(run.config, "promiscMode"):
        run.do(change_link(HOST, name, "promisc on", lambda link: replace(link, promiscuous=True)))
    run.do(set_sysctl(HOST, f"net.ipv6.conf.{name}.accept_ra", "0"), set_up(HOST, name))
    return bridge


def _connect(run: Execution, outer: Link, bridge: Link) -> None:
    run.do(set_master(outer.name, bridge.name))
    if flag(run.config, "hairpinMode"):
        words = "type bridge_slave hairpin on"
        run.do(change_link(HOST, outer.name, words, lambda link: replace(link, hairpin=True)))


def _with_addresses(run: Execution, result: Result, bridge: str) -> Result:
    """The result with addresses, which are given back if something goes wrong."""
    ipam = ask_ipam(run)
    try:
        ips = tuple(_with_gateway(run, ip) for ip in ipam.ips)
        result = replace(result, ips=ips, routes=(*ipam.routes, *_default_routes(run, ipam, ips)), dns=ipam.dns)
        run.do(set_sysctl(run.call.netns, f"net.ipv4.conf.{run.call.if_name}.arp_notify", "1"))
        configure_interface(run, result)
        if _is_gateway(run):
            for ip in ips:
                if ip.gateway is not None:
                    _ensure_address(run, bridge, ip_interface(f"{ip.gateway}/{ip.address.network.prefixlen}"))
            enable_forwarding(run, result)
        if flag(run.config, "ipMasq"):
            masquerade(run, tuple(str(ip.address) for ip in ips))
    except (PluginError, CniError):
        run.delegate(ipam_type(run), "DEL")
        raise
    return result


def _is_gateway(run: Execution) -> bool:
    return flag(run.config, "isGateway") or flag(run.config, "isDefaultGateway")


def _with_gateway(run: Execution, ip: IPConfig) -> IPConfig:
    """The address, which is of the third interface; a bridge that is the gateway has the network's first address."""
    gateway: Address | None = ip.gateway
    if gateway is None and _is_gateway(run):
        gateway = ip.address.network.network_address + 1
    return replace(ip, gateway=gateway, interface=2)


def _default_routes(run: Execution, ipam: Result, ips: tuple[IPConfig, ...]) -> tuple[Route, ...]:
    """A default route a family where the bridge is to be the default gateway and none is given."""
    if not flag(run.config, "isDefaultGateway"):
        return ()
    given = {route.dst.version for route in ipam.routes if route.gw and route.dst == _ANYWHERE[route.dst.version]}
    first = {ip.address.version: ip for ip in reversed(ips)}
    families = dict.fromkeys(ip.address.version for ip in ips)
    return tuple(Route(_ANYWHERE[family], first[family].gateway) for family in families if family not in given)


def _ensure_address(run: Execution, bridge: str, address: AddressWithPrefix) -> None:
    """Give the bridge the gateway's address."""
    link = run.node.host.link(bridge)
    if link is None or str(address) in link.addresses:
        return
    for text in link.addresses:
        held = ip_interface(text)
        if held.version != address.version or (held.version == 6 and not held.network.overlaps(address.network)):
            continue
        if not flag(run.config, "forceAddress"):
            problem = f"{quote(bridge)} already has an IP address different from {address}"
            raise PluginError(f"failed to set bridge addr: {problem}")
        run.do(delete_address(HOST, link, text))
    run.do(add_address(HOST, bridge, str(address)))


def delete(run: Execution) -> None:
    """Remove the pod's interface, give its addresses back, and stop masquerading. The bridge stays."""
    addresses = remove_interface(run) if run.call.netns else None
    if ipam_type(run):
        run.delegate(ipam_type(run), "DEL")
        if flag(run.config, "ipMasq") and addresses:
            stop_masquerading(run, addresses)


def check(run: Execution) -> None:
    """Whether bridge, veth pair, addresses and routes are still there."""
    pod = run.pod()
    run.delegate(ipam_type(run), "CHECK")
    result = require_previous(run)
    name = word(run.config, "bridge", "cni0")
    bridge, inner = run.node.host.link(name), pod.link(run.call.if_name)
    if bridge is None:
        raise PluginError(f"Interface name {name} not found")
    if inner is None:
        raise PluginError(f"Interface name {run.call.if_name} not found")
    outer = run.node.host.link(inner.peer[1]) if inner.peer else None
    if outer is None or outer.master != name:
        raise PluginError(f"CNI veth created for bridge {name} was not found")
    check_addresses(run, result)


BRIDGE = Program("bridge", {"ADD": add, "DEL": delete, "CHECK": check, "STATUS": status}, not_modelled=_NOT_MODELLED)
