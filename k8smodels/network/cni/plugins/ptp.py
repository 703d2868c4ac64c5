"""ptp: a veth pair without a bridge; the pod reaches everyone, its neighbours too, through the host.

References
----------
github.com/containernetworking/plugins v1.9.1: plugins/main/ptp/ptp.go
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.network.cni.effects import add_address, add_route, delete_route
from k8smodels.network.cni.execution import Execution, PluginError, Program
from k8smodels.network.cni.node import HOST, KernelRoute
from k8smodels.network.cni.plugins.attaching import (
    ask_ipam,
    check_addresses,
    configure_interface,
    enable_forwarding,
    masquerade,
    remove_interface,
    require_previous,
    set_up_veth,
    stop_masquerading,
)
from k8smodels.network.cni.plugins.fields import dns_of, flag, ipam_type, number
from k8smodels.network.cni.result import Interface, IPConfig, Result
from k8smodels.network.cni.spec import CniError


def add(run: Execution) -> Result:
    """Make the veth pair, and routes that send everything to the host's end."""
    ipam = ask_ipam(run)
    try:
        enable_forwarding(run, ipam)
        run.pod()
        inner, outer = set_up_veth(run, number(run.config, "mtu"))
        interfaces = (Interface(outer.name, outer.mac), Interface(inner.name, inner.mac, sandbox=run.call.netns))
        ips = tuple(replace(ip, interface=1) for ip in ipam.ips)
        result = replace(ipam, interfaces=interfaces, ips=ips)
        configure_interface(run, result)
        for ip in ips:
            _point_to_point(run, outer.name, ip)
        if flag(run.config, "ipMasq"):
            masquerade(run, tuple(str(ip.address) for ip in ips))
    except (PluginError, CniError):
        run.delegate(ipam_type(run), "DEL")
        raise
    return replace(result, dns=dns_of(run)) if dns_of(run).to_json() else result


def _point_to_point(run: Execution, outer: str, ip: IPConfig) -> None:
    """Replace the route to the pod's network by one to the gateway alone, behind which the network lies."""
    if ip.gateway is None:
        raise PluginError("failed to add route: no gateway")
    pod, name, network = run.call.netns, run.call.if_name, ip.address.network
    bits = ip.address.max_prefixlen
    metric = 1024 if ip.address.version == 6 else 0
    source, scope = str(ip.address.ip), "link" if bits == 32 else ""
    run.do(
        delete_route(pod, str(network), name),
        add_route(pod, KernelRoute(str(ip.gateway), name, src=source, scope=scope, metric=metric)),
        add_route(pod, KernelRoute(str(network), name, via=str(ip.gateway), src=source, metric=metric)),
        add_address(HOST, outer, f"{ip.gateway}/{bits}"),
        add_route(HOST, KernelRoute(source, outer, scope=scope and "host", metric=metric)),
    )


def delete(run: Execution) -> None:
    """Give the addresses back, remove the pair, and stop masquerading."""
    run.delegate(ipam_type(run), "DEL")
    addresses = remove_interface(run) if run.call.netns else None
    if addresses and flag(run.config, "ipMasq"):
        stop_masquerading(run, addresses)


def check(run: Execution) -> None:
    """Whether interface, addresses and routes are still there."""
    pod = run.pod()
    run.delegate(ipam_type(run), "CHECK")
    result = require_previous(run, "ptp: Required prevResult missing")
    if pod.link(run.call.if_name) is None:
        raise PluginError(f"ptp: Container Interface name in prevResult: {run.call.if_name} not found")
    check_addresses(run, result)


def status(run: Execution) -> None:
    """Ready if the IPAM plugin is."""
    run.delegate(ipam_type(run), "STATUS")


PTP = Program("ptp", {"ADD": add, "DEL": delete, "CHECK": check, "STATUS": status}, not_modelled=("ipMasqBackend",))
