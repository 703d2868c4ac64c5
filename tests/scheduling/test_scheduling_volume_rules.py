from __future__ import annotations

from dataclasses import replace

import pytest
from storage_objects import DRIVER, N0, WAITING, ZONE, claim, decide, reasons, using, volume

from k8smodels.api.csi import (
    CSIDriver,
    CSIDriverSpec,
    CSINode,
    CSINodeDriver,
    CSINodeSpec,
    VolumeAttachment,
    VolumeAttachmentSource,
    VolumeAttachmentSpec,
    VolumeNodeResources,
)
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.node import node
from k8smodels.api.pod import Volume, pod
from k8smodels.api.storage import PersistentVolume
from k8smodels.api.volume_sources import (
    AWSElasticBlockStoreVolumeSource,
    GCEPersistentDiskVolumeSource,
    ISCSIVolumeSource,
    RBDVolumeSource,
)
from k8smodels.scheduling import DEFAULT, Cluster, schedule
from k8smodels.scheduling.plugins.volume_restrictions import disks_conflict

ONE_POD = ("ReadWriteOncePod",)
IN_USE = (
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
)


def test_a_claim_for_one_pod_is_refused_on_every_node_while_it_is_used() -> None:
    objects = [claim("c", volume="v", access_modes=ONE_POD), volume("v")]
    assert decide(using("c"), *objects).node == "n0"
    decision = decide(using("c"), *objects, using("c", name="user", node_name="n1"))
    assert reasons(decision) == {"n0": (IN_USE,), "n1": (IN_USE,)}
    assert decide(using("c"), *objects, using("c", name="user", node_name="n1", namespace="other")).node == "n0"


def test_preemption_frees_a_claim_for_one_pod() -> None:
    objects = [claim("c", volume="v", access_modes=ONE_POD), volume("v")]
    decision = decide(using("c", priority=10), *objects, using("c", name="user", node_name="n1"))
    assert decision.preemption is not None
    assert (decision.preemption.node, decision.preemption.victims) == ("n1", ("user",))


def gce(read_only: bool) -> Volume:
    return Volume(name="v", gce_persistent_disk=GCEPersistentDiskVolumeSource(pd_name="d", read_only=read_only))


def ebs(name: str, read_only: bool = False) -> Volume:
    source = AWSElasticBlockStoreVolumeSource(volume_id=name, read_only=read_only)
    return Volume(name="v", aws_elastic_block_store=source)


def iscsi(read_only: bool) -> Volume:
    return Volume(name="v", iscsi=ISCSIVolumeSource(iqn="iqn.2001-04.com.example:disk", read_only=read_only))


def rbd(*monitors: str, pool: str = "", read_only: bool = False) -> Volume:
    return Volume(name="v", rbd=RBDVolumeSource(monitors=monitors, image="i", pool=pool, read_only=read_only))


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        (gce(False), gce(True), True),
        (gce(True), gce(True), False),
        (ebs("a", True), ebs("a", True), True),
        (ebs("a"), ebs("b"), False),
        (iscsi(False), iscsi(True), True),
        (iscsi(True), iscsi(True), False),
        (rbd("m1", "m2"), rbd("m2", "m3", pool="rbd"), True),
        (rbd("m1"), rbd("m2"), False),
        (rbd("m1"), rbd("m1", pool="other"), False),
        (rbd("m1", read_only=True), rbd("m1", read_only=True), False),
        (gce(False), ebs("d"), False),
        (Volume(name="v"), Volume(name="v"), False),
    ],
)
def test_a_disk_that_is_written_to_serves_one_node(one: Volume, other: Volume, conflict: bool) -> None:
    assert disks_conflict(one, other) == disks_conflict(other, one) == conflict
    decision = decide(pod("p", volumes=(one,)), pod("user", volumes=(other,), node_name="n0"))
    assert reasons(decision) == {"n0": ("node(s) had no available disk",) if conflict else (), "n1": ()}


def zoned(name: str, label: str, value: str) -> PersistentVolume:
    made = volume(name)
    return replace(made, metadata=replace(made.metadata, labels={label: value}))


