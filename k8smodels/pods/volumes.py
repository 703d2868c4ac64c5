"""Which file a path of a container is, and where the other containers of its pod see the same file.

Left out: links inside volumes, ``subPathExpr``, mounts that containers make themselves.

References
----------
kubernetes.io/docs/concepts/storage/volumes; pkg/kubelet/kubelet_pods.go: makeMounts (v1.37)
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from k8smodels.api.errors import FieldError, invalid
from k8smodels.api.pod import Container, Pod
from k8smodels.pods.fields import VolumeMount, container_fields
from k8smodels.pods.namespaces import all_containers


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies.

    Attributes
    ----------
    volume
        The volume; empty for the container's own writable layer.
    path
        From the root of the volume or of the container.
    read_only
        Whether the container may only read there.
    """

    volume: str
    path: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class SeenAt:
    """The same file in another container."""

    container: str
    path: str
    read_only: bool


def place_of(pod: Pod, container: str, path: str) -> Place:
    """What `path` is in a container: the mount with the longest path above it decides.

    Raises
    ------
    FieldError
        The pod has no such container, or the path does not begin with a slash.
    """
    if not path.startswith("/") or "\0" in path:
        raise invalid("path", path, "must be an absolute path")
    wanted = _normal(path)
    over = [mount for mount in _mounts(pod, container) if _within(wanted, _normal(mount.mount_path))]
    if not over:
        return Place("", wanted)
    mount = max(over, key=lambda each: len(_normal(each.mount_path)))
    rest = posixpath.relpath(wanted, _normal(mount.mount_path))
    return Place(mount.name, _normal("/" + posixpath.join(mount.sub_path, rest)), mount.read_only)


def seen_elsewhere(pod: Pod, container: str, path: str) -> tuple[SeenAt, ...]:
    """Where the containers see the file that `path` is in one of them; nowhere for a writable layer.

    Errors as of `place_of`. Another mount may hide a part of a volume: then it is not seen there.
    """
    here = place_of(pod, container, path)
    if not here.volume:
        return ()
    own = (container, _normal(path))
    found = (seen for other in all_containers(pod) for seen in _views(pod, other, here))
    return tuple(seen for seen in found if (seen.container, seen.path) != own)


def _views(pod: Pod, container: Container, here: Place) -> Iterator[SeenAt]:
    for mount in _mounts(pod, container.name):
        top = _normal("/" + mount.sub_path)
        if mount.name == here.volume and _within(here.path, top):
            path = _normal(posixpath.join(mount.mount_path, posixpath.relpath(here.path, top)))
            there = place_of(pod, container.name, path)
            if (there.volume, there.path) == (here.volume, here.path):
                yield SeenAt(container.name, path, there.read_only)


def _mounts(pod: Pod, name: str) -> tuple[VolumeMount, ...]:
    container = next((each for each in all_containers(pod) if each.name == name), None)
    if container is None:
        raise FieldError("container", "Not found", name)
    return container_fields(container, name).volume_mounts


def _normal(path: str) -> str:
    return posixpath.normpath("/" + path.lstrip("/"))


def _within(path: str, top: str) -> bool:
    return path == top or path.startswith(top.rstrip("/") + "/")
