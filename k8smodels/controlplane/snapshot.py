"""What is stored at a moment: the objects do not change, so that keeping them costs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.store import Store

T = TypeVar("T", bound=KubernetesObject)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All objects at a moment.

    Attributes
    ----------
    at_seconds
        When; seconds since the start of the simulation.
    objects
        By kind, in the order in which they were made.
    """

    at_seconds: float
    objects: Mapping[str, tuple[KubernetesObject, ...]]

    def of(self, kind: type[T]) -> tuple[T, ...]:
        """All objects of a kind."""
        return cast("tuple[T, ...]", self.objects.get(kind.kind, ()))

    def get(self, kind: type[T], name: str, namespace: str = "default") -> T | None:
        """The object of that name."""
        found = (item for item in self.of(kind) if item.name == name and item.namespace in (namespace, ""))
        return next(found, None)


def snapshot(store: Store, at_seconds: float) -> Snapshot:
    """What `store` holds now."""
    return Snapshot(at_seconds, {kind: tuple(store.objects(kind)) for kind in store.kinds()})