@pytest.mark.parametrize(
    ("label", "value", "nodes"),
    [
        (ZONE, "z1", {"n1", "everywhere"}),
        (ZONE, "z0__z1", {"n0", "n1", "everywhere"}),
        (ZONE, "z1__", {"n0", "n1", "everywhere"}),
        ("failure-domain.beta.kubernetes.io/zone", "z1", {"n1", "everywhere"}),
        ("topology.kubernetes.io/region", "r", {"everywhere"}),
        ("example.com/zone", "z1", {"n0", "n1", "everywhere"}),
    ],
)
def test_a_volume_stays_in_its_zone(label: str, value: str, nodes: set[str]) -> None:
    everywhere = node("everywhere", cpu="4")
    decision = decide(using("c"), everywhere, claim("c", volume="v"), zoned("v", label, value))
    assert {result.node for result in decision.feasible} == nodes
    refused = {result.rejection.reasons for result in decision.nodes if result.rejection}
    assert refused <= {("node(s) had no available volume zone",)}


def driver_on(name: str, count: int | None = None) -> CSINode:
    driver = CSINodeDriver(name=DRIVER, allocatable=VolumeNodeResources(count=count))
    return CSINode(metadata=ObjectMeta(name=name), spec=CSINodeSpec(drivers=(driver,)))


FULL = ("node(s) exceed max volume count",)


@pytest.mark.parametrize(("count", "fits"), [(0, False), (1, False), (2, True), (None, True)])
def test_a_driver_attaches_so_many_volumes(count: int | None, fits: bool) -> None:
    objects = [claim("c", volume="v"), claim("d", volume="w"), volume("v"), volume("w"), driver_on("n0", count)]
    decision = decide(using("c"), *objects, using("d", name="user", node_name="n0"))
    assert reasons(decision) == {"n0": () if fits else FULL, "n1": ()}


def test_a_volume_that_is_there_does_not_count_again() -> None:
    objects = [claim("c", volume="v"), volume("v"), driver_on("n0", 1)]
    assert reasons(decide(using("c"), *objects, using("c", name="user", node_name="n0"))) == {"n0": (), "n1": ()}


def test_volumes_that_are_still_to_be_made_count() -> None:
    claims = [claim("c", item="fast"), claim("d", item="fast")]
    assert reasons(decide(using("c", "d"), WAITING, *claims, driver_on("n0", 1))) == {"n0": FULL, "n1": ()}


def test_a_volume_that_is_attached_for_nobody_counts() -> None:
    source = VolumeAttachmentSource(persistent_volume_name="w")
    attached = VolumeAttachment(
        metadata=ObjectMeta(name="a"), spec=VolumeAttachmentSpec(attacher=DRIVER, node_name="n0", source=source)
    )
    objects = [claim("c", volume="v"), volume("v"), volume("w"), driver_on("n0", 1)]
    assert reasons(decide(using("c"), *objects)) == {"n0": (), "n1": ()}
    assert reasons(decide(using("c"), *objects, attached)) == {"n0": FULL, "n1": ()}


def test_in_tree_disks_count_with_the_driver_that_took_them_over() -> None:
    driver = CSINodeDriver(name="ebs.csi.aws.com", allocatable=VolumeNodeResources(count=1))
    taken_over = CSINode(metadata=ObjectMeta(name="n0"), spec=CSINodeSpec(drivers=(driver,)))
    user = pod("user", volumes=(ebs("a"),), node_name="n0")
    assert reasons(decide(pod("p", volumes=(ebs("b"),)), taken_over, user)) == {"n0": FULL, "n1": ()}


def test_a_driver_may_insist_on_running_on_the_node() -> None:
    insisting = CSIDriver(metadata=ObjectMeta(name=DRIVER), spec=CSIDriverSpec(prevent_pod_scheduling_if_missing=True))
    decision = decide(using("c"), claim("c", volume="v"), volume("v"), insisting, driver_on("n0"))
    assert reasons(decision) == {"n0": (), "n1": (f"{DRIVER} CSI driver is not installed on the node",)}


def test_node_volume_limits_by_itself_looks_claims_up() -> None:
    decision = schedule(using("c"), Cluster.of([N0]), DEFAULT.only("NodeVolumeLimits"))
    assert reasons(decision) == {"n0": ('looking up PVC default/c: persistentvolumeclaim "c" not found',)}
