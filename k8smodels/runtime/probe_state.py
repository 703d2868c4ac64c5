"""What the probes say of a pod's running containers, as far as a sync asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ProbeState:
    """The probes' verdicts.

    Attributes
    ----------
    starting
        Containers whose startup probe has not succeeded yet.
    failed
        The probe that has failed for good, ``liveness`` or ``startup``, by the container's name.
    """

    starting: frozenset[str] = frozenset()
    failed: Mapping[str, str] = field(default_factory=dict)


NO_PROBES = ProbeState()
"""No container has a probe, or all go well."""
