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
    container
        The container that it is about; empty for the pod as a whole.
    """

    type: str
    reason: str
    message: str
    container: str = ""

    def __str__(self) -> str:
        return f"{self.type} {self.reason} {self.message}"
