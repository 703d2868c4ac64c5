"""The fields of a pod that are about accounts and Secrets.

References
----------
staging/src/k8s.io/api/core/v1/types.go: PodSpec, EnvVarSource, EnvFromSource, VolumeSource (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar, TypeVar

from k8smodels.api.errors import FieldError
from k8smodels.api.pod import Container, Pod
from k8smodels.api.service_account import LocalObjectReference
from k8smodels.api.structure import JSON, Struct, struct
from k8smodels.pods.fields import EphemeralContainer

MIRROR_ANNOTATION = "kubernetes.io/config.mirror"

S = TypeVar("S", bound=Struct)


@struct
class AccountFields(Struct):
    """Which account the pod has, and what comes with it. `service_account` is the old name of the first field."""

    service_account_name: str = ""
    service_account: str = ""
    automount_service_account_token: bool | None = None
    image_pull_secrets: tuple[LocalObjectReference, ...] = ()
    ephemeral_containers: tuple[EphemeralContainer, ...] = ()

    @property
    def account_name(self) -> str:
        """The account, under whichever name the field has; defaulting copies the old one to the new one."""
        return self.service_account_name or self.service_account


@struct
class EnvVarSource(Struct):
    """Where a variable's value comes from."""

    unmodelled: ClassVar[frozenset[str]] = frozenset("fieldRef resourceFieldRef configMapKeyRef fileKeyRef".split())

    secret_key_ref: LocalObjectReference | None = None


@struct
class EnvFields(Struct):
    """A variable that may come from a Secret."""

    name: str = ""
    value_from: EnvVarSource | None = None


@struct
class EnvFromSource(Struct):
    """Where a whole set of variables comes from."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"prefix", "configMapRef"})

    secret_ref: LocalObjectReference | None = None


@struct
class ContainerFields(Struct):
    """What a container reads from Secrets."""

    env: tuple[EnvFields, ...] = ()
    env_from: tuple[EnvFromSource, ...] = ()


@struct
class Projection(Struct):
    """One part of a projected volume."""

    secret: LocalObjectReference | None = None
    service_account_token: Mapping[str, JSON] | None = None


@struct
class VolumeSource(Struct):
    """What any source of a volume says of Secrets: some name one, some refer to one, a projected volume has parts."""

    secret_name: str = ""
    secret_ref: LocalObjectReference | None = None
    node_publish_secret_ref: LocalObjectReference | None = None
    sources: tuple[Projection, ...] = ()


def account_fields(pod: Pod) -> AccountFields:
    """These fields of a pod.

    Raises
    ------
    FieldError
        One of them has the wrong type.
    """
    return _read(AccountFields, pod.spec.unknown, "spec")


def with_account_fields(pod: Pod, **fields: JSON) -> Pod:
    """`pod` with other values of these fields, by their names in JSON."""
    return replace(pod, spec=replace(pod.spec, unknown={**pod.spec.unknown, **fields}))


def container_fields(container: Container, path: str) -> ContainerFields:
    """What a container, which stands at `path`, reads from Secrets; errors as of `account_fields`."""
    return _read(ContainerFields, container.to_json(), path)


def volume_sources(pod: Pod) -> Iterator[tuple[str, VolumeSource]]:
    """The kind of each volume's source, such as ``secret``, and what it says of Secrets; errors as above."""
    for i, volume in enumerate(pod.spec.volumes):
        for kind, source in volume.to_json().items():
            if kind != "name" and source is not None:
                yield kind, _read(VolumeSource, source, f"spec.volumes[{i}].{kind}")


def is_mirror(pod: Pod) -> bool:
    """Whether the pod only shows a static pod, which a kubelet started from a file."""
    return MIRROR_ANNOTATION in pod.metadata.annotations


def _read(cls: type[S], value: JSON, path: str) -> S:
    try:
        return cls.from_json(value)
    except FieldError as error:
        raise error.within(path) from None
