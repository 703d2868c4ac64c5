"""The volume through which a pod's containers find token, certificate and namespace.

References
----------
plugin/pkg/admission/serviceaccount/admission.go: mountServiceAccountToken, TokenVolumeSource (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from k8smodels.accounts.admission.additions import Addition, Omission
from k8smodels.api.pod import Container, Pod, Volume
from k8smodels.api.structure import JSON
from k8smodels.i18n import _
from k8smodels.pods.fields import VolumeMount
from k8smodels.pods.fields import container_fields as mount_fields

MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"
VOLUME_PREFIX = "kube-api-access-"
TOKEN_SECONDS = 60 * 60 + 7
"""What the kubelet asks for: the odd 7 s mark tokens that nobody asked to be short-lived; see `token.request`."""


def token_volume(name: str) -> Volume:
    """The projected volume: a token that the kubelet renews, the cluster's certificate, the pod's namespace."""
    namespace = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
    sources: list[JSON] = [
        {"serviceAccountToken": {"expirationSeconds": TOKEN_SECONDS, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [namespace]}},
    ]
    return Volume(name=name, unknown={"projected": {"defaultMode": 0o644, "sources": sources}})


@dataclass(frozen=True, slots=True)
class Mounted:
    """A pod whose containers mount a token, and what was done for it."""

    pod: Pod
    additions: tuple[Addition, ...]
    omissions: tuple[Omission, ...]


def mount_token(pod: Pod, new_name: str) -> Mounted:
    """`pod` with a mount in each init container and container, and the volume if one of them needs it.

    A container that mounts something at exactly `MOUNT_PATH` is left alone; a volume whose name begins with
    `VOLUME_PREFIX` is used as it is. Ephemeral containers get no mount.

    Raises
    ------
    FieldError
        A mount has the wrong type.
    """
    existing = next((each.name for each in pod.spec.volumes if each.name.startswith(VOLUME_PREFIX)), "")
    mount = VolumeMount(name=existing or new_name, mount_path=MOUNT_PATH, read_only=True)
    first = _mount_all(pod.spec.init_containers, "spec.initContainers", mount)
    main = _mount_all(pod.spec.containers, "spec.containers", mount)
    volumes, additions = pod.spec.volumes, (*first.additions, *main.additions)
    if additions and not existing:
        volumes = (*volumes, token_volume(new_name))
        reason = _("a container mounts it: token, certificate and namespace")
        additions += (Addition(f"spec.volumes[{len(volumes) - 1}]", volumes[-1].to_json(), reason),)
    spec = replace(pod.spec, init_containers=first.containers, containers=main.containers, volumes=volumes)
    return Mounted(replace(pod, spec=spec), additions, (*first.omissions, *main.omissions))


@dataclass(frozen=True, slots=True)
class _Containers:
    containers: tuple[Container, ...]
    additions: tuple[Addition, ...]
    omissions: tuple[Omission, ...]


def _mount_all(containers: Sequence[Container], path: str, mount: VolumeMount) -> _Containers:
    out, additions, omissions = list[Container](), list[Addition](), list[Omission]()
    for i, container in enumerate(containers):
        here = f"{path}[{i}]"
        mounts = mount_fields(container, here).volume_mounts
        if any(each.mount_path == MOUNT_PATH for each in mounts):
            omissions.append(Omission(f"{here}.volumeMounts", _("the container mounts something there itself")))
            out.append(container)
            continue
        reason = _("each container finds its account at this path")
        additions.append(Addition(f"{here}.volumeMounts[{len(mounts)}]", mount.to_json(), reason))
        shown = [each.to_json() for each in (*mounts, mount)]
        out.append(replace(container, unknown={**container.unknown, "volumeMounts": shown}))
    return _Containers(tuple(out), tuple(additions), tuple(omissions))
