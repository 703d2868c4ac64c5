"""How components talk to the API server: with a limit on their rate, and a wait for each answer.

References
----------
staging/src/k8s.io/client-go/util/flowcontrol/throttle.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.api_server import APIServer, Caller
from k8smodels.controlplane.garbage import PropagationPolicy
from k8smodels.controlplane.timing import Timing

T = TypeVar("T")
Item = TypeVar("Item", bound=KubernetesObject)
Answer = Generator[Any, Any, T]
"""What a process of SimPy gets by ``yield from``."""


class RateLimiter:
    """A bucket of tokens, one for each request.

    Parameters
    ----------
    per_second
        How many tokens come back in a second.
    burst
        How many the bucket holds.
    """

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second, self._burst = per_second, burst
        self._tokens, self._at_seconds = float(burst), 0.0

    def wait_seconds(self, now_seconds: float) -> float:
        """Take a token; how long the request has to wait for it."""
        self._tokens = min(self._burst, self._tokens + (now_seconds - self._at_seconds) * self._per_second)
        self._at_seconds = now_seconds
        self._tokens -= 1
        return max(0.0, -self._tokens / self._per_second)


class Client:
    """A component's connection.

    Parameters
    ----------
    server
        The API server.
    component
        Who talks.
    limiter
        Its limit; None for a user.
    timing
        How long an answer takes.
    """

    def __init__(self, server: APIServer, component: str, limiter: RateLimiter | None, timing: Timing) -> None:
        self.server, self.component, self.timing = server, component, timing
        self._limiter = limiter

    def get(self, item: Item, because: int) -> Answer[KubernetesObject]:
        """See `APIServer.get`; of `item` only the key counts."""
        key = (item.kind, item.metadata.namespace, item.metadata.name)
        return self._ask(lambda: self.server.get(*key, Caller(self.component, because)))

    def create(self, item: Item, because: int, note: str = "") -> Answer[Item]:
        """See `APIServer.create`."""
        return self._ask(lambda: self.server.create(item, Caller(self.component, because), note))

    def update(self, item: Item, because: int, note: str = "", *, status: bool = False) -> Answer[Item]:
        """See `APIServer.update`."""
        return self._ask(lambda: self.server.update(item, Caller(self.component, because), note, status=status))

    def patch(
        self,
        item: Item,
        change: Callable[[Any], KubernetesObject],
        because: int,
        note: str = "",
        *,
        status: bool = False,
    ) -> Answer[KubernetesObject]:
        """See `APIServer.patch`; of `item` only the key counts."""
        by = Caller(self.component, because)
        key = (item.kind, item.metadata.namespace, item.name)
        return self._ask(lambda: self.server.patch(*key, change, by, note, status=status))

    def bind(self, namespace: str, name: str, node: str, because: int, note: str = "") -> Answer[KubernetesObject]:
        """See `APIServer.bind`."""
        return self._ask(lambda: self.server.bind(namespace, name, node, Caller(self.component, because), note))

    def delete(
        self,
        kind: str,
        namespace: str,
        name: str,
        because: int,
        note: str = "",
        *,
        policy: PropagationPolicy | None = None,
        grace_seconds: int | None = None,
        uid: str = "",
    ) -> Answer[None]:
        """See `APIServer.delete`."""
        by = Caller(self.component, because)
        return self._ask(
            lambda: self.server.delete(
                kind, namespace, name, by, note, policy=policy, grace_seconds=grace_seconds, uid=uid
            )
        )

    def spend(self) -> None:
        """An event goes out beside the requests: nobody waits for it, but it takes a token."""
        if self._limiter is not None:
            self._limiter.wait_seconds(self.server.clock.seconds)

    def _ask(self, request: Callable[[], T]) -> Answer[T]:
        environment = self.server.clock.environment
        wait_seconds = self._limiter.wait_seconds(environment.now) if self._limiter else 0.0
        yield environment.timeout(wait_seconds + self.timing.request_seconds + self.server.extra_seconds)
        return request()
