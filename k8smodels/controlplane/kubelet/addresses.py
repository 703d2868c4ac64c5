"""The addresses of a node's pods: its part of the cluster's range, one after another.

References
----------
github.com/containernetworking/plugins: plugins/ipam/host-local (v1.9)
"""

from __future__ import annotations

from ipaddress import IPv4Network


class Addresses:
    """What one node has to give. A freed address comes again only after all others.

    Parameters
    ----------
    cidr
        The node's part, e.g. ``10.244.1.0/24``. Its first address is the bridge's.
    """

    def __init__(self, cidr: str) -> None:
        self.network = IPv4Network(cidr)
        self._last = 1
        self._taken: set[str] = set()

    def take(self) -> str:
        """The next free address.

        Raises
        ------
        LookupError
            All are taken.
        """
        usable = self.network.num_addresses - 3
        for _try in range(usable):
            self._last = self._last + 1 if self._last < usable + 1 else 2
            address = str(self.network[self._last])
            if address not in self._taken:
                self._taken.add(address)
                return address
        raise LookupError(f"no IP addresses available in range set: {self.network}")

    def free(self, address: str) -> None:
        """Give an address back."""
        self._taken.discard(address)
