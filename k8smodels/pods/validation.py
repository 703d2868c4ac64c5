"""What the API server refuses in the fields that say what containers share, in its own words.

Left out: what `k8smodels.api.validation` checks, and fields that no model reads.

References
----------
pkg/apis/core/validation/validation.go: validateShareProcessNamespace, validateHostUsers, validatePodHostName,
validatePodHostNetworkDeps, AccumulateUniqueHostPorts, validateEphemeralContainers, ValidateVolumeMounts (v1.37, where
the gate UserNamespacesHostNetworkSupport is off)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8smodels.api.defaults import default_pod
from k8smodels.api.errors import FieldError, InvalidObject, duplicate, forbidden, invalid, required
from k8smodels.api.pod import Container, Pod
from k8smodels.pods.fields import EphemeralContainer, PodFields, VolumeMount, container_fields, pod_fields

_NO_USERS = "when `hostUsers` is false"
_EPHEMERAL = "cannot be set for an Ephemeral Container"
_EPHEMERAL_FORBIDDEN = (
    *("ports", "resources", "resizePolicy", "restartPolicy", "restartPolicyRules"),
    *("livenessProbe", "readinessProbe", "startupProbe", "lifecycle"),
)


def validate_pod_sharing(pod: Pod) -> None:
    """Refuse what the API server would refuse in a pod that exists, ephemeral containers included.

    Raises
    ------
    InvalidObject
        All errors at once.
    FieldError
        A field has the wrong type.
    """
    errors = list(_errors(default_pod(pod)))
    if errors:
        raise InvalidObject(pod.kind, pod.name, errors)


def _errors(pod: Pod) -> Iterator[FieldError]:
    fields = pod_fields(pod)
    volumes = {volume.name for volume in pod.spec.volumes}
    for i, container in enumerate(pod.spec.containers):
        yield from _mount_errors(container, volumes, f"spec.containers[{i}]")
    yield from _host_port_errors(pod.spec.containers, "spec.containers")
    for i, container in enumerate(pod.spec.init_containers):
        yield from _mount_errors(container, volumes, f"spec.initContainers[{i}]")
        # they run one by one, so each is looked at alone, and is named as the first
        yield from _host_port_errors((container,), "spec.initContainers")
    yield from _ephemeral_errors(pod, fields, volumes)
    yield from _host_network_errors(pod)
    if fields.share_process_namespace and fields.host_pid:
        both = "ShareProcessNamespace and HostPID cannot both be enabled"
        yield invalid("spec.shareProcessNamespace", True, both)
    yield from _host_users_errors(pod, fields)
    if fields.hostname_override is not None and fields.host_network:
        yield forbidden("spec.hostnameOverride", "may not be specified when hostNetwork is true")


def _host_users_errors(pod: Pod, fields: PodFields) -> Iterator[FieldError]:
    """The capitals of HostPID and HostIPC are the server's own."""
    if fields.host_users is not False:
        return
    named = (("hostNetwork", fields.host_network), ("HostPID", fields.host_pid), ("HostIPC", fields.host_ipc))
    yield from (forbidden(f"spec.{name}", _NO_USERS) for name, is_set in named if is_set)
    for name, containers in (("initContainers", pod.spec.init_containers), ("containers", pod.spec.containers)):
        for i, container in enumerate(containers):
            path = f"spec.{name}[{i}]"
            if container_fields(container, path).volume_devices:
                yield forbidden(f"{path}.volumeDevices", _NO_USERS)


def _host_network_errors(pod: Pod) -> Iterator[FieldError]:
    for i, container in enumerate(pod.spec.containers if pod.spec.host_network else ()):
        for j, port in enumerate(container.ports):
            if port.host_port != port.container_port:
                where = f"spec.containers[{i}].ports[{j}].hostPort"
                yield invalid(where, port.host_port, "must match `containerPort` when `hostNetwork` is true")


def _host_port_errors(containers: Sequence[Container], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for i, container in enumerate(containers):
        for j, port in enumerate(container.ports):
            key = f"{port.protocol}/{port.host_ip}/{port.host_port}"
            if port.host_port and key in seen:
                yield duplicate(f"{path}[{i}].ports[{j}].hostPort", key)
            seen.add(key)


def _mount_errors(container: Container, volumes: set[str], path: str) -> Iterator[FieldError]:
    seen: set[str] = set()
    for i, mount in enumerate(container_fields(container, path).volume_mounts):
        here = f"{path}.volumeMounts[{i}]"
        if not mount.name:
            yield required(f"{here}.name")
        if mount.name not in volumes:
            yield FieldError(f"{here}.name", "Not found", mount.name)
        if not mount.mount_path:
            yield required(f"{here}.mountPath")
        if mount.mount_path in seen:
            yield invalid(f"{here}.mountPath", mount.mount_path, "must be unique")
        seen.add(mount.mount_path)
        yield from _sub_path_errors(mount, f"{path}.volumeMounts.subPath")


def _sub_path_errors(mount: VolumeMount, path: str) -> Iterator[FieldError]:
    """The server leaves out which mount it means."""
    if mount.sub_path.startswith("/"):
        yield invalid(path, mount.sub_path, "must be a relative path")
    if ".." in mount.sub_path.split("/"):
        yield invalid(path, mount.sub_path, "must not contain '..'")


def _ephemeral_errors(pod: Pod, fields: PodFields, volumes: set[str]) -> Iterator[FieldError]:
    others = {container.name for container in pod.all_containers}
    names = set(others)
    for i, container in enumerate(fields.ephemeral_containers):
        path = f"spec.ephemeralContainers[{i}]"
        yield from _mount_errors(container, volumes, path)
        if container.name in names:
            yield duplicate(f"{path}.name", container.name)
        names.add(container.name)
        target = container.target_container_name
        if target and target not in others:
            yield FieldError(f"{path}.targetContainerName", "Not found", target)
        yield from _not_for_ephemeral(container, path)


def _not_for_ephemeral(container: EphemeralContainer, path: str) -> Iterator[FieldError]:
    written = container.to_json()
    yield from (forbidden(f"{path}.{name}", _EPHEMERAL) for name in _EPHEMERAL_FORBIDDEN if name in written)
    for i, mount in enumerate(container_fields(container, path).volume_mounts):
        if mount.sub_path:
            yield forbidden(f"{path}.volumeMounts[{i}].subPath", _EPHEMERAL)
