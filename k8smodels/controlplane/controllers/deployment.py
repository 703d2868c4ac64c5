"""The Deployment controller in the cluster: `sync_deployment` over what it has seen, and its writes.

References
----------
pkg/controller/deployment/deployment_controller.go (v1.37)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.api.meta import controller_reference
from k8smodels.api.pod import Pod
from k8smodels.api.times import parse_time
from k8smodels.api.workload import Deployment, ReplicaSet
from k8smodels.controlplane.client import Answer
from k8smodels.controlplane.controllers.controller import Controller, ObjectKey, key_of
from k8smodels.controlplane.store import Change
from k8smodels.workloads import Sync, sync_deployment
from k8smodels.workloads.deployment.conditions import condition_of, progress_deadline_seconds


class DeploymentController(Controller):
    """Makes and scales ReplicaSets; never pods."""

    name = "deployment-controller"

    def watch(self) -> None:
        """A Deployment, one of its ReplicaSets, or (for ``Recreate``) a pod that is gone."""
        self._deployments, self._sets = self.informer(Deployment), self.informer(ReplicaSet)
        self._pods = self.informer(Pod)
        self._deployments.handlers.append(lambda change: self.queue.add(key_of(change.item), change.record))
        self._sets.handlers.append(self._set_changed)
        self._pods.handlers.append(self._pod_gone)

    def _set_changed(self, change: Change) -> None:
        owner = change.item.metadata.controller
        if owner is not None and owner.kind == "Deployment":
            self.queue.add((change.item.metadata.namespace, owner.name), change.record)

    def _pod_gone(self, change: Change) -> None:
        owner = change.item.metadata.controller
        if change.type != "DELETED" or owner is None or owner.kind != "ReplicaSet":
            return
        replica_set = self._sets.get(change.item.metadata.namespace, owner.name)
        above = replica_set.metadata.controller if replica_set else None
        deployment = self._deployments.get(change.item.metadata.namespace, above.name) if above else None
        if deployment is not None and deployment.spec.strategy.type == "Recreate":
            self.queue.add(key_of(deployment), change.record)

    def sync(self, key: ObjectKey, because: int) -> Answer[None]:
        """See `sync_deployment`."""
        item = self._deployments.get(*key)
        if item is None:
            return
        sets = self._sets.owned_by(item.metadata.uid)
        recreates = item.spec.strategy.type == "Recreate"
        pods = [pod for each in sets for pod in self._pods.owned_by(each.metadata.uid)] if recreates else []
        result = sync_deployment(item, sets, pods, self.clock.now)
        yield from self._write_sets(item, sets, result, because)
        for name in result.deleted:
            yield from self.client.delete("ReplicaSet", item.namespace, name, because, "beyond revisionHistoryLimit")
        yield from self._write_deployment(item, result.deployment, because)
        self._look_again(result.deployment, because)

    def _write_sets(self, item: Deployment, sets: list[ReplicaSet], result: Sync, because: int) -> Answer[None]:
        known = {each.name: each for each in sets}
        decided = {step.replica_set.name: step for step in result.scalings}
        new_first = sorted(result.replica_sets, key=lambda each: each.name in known)
        for written in new_first:
            step, before = decided.get(written.name), known.get(written.name)
            if before is None:
                yield from self.client.create(_new(written, item), because, step.reason if step else "")
            elif _differs(written, before):
                yield from self.client.update(written, because, step.reason if step else "")
            else:
                continue
            if step is not None and step.message:
                self.event(item, "ScalingReplicaSet", step.message)

    def _write_deployment(self, item: Deployment, wanted: Deployment, because: int) -> Answer[None]:
        if wanted.metadata.annotations != item.metadata.annotations:
            item = yield from self.client.update(
                replace(item, metadata=replace(item.metadata, annotations=wanted.metadata.annotations)),
                because,
                "revision",
            )
        if wanted.status != item.status:
            status = wanted.status
            note = f"{status.updated_replicas} updated, {status.available_replicas} available"
            yield from self.client.update(replace(item, status=status), because, note, status=True)

    def _look_again(self, item: Deployment, because: int) -> None:
        """Nobody tells when the deadline passes: it looks by itself, a second after it."""
        deadline, progressing = progress_deadline_seconds(item), condition_of(item.status, "Progressing")
        if deadline is None or progressing is None or progressing.reason == "NewReplicaSetAvailable":
            return
        if progressing.last_update_time and progressing.reason != "ProgressDeadlineExceeded":
            passed = (self.clock.now - parse_time(progressing.last_update_time)).total_seconds()
            self.queue.add_after(key_of(item), max(deadline - passed, 0.0) + 1, because)


def _new(written: ReplicaSet, owner: Deployment) -> ReplicaSet:
    """`written` as it is sent to the API server, which gives UID and time."""
    meta = replace(
        written.metadata, uid="", creation_timestamp="", generation=0, owner_references=(controller_reference(owner),)
    )
    return replace(written, metadata=meta)


def _differs(written: ReplicaSet, before: ReplicaSet) -> bool:
    return written.spec != before.spec or written.metadata.annotations != before.metadata.annotations
