"""Which Secrets a pod names, and which of them its account lets it have.

References
----------
plugin/pkg/admission/serviceaccount/admission.go: limitSecretReferences, enforceMountableSecrets;
pkg/api/pod/util.go: VisitPodSecretNames (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from k8smodels.accounts.admission.fields import account_fields, container_fields, volume_sources
from k8smodels.api.pod import Container, Pod
from k8smodels.api.service_account import ServiceAccount

ENFORCE_ANNOTATION = "kubernetes.io/enforce-mountable-secrets"
"""Deprecated since 1.32."""

_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})

Allowed = Callable[[str], bool]


def enforces_mountable_secrets(account: ServiceAccount) -> bool:
    """Whether pods may use only those Secrets that their account names; a value that Go does not read means no."""
    return account.metadata.annotations.get(ENFORCE_ANNOTATION, "") in _TRUE


def secret_names(pod: Pod) -> Iterator[str]:
    """Every Secret that the pod names: to pull images, in variables, in volumes."""
    fields = account_fields(pod)
    names = [reference.name for reference in fields.image_pull_secrets]
    for path, containers in _containers(pod):
        for i, container in enumerate(containers):
            names += (name for _, name in _variables(container, f"{path}[{i}]"))
    for _, source in volume_sources(pod):
        references = (source.secret_ref, source.node_publish_secret_ref, *(part.secret for part in source.sources))
        names += (source.secret_name, *(reference.name for reference in references if reference))
    yield from filter(None, names)


def unmountable(pod: Pod, account: ServiceAccount) -> Iterator[str]:
    """What the pod uses although `account` does not name it, in the API server's words and order."""
    mountable = {reference.name for reference in account.secrets}
    for kind, source in volume_sources(pod):
        if kind == "secret" and source.secret_name not in mountable:
            yield _not_allowed(f'volume with secret.secretName="{source.secret_name}"', account)
    for word, path, containers in (
        ("init container", "spec.initContainers", pod.spec.init_containers),
        ("container", "spec.containers", pod.spec.containers),
    ):
        yield from _unmountable_variables(word, path, containers, account)
    pull = {reference.name for reference in account.image_pull_secrets}
    for i, reference in enumerate(account_fields(pod).image_pull_secrets):
        if reference.name not in pull:
            yield _not_allowed(f'imagePullSecrets[{i}].name="{reference.name}"', account, "imagePullSecret")


def unmountable_when_added(pod: Pod, account: ServiceAccount) -> Iterator[str]:
    """As `unmountable`, for the ephemeral containers that join a running pod."""
    containers = account_fields(pod).ephemeral_containers
    return _unmountable_variables("ephemeral container", "spec.ephemeralContainers", containers, account)


def _unmountable_variables(
    word: str, path: str, containers: Sequence[Container], account: ServiceAccount
) -> Iterator[str]:
    mountable = {reference.name for reference in account.secrets}
    for i, container in enumerate(containers):
        for variable, name in _variables(container, f"{path}[{i}]"):
            if name not in mountable:
                what = f'{word} {container.name} with {variable} referencing secret.secretName="{name}"'
                yield _not_allowed(what, account)


def _variables(container: Container, path: str) -> Iterator[tuple[str, str]]:
    """How and from which Secrets a container gets variables."""
    fields = container_fields(container, path)
    for variable in fields.env:
        if variable.value_from and variable.value_from.secret_key_ref:
            yield f"envVar {variable.name}", variable.value_from.secret_key_ref.name
    for source in fields.env_from:
        if source.secret_ref:
            yield "envFrom", source.secret_ref.name


def _containers(pod: Pod) -> Iterator[tuple[str, Sequence[Container]]]:
    yield "spec.initContainers", pod.spec.init_containers
    yield "spec.containers", pod.spec.containers
    yield "spec.ephemeralContainers", account_fields(pod).ephemeral_containers


def _not_allowed(what: str, account: ServiceAccount, kind: str = "secret") -> str:
    return f"{what} is not allowed because service account {account.name} does not reference that {kind}"
