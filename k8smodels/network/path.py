"""What became of a packet: every step with the entry that decided it."""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.network.devices import Port
from k8smodels.network.packet import NO_FRAME, Frame, Packet


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One step.

    Attributes
    ----------
    port
        The namespace and the device.
    action
        ``route``, ``forward``, ``neighbour``, ``send``, ``fragment``, ``reassemble``, ``encapsulate``,
        ``decapsulate``, ``translate``, ``receive`` or ``deliver``.
    decided_by
        The route, neighbour, FDB entry or rule, as the kernel's tools print it; or what happened, in words.
    before, after
        The packet; equal where the step changes nothing.
    frame
        The Ethernet header, where there is one.
    mtu
        Of the device, in bytes.
    segment
        The piece of the physical network that the packet crosses, for ``send`` by a card.
    """

    port: Port
    action: str
    decided_by: str
    before: Packet
    after: Packet
    frame: Frame = NO_FRAME
    mtu: int = 0
    segment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Where a packet ended before its goal.

    Attributes
    ----------
    reason
        In plain words, with the device or the entry that is to blame.
    errno
        What the sender's own kernel says at once, e.g. ``EMSGSIZE``.
    icmp
        The kind of ICMP error that goes back; empty where the packet vanishes without a word.
    mtu
        For ``fragmentation needed``: the size that would have fit.
    """

    port: Port
    packet: Packet
    reason: str
    errno: str = ""
    icmp: str = ""
    mtu: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The whole way of a packet.

    Attributes
    ----------
    start
        The namespace that sent it.
    delivered
        Where it was received; None if it was lost.
    received
        The packet as it was received.
    lost
        Where and why it ended, if it did.
    error
        The way of the ICMP error, if one was sent.
    reply
        The way of the answer, if the packet was received and an answer was asked for.
    """

    start: str
    hops: tuple[Hop, ...]
    delivered: Port | None = None
    received: Packet | None = None
    lost: Loss | None = None
    error: Path | None = None
    reply: Path | None = None

    @property
    def wire(self) -> tuple[Hop, ...]:
        """The hops that cross a segment of the physical network."""
        return tuple(hop for hop in self.hops if hop.segment)

    @property
    def loop(self) -> tuple[str, ...]:
        """The namespaces that passed the packet round until its TTL was used up; empty if none did."""
        if self.lost is None or self.lost.icmp != "time exceeded":
            return ()
        passed = [hop.port.namespace for hop in self.hops if hop.action == "forward"]
        last = self.lost.port.namespace
        if last not in passed:
            return ()
        start = len(passed) - 1 - passed[::-1].index(last)
        return tuple(passed[start:])

    @property
    def works(self) -> bool:
        """Whether the packet arrived, and the answer too."""
        return self.received is not None and (self.reply is None or self.reply.received is not None)

    @property
    def learned_mtu(self) -> int | None:
        """The path MTU that the sender knows afterwards, in bytes; None if it learned none."""
        if self.lost is None or not self.lost.mtu:
            return None
        told = self.error.delivered if self.error else None
        at_once, by_icmp = self.lost.errno == "EMSGSIZE", told is not None and told.namespace == self.start
        return self.lost.mtu if at_once or by_icmp else None
