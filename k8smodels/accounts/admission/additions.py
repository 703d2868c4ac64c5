"""What admission did to a pod, and what it left as it was."""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.api.structure import JSON


@dataclass(frozen=True, slots=True)
class Addition:
    """A value that the pod did not have.

    Attributes
    ----------
    path
        Where it stands, e.g. ``spec.serviceAccountName``.
    value
        The value, as in JSON.
    reason
        Why it was added.
    """

    path: str
    value: JSON
    reason: str


@dataclass(frozen=True, slots=True)
class Omission:
    """A place where something would have been added.

    Attributes
    ----------
    path
        The place.
    reason
        Why it was not.
    """

    path: str
    reason: str
