"""The storage of a cluster: claims, volumes, classes and drivers, each where the plugins look for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from k8smodels.api.csi import CSIDriver, CSINode, CSIStorageCapacity, VolumeAttachment
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.storage import (
    BIND_COMPLETED,
    SELECTED_NODE,
    ObjectReference,
    PersistentVolume,
    PersistentVolumeClaim,
    StorageClass,
)
from k8smodels.scheduling.decision import VolumeBindings

ClaimKey = tuple[str, str]
"""Namespace and name of a claim."""


@dataclass(frozen=True)
class Storage:
    """Everything about volumes in a cluster.

    Attributes
    ----------
    claims, volumes, classes
        Wishes, what there is to fulfil them, and the kinds of it.
    csi_nodes, csi_drivers
        Where drivers run, and what they promise.
    capacities
        How much room the drivers say there is left.
    attachments
        Volumes that are attached to nodes.
    """

    claims: tuple[PersistentVolumeClaim, ...] = ()
    volumes: tuple[PersistentVolume, ...] = ()
    classes: tuple[StorageClass, ...] = ()
    csi_nodes: tuple[CSINode, ...] = ()
    csi_drivers: tuple[CSIDriver, ...] = ()
    capacities: tuple[CSIStorageCapacity, ...] = ()
    attachments: tuple[VolumeAttachment, ...] = ()

    @classmethod
    def of(cls, objects: Iterable[KubernetesObject]) -> Storage:
        """Those of `objects` that have to do with volumes."""
        items = list(objects)
        return cls(
            claims=tuple(item for item in items if isinstance(item, PersistentVolumeClaim)),
            volumes=tuple(item for item in items if isinstance(item, PersistentVolume)),
            classes=tuple(item for item in items if isinstance(item, StorageClass)),
            csi_nodes=tuple(item for item in items if isinstance(item, CSINode)),
            csi_drivers=tuple(item for item in items if isinstance(item, CSIDriver)),
            capacities=tuple(item for item in items if isinstance(item, CSIStorageCapacity)),
            attachments=tuple(item for item in items if isinstance(item, VolumeAttachment)),
        )

    @cached_property
    def claim_by_key(self) -> Mapping[ClaimKey, PersistentVolumeClaim]:
        """The claims by namespace and name."""
        return {(claim.namespace, claim.name): claim for claim in self.claims}

    @cached_property
    def volume_by_name(self) -> Mapping[str, PersistentVolume]:
        """The volumes by name."""
        return {volume.name: volume for volume in self.volumes}

    @cached_property
    def class_by_name(self) -> Mapping[str, StorageClass]:
        """The classes by name."""
        return {item.name: item for item in self.classes}

    @cached_property
    def csi_node_by_name(self) -> Mapping[str, CSINode]:
        """What drivers tell of nodes, by the node's name."""
        return {item.name: item for item in self.csi_nodes}

    @cached_property
    def csi_driver_by_name(self) -> Mapping[str, CSIDriver]:
        """The drivers by name."""
        return {item.name: item for item in self.csi_drivers}

    def with_bindings(self, namespace: str, node: str, bindings: VolumeBindings) -> Storage:
        """The storage after `bindings` for a pod of `namespace` on `node`.

        A claim that gets a volume is bound to it for good: the scheduler waits for the volume controller to say so. A
        claim for which a volume is to be made only carries the node's name, since what its driver makes is unknown.
        """
        if not bindings:
            return self
        taken = {volume: claim for claim, volume in bindings.static.items()}
        provisioned = set(bindings.provision)

        def after(claim: PersistentVolumeClaim) -> PersistentVolumeClaim:
            if claim.namespace != namespace:
                return claim
            if claim.name in bindings.static:
                return _bound(claim, bindings.static[claim.name])
            return _annotated(claim, SELECTED_NODE, node) if claim.name in provisioned else claim

        return replace(
            self,
            claims=tuple(map(after, self.claims)),
            volumes=tuple(
                _claimed(volume, self.claim_by_key[namespace, taken[volume.name]]) if volume.name in taken else volume
                for volume in self.volumes
            ),
        )


def _annotated(claim: PersistentVolumeClaim, key: str, value: str) -> PersistentVolumeClaim:
    annotations = {**claim.metadata.annotations, key: value}
    return replace(claim, metadata=replace(claim.metadata, annotations=annotations))


def _bound(claim: PersistentVolumeClaim, volume: str) -> PersistentVolumeClaim:
    marked = _annotated(claim, BIND_COMPLETED, "yes")
    return replace(marked, spec=replace(claim.spec, volume_name=volume), status=replace(claim.status, phase="Bound"))


def _claimed(volume: PersistentVolume, claim: PersistentVolumeClaim) -> PersistentVolume:
    reference = ObjectReference(
        api_version="v1", kind=claim.kind, namespace=claim.namespace, name=claim.name, uid=claim.metadata.uid
    )
    return replace(volume, spec=replace(volume.spec, claim_ref=reference), status=replace(volume.status, phase="Bound"))
