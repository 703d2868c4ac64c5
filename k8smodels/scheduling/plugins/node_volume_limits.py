"""NodeVolumeLimits: how many volumes a CSI driver can attach to a node.

In-tree disks count with the driver that has taken them over, as far as they are modelled: GCE disks and EBS disks. Not
modelled: Azure, Cinder and Portworx disks that are not named by a class.

References
----------
pkg/scheduler/framework/plugins/nodevolumelimits: csi.go, utils.go (v1.37)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from k8smodels.api.csi import CSINode
from k8smodels.api.pod import Pod, Volume
from k8smodels.api.storage import PersistentVolume, PersistentVolumeClaim
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.decision import Rejection
from k8smodels.scheduling.framework import SKIP, FilterPlugin, PreFilterResult, Skip
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.plugins.volume_claims import CLAIM_NOT_FOUND, claim_name
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.storage import Storage

LIMIT_EXCEEDED = "node(s) exceed max volume count"
NOT_INSTALLED = "{driver} CSI driver is not installed on the node"
LOOKING_UP = "looking up PVC {namespace}/{name}: {problem}"

MIGRATED: Mapping[str, str] = {
    "kubernetes.io/aws-ebs": "ebs.csi.aws.com",
    "kubernetes.io/gce-pd": "pd.csi.storage.gke.io",
    "kubernetes.io/azure-disk": "disk.csi.azure.com",
    "kubernetes.io/cinder": "cinder.csi.openstack.org",
    "kubernetes.io/portworx-volume": "pxd.portworx.com",
}
"""The drivers that have taken over the in-tree plugins."""


class AttachedVolume(NamedTuple):
    """A volume as its driver knows it."""

    driver: str
    handle: str


def in_tree_disk(source: Volume | PersistentVolume) -> AttachedVolume | None:
    """The in-tree disk behind a volume, by the driver that has taken it over; None if it is none."""
    disks = source.spec if isinstance(source, PersistentVolume) else source
    if disks.gce_persistent_disk:
        return AttachedVolume(MIGRATED["kubernetes.io/gce-pd"], disks.gce_persistent_disk.pd_name)
    if disks.aws_elastic_block_store:
        return AttachedVolume(MIGRATED["kubernetes.io/aws-ebs"], disks.aws_elastic_block_store.volume_id)
    return None


def attachable(volume: PersistentVolume, csi_node: CSINode | None) -> AttachedVolume | None:
    """What is attached for `volume`; None if no CSI driver does that on the node."""
    if volume.spec.csi:
        return AttachedVolume(volume.spec.csi.driver, volume.spec.csi.volume_handle)
    return in_tree_disk(volume) if csi_node else None


def to_be_made(claim: PersistentVolumeClaim, storage: Storage, csi_node: CSINode | None) -> AttachedVolume | None:
    """The volume that `claim` will get from its class; None if the class has no driver on the node."""
    item = storage.class_by_name.get(claim.storage_class)
    if item is None or not item.provisioner:
        return None
    if item.provisioner in MIGRATED and csi_node is None:
        return None
    return AttachedVolume(MIGRATED.get(item.provisioner, item.provisioner), f"{claim.namespace}/{claim.name} unbound")


def attachable_volumes(pod: Pod, storage: Storage, csi_node: CSINode | None) -> Iterator[AttachedVolume]:
    """The volumes that `pod` needs attached. Claims that do not exist are passed over."""
    for source in pod.spec.volumes:
        name = claim_name(pod, source)
        if name is None:
            found = in_tree_disk(source) if csi_node else None
        elif claim := storage.claim_by_key.get((pod.namespace, name)):
            volume = storage.volume_by_name.get(claim.spec.volume_name)
            found = attachable(volume, csi_node) if volume else to_be_made(claim, storage, csi_node)
        else:
            found = None
        if found and found.driver and found.handle:
            yield found


def attached_otherwise(node: str, storage: Storage) -> Iterator[AttachedVolume]:
    """The CSI volumes that are attached to the node named `node`, whoever uses them."""
    for attachment in storage.attachments:
        volume = storage.volume_by_name.get(attachment.spec.source.persistent_volume_name)
        if attachment.spec.node_name == node and attachment.spec.attacher and volume and volume.spec.csi:
            yield AttachedVolume(attachment.spec.attacher, volume.spec.csi.volume_handle)


def limits(csi_node: CSINode | None) -> Mapping[str, int]:
    """How many volumes each driver can attach to the node; drivers without a limit are left out."""
    found = {}
    for driver in csi_node.spec.drivers if csi_node else ():
        if driver.allocatable and driver.allocatable.count is not None:
            found[driver.name] = driver.allocatable.count
    return found


def missing_driver(volumes: frozenset[AttachedVolume], storage: Storage, csi_node: CSINode | None) -> str | None:
    """A driver of `volumes` that does not run on the node and says that this matters; None if there is none."""
    running = {driver.name for driver in csi_node.spec.drivers} if csi_node else set()
    for name in sorted({volume.driver for volume in volumes} - running):
        driver = storage.csi_driver_by_name.get(name)
        if driver and driver.spec.prevent_pod_scheduling_if_missing:
            return name
    return None


def exceeds_limit(pod: Pod, node: NodeInfo, storage: Storage) -> bool:
    """Whether the volumes of `pod` are more than a driver can still attach to `node`.

    A volume that a pod of the node uses does not count again; one that is attached for nobody counts twice.
    """
    csi_node = storage.csi_node_by_name.get(node.name)
    used = {volume for other in node.pods for volume in attachable_volumes(other.pod, storage, csi_node)}
    attached = Counter(volume.driver for volume in used | set(attached_otherwise(node.name, storage)))
    new = Counter(volume.driver for volume in set(attachable_volumes(pod, storage, csi_node)) - used)
    allowed = limits(csi_node)
    return any(driver in allowed and attached[driver] + count > allowed[driver] for driver, count in new.items())


class NodeVolumeLimits(FilterPlugin):
    """Refuses nodes that cannot attach all volumes of the pod."""

    name = "NodeVolumeLimits"

    def pre_filter(self, pod: PodInfo, cluster: Cluster) -> PreFilterResult | Literal[Skip.SKIP]:
        """Nothing to do for a pod without claims and disks."""
        volumes = pod.pod.spec.volumes
        if any(claim_name(pod.pod, volume) is not None or in_tree_disk(volume) for volume in volumes):
            return PreFilterResult(state=cluster.storage)
        return SKIP

    def filter(self, state: Storage, pod: PodInfo, node: NodeInfo) -> Rejection | None:
        """Refuse a node that lacks a driver, or has too many volumes of one."""
        missing = _missing_claim(pod.pod, state)
        if missing:
            return self.reject("UnschedulableAndUnresolvable", missing)
        csi_node = state.csi_node_by_name.get(node.name)
        driver = missing_driver(frozenset(attachable_volumes(pod.pod, state, csi_node)), state, csi_node)
        if driver:
            return self.reject("Unschedulable", NOT_INSTALLED.format(driver=driver))
        return self.reject("Unschedulable", LIMIT_EXCEEDED) if exceeds_limit(pod.pod, node, state) else None


def _missing_claim(pod: Pod, storage: Storage) -> str | None:
    names = (claim_name(pod, volume) for volume in pod.spec.volumes)
    for name in names:
        if name is not None and (pod.namespace, name) not in storage.claim_by_key:
            problem = CLAIM_NOT_FOUND.format(name=name)
            return LOOKING_UP.format(namespace=pod.namespace, name=name, problem=problem)
    return None
