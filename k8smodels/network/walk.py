"""The walk of a packet through a network, step by step, and of its answer."""

from __future__ import annotations

from k8smodels.api.errors import invalid
from k8smodels.network.devices import Port
from k8smodels.network.icmp import error_about
from k8smodels.network.ip_layer import output, receive, send_by
from k8smodels.network.network import Network
from k8smodels.network.packet import Packet
from k8smodels.network.path import Loss, Path
from k8smodels.network.steps import Delivered, Errand, Next, Output, Receive, SendBy, Transmit
from k8smodels.network.transmit import transmit

MAX_STEPS = 10_000
"""A packet ends by its TTL long before; tunnels that lead into themselves do not."""


def walk(network: Network, packet: Packet, start: str = "", *, path_mtu: int | None = None, reply: bool = True) -> Path:
    """The way of `packet`, with every decision on it.

    The model leaves out: the time that ARP takes, queues and loss by load, firewall rules, Services, multicast and
    broadcast, ICMP redirects, several routing tables, source ports that a masquerade
    changes, offloads (every packet is one packet).

    Parameters
    ----------
    packet
        Its source may be unspecified: the first kernel chooses.
    start
        The namespace that sends it; default: the one that has the packet's source address.
    path_mtu
        What the sender has learned about the path before, in bytes.
    reply
        Walk the answer too: the receiver sends a packet of the same size back to the source that it sees.

    Returns
    -------
    Path
        Its `reply` and `error` are the ways of the answer, and of an ICMP error.

    Raises
    ------
    FieldError
        There is no such namespace, or none has the source address.
    """
    start = start or network.owners.get(packet.source, "")
    if not start:
        raise invalid("packet.source", str(packet.source), "must be an address that a namespace has")
    try:
        network.namespace(start)
    except KeyError:
        raise invalid("start", start, "must be the name of a namespace of the network") from None
    return _walk(Errand(network), start, packet, path_mtu, reply)


def _walk(errand: Errand, start: str, packet: Packet, path_mtu: int | None, reply: bool) -> Path:
    errand.hops = []
    step: Next = Output(start, packet, path_mtu)
    for _ in range(MAX_STEPS):
        if isinstance(step, Delivered | Loss):
            break
        step = _after(errand, step)
    hops = tuple(errand.hops)
    if isinstance(step, Delivered):
        answer = _walk(errand, step.port.namespace, step.packet.reply(), None, reply=False) if reply else None
        return Path(start=start, hops=hops, delivered=step.port, received=step.packet, reply=answer)
    if not isinstance(step, Loss):
        port = Port(start, "")
        return Path(start=start, hops=hops, lost=Loss(port=port, packet=packet, reason="a tunnel leads into itself"))
    told = error_about(errand.network, step)
    error = _walk(errand, step.port.namespace, told, None, reply=False) if told else None
    return Path(start=start, hops=hops, lost=step, error=error)


def _after(errand: Errand, step: Next) -> Next:
    match step:
        case Output(namespace, packet, path_mtu):
            return output(errand, namespace, packet, path_mtu)
        case Receive(port, packet):
            return receive(errand, port, packet)
        case SendBy():
            return send_by(errand, step)
        case Transmit():
            return transmit(errand, step)
        case Delivered() | Loss():
            return step
