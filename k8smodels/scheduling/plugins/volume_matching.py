"""Which existing volume a claim gets on a node, and whether a new one could be made there.

References
----------
staging/src/k8s.io/component-helpers/storage/volume: pv_helpers.go, FindMatchingVolume; helpers.go, CheckNodeAffinity;
pkg/scheduler/framework/plugins/volumebinding/binder.go: checkVolumeProvisions, hasEnoughCapacity;
pkg/apis/core/v1/helper/helpers.go: MatchTopologySelectorTerms (v1.37)
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from k8smodels.api.csi import CSIStorageCapacity
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.node import Node
from k8smodels.api.selectors import LabelSelector, SelectorError, as_selector
from k8smodels.api.storage import (
    FILESYSTEM,
    PersistentVolume,
    PersistentVolumeClaim,
    StorageClass,
    TopologySelectorTerm,
)
from k8smodels.scheduling.required_node_affinity import Term, matches_any
from k8smodels.scheduling.storage import Storage

NO_PROVISIONER = "kubernetes.io/no-provisioner"
"""The provisioner of classes whose volumes are made by hand."""


def is_reachable(volume: PersistentVolume, node: Node) -> bool:
    """Whether `node` can reach `volume`; every node can unless the volume says otherwise. Only labels count."""
    affinity = volume.spec.node_affinity
    if affinity is None or affinity.required is None:
        return True
    nameless = Node(metadata=ObjectMeta(labels=node.labels))
    return matches_any(map(Term.of, affinity.required.node_selector_terms), nameless)


def is_claimed_by(volume: PersistentVolume, claim: PersistentVolumeClaim) -> bool:
    """Whether `volume` is reserved for `claim`, or bound to it. UIDs, where both are known, must agree."""
    reference = volume.spec.claim_ref
    if reference is None or (reference.namespace, reference.name) != (claim.namespace, claim.name):
        return False
    return not reference.uid or not claim.metadata.uid or reference.uid == claim.metadata.uid


def is_large_and_alike(volume: PersistentVolume, claim: PersistentVolumeClaim) -> bool:
    """Whether `volume` is of the class of `claim`, large enough, of the form it asks for, and not being deleted."""
    return (
        volume.storage_class == claim.storage_class
        and volume.size >= claim.requested
        and (volume.spec.volume_mode or FILESYSTEM) == (claim.spec.volume_mode or FILESYSTEM)
        and volume.spec.volume_attributes_class_name == claim.spec.volume_attributes_class_name
        and not volume.metadata.deletion_timestamp
    )


def is_free_for(volume: PersistentVolume, claim: PersistentVolumeClaim) -> bool:
    """Whether `claim` may take the unclaimed `volume`: it is available, selected, and has all modes of access."""
    return (
        volume.status.phase == "Available"
        and (claim.spec.selector is None or selects(claim.spec.selector, volume.labels))
        and set(claim.spec.access_modes) <= set(volume.spec.access_modes)
    )


def selects(selector: LabelSelector | None, labels: Mapping[str, str]) -> bool:
    """Whether `selector` means an object with `labels`; one that is missing or cannot be read means none."""
    try:
        return as_selector(selector).matches(labels)
    except SelectorError:
        return False


def mismatch(volume: PersistentVolume, claim: PersistentVolumeClaim, node: Node) -> str | None:
    """Why `claim` cannot get `volume` on `node`: the first field of the API that does not fit; None if it can.

    A volume that is reserved for the claim need only be alike, large enough and within reach.
    """
    reserved = is_claimed_by(volume, claim)
    selector = claim.spec.selector
    conditions = {
        "storageClassName": volume.storage_class == claim.storage_class,
        "capacity": volume.size >= claim.requested,
        "volumeMode": (volume.spec.volume_mode or FILESYSTEM) == (claim.spec.volume_mode or FILESYSTEM),
        "volumeAttributesClassName": volume.spec.volume_attributes_class_name
        == claim.spec.volume_attributes_class_name,
        "deletionTimestamp": not volume.metadata.deletion_timestamp,
        "claimRef": reserved or volume.spec.claim_ref is None,
        "phase": reserved or volume.status.phase == "Available",
        "selector": reserved or selector is None or selects(selector, volume.labels),
        "accessModes": reserved or set(claim.spec.access_modes) <= set(volume.spec.access_modes),
        "nodeAffinity": is_reachable(volume, node),
    }
    return next((field for field, holds in conditions.items() if not holds), None)


def find_matching_volume(
    claim: PersistentVolumeClaim, volumes: Sequence[PersistentVolume], node: Node, taken: Container[str] = ()
) -> PersistentVolume | None:
    """The volume that `claim` gets on `node`: the one reserved for it, else the smallest that will do.

    A volume that is reserved for the claim rules out all others, also if the node cannot reach it. `taken` are the
    names of volumes that other claims of the pod get.
    """
    candidates = [volume for volume in volumes if volume.name not in taken and is_large_and_alike(volume, claim)]
    reserved = next((volume for volume in candidates if is_claimed_by(volume, claim)), None)
    if reserved is not None:
        return reserved if is_reachable(reserved, node) else None
    free = (volume for volume in candidates if volume.spec.claim_ref is None and is_free_for(volume, claim))
    return min((volume for volume in free if is_reachable(volume, node)), key=lambda volume: volume.size, default=None)


def can_provision(item: StorageClass, node: Node) -> bool:
    """Whether somebody makes volumes of the class `item` that `node` can reach."""
    return item.provisioner not in ("", NO_PROVISIONER) and matches_topology(item.allowed_topologies, node.labels)


def matches_topology(terms: Sequence[TopologySelectorTerm], labels: Mapping[str, str]) -> bool:
    """Whether one of `terms` holds for `labels`, or there is none at all."""
    return not terms or any(
        term.match_label_expressions
        and all(labels.get(item.key) in item.values for item in term.match_label_expressions)
        for term in terms
    )


def publishes_capacity(provisioner: str, storage: Storage) -> bool:
    """Whether the driver `provisioner` tells how much room it has left."""
    driver = storage.csi_driver_by_name.get(provisioner)
    return driver is not None and driver.spec.storage_capacity


def find_capacity(claim: PersistentVolumeClaim, node: Node, storage: Storage) -> CSIStorageCapacity | None:
    """Where there is room for `claim` that `node` can reach, as its driver tells; None if nowhere."""
    for capacity in storage.capacities:
        largest = capacity.largest_volume
        if capacity.storage_class_name != claim.storage_class or largest is None:
            continue
        if largest.value() >= claim.requested.value() and selects(capacity.node_topology, node.labels):
            return capacity
    return None
