"""Something that is on or off, and that processes wait for."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from k8smodels.controlplane.clock import Clock

if TYPE_CHECKING:
    from simpy.events import Event


class Switch:
    """On at first.

    Parameters
    ----------
    clock
        The time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._coming: Event | None = None

    @property
    def is_on(self) -> bool:
        """Whether it is on."""
        return self._coming is None

    def off(self) -> None:
        """Turn it off."""
        if self._coming is None:
            self._coming = self._clock.environment.event()

    def on(self) -> None:
        """Turn it on: all who wait go on."""
        if self._coming is not None:
            coming, self._coming = self._coming, None
            coming.succeed()

    def wait(self) -> Generator[Any, Any, None]:
        """Wait until it is on."""
        while self._coming is not None:
            yield self._coming
