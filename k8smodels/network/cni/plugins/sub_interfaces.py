"""macvlan and ipvlan: the pod gets an interface on top of one of the host's, and is directly on the host's network.

Nothing of it passes the host's own network namespace, so neither rules of iptables there nor kube-proxy see it.

What is left out: a parent inside the pod (``linkInContainer``).

References
----------
github.com/containernetworking/plugins v1.9.1: plugins/main/{macvlan/macvlan,ipvlan/ipvlan}.go
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.api.gotext import quote
from k8smodels.network.cni.effects import add_link, set_sysctl, set_up
from k8smodels.network.cni.execution import Execution, PluginError, Program
from k8smodels.network.cni.node import Link
from k8smodels.network.cni.plugins.attaching import (
    ask_ipam,
    check_addresses,
    chosen_mac,
    configure_interface,
    remove_interface,
    require_previous,
    status,
    tell_ipam,
)
from k8smodels.network.cni.plugins.fields import checked_mac, checked_mtu, dns_of, ipam_type, number, section, word
from k8smodels.network.cni.result import Interface, Result
from k8smodels.network.cni.spec import CURRENT_VERSION, CniError

_MACVLAN_MODES = ("bridge", "private", "vepa", "passthru")
_IPVLAN_MODES = ("l2", "l3", "l3s")
_NOT_MODELLED = ("linkInContainer",)


def add_macvlan(run: Execution) -> Result:
    """An interface with a hardware address of its own."""
    parent = _parent(run)
    mtu = number(run.config, "mtu")
    if not 0 <= mtu <= parent.mtu:
        raise PluginError(f"invalid MTU {mtu}, must be [0, master MTU({parent.mtu})]")
    run.pod()
    mac = word(section(run.config, "runtimeConfig"), "mac") or word(run.config, "mac")
    mac = checked_mac(mac) if mac else chosen_mac(run.call.container_id, run.call.if_name)
    link = _add_link(run, parent, "macvlan", _MACVLAN_MODES, mac)
    result = Result(CURRENT_VERSION, (link,))
    if not ipam_type(run):
        run.do(set_up(run.call.netns, run.call.if_name))
        return replace(result, dns=dns_of(run))
    return _addressed(run, result)


def add_ipvlan(run: Execution) -> Result:
    """An interface that shares its parent's hardware address, so that the switch sees one machine."""
    previous = run.previous()
    parent = _parent(run, previous)
    run.pod()
    link = _add_link(run, parent, "ipvlan", _IPVLAN_MODES, parent.mac)
    result = Result(CURRENT_VERSION, (link,))
    if not ipam_type(run) and previous is not None and previous.ips:
        result = replace(previous, interfaces=(link,), ips=tuple(replace(ip, interface=0) for ip in previous.ips))
        configure_interface(run, result)
        return replace(result, dns=dns_of(run))
    return _addressed(run, result)


def _parent(run: Execution, previous: Result | None = None) -> Link:
    """The host's interface below: ``master``, else the one of the default route."""
    name = word(run.config, "master")
    if not name and previous is not None:
        if len(previous.interfaces) != 1 or not previous.interfaces[0].name:
            raise PluginError("chained master failure. PrevResult lacks a single named interface")
        name = previous.interfaces[0].name
    if not name:
        default = next((route for route in run.node.host.routes if route.dst == "default"), None)
        if default is None:
            raise PluginError("no default route interface found")
        name = default.link
    link = run.node.host.link(name)
    if link is None:
        is_macvlan = run.call.plugin == "macvlan"
        raise PluginError("Link not found" if is_macvlan else f"failed to lookup master {quote(name)}: Link not found")
    return link


def _add_link(run: Execution, parent: Link, kind: str, modes: tuple[str, ...], mac: str) -> Interface:
    mode = word(run.config, "mode", modes[0])
    if mode not in modes:
        raise PluginError(f"unknown {kind} mode: {quote(mode)}")
    name, pod = run.call.if_name, run.call.netns
    if run.pod().link(name) is not None:
        raise PluginError(f"failed to rename {kind} to {quote(name)}: file exists")
    mtu = checked_mtu(number(run.config, "mtu"), parent.mtu, f"failed to create {kind}: ")
    run.do(add_link(pod, Link(name, kind, mac, mtu, parent=parent.name, mode=mode)))
    return Interface(name, mac, sandbox=pod)


def _addressed(run: Execution, result: Result) -> Result:
    """The result with addresses; if there are none to be had, the interface goes again."""
    name = run.call.if_name
    try:
        ipam = ask_ipam(run)
        result = replace(result, ips=tuple(replace(ip, interface=0) for ip in ipam.ips), routes=ipam.routes)
        run.do(set_sysctl(run.call.netns, f"net.ipv4.conf.{name}.arp_notify", "1"))
        run.do(set_sysctl(run.call.netns, f"net.ipv6.conf.{name}.ndisc_notify", "1"))
        configure_interface(run, result)
    except (PluginError, CniError):
        # of the two programs only macvlan cleans up after a failure of the IPAM plugin
        if run.call.plugin == "macvlan":
            remove_interface(run)
        raise
    return replace(result, dns=dns_of(run))


def delete(run: Execution) -> None:
    """Give the addresses back and remove the interface."""
    tell_ipam(run, "DEL")
    if run.call.netns:
        remove_interface(run)


def check(run: Execution) -> None:
    """Whether interface, addresses and routes are still there."""
    run.pod()
    tell_ipam(run, "CHECK")
    check_addresses(run, require_previous(run))


MACVLAN = Program(
    "macvlan",
    {"ADD": add_macvlan, "DEL": delete, "CHECK": check, "STATUS": status},
    not_modelled=_NOT_MODELLED,
)
IPVLAN = Program(
    "ipvlan",
    {"ADD": add_ipvlan, "DEL": delete, "CHECK": check, "STATUS": status},
    not_modelled=_NOT_MODELLED,
)
