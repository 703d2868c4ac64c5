"""A Deployment, its ReplicaSets and its pods, moved by hand: one sync, one pod that becomes ready, one edit.

Stands in for the API server and the kubelets: writes are seen at once, deleted pods are gone at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from k8smodels.api.errors import InvalidObject, invalid
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.pod import Pod, PodCondition
from k8smodels.api.times import format_time
from k8smodels.api.workload import Deployment, DeploymentSpec, ReplicaSet
from k8smodels.workloads.deployment.state import Scaling
from k8smodels.workloads.deployment.sync import sync_deployment
from k8smodels.workloads.readiness import is_ready
from k8smodels.workloads.replicaset.deletion_order import Doomed
from k8smodels.workloads.replicaset.sync import sync_replica_set
from k8smodels.workloads.templates import pod_of

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MAX_REPLICAS = 1000
"""More pods than this are too many to be moved by hand."""

_MAX_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class DeploymentWorld:
    """All objects of one Deployment at a moment.

    Attributes
    ----------
    deployment, replica_sets, pods
        The objects, each list the oldest first.
    now
        The present.
    objects_made
        How many objects there have been: the next one's number.
    scalings, doomed
        What the last sync of the Deployment decided, and the pods that ReplicaSets have deleted since, with reasons.
    """

    deployment: Deployment
    replica_sets: tuple[ReplicaSet, ...] = ()
    pods: tuple[Pod, ...] = ()
    now: datetime = EPOCH
    objects_made: int = 1
    scalings: tuple[Scaling, ...] = field(default=(), compare=False)
    doomed: tuple[Doomed, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, deployment: Deployment) -> DeploymentWorld:
        """`deployment` that was created just now.

        Raises
        ------
        InvalidObject
            It wants fewer than 0 or more than `MAX_REPLICAS` pods.
        """
        _check(deployment)
        metadata = replace(deployment.metadata, uid="uid-1", generation=1, creation_timestamp=format_time(EPOCH))
        return cls(replace(deployment, metadata=metadata))

    def later(self, seconds: float) -> DeploymentWorld:
        """The same objects `seconds` later."""
        return replace(self, now=self.now + timedelta(seconds=seconds))

    def sync(self) -> DeploymentWorld:
        """One sync of the Deployment, then its ReplicaSets until they have what they want."""
        result = sync_deployment(self.deployment, self.replica_sets, self.pods, self.now)
        made = self.objects_made + len(
            {each.name for each in result.replica_sets} - {each.name for each in self.replica_sets}
        )
        return replace(
            self,
            deployment=result.deployment,
            replica_sets=result.replica_sets,
            objects_made=made,
            scalings=result.scalings,
            doomed=(),
        ).settle()

    def settle(self) -> DeploymentWorld:
        """The ReplicaSets make and delete pods and count them, until nothing changes any more."""
        world = self
        for _round in range(_MAX_ROUNDS):
            before, world = world, world.sync_replica_sets()
            if world == before:
                break
        return world

    def sync_replica_sets(self) -> DeploymentWorld:
        """One sync of each ReplicaSet."""
        world = self
        for name in [each.name for each in self.replica_sets]:
            world = world._sync_replica_set(name)
        return world

    def edit(self, spec: DeploymentSpec) -> DeploymentWorld:
        """The Deployment with another spec, in its next generation if that changes anything."""
        generation = self.deployment.metadata.generation + (spec != self.deployment.spec)
        metadata = replace(self.deployment.metadata, generation=generation)
        deployment = replace(self.deployment, metadata=metadata, spec=spec)
        _check(deployment)
        return replace(self, deployment=deployment)

    def set_ready(self, image: str, count: int, *, ready: bool) -> DeploymentWorld:
        """The `count` oldest pods of that image that are not so yet become ready, or lose their readiness."""
        chosen = {pod.name for pod in self._oldest(image, count, lambda pod: is_ready(pod) != ready)}
        status, at = ("True" if ready else "False"), format_time(self.now)
        condition = PodCondition(type="Ready", status=status, last_transition_time=at)
        return replace(self, pods=tuple(_running(pod, condition) if pod.name in chosen else pod for pod in self.pods))

    def delete(self, image: str, count: int) -> DeploymentWorld:
        """The `count` oldest pods of that image vanish."""
        chosen = {pod.name for pod in self._oldest(image, count, lambda _pod: True)}
        return replace(self, pods=tuple(pod for pod in self.pods if pod.name not in chosen))

    def _oldest(self, image: str, count: int, passes: Callable[[Pod], bool]) -> list[Pod]:
        return list(islice((pod for pod in self.pods if image_of(pod) == image and passes(pod)), count))

    def _sync_replica_set(self, name: str) -> DeploymentWorld:
        replica_set = next(each for each in self.replica_sets if each.name == name)
        own = [pod for pod in self.pods if pod.metadata.controller_uid == replica_set.metadata.uid]
        result = sync_replica_set(replica_set, own, self.pods, self.now)
        gone = {doomed.pod.name for doomed in result.delete}
        first = self.objects_made + 1
        made = [self._pod(replica_set, number) for number in range(first, first + result.create)]
        return replace(
            self,
            replica_sets=tuple(result.replica_set if each.name == name else each for each in self.replica_sets),
            pods=(*(pod for pod in self.pods if pod.name not in gone), *made),
            objects_made=self.objects_made + result.create,
            doomed=self.doomed + result.delete,
        )

    def _pod(self, replica_set: ReplicaSet, number: int) -> Pod:
        made = pod_of(replica_set, replica_set.spec.template, f"{number:04d}")
        return replace(made, metadata=_stamped(made.metadata, number, self.now))


def _check(deployment: Deployment) -> None:
    wanted = deployment.spec.wanted_replicas
    if not 0 <= wanted <= MAX_REPLICAS:
        problem = invalid("spec.replicas", wanted, f"must be between 0 and {MAX_REPLICAS} here")
        raise InvalidObject(deployment.kind, deployment.name, [problem])


def image_of(item: Pod | ReplicaSet | Deployment) -> str:
    """The image of the first container, or of that in the template."""
    spec = item.spec if isinstance(item, Pod) else item.spec.template.spec
    return spec.containers[0].image if spec.containers else ""


def _stamped(metadata: ObjectMeta, number: int, now: datetime) -> ObjectMeta:
    return replace(metadata, uid=f"uid-{number}", creation_timestamp=format_time(now))


def _running(pod: Pod, condition: PodCondition) -> Pod:
    status = replace(pod.status, phase="Running", conditions=(condition,))
    return replace(pod, spec=replace(pod.spec, node_name="node-1"), status=status)
