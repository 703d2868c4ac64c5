"""What one sync of a Deployment starts from, and what it writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from k8smodels.api.workload import Deployment, ReplicaSet


@dataclass(frozen=True, slots=True)
class Rollout:
    """A Deployment with its ReplicaSets as a sync sees them. Their statuses may lag behind the pods.

    Attributes
    ----------
    deployment
        The Deployment.
    new
        The ReplicaSet of its present template, if it exists.
    old
        The other ones, the oldest first.
    now
        The present.
    """

    deployment: Deployment
    new: ReplicaSet | None
    old: tuple[ReplicaSet, ...]
    now: datetime

    @property
    def all(self) -> tuple[ReplicaSet, ...]:
        """The old ones, then the new one."""
        return self.old if self.new is None else (*self.old, self.new)


@dataclass(frozen=True, slots=True)
class Scaling:
    """A ReplicaSet that is written with another size, or with new annotations about sizes.

    Attributes
    ----------
    replica_set
        As it is written.
    before
        Its replicas before; 0 for one that is created.
    reason
        The arithmetic, in words.
    """

    replica_set: ReplicaSet
    before: int
    reason: str

    @property
    def after(self) -> int:
        """Its replicas now."""
        return self.replica_set.spec.replicas or 0

    @property
    def message(self) -> str:
        """The event that the controller posts; empty if the size stays."""
        if self.before == self.after:
            return ""
        direction = "up" if self.after > self.before else "down"
        return f"Scaled {direction} replica set {self.replica_set.name} from {self.before} to {self.after}"


@dataclass(frozen=True, slots=True)
class Sync:
    """What one sync leaves behind.

    Attributes
    ----------
    deployment
        With its new status, and its revision in the annotations.
    replica_sets
        All of them as they are after the sync, the oldest first.
    scalings
        Those whose size was decided on, in order, with the reasons.
    deleted
        Names of those that history no longer keeps.
    """

    deployment: Deployment
    replica_sets: tuple[ReplicaSet, ...]
    scalings: tuple[Scaling, ...] = ()
    deleted: tuple[str, ...] = ()
