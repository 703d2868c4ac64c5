"""What a component knows: its copy of the objects that it watches, a little behind the store.

References
----------
staging/src/k8s.io/client-go/tools/cache/shared_informer.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.store import Change, Store, Watch

T = TypeVar("T", bound=KubernetesObject)
Handler = Callable[[Change], None]


@dataclass
class Informer(Generic[T]):
    """All objects of a kind as one component has seen them last.

    Attributes
    ----------
    kind
        The kind.
    items
        By namespace and name.
    owned
        The keys of those that a controller owns, by its UID.
    """

    kind: type[T]
    items: dict[tuple[str, str], T] = field(default_factory=dict)
    owned: dict[str, dict[tuple[str, str], None]] = field(default_factory=dict)
    handlers: list[Handler] = field(default_factory=list)

    def start(self, store: Store, component: str) -> Watch:
        """List what there is, and watch from there on."""
        for item in store.objects(self.kind.kind):
            self._keep(cast("T", item))
        return store.watch(self.kind.kind, component, self.see)

    def see(self, change: Change) -> None:
        """Take a change in, and tell the handlers."""
        before, owner = change.before, change.item.metadata.controller_uid
        if before is not None and (change.type == "DELETED" or before.metadata.controller_uid != owner):
            self._drop(cast("T", before))
        if change.type != "DELETED":
            self._keep(cast("T", change.item))
        for handler in self.handlers:
            handler(change)

    def get(self, namespace: str, name: str) -> T | None:
        """The object of that key."""
        return self.items.get((namespace, name))

    def all(self) -> Iterable[T]:
        """All of them."""
        return self.items.values()

    def owned_by(self, uid: str) -> list[T]:
        """Those that the controller of that UID owns."""
        return [self.items[key] for key in self.owned.get(uid, ())]

    def _keep(self, item: T) -> None:
        key = (item.metadata.namespace, item.metadata.name)
        self.items[key] = item
        owner = item.metadata.controller_uid
        if owner:
            self.owned.setdefault(owner, {})[key] = None

    def _drop(self, item: T) -> None:
        key = (item.metadata.namespace, item.metadata.name)
        self.items.pop(key, None)
        owner = item.metadata.controller_uid
        owned = self.owned.get(owner, {})
        owned.pop(key, None)
        if not owned:
            self.owned.pop(owner, None)
