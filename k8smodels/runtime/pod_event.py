"""Events that the kubelet writes about a pod."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PodEvent:
    """An event as ``kubectl describe`` lists it.

    Attributes
    ----------
    type
        ``Normal`` or ``Warning``.
    reason, message
        Kubernetes' own words.
    """

    type: str
    reason: str
    message: str

    def __str__(self) -> str:
        return f"{self.type} {self.reason} {self.message}"
