"""``kubectl rollout status`` and ``kubectl rollout history``.

References
----------
k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go: DeploymentStatusViewer; history.go: DeploymentHistoryViewer;
k8s.io/kubectl/pkg/cmd/rollout/rollout_status.go: Run (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from k8smodels.api.gotext import quote
from k8smodels.api.workload import Deployment, ReplicaSet
from k8smodels.controlplane.kubectl.call import FOREVER_SECONDS, Call
from k8smodels.controlplane.kubectl.describe.template import template
from k8smodels.controlplane.kubectl.describe.workloads import replica_sets_of
from k8smodels.controlplane.kubectl.describe.writer import Writer
from k8smodels.controlplane.kubectl.errors import KubectlError
from k8smodels.controlplane.kubectl.output_formats import name_of
from k8smodels.controlplane.kubectl.rollout import deployment_of, found_for
from k8smodels.controlplane.kubectl.tabwriter import align
from k8smodels.workloads.deployment.conditions import condition_of
from k8smodels.workloads.deployment.revisions import revision

CHANGE_CAUSE = "kubernetes.io/change-cause"
_STEP_SECONDS = 0.1


def status(call: Call) -> Iterator[str]:
    """Tell how a rollout goes at each change, until it is done.

    Raises
    ------
    KubectlError
        It takes too long: longer than its progress deadline, or than ``--timeout``.
    """
    for resource, item in found_for(call):
        deployment = deployment_of(resource, item, "no status viewer has been implemented for {plain}")
        yield from _follow(call, deployment)


def _follow(call: Call, item: Deployment) -> Iterator[str]:
    cluster, wanted_revision = call.cluster, call.number("revision", 0)
    end = cluster.seconds + (call.seconds("timeout") or FOREVER_SECONDS)
    seen = [item]
    while True:
        for each in seen:
            line, done = _progress(each, wanted_revision)
            yield line
            if done or not call.is_on("watch", default=True):
                return
        last = cluster.store.revision
        if cluster.seconds >= end:
            raise KubectlError("timed out waiting for the condition")
        cluster.run(min(_STEP_SECONDS, end - cluster.seconds))
        seen = list(_changes(call, item, last))


def _changes(call: Call, item: Deployment, revision: int) -> Iterator[Deployment]:
    """The newer versions of a Deployment."""
    for change in call.cluster.store.changes_since("Deployment", revision) or ():
        if change.item.metadata.uid == item.metadata.uid and isinstance(change.item, Deployment):
            if change.type == "DELETED":
                raise KubectlError("object has been deleted")
            yield change.item


def _progress(item: Deployment, wanted_revision: int) -> tuple[str, bool]:
    """What is said of a Deployment, and whether its rollout is done."""
    if wanted_revision > 0 and revision(item) != wanted_revision:
        numbers = f"({wanted_revision}) is different from the running revision ({revision(item)})"
        raise KubectlError(f"desired revision {numbers}")
    state, size, name = item.status, item.spec.wanted_replicas, quote(item.name)
    if item.metadata.generation > state.observed_generation:
        return "Waiting for deployment spec update to be observed...", False
    progressing = condition_of(state, "Progressing")
    if progressing is not None and progressing.reason == "ProgressDeadlineExceeded":
        raise KubectlError(f"deployment {name} exceeded its progress deadline")
    waiting = f"Waiting for deployment {name} rollout to finish: "
    if state.updated_replicas < size:
        return f"{waiting}{state.updated_replicas} out of {size} new replicas have been updated...", False
    if state.replicas > state.updated_replicas:
        old = state.replicas - state.updated_replicas
        return f"{waiting}{old} old replicas are pending termination...", False
    if state.available_replicas < state.updated_replicas:
        counts = f"{state.available_replicas} of {state.updated_replicas}"
        return f"{waiting}{counts} updated replicas are available...", False
    return f"deployment {name} successfully rolled out", True


def history(call: Call) -> Iterator[str]:
    """The revisions of a Deployment, or the template of one.

    Raises
    ------
    KubectlError
        There is no such revision.
    """
    number = call.number("revision", 0)
    if number < 0:
        raise KubectlError(f"revision must be a positive integer: {number}")
    for resource, item in found_for(call):
        deployment = deployment_of(resource, item, "no history viewer has been implemented for {kind}")
        sets = {revision(each): each for each in replica_sets_of(call, deployment)}
        if number:
            yield f"{name_of(item, resource)} with revision #{number}\n{_template(sets, number)}\n"
        else:
            yield f"{name_of(item, resource)} \n{_revisions(sets)}\n"


def _revisions(sets: dict[int, ReplicaSet]) -> str:
    if not sets:
        return "No rollout history found."
    causes = ((number, each.metadata.annotations.get(CHANGE_CAUSE)) for number, each in sorted(sets.items()))
    return align("REVISION\tCHANGE-CAUSE\n" + "\n".join(f"{number}\t{cause or '<none>'}" for number, cause in causes))


def _template(sets: dict[int, ReplicaSet], number: int) -> str:
    if number not in sets:
        raise KubectlError("unable to find the specified revision")
    found = sets[number]
    shown, cause = found.spec.template, found.metadata.annotations.get(CHANGE_CAUSE)
    if cause:
        annotations = {**shown.metadata.annotations, CHANGE_CAUSE: cause}
        shown = replace(shown, metadata=replace(shown.metadata, annotations=annotations))
    out = Writer()
    template(out, shown)
    return out.raw()
