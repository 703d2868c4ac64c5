"""Virtual time: one SimPy environment, and the moment that it stands for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from k8smodels.api.durations import SECOND_NS
from k8smodels.api.times import format_time

START = datetime(2026, 1, 1, tzinfo=UTC)
"""The moment at which every simulation begins."""


class Clock:
    """The time of a simulation, in seconds since its start.

    Attributes
    ----------
    environment
        SimPy's: what runs in virtual time is a process or a timeout of it.
    """

    def __init__(self) -> None:
        import simpy  # only a simulation needs it, not the rules beside it

        self.environment = simpy.Environment()
        self._stamp = (-1, "")

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return float(self.environment.now)

    @property
    def nanoseconds(self) -> int:
        """The same in whole nanoseconds."""
        return round(self.seconds * SECOND_NS)

    @property
    def now(self) -> datetime:
        """The present."""
        return START + timedelta(seconds=self.environment.now)

    @property
    def stamp(self) -> str:
        """The present as the API writes it, in whole seconds."""
        whole = int(self.environment.now)
        if self._stamp[0] != whole:
            self._stamp = (whole, format_time(START + timedelta(seconds=whole)))
        return self._stamp[1]

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do `action` after so many seconds."""
        self.environment.timeout(seconds).callbacks.append(lambda _event: action())
