"""The fields of a pod that say what its containers share.

References
----------
staging/src/k8s.io/api/core/v1/types.go: PodSpec, Container, VolumeMount, EphemeralContainer (v1.37)
"""

from __future__ import annotations

from typing import ClassVar

from k8smodels.api.errors import FieldError
from k8smodels.api.pod import Container, Pod
from k8smodels.api.structure import Struct, struct


@struct
class VolumeMount(Struct):
    """Where a container sees a volume, or the part `sub_path` of it."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        {"recursiveReadOnly", "mountPropagation", "subPathExpr", "bindMountOptions"}
    )

    name: str = ""
    mount_path: str = ""
    read_only: bool = False
    sub_path: str = ""


@struct
class VolumeDevice(Struct):
    """Where a container sees a volume as a block device."""

    name: str = ""
    device_path: str = ""


@struct
class ContainerFields(Struct):
    """What a container says about volumes."""

    volume_mounts: tuple[VolumeMount, ...] = ()
    volume_devices: tuple[VolumeDevice, ...] = ()


@struct
class EphemeralContainer(Container):
    """A container that joins a running pod, to look at it; it is never started again.

    Attributes
    ----------
    target_container_name
        The container whose processes it sees.
    """

    target_container_name: str = ""


@struct
class PodFields(Struct):
    """What a pod says about namespaces and names; without `host_users`, it has the node's users."""

    host_network: bool = False
    host_pid: bool = False
    host_ipc: bool = False
    host_users: bool | None = None
    share_process_namespace: bool = False
    hostname: str = ""
    hostname_override: str | None = None
    subdomain: str = ""
    ephemeral_containers: tuple[EphemeralContainer, ...] = ()


def pod_fields(pod: Pod) -> PodFields:
    """These fields of a pod.

    Raises
    ------
    FieldError
        One of them has the wrong type.
    """
    try:
        return PodFields.from_json(pod.spec.to_json())
    except FieldError as error:
        raise error.within("spec") from None


def container_fields(container: Container, path: str) -> ContainerFields:
    """These fields of a container, which stands at `path` in its pod; errors as of `pod_fields`."""
    try:
        return ContainerFields.from_json(container.to_json())
    except FieldError as error:
        raise error.within(path) from None
