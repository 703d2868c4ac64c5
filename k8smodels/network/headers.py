"""What headers cost: bytes around a packet, the MTU that is left inside a tunnel, and the sizes of fragments."""

from __future__ import annotations

from collections.abc import Mapping

IP_HEADER_BYTES: Mapping[int, int] = {4: 20, 6: 40}
"""Of an IP header without options, by version."""

TUNNEL_BYTES: Mapping[str, int] = {"vxlan": 8 + 8 + 14, "geneve": 8 + 8 + 14, "ipip": 0, "wireguard": 8 + 16 + 16}
"""Between the outer IP header and the inner packet: UDP, the tunnel's own header, inner Ethernet; for WireGuard UDP,
its header, and the authentication tag behind the data."""

MIN_MTU: Mapping[int, int] = {4: 68, 6: 1280}
"""The least MTU that a link must offer (RFC 791, RFC 8200)."""

_FRAGMENT_HEADER_BYTES = {4: 0, 6: 8}
_WIREGUARD_BLOCK_BYTES = 16


def overhead_bytes(tunnel: str, underlay_version: int = 4) -> int:
    """Bytes that a tunnel adds to a packet whose size is a multiple of 16.

    Parameters
    ----------
    tunnel
        A key of `TUNNEL_BYTES`.
    underlay_version
        IP version between the nodes.

    Examples
    --------
    >>> overhead_bytes("vxlan"), overhead_bytes("vxlan", 6), overhead_bytes("ipip"), overhead_bytes("wireguard", 6)
    (50, 70, 20, 80)
    """
    return IP_HEADER_BYTES[underlay_version] + TUNNEL_BYTES[tunnel]


def outer_size(tunnel: str, inner_bytes: int, mtu: int, underlay_version: int = 4) -> int:
    """Size of the outer packet in bytes; WireGuard fills the inner one up to 16 bytes, but not beyond its `mtu`."""
    if tunnel == "wireguard":
        inner_bytes = min(-(-inner_bytes // _WIREGUARD_BLOCK_BYTES) * _WIREGUARD_BLOCK_BYTES, max(mtu, inner_bytes))
    return inner_bytes + overhead_bytes(tunnel, underlay_version)


def fragment_sizes(size_bytes: int, mtu: int, version: int = 4) -> tuple[int, ...]:
    """Sizes of the fragments of an IP packet of `size_bytes`: all but the last carry a multiple of 8 bytes.

    Examples
    --------
    >>> fragment_sizes(1500, 1450)
    (1444, 76)
    """
    if size_bytes <= mtu:
        return (size_bytes,)
    header = IP_HEADER_BYTES[version]
    around = header + _FRAGMENT_HEADER_BYTES[version]
    chunk, left = (mtu - around) // 8 * 8, size_bytes - header
    full, rest = divmod(left, chunk)
    return (chunk + around,) * full + ((rest + around,) if rest else ())
