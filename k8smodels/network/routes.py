"""Routes of a namespace: the longest prefix decides.

References
----------
ip-route(8); Linux net/ipv4/fib_trie.c, fib_semantics.c
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from k8smodels.network.addresses import IPAddress, IPNetwork
from k8smodels.network.prefixes import Prefixes

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route.

    Attributes
    ----------
    prefix
        The destinations.
    device
        Empty for a ``blackhole``.
    via
        The next hop; None when the destination itself is on the link.
    source
        Preferred source address of packets made here.
    onlink
        The next hop counts as on the link although no address of the device says so.
    metric
        Of two routes to the same prefix the lower one counts.
    kind
        ``unicast`` or ``blackhole``.
    automatic
        The kernel made it together with an address.
    """

    prefix: IPNetwork
    device: str = ""
    via: IPAddress | None = None
    source: IPAddress | None = None
    onlink: bool = False
    metric: int = 0
    kind: str = "unicast"
    automatic: bool = False

    def __str__(self) -> str:
        """As ``ip route`` prints it."""
        default = self.prefix.prefixlen == 0
        single = self.prefix.prefixlen == self.prefix.max_prefixlen
        words = ["" if self.kind == "unicast" else self.kind]
        words.append("default" if default else str(self.prefix.network_address if single else self.prefix))
        words += ["via", str(self.via)] if self.via else []
        words += ["dev", self.device] if self.device else []
        words += ["src", str(self.source)] if self.source else []
        words += ["metric", str(self.metric)] if self.metric else []
        words += ["onlink"] if self.onlink else []
        return " ".join(filter(None, words))


class Routes(Protocol):
    """What answers which route leads to an address, and can be listed."""

    def lookup(self, address: IPAddress) -> Route | None:
        """The route with the longest prefix that holds `address`."""

    def __iter__(self) -> Iterator[Route]: ...


class RouteTable:
    """Routes that are written down."""

    def __init__(self, routes: Iterable[Route] = ()) -> None:
        by_metric = sorted(routes, key=lambda route: route.metric)
        self._prefixes = Prefixes((route.prefix, route) for route in by_metric)

    def lookup(self, address: IPAddress) -> Route | None:
        """See `Routes`."""
        found = self._prefixes.lookup(address)
        return found[1] if found else None

    def __iter__(self) -> Iterator[Route]:
        return (route for _prefix, route in self._prefixes)


class PeerRoutes(Generic[T]):
    """A node's own routes, and one to each peer's block of addresses, made when it is asked for.

    Five thousand nodes with five thousand routes each would fill the memory; all of them follow from the blocks.

    Parameters
    ----------
    own
        Routes that are written down.
    blocks
        Whose block of addresses is where.
    route
        The route to a peer's block; None for the node's own.
    """

    def __init__(self, own: Routes, blocks: Prefixes[T], route: Callable[[IPNetwork, T], Route | None]) -> None:
        self._own, self._blocks, self._route = own, blocks, route

    def lookup(self, address: IPAddress) -> Route | None:
        """See `Routes`."""
        own, block = self._own.lookup(address), self._blocks.lookup(address)
        if block is None or (own is not None and own.prefix.prefixlen >= block[0].prefixlen):
            return own
        return self._route(*block) or own

    def __iter__(self) -> Iterator[Route]:
        yield from self._own
        made = (self._route(prefix, peer) for prefix, peer in self._blocks)
        yield from (route for route in made if route is not None)
