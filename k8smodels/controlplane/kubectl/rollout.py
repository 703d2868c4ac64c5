"""``kubectl rollout``: how a Deployment's rollout goes, and how it is steered.

References
----------
k8s.io/kubectl/pkg/polymorphichelpers: rollout_status.go, history.go, rollback.go, objectpauser.go, objectresumer.go,
objectrestarter.go; k8s.io/kubectl/pkg/cmd/rollout (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

from k8smodels.api.gotext import quote
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.times import format_time
from k8smodels.api.workload import Deployment
from k8smodels.controlplane.kubectl.call import USER, Call
from k8smodels.controlplane.kubectl.describe.workloads import replica_sets_of
from k8smodels.controlplane.kubectl.describe.writer import LAST_APPLIED
from k8smodels.controlplane.kubectl.errors import KubectlError, raise_all
from k8smodels.controlplane.kubectl.find import find_named
from k8smodels.controlplane.kubectl.output_formats import name_of
from k8smodels.controlplane.resources import Resource
from k8smodels.workloads import RollbackError
from k8smodels.workloads import undo as undone

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
_APPLIED = (
    "Warning: resource {name} was previously managed with 'kubectl apply'. Rolling back will not update the"
    " {annotation} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using"
    " 'kubectl apply' with your previous configuration file instead."
)

Change = Callable[[Deployment], Deployment]


def undo(call: Call) -> Iterator[str]:
    """Go back to an earlier revision.

    Raises
    ------
    KubectlError
        There is no such revision, or the Deployment is paused.
    """
    revision = call.number("to-revision", 0)
    for resource, item in found_for(call):
        if LAST_APPLIED in item.metadata.annotations:
            yield _APPLIED.format(name=f"{resource.plural}/{item.name}", annotation=LAST_APPLIED)
        deployment = deployment_of(resource, item, "no rollbacker has been implemented for {kind}")
        try:
            target = undone(deployment, replica_sets_of(call, deployment), revision)
        except RollbackError as error:
            if not str(error).startswith("skipped rollback"):
                raise KubectlError(str(error)) from None
            yield f"{name_of(item, resource)} {error}"
            continue
        _patch(call, deployment, _to(target), "rollout undo")
        yield f"{name_of(item, resource)} rolled back"


def pause(call: Call) -> Iterator[str]:
    """Hold a rollout: changes of the template wait.

    Raises
    ------
    KubectlError
        It is paused already.
    """
    return _each(call, "paused", _paused, "pausing is not supported")


def resume(call: Call) -> Iterator[str]:
    """Let it go on.

    Raises
    ------
    KubectlError
        It is not paused.
    """
    return _each(call, "resumed", _resumed, "resuming is not supported")


def restart(call: Call) -> Iterator[str]:
    """Replace all pods: the template gets a new annotation.

    Raises
    ------
    KubectlError
        It is paused, or was restarted in the same second.
    """
    stamp = format_time(call.now)
    return _each(call, "restarted", lambda item: _restarted(item, stamp), "restarting is not supported")


def _each(call: Call, done: str, change: Change, unsupported: str) -> Iterator[str]:
    errors: list[ValueError] = []
    for resource, item in found_for(call):
        try:
            deployment = deployment_of(resource, item, unsupported)
            change(deployment)
        except KubectlError as error:
            problem = error.problem
            if not problem.startswith("failed"):
                problem = f"error: {resource.qualified} {quote(item.name)} {problem}"
            errors.append(KubectlError(problem))
            continue
        _patch(call, deployment, change, f"rollout {done}")
        yield f"{name_of(item, resource)} {done}"
    raise_all(errors)


def _paused(item: Deployment) -> Deployment:
    if item.spec.paused:
        raise KubectlError("is already paused")
    return replace(item, spec=replace(item.spec, paused=True))


def _resumed(item: Deployment) -> Deployment:
    if not item.spec.paused:
        raise KubectlError("is not paused")
    return replace(item, spec=replace(item.spec, paused=False))


def _restarted(item: Deployment, stamp: str) -> Deployment:
    if item.spec.paused:
        raise KubectlError("can't restart paused deployment (run rollout resume first)")
    template = item.spec.template
    if template.metadata.annotations.get(RESTARTED_AT) == stamp:
        raise KubectlError(
            f"failed to create patch for {item.name}: if restart has already been triggered within the past second,"
            " please wait before attempting to trigger another"
        )
    annotations = {**template.metadata.annotations, RESTARTED_AT: stamp}
    template = replace(template, metadata=replace(template.metadata, annotations=annotations))
    return replace(item, spec=replace(item.spec, template=template))


def found_for(call: Call) -> list[tuple[Resource, KubernetesObject]]:
    """What the words of a call name.

    Raises
    ------
    KubectlError
        They name nothing.
    """
    if not call.words and "selector" not in call.flags:
        raise KubectlError("required resource not specified")
    return find_named(call, call.words, whole_kind=True)


def deployment_of(resource: Resource, item: KubernetesObject, unsupported: str) -> Deployment:
    """`item`, if it is a Deployment.

    Raises
    ------
    KubectlError
        It is none.
    """
    if not isinstance(item, Deployment):
        kind = f"{resource.kind}.{resource.group}" if resource.group else resource.kind
        raise KubectlError(unsupported.format(kind=quote(kind), plain=kind))
    return item


def _to(target: Deployment) -> Change:
    annotations, template = target.metadata.annotations, target.spec.template

    def change(item: Deployment) -> Deployment:
        metadata = replace(item.metadata, annotations=annotations)
        return replace(item, metadata=metadata, spec=replace(item.spec, template=template))

    return change


def _patch(call: Call, item: Deployment, change: Change, note: str) -> None:
    key = ("Deployment", item.metadata.namespace, item.name)
    call.server.patch(*key, lambda stored: change(cast("Deployment", stored)), USER, note)
