"""Where translation rules are met: on the way in (PREROUTING, OUTPUT) and on the way out (POSTROUTING)."""

from __future__ import annotations

from dataclasses import replace

from k8smodels.network.addresses import IPAddress
from k8smodels.network.devices import Port
from k8smodels.network.namespace import Namespace
from k8smodels.network.packet import Flow, Packet
from k8smodels.network.steps import Errand


def from_outside(errand: Errand, item: Namespace, packet: Packet) -> Packet:
    """The packet after connection tracking and the rules for hostPorts."""
    if not item.nat or packet.tunnel:
        return packet
    known = errand.conntrack(item.name).known(packet)
    if known is not None:
        return packet if known == packet else known
    if not item.has(packet.destination):
        return packet
    rule = next((rule for rule in item.nat.host_ports if rule.matches(packet)), None)
    if rule is None:
        return packet
    return replace(packet, destination=rule.pod_ip, destination_port=rule.container_port)


def to_outside(
    errand: Errand, item: Namespace, here: Port, packet: Packet, original: Flow, next_hop: IPAddress
) -> Packet:
    """The packet after the rules for masquerade; the first one that matches a new flow decides."""
    if not item.nat or packet.tunnel or packet.about:
        return packet
    tracked = errand.conntrack(item.name)
    if tracked.known(packet.with_flow(original)) is not None:
        return packet
    rule = next((rule for rule in item.nat.masquerade if rule.matches(packet)), None)
    own = item.address_of(here.device, next_hop, packet.destination) if rule else None
    after = packet if own is None else replace(packet, source=own)
    tracked.remember(original, after.flow)
    if after != packet:
        errand.note(here, "translate", str(rule), packet, after)
    return after
