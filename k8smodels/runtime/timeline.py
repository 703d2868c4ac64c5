"""What happens when, and why: the form in which the models of this package answer."""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.api.durations import SECOND_NS
from k8smodels.api.errors import invalid

MAX_SECONDS = 24 * 3600
"""The longest time that is computed."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happens.

    Attributes
    ----------
    at_seconds
        Virtual time; what it counts from, the function that made the timeline says.
    container
        The container's name; empty for the pod.
    what
        A word, e.g. ``SIGTERM``, ``exited``, ``StopContainer``.
    why
        The reason, in a sentence or in Kubernetes' own message.
    """

    at_seconds: float
    container: str
    what: str
    why: str = ""

    def __str__(self) -> str:
        parts = (f"{self.at_seconds:g}s", self.container, self.what, self.why and f"({self.why})")
        return " ".join(part for part in parts if part)


def seconds(nanoseconds: int) -> float:
    """Nanoseconds as seconds: a whole number where it is one."""
    whole, rest = divmod(nanoseconds, SECOND_NS)
    return nanoseconds / SECOND_NS if rest else whole


def check_seconds(path: str, value: float) -> None:
    """Refuse a time that is negative or too long.

    Raises
    ------
    FieldError
        In the API server's form.
    """
    if not 0 <= value <= MAX_SECONDS:
        raise invalid(path, value, f"must be between 0 and {MAX_SECONDS}, inclusive")
