"""ICMP errors: who tells the sender what.

References
----------
RFC 792, RFC 1191, RFC 4443; Linux net/ipv4/icmp.c (__icmp_send), net/ipv6/icmp.c
"""

from __future__ import annotations

from k8smodels.network.addresses import UNSPECIFIED
from k8smodels.network.network import Network
from k8smodels.network.packet import Packet
from k8smodels.network.path import Loss

_MOST_BYTES = {4: 576, 6: 1280}
_HEADERS_BYTES = {4: 28, 6: 48}


def error_about(network: Network, loss: Loss) -> Packet | None:
    """The ICMP error that the namespace of a loss sends; None where nobody says a word, and about ICMP errors."""
    packet = loss.packet
    if not loss.icmp or packet.about is not None:
        return None
    version = packet.source.version
    most, headers = _MOST_BYTES[version], _HEADERS_BYTES[version]
    own = network.namespace(loss.port.namespace).local
    return Packet(
        source=packet.destination if packet.destination in own else UNSPECIFIED[version == 6],
        destination=packet.source,
        protocol="ICMP",
        source_port=0,
        destination_port=0,
        size_bytes=min(most, headers + max(packet.sizes)),
        about=packet.flow,
    )
