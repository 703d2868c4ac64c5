"""The ReplicaSet controller in the cluster: `sync_replica_set` over what it has seen.

It does not trust its copy right after it has written. Until the pods that it made or deleted show up there, it only
counts (*expectations*); until its last status shows up, it waits.

References
----------
pkg/controller/replicaset/replica_set.go; pkg/controller/controller_utils.go: ControllerExpectations; the feature
gate StaleControllerConsistencyReplicaSet (v1.37)
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from k8smodels.api.meta import KubernetesObject, ObjectMeta, OwnerReference, controller_reference
from k8smodels.api.pod import Pod
from k8smodels.api.workload import ReplicaSet
from k8smodels.controlplane.client import Answer
from k8smodels.controlplane.controllers.controller import Controller, ObjectKey, key_of
from k8smodels.controlplane.status import StatusError
from k8smodels.controlplane.store import Change
from k8smodels.workloads import Doomed, sync_replica_set
from k8smodels.workloads.readiness import is_active, ready_since
from k8smodels.workloads.replicaset.sync import PodCounts, count_pods

EXPECTATIONS_SECONDS = 300
"""After this time it looks for itself, whatever it still expects."""


@dataclass(slots=True)
class Expected:
    """Pods that one ReplicaSet's controller waits to see.

    Attributes
    ----------
    created
        How many that it made.
    deleted
        UIDs of those that it deleted.
    until_seconds
        When it gives up waiting.
    """

    created: int = 0
    deleted: set[str] = field(default_factory=set)
    until_seconds: float = 0.0

    def is_fulfilled(self, now_seconds: float) -> bool:
        """Whether it has seen all, or waited long enough."""
        return (self.created <= 0 and not self.deleted) or now_seconds > self.until_seconds


class ReplicaSetController(Controller):
    """Makes and deletes pods."""

    name = "replicaset-controller"

    def watch(self) -> None:
        """A ReplicaSet, or a pod that one owns."""
        self._sets, self._pods = self.informer(ReplicaSet), self.informer(Pod)
        self._expected: dict[ObjectKey, Expected] = {}
        self._counts: dict[str, PodCounts] = {}
        self._sets.handlers.append(self._set_changed)
        self._pods.handlers.append(self._pod_changed)

    def _set_changed(self, change: Change) -> None:
        before, after = change.before, change.item
        if change.type == "DELETED" or (
            isinstance(before, ReplicaSet)
            and isinstance(after, ReplicaSet)
            and before.spec.template != after.spec.template
        ):
            self._counts.pop(after.metadata.uid, None)
        self.queue.add(key_of(after), change.record)

    def _pod_changed(self, change: Change) -> None:
        owner = change.item.metadata.controller
        if owner is None or owner.kind != "ReplicaSet":
            return
        key = (change.item.metadata.namespace, owner.name)
        self._count(change, owner)
        expected = self._expected.get(key)
        if expected is not None:
            if change.type == "ADDED":
                expected.created -= 1
            if change.item.metadata.deletion_timestamp or change.type == "DELETED":
                expected.deleted.discard(change.item.metadata.uid)
        self.queue.add(key, change.record)

    def sync(self, key: ObjectKey, because: int) -> Answer[None]:
        """See `sync_replica_set`."""
        item = self._sets.get(*key)
        if item is None:
            self._expected.pop(key, None)
            self.forget(key)
            return
        if self.is_stale(item, because):
            return
        counts = self._counts_of(item)
        too_many = counts.living > item.spec.wanted_replicas
        pods = self._pods.owned_by(item.metadata.uid) if too_many else ()
        related = self._related(item) if too_many else ()
        result = sync_replica_set(item, pods, related, self.clock.now, counts)
        if key not in self._expected or self._expected[key].is_fulfilled(self.clock.seconds):
            yield from self._create(item, result.create, because)
            yield from self._delete(item, result.delete, because)
        if result.replica_set.status != item.status:
            status = result.replica_set.status
            note = f"{status.replicas} pods, {status.ready_replicas} ready, {status.available_replicas} available"
            yield from self._write_status(result.replica_set, because, note)
        self._look_again(item, because)

    def _counts_of(self, item: ReplicaSet) -> PodCounts:
        """How many pods there are: kept up to date pod by pod, unless ``minReadySeconds`` makes time matter."""
        uid = item.metadata.uid
        if item.spec.min_ready_seconds or uid not in self._counts:
            self._counts[uid] = count_pods(item, self._pods.owned_by(uid), self.clock.now)
        return self._counts[uid]

    def _count(self, change: Change, owner: OwnerReference) -> None:
        """Take a change into the counts."""
        item = self._sets.get(change.item.metadata.namespace, owner.name)
        counts = self._counts.get(owner.uid)
        if item is None or counts is None or item.metadata.uid != owner.uid:
            return
        before = [change.before] if isinstance(change.before, Pod) else []
        after = [change.item] if isinstance(change.item, Pod) and change.type != "DELETED" else []
        now = self.clock.now
        self._counts[owner.uid] = counts.changed(count_pods(item, before, now), count_pods(item, after, now))

    def _write_status(self, item: ReplicaSet, because: int, note: str) -> Answer[None]:
        """Write the counts; if somebody was faster, once more over the newest version."""
        written: KubernetesObject
        try:
            written = yield from self.client.update(item, because, note, status=True)
        except StatusError as error:
            if error.reason != "Conflict":
                raise
            found = cast("ReplicaSet", (yield from self.client.get(item, because)))
            written = yield from self.client.update(replace(found, status=item.status), because, note, status=True)
        self.wrote(written)

    def _related(self, item: ReplicaSet) -> Sequence[Pod]:
        owner = item.metadata.controller
        siblings = self._sets.owned_by(owner.uid) if owner else [item]
        return [pod for each in siblings for pod in self._pods.owned_by(each.metadata.uid)]

    def _create(self, item: ReplicaSet, count: int, because: int) -> Answer[None]:
        """Make pods, first one, then two, four...: if the first fails the others need not."""
        if not count:
            return
        expected = Expected(created=count, until_seconds=self.clock.seconds + EXPECTATIONS_SECONDS)
        self._expected[key_of(item)] = expected
        template, left, batch = pod_from(item), count, 1
        while left:
            size = min(batch, left)
            workers = [self.clock.environment.process(self._create_one(item, template, because)) for _ in range(size)]
            done = yield self.clock.environment.all_of(workers)
            failed = sum(not worked for worked in done.values())
            left, batch = left - size, batch * 2
            if failed:
                expected.created -= left + failed
                raise StatusError("InternalError", 500, f"{failed} pods could not be created")

    def _create_one(self, item: ReplicaSet, template: Pod, because: int) -> Generator[Any, Any, bool]:
        try:
            pod = yield from self.client.create(template, because)
        except StatusError as error:
            self.event(item, "FailedCreate", f"Error creating: {error.message}", warning=True)
            return False
        self.event(item, "SuccessfulCreate", f"Created pod: {pod.name}")
        return True

    def _delete(self, item: ReplicaSet, doomed: Sequence[Doomed], because: int) -> Answer[None]:
        if not doomed:
            return
        uids = {each.pod.metadata.uid for each in doomed}
        self._expected[key_of(item)] = Expected(deleted=uids, until_seconds=self.clock.seconds + EXPECTATIONS_SECONDS)
        yield self.clock.environment.all_of(
            [self.clock.environment.process(self._delete_one(item, each, because)) for each in doomed]
        )

    def _delete_one(self, item: ReplicaSet, doomed: Doomed, because: int) -> Generator[Any, Any, None]:
        pod = doomed.pod
        try:
            yield from self.client.delete("Pod", pod.namespace, pod.name, because, doomed.reason, uid=pod.metadata.uid)
        except StatusError:
            self._expected[key_of(item)].deleted.discard(pod.metadata.uid)
        else:
            self.event(item, "SuccessfulDelete", f"Deleted pod: {pod.name}")

    def _look_again(self, item: ReplicaSet, because: int) -> None:
        """Nobody tells when a ready pod becomes available: that is a matter of time alone."""
        patience = item.spec.min_ready_seconds
        if not patience:
            return
        pods = self._pods.owned_by(item.metadata.uid)
        since = [ready for pod in pods if is_active(pod) and (ready := ready_since(pod))]
        waits = [patience - (self.clock.now - ready).total_seconds() for ready in since]
        pending = [wait for wait in waits if wait > 0]
        if pending:
            self.queue.add_after(key_of(item), min(pending), because)


def pod_from(item: ReplicaSet) -> Pod:
    """The pod that `item` asks the API server for."""
    template, meta = item.spec.template, item.metadata
    metadata = ObjectMeta(
        generate_name=f"{item.name}-",
        namespace=meta.namespace,
        labels=template.metadata.labels,
        annotations=template.metadata.annotations,
        finalizers=template.metadata.finalizers,
        owner_references=(controller_reference(item),),
    )
    return replace(Pod(metadata=metadata), spec=template.spec)
