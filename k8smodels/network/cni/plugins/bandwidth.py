"""bandwidth: limits what a pod receives and sends, with a token bucket.

What the pod receives leaves the host's end of the veth pair, and is shaped there. What it sends arrives there, where
nothing can be shaped: it is redirected to a device of its own kind, ifb, and shaped as it leaves that.

References
----------
github.com/containernetworking/plugins v1.9.1: plugins/meta/bandwidth/{main,ifb_creator}.go
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from k8smodels.network.cni.effects import add_link, add_qdisc, delete_link, set_up
from k8smodels.network.cni.execution import Execution, PluginError, Program
from k8smodels.network.cni.iptables import hashed_name
from k8smodels.network.cni.node import HOST, Link
from k8smodels.network.cni.plugins.attaching import chosen_mac, require_previous
from k8smodels.network.cni.plugins.fields import number, section, word
from k8smodels.network.cni.result import Interface, Result
from k8smodels.network.cni.spec import VERSIONS

_NAMES = ("ingressRate", "ingressBurst", "egressRate", "egressBurst")
_LONGEST_NAME = 15
_LATENCY_MS = 25
_MOST_BURST_BYTES = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """Rates in bits a second and bursts in bits; 0 is no limit. Ingress is what comes into the pod."""

    ingress_rate_bits: int = 0
    ingress_burst_bits: int = 0
    egress_rate_bits: int = 0
    egress_burst_bits: int = 0


def token_bucket(rate_bits: int, burst_bits: int) -> str:
    """The queueing discipline, in the words of ``tc``; what waits longer than 25 ms is dropped."""
    return f"root handle 1: tbf rate {rate_bits // 8 * 8}bit burst {burst_bits // 8}b latency {_LATENCY_MS}ms"


def bandwidth_of(run: Execution) -> Bandwidth:
    """The limits: those of the configuration, else those of the runtime.

    Raises
    ------
    PluginError
        A rate without a burst, or the other way round.
    """
    own = any(name in run.config for name in _NAMES)
    source = run.config if own else section(section(run.config, "runtimeConfig"), "bandwidth")
    found = Bandwidth(*(number(source, name) for name in _NAMES))
    if min(found.ingress_rate_bits, found.ingress_burst_bits, found.egress_rate_bits, found.egress_burst_bits) < 0:
        raise PluginError("failed to parse network configuration: rates and bursts must not be negative")
    for rate, burst in (
        (found.ingress_rate_bits, found.ingress_burst_bits),
        (found.egress_rate_bits, found.egress_burst_bits),
    ):
        if rate and not burst:
            raise PluginError("if rate is set, burst must also be set")
        if burst and not rate:
            raise PluginError("if burst is set, rate must also be set")
        if burst // 8 >= _MOST_BURST_BYTES:
            raise PluginError("burst cannot be more than 4GB")
    return found


def add(run: Execution) -> Result | None:
    """Shape the host's end of the pod's veth pair."""
    limits = bandwidth_of(run)
    if limits == Bandwidth():
        return run.previous()
    previous = require_previous(run, "must be called as chained plugin")
    outer = _host_end(run, previous)
    if limits.ingress_rate_bits:
        run.do(add_qdisc(HOST, outer.name, token_bucket(limits.ingress_rate_bits, limits.ingress_burst_bits)))
    if not limits.egress_rate_bits:
        return previous
    name = _device_name(run)
    device = Link(name, "ifb", chosen_mac(name), outer.mtu)
    run.do(
        add_link(HOST, device),
        set_up(HOST, name),
        add_qdisc(HOST, outer.name, "handle ffff: ingress"),
        add_qdisc(HOST, name, token_bucket(limits.egress_rate_bits, limits.egress_burst_bits)),
    )
    return replace(previous, interfaces=(*previous.interfaces, Interface(name, device.mac)))


def _host_end(run: Execution, previous: Result) -> Link:
    """The host's end, which must be among the interfaces of the result."""
    if not previous.interfaces:
        raise PluginError("no interfaces provided")
    inner = run.pod().link(run.call.if_name)
    if inner is None or inner.peer is None:
        raise PluginError(f"container interface {run.call.if_name} has no veth peer: <nil>")
    outer = run.node.host.link(inner.peer[1])
    if outer is None or not any(item.name == outer.name and not item.sandbox for item in previous.interfaces):
        raise PluginError("no veth peer of container interface found in host ns")
    return outer


def _device_name(run: Execution) -> str:
    return hashed_name("bwp", word(run.config, "name"), run.call.container_id, _LONGEST_NAME)


def delete(run: Execution) -> None:
    """Remove the ifb device; the other limit went with the veth pair, or goes with it."""
    bandwidth_of(run)
    device = run.node.host.link(_device_name(run))
    if device is not None:
        run.do(delete_link(HOST, device))


def check(run: Execution) -> None:
    """Whether the limits are still there."""
    limits = bandwidth_of(run)
    outer = _host_end(run, require_previous(run, "must be called as a chained plugin"))
    device = run.node.host.link(_device_name(run))
    if limits.egress_rate_bits and device is None:
        raise PluginError("get ifb device: Link not found")
    if limits.ingress_rate_bits and not outer.qdiscs:
        raise PluginError("Failed to find qdisc")


BANDWIDTH = Program("bandwidth", {"ADD": add, "DEL": delete, "CHECK": check}, VERSIONS[VERSIONS.index("0.3.0") :])
