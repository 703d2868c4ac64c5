"""The network between members: delays, partitions, and what is on its way."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Sequence
from random import Random

from k8smodels.api.errors import duplicate, invalid, unsupported
from k8smodels.controlplane.etcd.messages import Message


class Network:
    """Messages on their way; one is lost if sender and receiver are apart when it is sent or when it would arrive.

    Parameters
    ----------
    members
        All members.
    delay_ms
        The least and the greatest time that a message takes; chance chooses for each one.
    random
        Where chance comes from.

    Raises
    ------
    FieldError
        Delays that are negative, in the wrong order, or more than a minute.
    """

    def __init__(self, members: Sequence[str], delay_ms: tuple[int, int], random: Random) -> None:
        if not 0 <= delay_ms[0] <= delay_ms[1] <= 60_000:
            raise invalid("delayMs", list(delay_ms), "must be two numbers in order, between 0 and 60000")
        self._members, self._delay_ms, self._random = tuple(members), delay_ms, random
        self._groups: tuple[frozenset[str], ...] = (frozenset(members),)
        self._in_flight: list[tuple[int, int, str, Message]] = []
        self._sent = 0

    @property
    def groups(self) -> tuple[frozenset[str], ...]:
        """The members that reach each other; one group if the network is whole."""
        return self._groups

    def send(self, to: str, message: Message, now_ms: int) -> None:
        """Put a message on its way."""
        if not self.connected(to, message.sender):
            return
        self._sent += 1
        arrival = now_ms + self._random.randint(*self._delay_ms)
        heapq.heappush(self._in_flight, (arrival, self._sent, to, message))

    def next_ms(self) -> int | None:
        """When the next message arrives; None if none is on its way."""
        return self._in_flight[0][0] if self._in_flight else None

    def arrive(self) -> tuple[str, Message] | None:
        """Take the next message off the network; None if it is lost on its way."""
        _, _, to, message = heapq.heappop(self._in_flight)
        return (to, message) if self.connected(to, message.sender) else None

    def connected(self, one: str, other: str) -> bool:
        """Whether two members reach each other."""
        return any(one in group and other in group for group in self._groups)

    def partition(self, groups: Sequence[Collection[str]]) -> None:
        """Let only members of one group reach each other; members that are not named are a group as well.

        Raises
        ------
        FieldError
            A name that is no member's, or twice the same.
        """
        named = [(f"groups[{i}]", name) for i, group in enumerate(groups) for name in sorted(group)]
        seen: set[str] = set()
        for path, name in named:
            if name not in self._members:
                raise unsupported(path, name, self._members)
            if name in seen:
                raise duplicate(path, name)
            seen.add(name)
        rest = frozenset(self._members) - seen
        self._groups = tuple(group for group in (*map(frozenset, groups), rest) if group)

    def heal(self) -> None:
        """Let all members reach each other."""
        self._groups = (frozenset(self._members),)
