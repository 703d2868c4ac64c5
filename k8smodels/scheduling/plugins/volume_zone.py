"""VolumeZone: the zone and region labels of bound volumes must agree with the node's.

References
----------
pkg/scheduler/framework/plugins/volumezone/volume_zone.go (v1.37)
"""

# ruff: noqa: ARG002
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from k8smodels.api.pod import Pod
from k8smodels.api.storage import PersistentVolume, PersistentVolumeClaim
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Rejection
from k8smodels.scheduling.framework import SKIP, FilterPlugin, PreFilterResult, Skip
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.plugins.volume_claims import CLAIM_NOT_FOUND, named_claims
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.storage import Storage

NO_ZONE = "node(s) had no available volume zone"
VOLUME_NOT_FOUND = 'persistentvolume "{name}" not found'
CLASS_NOT_FOUND = 'storageclass.storage.k8s.io "{name}" not found'
NEITHER = "PersistentVolumeClaim had no pv name and storageClass name"
NO_VOLUME_NAME = "PersistentVolume had no name"
NO_CLAIM_NAME = "PersistentVolumeClaim had no name"

PRESENT_LABEL = {
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
}
"""Today's names of the labels that once were beta."""
TOPOLOGY_LABELS = (*PRESENT_LABEL, *PRESENT_LABEL.values())


class VolumeTopology(NamedTuple):
    """A label of a volume, and the values that will do for the node's."""

    key: str
    values: frozenset[str]


def volume_topologies(volume: PersistentVolume) -> list[VolumeTopology]:
    """Where `volume` is, by its labels; ``z1__z2`` stands for both zones. A label with an empty part is ignored."""
    found = []
    for key in TOPOLOGY_LABELS:
        values = [value.strip() for value in volume.labels.get(key, "").split("__")]
        if all(values):
            found.append(VolumeTopology(key, frozenset(values)))
    return found


def in_topology(labels: Mapping[str, str], topologies: Sequence[VolumeTopology]) -> bool:
    """Whether a node with `labels` is where the volumes are; one without any zone or region is everywhere."""
    if not any(key in labels for key in TOPOLOGY_LABELS):
        return True
    return all(labels.get(key, labels.get(PRESENT_LABEL.get(key, key))) in values for key, values in topologies)


def claimed_topologies(pod: Pod, storage: Storage) -> list[VolumeTopology] | str:
    """Where the volumes of the claims of `pod` are, or why that cannot be told."""
    found: list[VolumeTopology] = []
    for name in named_claims(pod):
        claim = storage.claim_by_key.get((pod.namespace, name))
        if claim is None:
            return CLAIM_NOT_FOUND.format(name=name) if name else NO_CLAIM_NAME
        if not claim.spec.volume_name:
            problem = unbound_problem(claim, storage)
            if problem:
                return problem
            continue
        volume = storage.volume_by_name.get(claim.spec.volume_name)
        if volume is None:
            return VOLUME_NOT_FOUND.format(name=claim.spec.volume_name)
        found += volume_topologies(volume)
    return found


def unbound_problem(claim: PersistentVolumeClaim, storage: Storage) -> str | None:
    """Why `claim` should have a volume; None if its class waits for the first consumer."""
    if not claim.storage_class:
        return NEITHER
    item = storage.class_by_name.get(claim.storage_class)
    if item is None:
        return CLASS_NOT_FOUND.format(name=claim.storage_class)
    return None if item.waits_for_first_consumer else NO_VOLUME_NAME


class VolumeZone(FilterPlugin):
    """Refuses nodes in other zones or regions than the pod's volumes."""

    name = "VolumeZone"

    def pre_filter(self, pod: PodInfo, cluster: Cluster) -> PreFilterResult | Literal[Skip.SKIP]:
        """Read the labels of the pod's volumes."""
        found = claimed_topologies(pod.pod, cluster.storage)
        if isinstance(found, str):
            return PreFilterResult(rejection=self.reject("UnschedulableAndUnresolvable", found))
        return PreFilterResult(state=found) if found else SKIP

    def filter(self, state: Sequence[VolumeTopology], pod: PodInfo, node: NodeInfo) -> Rejection | None:
        """Refuse a node that is elsewhere."""
        return None if in_topology(node.labels, state) else self.reject("UnschedulableAndUnresolvable", NO_ZONE)
