"""All that was ever written, so that any moment of a simulation can be looked at again."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.resources import kind_of
from k8smodels.controlplane.snapshot import Snapshot
from k8smodels.controlplane.store import Change


@dataclass(slots=True)
class History:
    """The changes of a store and when each was made.

    Attributes
    ----------
    at_seconds, changes
        Side by side, in order.
    """

    at_seconds: list[float] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def add(self, at_seconds: float, change: Change) -> None:
        """Take in the next change."""
        self.at_seconds.append(at_seconds)
        self.changes.append(change)

    def at(self, seconds: float) -> Snapshot:
        """What the store held then, all writes of that very moment included."""
        objects: dict[str, dict[tuple[str, str], KubernetesObject]] = {}
        for change in self.changes[: bisect_right(self.at_seconds, seconds)]:
            item = change.item
            kind, key = kind_of(item), (item.metadata.namespace, item.metadata.name)
            if change.type == "DELETED":
                del objects[kind][key]
            else:
                objects.setdefault(kind, {})[key] = item
        return Snapshot(seconds, {kind: tuple(items.values()) for kind, items in objects.items() if items})
