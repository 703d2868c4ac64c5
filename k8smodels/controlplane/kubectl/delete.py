"""``kubectl delete``.

References
----------
k8s.io/kubectl/pkg/cmd/delete/delete.go: Complete, Validate, DeleteResult, PrintObj, parseCascadingFlag;
k8s.io/kubectl/pkg/cmd/wait: IsDeleted (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.garbage import PropagationPolicy
from k8smodels.controlplane.kubectl.call import FOREVER_SECONDS, USER, Call
from k8smodels.controlplane.kubectl.errors import KubectlError, raise_all
from k8smodels.controlplane.kubectl.find import find
from k8smodels.controlplane.kubectl.manifests import manifests
from k8smodels.controlplane.resources import Resource
from k8smodels.controlplane.status import StatusError, not_found

_POLICIES: dict[str, PropagationPolicy] = {
    "background": "Background",
    "foreground": "Foreground",
    "orphan": "Orphan",
}
_OLD = {("1", "t", "T", "true", "TRUE", "True"): "background", ("0", "f", "F", "false", "FALSE", "False"): "orphan"}
_FORCED = (
    "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated."
    " The resource may continue to run on the cluster indefinitely."
)


def delete(call: Call) -> Iterator[str]:
    """Delete objects, and wait until they are gone.

    Raises
    ------
    KubectlError
        Flags that do not fit together; the time of ``--timeout`` is over.
    StatusError
        ``NotFound``, or the server refuses.
    """
    policy, warning = _policy(call.text("cascade", "background"))
    if warning:
        yield warning
    grace_seconds = _grace_seconds(call)
    if call.is_on("all") and "selector" in call.flags:
        raise KubectlError("cannot set --all and --selector at the same time")
    if call.text("output") not in ("", "name"):
        raise KubectlError(f"unexpected -o output mode: {call.text('output')[:100]}. We only support '-o name'")
    if grace_seconds == 0:
        yield _FORCED
    chosen, errors = _chosen(call)
    deleted: list[tuple[Resource, KubernetesObject]] = []
    clustered = "namespace" in call.flags and not call.is_on("all-namespaces")
    for resource, item in chosen:
        if clustered and not resource.namespaced:
            clustered = False
            yield "Warning: deleting cluster-scoped resources, not scoped to the provided namespace"
        try:
            key = (resource.kind, item.metadata.namespace, item.name)
            call.server.delete(*key, USER, policy=policy, grace_seconds=grace_seconds)
        except StatusError as error:
            errors.append(error)
            continue
        deleted.append((resource, item))
        yield _said(call, resource, item, forced=grace_seconds == 0)
    if not deleted and not errors:
        yield "No resources found"
    raise_all(errors)
    if call.is_on("wait", default=True):
        _wait(call, deleted)


def _chosen(call: Call) -> tuple[list[tuple[Resource, KubernetesObject]], list[ValueError]]:
    ignore = call.is_on("ignore-not-found", default=call.is_on("all") or "selector" in call.flags)
    chosen: list[tuple[Resource, KubernetesObject]] = []
    errors: list[ValueError] = []
    if call.manifests:
        for manifest in manifests(call):
            if isinstance(manifest, ValueError):
                errors.append(manifest)
                continue
            resource = manifest.resource
            item = call.cluster.store.get(resource.kind, manifest.namespace, manifest.name)
            if item is not None:
                chosen.append((resource, item))
            elif not ignore:
                errors.append(not_found(resource.qualified, manifest.name))
        return chosen, errors
    for found in find(call, call.words):
        chosen += [(found.resource, item) for item in found.items]
        errors += [] if ignore else found.errors
    return chosen, errors


def _policy(cascade: str) -> tuple[PropagationPolicy, str]:
    """What becomes of dependents, and what is said about an old way to ask for it."""
    if cascade in _POLICIES:
        return _POLICIES[cascade], ""
    for old, new in _OLD.items():
        if cascade in old:
            advice = f"is deprecated (boolean value) and can be replaced with --cascade={new}."
            return _POLICIES[new], f"warning: --cascade={cascade} {advice}"
    words = f'invalid cascade value ({cascade[:100]}). Must be "background", "foreground", or "orphan"'
    raise KubectlError(words)


def _grace_seconds(call: Call) -> int | None:
    """The grace period that is asked for; 0 only together with ``--force``."""
    seconds, forced = call.number("grace-period", -1), call.is_on("force")
    if call.is_on("now"):
        if seconds != -1:
            raise KubectlError("--now and --grace-period cannot be specified together")
        seconds = 1
    if forced and seconds > 0:
        raise KubectlError("--force and --grace-period greater than 0 cannot be specified together")
    if forced:
        return 0
    return None if seconds < 0 else max(seconds, 1)


def _said(call: Call, resource: Resource, item: KubernetesObject, *, forced: bool) -> str:
    if call.text("output") == "name":
        return f"{resource.singular}/{item.name}"
    place = f" from {item.metadata.namespace} namespace" if resource.namespaced else ""
    return f'{resource.singular} "{item.name}" {"force " if forced else ""}deleted{place}'


def _wait(call: Call, deleted: list[tuple[Resource, KubernetesObject]]) -> None:
    """Let time run until all are gone; another object of the same name does not count."""
    limit = call.seconds("timeout") or FOREVER_SECONDS
    end = call.cluster.seconds + limit
    for resource, item in deleted:
        if not call.cluster.run_until(_gone(call, resource, item), within_seconds=max(0.0, end - call.cluster.seconds)):
            raise KubectlError(f"timed out waiting for the condition on {resource.plural}/{item.name}")


def _gone(call: Call, resource: Resource, item: KubernetesObject) -> Callable[[object], bool]:
    key = (resource.kind, item.metadata.namespace, item.name)

    def is_gone(_cluster: object) -> bool:
        found = call.cluster.store.get(*key)
        return found is None or found.metadata.uid != item.metadata.uid

    return is_gone
