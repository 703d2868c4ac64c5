"""Answers to probes, and the results that the kubelet makes of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """How the program answers a probe from some moment on, until the next answer takes over.

    Attributes
    ----------
    from_seconds
        Seconds since this start of the container.
    success
        Whether it is well.
    takes_seconds
        How long it takes; an answer that takes longer than the probe's timeout is a failure.
    output
        What the event quotes of a failure.
    """

    from_seconds: float = 0
    success: bool = True
    takes_seconds: float = 0
    output: str = ""


WELL = (Answer(),)
"""Answers of a program that is always well."""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One probe made.

    Attributes
    ----------
    at_seconds, done_seconds
        When it was asked and answered.
    kind
        ``liveness``, ``readiness`` or ``startup``.
    run
        How many times in a row it has had this result.
    threshold
        How many it takes.
    """

    at_seconds: float
    done_seconds: float
    kind: str
    success: bool
    run: int
    threshold: int
    output: str = ""

    @property
    def decides(self) -> bool:
        """Whether the threshold is reached: then the result counts."""
        return self.run >= self.threshold
