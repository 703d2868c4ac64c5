"""Where a simulation stops that would not end by itself."""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.i18n import _


class SimulationLimit(RuntimeError):
    """A simulation that has grown beyond its limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a simulation may grow.

    Attributes
    ----------
    records
        What may happen: writes, and events on nodes.
    objects
        Objects of one kind.
    """

    records: int = 2_000_000
    objects: int = 50_000

    def check_records(self, number: int) -> None:
        """Stop if so many records are too many.

        Raises
        ------
        SimulationLimit
        """
        if number >= self.records:
            words = _("the simulation stopped after {count} records; Limits(records=...) raises the limit")
            raise SimulationLimit(words.format(count=self.records))

    def check_objects(self, number: int, kind: str) -> None:
        """Stop if so many objects of `kind` are too many.

        Raises
        ------
        SimulationLimit
        """
        if number >= self.objects:
            words = _("the simulation stopped at {count} objects of kind {kind}; Limits(objects=...) raises the limit")
            raise SimulationLimit(words.format(count=self.objects, kind=kind))
