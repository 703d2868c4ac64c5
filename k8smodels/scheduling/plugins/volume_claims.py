"""The claims of a pod: which they are, and whether they are fit to be used.

References
----------
staging/src/k8s.io/component-helpers/storage/ephemeral/ephemeral.go;
pkg/scheduler/framework/plugins/volumebinding: volume_binding.go, podHasPVCs; binder.go, GetPodVolumeClaims (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from k8smodels.api.pod import Pod, Volume
from k8smodels.api.storage import PersistentVolumeClaim
from k8smodels.scheduling.storage import Storage

CLAIM_NOT_FOUND = 'persistentvolumeclaim "{name}" not found'
NOT_CREATED_YET = 'waiting for ephemeral volume controller to create the persistentvolumeclaim "{name}"'
LOST = 'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{volume}"'
BEING_DELETED = 'persistentvolumeclaim "{name}" is being deleted'
NOT_OWNER = "PVC {namespace}/{name} was not created for pod {namespace}/{pod} (pod is not owner)"


def claim_name(pod: Pod, volume: Volume) -> str | None:
    """The name of the claim behind `volume` of `pod`; None if there is none.

    The claim of an ephemeral volume is made for this pod alone and has a name that follows from the pod's.
    """
    if volume.persistent_volume_claim is not None:
        return volume.persistent_volume_claim.claim_name
    return f"{pod.name}-{volume.name}" if volume.ephemeral is not None else None


def named_claims(pod: Pod) -> Iterator[str]:
    """The names of the claims that `pod` names itself, in the order of its volumes."""
    sources = (volume.persistent_volume_claim for volume in pod.spec.volumes)
    return (source.claim_name for source in sources if source is not None)


def is_owner(pod: Pod, claim: PersistentVolumeClaim) -> bool:
    """Whether `claim` was made for `pod`. UIDs tell; without them, as in objects written by hand, kind and name do."""
    owner = claim.metadata.controller
    if owner is None:
        return False
    if pod.metadata.uid:
        return owner.uid == pod.metadata.uid
    return (owner.kind, owner.name) == (pod.kind, pod.name)


def unusable(pod: Pod, storage: Storage) -> str | None:
    """Why a claim of `pod` cannot be used, the first such; None if all are in order."""
    problems = (_problem(pod, volume, storage) for volume in pod.spec.volumes)
    return next((problem for problem in problems if problem), None)


def _problem(pod: Pod, volume: Volume, storage: Storage) -> str | None:
    name = claim_name(pod, volume)
    if name is None:
        return None
    claim = storage.claim_by_key.get((pod.namespace, name))
    if claim is None:
        return (NOT_CREATED_YET if volume.ephemeral else CLAIM_NOT_FOUND).format(name=name)
    if claim.status.phase == "Lost":
        return LOST.format(name=name, volume=claim.spec.volume_name)
    if claim.metadata.deletion_timestamp:
        return BEING_DELETED.format(name=name)
    if volume.ephemeral and not is_owner(pod, claim):
        return NOT_OWNER.format(namespace=pod.namespace, name=name, pod=pod.name)
    return None


@dataclass(frozen=True, slots=True)
class PodClaims:
    """The claims of a pod, all of them usable, by what is left to do.

    Attributes
    ----------
    bound
        They have their volumes.
    waiting
        Their class waits for the scheduler to choose a node.
    immediate
        The volume controller should have given them volumes by now.
    """

    bound: tuple[PersistentVolumeClaim, ...] = ()
    waiting: tuple[PersistentVolumeClaim, ...] = ()
    immediate: tuple[PersistentVolumeClaim, ...] = ()


def pod_claims(pod: Pod, storage: Storage) -> PodClaims:
    """The claims of `pod` by what is left to do; the pod has no claim that is `unusable`."""
    names = (claim_name(pod, volume) for volume in pod.spec.volumes)
    claims = [storage.claim_by_key[pod.namespace, name] for name in names if name is not None]
    unbound = [claim for claim in claims if not claim.is_bound]
    return PodClaims(
        tuple(claim for claim in claims if claim.is_bound),
        tuple(claim for claim in unbound if waits_for_node(claim, storage)),
        tuple(claim for claim in unbound if not waits_for_node(claim, storage)),
    )


def waits_for_node(claim: PersistentVolumeClaim, storage: Storage) -> bool:
    """Whether the scheduler has to find a volume for the unbound `claim`.

    It has not if the claim names its volume already, has no class, or a class that is unknown or does not wait.
    """
    found = storage.class_by_name.get(claim.storage_class)
    return not claim.spec.volume_name and found is not None and found.waits_for_first_consumer
