"""What every Kubernetes object has: its kind, its name, its labels, its owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, ClassVar, Self

from k8smodels.api.structure import JSON, Struct, struct


@struct
class OwnerReference(Struct):
    """The object that another one belongs to; `controller` marks the one that manages it."""

    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool = False
    block_owner_deletion: bool = False


@struct
class Condition(Struct):
    """Something that is observed of an object: ``True``, ``False`` or ``Unknown``, since when and why."""

    type: str = ""
    status: str = ""
    last_transition_time: str = ""
    reason: str = ""
    message: str = ""


@struct
class ObjectMeta(Struct):
    """Name, labels and the server's own bookkeeping. Times are RFC 3339 text, as the API writes them."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"managedFields", "selfLink"})

    name: str = ""
    generate_name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    generation: int = 0
    creation_timestamp: str = ""
    deletion_timestamp: str = ""
    deletion_grace_period_seconds: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    owner_references: tuple[OwnerReference, ...] = ()
    finalizers: tuple[str, ...] = ()

    @property
    def controller(self) -> OwnerReference | None:
        """The owner that manages this object, if it has one."""
        return next((owner for owner in self.owner_references if owner.controller), None)

    @property
    def controller_uid(self) -> str:
        """The UID of `controller`; empty if there is none."""
        return self.controller.uid if self.controller else ""


@struct
class KubernetesObject(Struct):
    """An object with kind and metadata; the classes of the kinds derive from it."""

    api_version: ClassVar[str] = ""
    kind: ClassVar[str] = ""
    namespaced: ClassVar[bool] = True

    metadata: ObjectMeta = field(default_factory=ObjectMeta)

    @property
    def name(self) -> str:
        """`metadata.name`."""
        return self.metadata.name

    @property
    def namespace(self) -> str:
        """`metadata.namespace`; ``default`` where a namespaced object names none."""
        return self.metadata.namespace or ("default" if self.namespaced else "")

    @property
    def labels(self) -> Mapping[str, str]:
        """`metadata.labels`."""
        return self.metadata.labels

    @classmethod
    def from_json(cls, value: JSON) -> Self:
        """The object that a JSON value describes; see `Struct.from_json`."""
        if isinstance(value, Mapping):
            value = {key: item for key, item in value.items() if key not in ("apiVersion", "kind")}
        return cls._from_fields(value)

    def to_json(self) -> dict[str, JSON]:
        """The JSON form, starting with `apiVersion` and `kind`."""
        return {"apiVersion": self.api_version, "kind": self.kind} | self._to_fields()


@struct
class Unstructured(KubernetesObject):
    """An object of a kind that no model reads: kept whole and left alone."""

    content: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: JSON) -> Self:
        """Keep `value` as it is; only its metadata is read."""
        return cls(metadata=ObjectMeta.from_json(value.get("metadata") or {}), content=value)

    def to_json(self) -> dict[str, JSON]:
        """What was read."""
        return dict(self.content)


def controller_reference(owner: KubernetesObject) -> OwnerReference:
    """What an object says of `owner`, which manages it.

    References
    ----------
    staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/controller_ref.go, NewControllerRef (v1.37)
    """
    return OwnerReference(
        api_version=owner.api_version,
        kind=owner.kind,
        name=owner.name,
        uid=owner.metadata.uid,
        controller=True,
        block_owner_deletion=True,
    )
