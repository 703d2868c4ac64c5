"""The nodes of a zone that wait for a NoExecute taint, and the limit on how fast they get it.

References
----------
pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go
golang.org/x/time/rate/rate.go: reserveN (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from k8smodels.controlplane.node_health.flags import single

_NANOSECOND_SECONDS = 1e-9
_QPS_OF_NEVER = 1.0


@dataclass(frozen=True, slots=True)
class TokenBucket:
    """A limit on how often something is done: each time takes a token, of which at most one is kept.

    Attributes
    ----------
    rate
        New tokens a second; with zero nothing is ever allowed.
    tokens, since
        What was left at that time.
    """

    rate: float
    since: datetime
    tokens: float = 1.0

    def take(self, now: datetime) -> TokenBucket | None:
        """The bucket with one token less; None if there is none to take."""
        rate = single(self.rate)
        if rate <= 0:
            return None
        tokens = min(self.tokens + (now - self.since).total_seconds() * rate, 1.0)
        missing_seconds = (1 - tokens) / rate
        return TokenBucket(self.rate, now, tokens - 1) if missing_seconds < _NANOSECOND_SECONDS else None

    def at(self, rate: float, now: datetime) -> TokenBucket:
        """The bucket for another rate: full, but empty if this one has no token either.

        A bucket that allows nothing calls its rate 1, so it stays when the rate is to be 1, as in Kubernetes.
        """
        if rate == (self.rate or _QPS_OF_NEVER):
            return self
        fresh = TokenBucket(rate, now)
        return fresh if self.take(now) else fresh.take(now) or fresh


class ZoneQueue:
    """The nodes of one zone that are to get a taint, each at most once until it is removed.

    Parameters
    ----------
    limiter
        How fast they get it.
    """

    def __init__(self, limiter: TokenBucket) -> None:
        self.limiter = limiter
        self.waiting: dict[str, datetime] = {}
        self._served: set[str] = set()

    def copy(self) -> ZoneQueue:
        """A queue that can be changed without changing this one."""
        other = ZoneQueue(self.limiter)
        other.waiting, other._served = dict(self.waiting), set(self._served)
        return other

    def add(self, node: str, now: datetime) -> bool:
        """Let a node wait; False if it waits already or was served and not removed since."""
        if node in self.waiting or node in self._served:
            return False
        self.waiting[node] = now
        return True

    def remove(self, node: str) -> None:
        """Forget a node, so that it can be added again."""
        self.waiting.pop(node, None)
        self._served.discard(node)

    def serve(self, now: datetime, served: Callable[[str], timedelta | None]) -> None:
        """Call `served` for the nodes that wait, the longest waiting first, as far as the limit goes.

        Parameters
        ----------
        now
            The present.
        served
            Serves a node; it returns None, or after which time to try again.
        """
        while self.waiting and (limiter := self.limiter.take(now)) is not None:
            self.limiter = limiter
            node = min(self.waiting, key=self.waiting.__getitem__)
            if now < self.waiting[node]:
                return
            wait = served(node)
            del self.waiting[node]
            if wait is None:
                self._served.add(node)
            else:
                self.waiting[node] = now + wait
