"""The longest prefix that holds an address, in as many steps as there are different prefix lengths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from k8smodels.network.addresses import IPAddress, IPNetwork

T = TypeVar("T")


class Prefixes(Generic[T]):
    """Values by prefix.

    Parameters
    ----------
    entries
        Prefix and value; of equal prefixes the first counts.
    """

    def __init__(self, entries: Iterable[tuple[IPNetwork, T]]) -> None:
        self._by_length: dict[tuple[int, int], dict[int, tuple[IPNetwork, T]]] = {}
        for prefix, value in entries:
            same = self._by_length.setdefault((prefix.version, prefix.prefixlen), {})
            same.setdefault(int(prefix.network_address), (prefix, value))
        self._lengths = {
            version: sorted((length for v, length in self._by_length if v == version), reverse=True)
            for version in (4, 6)
        }

    def lookup(self, address: IPAddress) -> tuple[IPNetwork, T] | None:
        """The longest prefix that holds `address`, with its value."""
        number, bits = int(address), address.max_prefixlen
        for length in self._lengths[address.version]:
            shift = bits - length
            found = self._by_length[address.version, length].get(number >> shift << shift)
            if found is not None:
                return found
        return None

    def __iter__(self) -> Iterator[tuple[IPNetwork, T]]:
        for same in self._by_length.values():
            yield from same.values()
