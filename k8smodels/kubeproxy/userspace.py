"""kube-proxy's first mode: a process that takes every connection and opens another one to an endpoint.

Gone since v1.26. It was slow, each packet went up into the process and down again; but as it opened the connection
itself, it could try another endpoint when one did not answer. No later mode can.

References
----------
pkg/proxy/userspace/roundrobin.go, proxysocket.go (v1.25)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from k8smodels.netfilter.addresses import split_port

DIAL_TIMEOUTS_SECONDS = (0.25, 0.5, 1.0, 2.0)
"""How long each try to reach an endpoint may take; there are no more tries."""

DEFAULT_AFFINITY_SECONDS = 10800


class BalancerError(ValueError):
    """A connection that gets no endpoint, in kube-proxy's words."""


@dataclass(frozen=True, slots=True)
class Affinity:
    """The endpoint of a client, and when it was used last, in seconds."""

    endpoint: str
    last_used: float


@dataclass(frozen=True, slots=True)
class ServiceState:
    """What the balancer knows of a port.

    Attributes
    ----------
    endpoints
        ``ip:port``. The real balancer shuffles a new list; here it is sorted as text.
    index
        Whose turn it is.
    clients
        By address, if there is session affinity.
    """

    affinity: str
    affinity_seconds: int
    endpoints: tuple[str, ...] = ()
    index: int = 0
    clients: Mapping[str, Affinity] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach an endpoint. From the second one on the client's affinity is given up."""

    endpoint: str
    timeout_seconds: float
    resets_affinity: bool


@dataclass(frozen=True, slots=True)
class Connection:
    """A client's connection: the tries, and the endpoint that answered, or the error."""

    attempts: tuple[Attempt, ...]
    endpoint: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class RoundRobin:
    """The balancer of one port of a Service. It never changes: every event gives a new one.

    Attributes
    ----------
    service
        None until the Service or its endpoints are known.
    has_endpoints_object
        Whether its Endpoints object exists.
    """

    service: ServiceState | None = None
    has_endpoints_object: bool = False
    now: float = 0.0

    def new_service(self, affinity: str, seconds: int = 0) -> RoundRobin:
        """The Service was added or changed; of an existing one only the kind of affinity is taken over."""
        if self.service is None:
            return replace(self, service=ServiceState(affinity, seconds or DEFAULT_AFFINITY_SECONDS))
        return replace(self, service=replace(self.service, affinity=affinity or self.service.affinity))

    def delete_service(self) -> RoundRobin:
        """The Service is gone, and with it all that was known."""
        return replace(self, service=None)

    def set_endpoints(self, endpoints: Iterable[str]) -> RoundRobin:
        """The Endpoints object was added or changed.

        The same endpoints again change nothing. Others start the round anew; clients of those that are gone are
        forgotten, and of an empty list all clients.
        """
        listed = tuple(sorted(endpoints))
        known = replace(self, has_endpoints_object=True)
        if not listed:
            return replace(known, service=_without_endpoints(self.service)) if self.has_endpoints_object else known
        state = self.service or ServiceState("", DEFAULT_AFFINITY_SECONDS)
        if self.has_endpoints_object:
            if self.service and listed == state.endpoints:
                return known
            gone = set(state.endpoints) - set(listed)
            kept = {client: each for client, each in state.clients.items() if each.endpoint not in gone}
            state = replace(state, clients=kept)
        return replace(known, service=replace(state, endpoints=listed, index=0))

    def delete_endpoints(self) -> RoundRobin:
        """The Endpoints object is gone."""
        return replace(self, has_endpoints_object=False, service=_without_endpoints(self.service))

    def advance(self, seconds: float) -> RoundRobin:
        """Time goes by."""
        return replace(self, now=self.now + seconds)

    def clean_up(self) -> RoundRobin:
        """Clients whose time is over are forgotten; it never changes an answer."""
        if self.service is None:
            return self
        kept = {client: each for client, each in self.service.clients.items() if self._is_valid(each)}
        return replace(self, service=replace(self.service, clients=kept))

    def next_endpoint(self, source: str, *, reset_affinity: bool = False) -> tuple[RoundRobin, str]:
        """The endpoint for a connection, and the balancer afterwards.

        Parameters
        ----------
        source
            ``ip:port`` of the client.
        reset_affinity
            Take the next one, whatever the client had.

        Raises
        ------
        BalancerError
            There is no Service, or it has no endpoints.
        """
        state = self.service
        if state is None:
            raise BalancerError("missing service entry")
        if not state.endpoints:
            raise BalancerError("missing endpoints")
        client, _ = split_port(source)
        remembered = state.clients.get(client)
        sticks = state.affinity not in ("", "None")
        if sticks and not reset_affinity and remembered and self._is_valid(remembered):
            endpoint = remembered.endpoint
        else:
            endpoint = state.endpoints[state.index]
            state = replace(state, index=(state.index + 1) % len(state.endpoints))
        if sticks:
            state = replace(state, clients={**state.clients, client: Affinity(endpoint, self.now)})
        return replace(self, service=state), endpoint

    def connect(self, source: str, dead: Iterable[str] = ()) -> tuple[RoundRobin, Connection]:
        """The balancer afterwards, and the connection, when the endpoints in `dead` refuse."""
        balancer, attempts, refusing = self, list[Attempt](), set(dead)
        for number, timeout in enumerate(DIAL_TIMEOUTS_SECONDS):
            try:
                balancer, endpoint = balancer.next_endpoint(source, reset_affinity=number > 0)
            except BalancerError as error:
                return balancer, Connection(tuple(attempts), None, str(error))
            attempts.append(Attempt(endpoint, timeout, number > 0))
            if endpoint not in refusing:
                return balancer, Connection(tuple(attempts), endpoint, None)
        return balancer, Connection(tuple(attempts), None, "failed to connect to an endpoint")

    def _is_valid(self, affinity: Affinity) -> bool:
        return self.service is not None and int(self.now - affinity.last_used) < self.service.affinity_seconds


def _without_endpoints(state: ServiceState | None) -> ServiceState | None:
    return state and replace(state, endpoints=(), index=0, clients={})
