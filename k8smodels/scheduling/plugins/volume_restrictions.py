"""VolumeRestrictions: disks that only one node, or only one pod, can use.

References
----------
pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go (v1.37)
"""

# ruff: noqa: ARG002
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from k8smodels.api.pod import Pod, Volume
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Rejection
from k8smodels.scheduling.framework import SKIP, FilterPlugin, PreFilterResult, Skip
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.plugins.volume_claims import CLAIM_NOT_FOUND, named_claims
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.storage import ClaimKey, Storage

DISK_CONFLICT = "node(s) had no available disk"
CLAIM_IN_USE = (
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
)


def disks_conflict(volume: Volume, other: Volume) -> bool:
    """Whether two pods cannot use `volume` and `other` on one node: they are one disk and one of them is written to.

    An EBS disk cannot even be read twice. Claims are not looked at, only disks that pods name themselves.
    """
    return (
        _gce_disks_conflict(volume, other)
        or _ebs_disks_conflict(volume, other)
        or _iscsi_disks_conflict(volume, other)
        or _rbd_images_conflict(volume, other)
    )


def _gce_disks_conflict(volume: Volume, other: Volume) -> bool:
    a, b = volume.gce_persistent_disk, other.gce_persistent_disk
    return a is not None and b is not None and a.pd_name == b.pd_name and not (a.read_only and b.read_only)


def _ebs_disks_conflict(volume: Volume, other: Volume) -> bool:
    a, b = volume.aws_elastic_block_store, other.aws_elastic_block_store
    return a is not None and b is not None and a.volume_id == b.volume_id


def _iscsi_disks_conflict(volume: Volume, other: Volume) -> bool:
    a, b = volume.iscsi, other.iscsi
    return a is not None and b is not None and a.iqn == b.iqn and not (a.read_only and b.read_only)


def _rbd_images_conflict(volume: Volume, other: Volume) -> bool:
    a, b = volume.rbd, other.rbd
    if a is None or b is None or (a.read_only and b.read_only):
        return False
    same_cluster = not set(a.monitors).isdisjoint(b.monitors)
    return same_cluster and a.image == b.image and (a.pool or "rbd") == (b.pool or "rbd")


def has_own_disks(pod: Pod) -> bool:
    """Whether `pod` names a disk that can conflict."""
    return any(
        volume.gce_persistent_disk or volume.aws_elastic_block_store or volume.iscsi or volume.rbd
        for volume in pod.spec.volumes
    )


def read_write_once_pod_claims(pod: Pod, storage: Storage) -> frozenset[str]:
    """The names of the claims of `pod` that only one pod may use at a time; all of them exist."""
    claims = (storage.claim_by_key[pod.namespace, name] for name in named_claims(pod))
    return frozenset(claim.name for claim in claims if "ReadWriteOncePod" in claim.spec.access_modes)


def used_claims(nodes: Iterable[NodeInfo]) -> Iterator[ClaimKey]:
    """The claims that pods on `nodes` use."""
    for node in nodes:
        for other in node.pods:
            yield from ((other.namespace, name) for name in named_claims(other.pod))


@dataclass(frozen=True, slots=True)
class RestrictionState:
    """What can stand in the pod's way.

    Attributes
    ----------
    claims
        The names of its claims that only one pod may use.
    users
        How often other pods, on whatever node, use them.
    """

    claims: frozenset[str]
    users: int

    def with_pod(self, other: PodInfo, change: int) -> RestrictionState:
        """The state after `other` has come (1) or gone (-1). As in Kubernetes, its namespace is not looked at."""
        return replace(self, users=self.users + change * sum(name in self.claims for name in named_claims(other.pod)))


class VolumeRestrictions(FilterPlugin):
    """Refuses nodes where the pod's disk is in use, and all nodes while another pod has its claim."""

    name = "VolumeRestrictions"

    def pre_filter(self, pod: PodInfo, cluster: Cluster) -> PreFilterResult | Literal[Skip.SKIP]:
        """Find the claims for one pod only, and whether they are in use."""
        storage, namespace = cluster.storage, pod.namespace
        for name in named_claims(pod.pod):
            if (namespace, name) not in storage.claim_by_key:
                reason = CLAIM_NOT_FOUND.format(name=name)
                return PreFilterResult(rejection=self.reject("UnschedulableAndUnresolvable", reason))
        claims = read_write_once_pod_claims(pod.pod, storage)
        taken = {(namespace, name) for name in claims} & set(used_claims(cluster.node_infos.values()) if claims else ())
        if not taken and not has_own_disks(pod.pod):
            return SKIP
        return PreFilterResult(state=RestrictionState(claims, len(taken)))

    def add_pod(self, state: RestrictionState, pod: PodInfo, other: PodInfo, node: NodeInfo) -> RestrictionState:
        """Count `other` as a user."""
        return state.with_pod(other, 1)

    def remove_pod(self, state: RestrictionState, pod: PodInfo, other: PodInfo, node: NodeInfo) -> RestrictionState:
        """Count `other` no more."""
        return state.with_pod(other, -1)

    def filter(self, state: RestrictionState, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        """Refuse a node where a pod has the disk, and any node while a pod somewhere has the claim."""
        others = [volume for other in node.pods for volume in other.pod.spec.volumes]
        if any(disks_conflict(volume, other) for volume in pod.pod.spec.volumes for other in others):
            return self.reject("Unschedulable", DISK_CONFLICT)
        return self.reject("Unschedulable", CLAIM_IN_USE) if state.users > 0 else None
