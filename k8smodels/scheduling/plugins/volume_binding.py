"""VolumeBinding: the pod's claims must have volumes that the node can reach, or be able to get them there.

Not modelled: the translation of node affinity of in-tree volumes on nodes that have migrated to CSI.

References
----------
pkg/scheduler/framework/plugins/volumebinding: volume_binding.go, binder.go, scorer.go (v1.37)
"""

# ruff: noqa: ARG002
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from k8smodels.api.csi import CSIStorageCapacity
from k8smodels.api.node import Node
from k8smodels.api.storage import SELECTED_NODE, PersistentVolume, PersistentVolumeClaim
from k8smodels.scheduling.args import UtilizationShapePoint, VolumeBindingArgs
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Rejection, VolumeBindings
from k8smodels.scheduling.framework import (
    SKIP,
    FilterPlugin,
    PreBindPlugin,
    PreFilterResult,
    ScorePlugin,
    Skip,
)
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.plugins.resource_allocation import line_at
from k8smodels.scheduling.plugins.volume_claims import PodClaims, claim_name, pod_claims, unusable
from k8smodels.scheduling.plugins.volume_matching import (
    can_provision,
    find_capacity,
    find_matching_volume,
    is_reachable,
    publishes_capacity,
)
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.storage import Storage

UNBOUND_IMMEDIATE = "pod has unbound immediate PersistentVolumeClaims"
NO_VOLUME = "node(s) didn't find available persistent volumes to bind"
NOT_REACHABLE = "node(s) didn't match PersistentVolume's node affinity"
NO_SPACE = "node(s) did not have enough free storage"
VOLUME_GONE = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"

Static = tuple[tuple[PersistentVolumeClaim, PersistentVolume], ...]
"""Claims with the existing volumes that they get."""
Provision = tuple[tuple[PersistentVolumeClaim, CSIStorageCapacity | None], ...]
"""Claims for which volumes are to be made, with the room there is for each where that is known."""


@dataclass(frozen=True, slots=True)
class PodVolumes:
    """What a node can do for a pod's claims.

    Attributes
    ----------
    static, provision
        The existing volumes that they get, and those that are to be made.
    reasons
        Why the node will not do; empty if it will.
    """

    static: Static = ()
    provision: Provision = ()
    reasons: tuple[str, ...] = ()


def find_pod_volumes(claims: PodClaims, storage: Storage, node: Node) -> PodVolumes:
    """What `node` can do for `claims`: reach the volumes they have, take existing ones, or make new ones."""
    found = find_volumes_for_waiting(claims.waiting, storage, node)
    problem = bound_volume_problem(claims.bound, storage, node)
    return PodVolumes(found.static, found.provision, ((problem,) if problem else ()) + found.reasons)


def bound_volume_problem(claims: Sequence[PersistentVolumeClaim], storage: Storage, node: Node) -> str | None:
    """Why `node` cannot reach the volumes of bound `claims`, by the first of them; None if it can."""
    for claim in claims:
        volume = storage.volume_by_name.get(claim.spec.volume_name)
        if volume is None:
            return VOLUME_GONE
        if not is_reachable(volume, node):
            return NOT_REACHABLE
    return None


def find_volumes_for_waiting(claims: Sequence[PersistentVolumeClaim], storage: Storage, node: Node) -> PodVolumes:
    """Volumes on `node` for `claims` that wait for one.

    The smallest claim chooses first. What finds no existing volume is to be made, as is what an earlier attempt has
    given to this node; a claim that was given to another node rules this one out.
    """
    selected = [claim for claim in claims if SELECTED_NODE in claim.metadata.annotations]
    if any(claim.metadata.annotations[SELECTED_NODE] != node.name for claim in selected):
        return PodVolumes(reasons=(NO_VOLUME,))
    static: list[tuple[PersistentVolumeClaim, PersistentVolume]] = []
    unmatched = []
    others = (claim for claim in claims if SELECTED_NODE not in claim.metadata.annotations)
    for claim in sorted(others, key=lambda claim: claim.requested):
        volume = find_matching_volume(claim, storage.volumes, node, {volume.name for _, volume in static})
        if volume is None:
            unmatched.append(claim)
        else:
            static.append((claim, volume))
    made = find_provisions([*selected, *unmatched], storage, node)
    return PodVolumes(tuple(static), made) if isinstance(made, tuple) else PodVolumes(reasons=(made,))


