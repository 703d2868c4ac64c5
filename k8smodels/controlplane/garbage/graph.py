"""Who owns whom: the objects of a cluster by name, by UID and by owner.

References
----------
pkg/controller/garbagecollector/graph.go, graph_builder.go, operations.go: apiResource (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from k8smodels.api.kinds import KINDS
from k8smodels.api.meta import KubernetesObject, OwnerReference, Unstructured

_OTHER_KINDS = {("", "ConfigMap"): True, ("", "Secret"): True, ("", "ServiceAccount"): True}


class Identity(NamedTuple):
    """The name of an object in the whole cluster; `namespace` is empty for what is cluster-scoped."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


def identity(item: KubernetesObject) -> Identity:
    """What names `item`."""
    if isinstance(item, Unstructured):
        kind, version = str(item.content.get("kind", "")), str(item.content.get("apiVersion", ""))
        return Identity(_group(version), kind, item.metadata.namespace, item.name)
    return Identity(_group(item.api_version), item.kind, item.namespace, item.name)


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]


class OwnerGraph:
    """The objects that exist, and the dependents of each UID, whether an object of that UID exists or not.

    A kind is known if a class of `k8smodels.api` models it or an object of it was put in once. The real graph is kept
    from watch events and asks the API server where it may lag behind; this one is always up to date.

    Parameters
    ----------
    items
        The objects to begin with.
    """

    def __init__(self, items: Iterable[KubernetesObject] = ()) -> None:
        self._objects: dict[Identity, KubernetesObject] = {}
        self._by_uid: dict[str, KubernetesObject] = {}
        self._dependents: dict[str, dict[Identity, KubernetesObject]] = {}
        self._namespaced = dict(_BUILT_IN)
        for item in items:
            self.put(item)

    def put(self, item: KubernetesObject) -> None:
        """Take in an object that was created or changed."""
        name = identity(item)
        self.remove(name)
        self._objects[name] = item
        self._by_uid[item.metadata.uid] = item
        self._namespaced.setdefault((name.group, name.kind), bool(name.namespace))
        for owner in item.metadata.owner_references:
            self._dependents.setdefault(owner.uid, {})[name] = item

    def remove(self, name: Identity) -> None:
        """Forget an object that is gone; nothing happens if it is not there."""
        item = self._objects.pop(name, None)
        if item is None:
            return
        if self._by_uid.get(item.metadata.uid) is item:
            del self._by_uid[item.metadata.uid]
        for owner in item.metadata.owner_references:
            self._dependents.get(owner.uid, {}).pop(name, None)
            if not self._dependents.get(owner.uid, True):
                del self._dependents[owner.uid]

    def get(self, name: Identity) -> KubernetesObject | None:
        """The object of that name."""
        return self._objects.get(name)

    def with_uid(self, uid: str) -> KubernetesObject | None:
        """The object of that UID."""
        return self._by_uid.get(uid)

    def dependents(self, item: KubernetesObject) -> tuple[KubernetesObject, ...]:
        """The objects with an owner reference of the UID of `item`, the oldest in the graph first."""
        return tuple(self._dependents.get(item.metadata.uid, {}).values())

    def is_namespaced(self, owner: OwnerReference) -> bool | None:
        """Whether the kind that `owner` names lives in namespaces; None for an unknown kind."""
        return self._namespaced.get((_group(owner.api_version), owner.kind))

    def named_by(self, owner: OwnerReference, namespace: str) -> KubernetesObject | None:
        """The object that has the name in `owner`, seen from `namespace`; its UID may be another one."""
        place = namespace if self.is_namespaced(owner) else ""
        return self._objects.get(Identity(_group(owner.api_version), owner.kind, place, owner.name))


_BUILT_IN: Mapping[tuple[str, str], bool] = {
    (_group(version), kind): each.namespaced for (version, kind), each in KINDS.items()
} | _OTHER_KINDS
