"""Events that controllers post, and what becomes of them before the API server gets them.

References
----------
staging/src/k8s.io/client-go/tools/record/events_cache.go: EventAggregate, EventSourceObjectSpamFilter (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

SPAM_BURST = 25
"""Events that a component may post about one object at once, of each type."""

SPAM_REFILL = timedelta(minutes=5)
"""After this time it may post one more."""

MAX_SIMILAR = 10
"""From so many different messages with one reason on, they are combined."""

SIMILAR_INTERVAL = timedelta(minutes=10)
"""A reason that was silent for longer than this begins anew."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event, as ``kubectl describe`` shows it.

    Attributes
    ----------
    reason, message
        Kubernetes' own words.
    warning
        Whether its type is ``Warning`` instead of ``Normal``.
    """

    reason: str
    message: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Similar:
    """Different messages with one reason, and when the last one came."""

    messages: tuple[str, ...]
    last: datetime


@dataclass(frozen=True, slots=True)
class Correlator:
    """What a component remembers of its events about one object.

    Attributes
    ----------
    similar
        By type and reason.
    tokens
        By type: how many more events may be posted, and when that was so.
    """

    similar: Mapping[tuple[bool, str], Similar] = field(default_factory=dict)
    tokens: Mapping[bool, tuple[float, datetime]] = field(default_factory=dict)

    def post(self, event: Event, now: datetime) -> tuple[Correlator, Event | None]:
        """The event as the API server gets it: as it is, combined with similar ones, or not at all."""
        key = event.warning, event.reason
        before = self.similar.get(key)
        messages = before.messages if before and now - before.last <= SIMILAR_INTERVAL else ()
        messages = (*(message for message in messages if message != event.message), event.message)
        if len(messages) >= MAX_SIMILAR:
            messages = messages[1:]
            event = replace(event, message=f"(combined from similar events): {event.message}")
        tokens, since = self.tokens.get(event.warning, (float(SPAM_BURST), now))
        tokens = min(tokens + (now - since) / SPAM_REFILL, SPAM_BURST)
        posted = tokens >= 1
        left = {**self.tokens, event.warning: (tokens - posted, now)}
        return Correlator({**self.similar, key: Similar(messages, now)}, left), event if posted else None