def find_provisions(claims: Sequence[PersistentVolumeClaim], storage: Storage, node: Node) -> Provision | str:
    """The room on `node` for new volumes of `claims`, or the reason why one cannot be made.

    Each claim is held against all the room there is, as if it came alone.
    """
    found: list[tuple[PersistentVolumeClaim, CSIStorageCapacity | None]] = []
    for claim in claims:
        item = storage.class_by_name[claim.storage_class]
        if not can_provision(item, node):
            return NO_VOLUME
        capacity = None
        if "storage" in claim.spec.resources.requests and publishes_capacity(item.provisioner, storage):
            capacity = find_capacity(claim, node, storage)
            if capacity is None:
                return NO_SPACE
        found.append((claim, capacity))
    return tuple(found)


def storage_by_class(volumes: PodVolumes) -> Mapping[str, tuple[int, int]]:
    """Bytes requested and bytes there are, by class: of existing volumes, or, without any, of room for new ones."""
    amounts: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for claim, volume in volumes.static:
        requested, capacity = amounts[volume.spec.storage_class_name]
        amounts[volume.spec.storage_class_name] = (
            requested + claim.requested.value(),
            capacity + volume.size.value(),
        )
    if volumes.static:
        return amounts
    for claim, room in volumes.provision:
        if room is not None:
            requested, _ = amounts[claim.storage_class]
            there_is = room.capacity.value() if room.capacity else 0
            amounts[claim.storage_class] = (requested + claim.requested.value(), there_is)
    return amounts


def storage_score(amounts: Mapping[str, tuple[int, int]], shape: Sequence[UtilizationShapePoint]) -> int:
    """The height of the line `shape` at the share that is requested, the mean over the classes; 0 without any.

    Examples
    --------
    >>> storage_score({"fast": (1, 4), "local": (5, 10)}, VolumeBindingArgs().shape)
    63
    """
    scores = [
        line_at(shape, requested * 100 // capacity if capacity else 100) for requested, capacity in amounts.values()
    ]
    # Half a point is rounded up.
    return (2 * sum(scores) + len(scores)) // (2 * len(scores)) if scores else 0


@dataclass(frozen=True, slots=True)
class BindingState:
    """The pod's claims, and where to look for volumes."""

    claims: PodClaims
    storage: Storage


@dataclass(frozen=True)
class VolumeBinding(FilterPlugin, ScorePlugin, PreBindPlugin):
    """Refuses nodes that cannot give the pod its volumes, prefers those with the most room left."""

    name = "VolumeBinding"
    args: VolumeBindingArgs = field(default_factory=VolumeBindingArgs)

    def pre_filter(self, pod: PodInfo, cluster: Cluster) -> PreFilterResult | Literal[Skip.SKIP]:
        """Sort the pod's claims; one that should have its volume by now, and has not, rules out all nodes."""
        if not _has_claims(pod):
            return SKIP
        problem = unusable(pod.pod, cluster.storage)
        if problem:
            return PreFilterResult(rejection=self.reject("UnschedulableAndUnresolvable", problem))
        claims = pod_claims(pod.pod, cluster.storage)
        if claims.immediate:
            return PreFilterResult(rejection=self.reject("UnschedulableAndUnresolvable", UNBOUND_IMMEDIATE))
        return PreFilterResult(state=BindingState(claims, cluster.storage))

    def filter(self, state: BindingState, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        """Refuse a node that cannot reach, take or make a volume for each claim."""
        reasons = find_pod_volumes(state.claims, state.storage, node.node).reasons
        return self.reject("UnschedulableAndUnresolvable", *reasons) if reasons else None

    def pre_score(self, pod: PodInfo, cluster: Cluster, nodes: Sequence[NodeInfo]) -> BindingState:
        """Sort the pod's claims once more; a pod without any has the score 0 everywhere."""
        claims = pod_claims(pod.pod, cluster.storage) if _has_claims(pod) else PodClaims()
        return BindingState(claims, cluster.storage)

    def score(self, state: BindingState, pod: PodInfo, node: NodeInfo) -> int:
        """The share of room that stays free; 0 if nothing is to be bound or the room is not known."""
        if not state.claims.waiting:
            return 0
        found = find_pod_volumes(state.claims, state.storage, node.node)
        return storage_score(storage_by_class(found), self.args.shape)

    def pre_bind(self, state: BindingState, pod: PodInfo, node: NodeInfo) -> VolumeBindings:
        """Reserve the existing volumes, and ask for the new ones, that `node` was let pass with."""
        found = find_pod_volumes(state.claims, state.storage, node.node)
        return VolumeBindings(
            {claim.name: volume.name for claim, volume in found.static},
            tuple(sorted(claim.name for claim, _ in found.provision)),
        )


def _has_claims(pod: PodInfo) -> bool:
    return any(claim_name(pod.pod, volume) is not None for volume in pod.pod.spec.volumes)
