"""What many Services cost: rules that a connection's first packet asks, and lines that a change writes.

The kernel needs about the same time for each rule that it asks, and kube-proxy for each line that it writes; how long
is a matter of the machine (`tests/reality/measure_service_cost.py` takes the times).

References
----------
pkg/proxy/iptables/proxier.go, pkg/proxy/nftables/proxier.go (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from k8smodels.kubeproxy.iptables import sync as iptables
from k8smodels.kubeproxy.nftables import sync as nftables
from k8smodels.kubeproxy.state import Change, ProxyState
from k8smodels.netfilter.nft.read import read_nft
from k8smodels.netfilter.nft.walk import walk_nft
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.walk import walk

Mode = Literal["iptables", "nftables"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one mode costs for some Services.

    Attributes
    ----------
    rules_asked
        By the first packet of a connection.
    lines_written
        To the kernel's tools after a change.
    """

    rules_asked: int
    lines_written: int


def cost(mode: Mode, state: ProxyState, packet: Packet, change: Change) -> Cost:
    """The cost of a packet through the rules of a node, and of a change.

    The longest way counts, if there are several.
    """
    machine, after = Machine(state.node.ips), state.apply(change)
    if mode == "iptables":
        written = iptables.full_sync(state)
        ways = walk(read_tables(written.kernel.text), packet, machine)
        lines = len(iptables.partial_sync(after, written).restore.lines)
    else:
        table = nftables.full_sync(state)
        ways = walk_nft(read_nft(table.kernel.text), packet, machine)
        lines = len(nftables.partial_sync(after, table).transaction)
    return Cost(max(way.asked for way in ways), lines)
