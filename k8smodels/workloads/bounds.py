"""How long a run of a controller may be."""

from __future__ import annotations

from dataclasses import dataclass

MAX_SYNCS = 20_000
"""A run in which the controller looks more often than this is cut off."""


class TooLong(ValueError):
    """A run that does not come to an end soon enough."""


@dataclass(slots=True)
class Count:
    """How often a controller has looked."""

    syncs: int = 0

    def one_more(self) -> None:
        """Count a sync.

        Raises
        ------
        TooLong
            There were `MAX_SYNCS` before it.
        """
        if self.syncs >= MAX_SYNCS:
            raise TooLong(f"the controller has looked {MAX_SYNCS} times: must be a shorter run, or one with fewer pods")
        self.syncs += 1
