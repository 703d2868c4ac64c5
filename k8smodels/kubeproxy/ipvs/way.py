"""The way of a connection's first packet through IPVS: a few rules, the balancer, a few rules.

The balancer stands where packets for the node itself arrive, behind the filter of INPUT; for what the node's own
processes send, at OUTPUT, behind the table nat and before the filter. What it has rewritten goes on as if the node had
sent it: through the filter of OUTPUT, then POSTROUTING.

Leaves out: persistence, and schedulers other than by turn: every real server is as likely as the others.

References
----------
Linux net/netfilter/ipvs/ip_vs_core.c: ip_vs_ops4; ip_vs_xmit.c: ip_vs_nat_send_or_cont
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from k8smodels.kubeproxy.endpoints import Endpoint
from k8smodels.kubeproxy.ipvs.sets import COMMENTS, set_name
from k8smodels.kubeproxy.ipvs.sync import Sync
from k8smodels.kubeproxy.ipvs.virtual_servers import VirtualServer
from k8smodels.kubeproxy.state import ProxyState
from k8smodels.netfilter.addresses import with_port
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.tables import Tables
from k8smodels.netfilter.walk import walk
from k8smodels.netfilter.ways import Step, Way


@dataclass(frozen=True, slots=True)
class IpvsWay:
    """One way that the packet may take.

    Attributes
    ----------
    until
        The rules that it met before the balancer.
    endpoint
        The real server that was picked; None if the virtual server has none: the connection is refused.
    since
        The rules that it met afterwards.
    packet
        The packet at the end.
    asked
        How many rules the kernel looks at before the balancer.
    """

    probability: Fraction
    until: tuple[Step, ...]
    server: VirtualServer
    endpoint: Endpoint | None
    since: tuple[Step, ...]
    packet: Packet
    asked: int


def ipvs_tables(kernel: Sync) -> Tables:
    """The iptables rules beside the balancer."""
    return read_tables(kernel.iptables.text)


def ipvs_machine(state: ProxyState, kernel: Sync, machine: Machine) -> Machine:
    """The node with the addresses that are bound to kube-ipvs0, and with all sets; those without entries are empty."""
    filled = {set_name(name, state): () for name in COMMENTS} | dict(kernel.ip_sets)
    return replace(machine, addresses=(*(machine.addresses or ()), *kernel.bound), ip_sets=filled)


def walk_ipvs(state: ProxyState, kernel: Sync, packet: Packet, machine: Machine) -> tuple[IpvsWay, ...]:
    """All ways of a packet to a virtual server; none if its destination is no virtual server.

    Parameters
    ----------
    kernel
        What the sync of `state` has put into the kernel.
    machine
        The node without the addresses and sets of kube-proxy.
    """
    wanted = with_port(packet.dst, packet.dport)
    servers = (each for each in kernel.virtual_servers if each.address == wanted)
    server = next((each for each in servers if each.protocol.lower() == packet.protocol), None)
    if server is None:
        return ()
    tables, own = ipvs_tables(kernel), ipvs_machine(state, kernel, machine)
    first = walk(tables, packet, own)[0]
    until = tuple(step for step in first.steps if _is_before(step, packet))
    marked = until[-1].after if until else packet
    if not server.real_servers:
        return (IpvsWay(Fraction(1), until, server, None, (), marked, first.asked),)
    return tuple(_ways(server, until, marked, first, tables, own))


def _is_before(step: Step, packet: Packet) -> bool:
    """Whether a packet meets a rule before the balancer."""
    return bool(packet.iif) or (step.hook, step.table) == ("OUTPUT", "nat")


def _ways(
    server: VirtualServer, until: tuple[Step, ...], marked: Packet, first: Way, tables: Tables, own: Machine
) -> Iterator[IpvsWay]:
    """One way a real server. A connection that has passed the table nat does not see the one of OUTPUT again."""
    for endpoint in server.real_servers:
        rewritten = replace(marked.to(endpoint.ip, endpoint.port), iif="", oif="")
        last = walk(tables, rewritten, own)[0]
        since = tuple(step for step in last.steps if (step.hook, step.table) != ("OUTPUT", "nat"))
        chance = Fraction(1, len(server.real_servers))
        yield IpvsWay(chance, until, server, endpoint, since, last.packet, first.asked)
