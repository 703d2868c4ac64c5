"""Scenes of the chapter on storage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k8smodels.api.csi import (
    CSIDriver,
    CSIDriverSpec,
    CSINode,
    CSINodeDriver,
    CSINodeSpec,
    VolumeNodeResources,
)
from k8smodels.api.kinds import load
from k8smodels.api.meta import KubernetesObject, ObjectMeta
from k8smodels.api.node import Node, node
from k8smodels.api.pod import Pod, pod
from k8smodels.api.storage import PersistentVolume, PersistentVolumeClaim
from k8smodels.api.storage_objects import claim, persistent_volume, room, storage_class, using
from k8smodels.api.validation import validate
from k8smodels.i18n import _
from k8smodels.scheduling import Cluster, Decision, place, schedule
from k8smodels.scheduling.plugins.volume_matching import find_matching_volume, mismatch
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, join
from k8smodels.views.scheduling import cluster_board, decided, plugin_scores
from k8smodels.views.scheduling.volumes import claim_table, volume_table

ZONE = "topology.kubernetes.io/zone"
DRIVER = "disk.csi.example.com"
ZONES = ("zone-a", "zone-b", "zone-c")
MODES = ("Immediate", "WaitForFirstConsumer")
FAST, LOCAL = "fast", "local-ssd"


def zonal_nodes(cpu: str = "4") -> list[Node]:
    """One node in each zone."""
    return [node(f"node-{zone[-1]}", cpu=cpu, memory="16Gi", labels={ZONE: zone}) for zone in ZONES]


def busy(on: str, cpu: str) -> Pod:
    """What runs on a node already."""
    return pod(f"app-{on[-1]}", requests={"cpu": cpu}, node_name=on)


# Which comes first, the volume or the node?


def first(mode: str, made_in: str = "zone-a", cpu: float = 1.0) -> Frame:
    """`db` with a claim whose volume is made at once in the zone `made_in`, or only when a node is chosen."""
    decision, cluster = first_decision(mode, made_in, cpu)
    board = cluster_board(decision, cluster, resources=("cpu",))
    return Frame(join([board, claim_table(decision, cluster)]), decided(decision))


def first_decision(mode: str, made_in: str, cpu: float) -> tuple[Decision, Cluster]:
    """The decision about `db`, and the cluster that it was made for: node-a is nearly full, the others are not."""
    waits = mode == "WaitForFirstConsumer"
    objects: list[KubernetesObject] = [storage_class(FAST, DRIVER, wait=waits)]
    if waits:
        objects.append(claim("data", "10Gi", FAST))
    else:
        objects += [
            claim("data", "10Gi", FAST, "vol-1"),
            persistent_volume("vol-1", "10Gi", FAST, label=ZONE, reach=made_in, claimed_by="data", driver=DRIVER),
        ]
    taken = [busy("node-a", "3500m"), busy("node-b", "1"), busy("node-c", "2")]
    cluster = Cluster.of([*zonal_nodes(), *taken, *objects])
    return schedule(using("data", name="db", requests={"cpu": str(cpu)}), cluster), cluster


# Volumes that are there already.


def shelf() -> list[PersistentVolume]:
    """Six volumes made by hand, in two zones."""
    both = ("ReadWriteOnce", "ReadWriteMany")
    return [
        persistent_volume("a-5", "5Gi", LOCAL, label=ZONE, reach="zone-a"),
        persistent_volume("a-20", "20Gi", LOCAL, label=ZONE, reach="zone-a", claimed_by="logs"),
        persistent_volume("a-50", "50Gi", LOCAL, label=ZONE, reach="zone-a"),
        persistent_volume("a-80", "80Gi", LOCAL, label=ZONE, reach="zone-a", access_modes=both),
        persistent_volume("b-20", "20Gi", LOCAL, label=ZONE, reach="zone-b"),
        persistent_volume("nfs-90", "90Gi", "shared", access_modes=both),
    ]


def matching(size: int, mode: str, on: str) -> Frame:
    """Which volume on the shelf a claim of `size` Gi with this access mode gets on a node of the zone `on`."""
    asked = claim("data", f"{size}Gi", LOCAL, access_modes=(mode,))
    where = next(item for item in zonal_nodes() if item.labels[ZONE] == on)
    volumes = shelf()
    taken = find_matching_volume(asked, volumes, where)
    fitting = sum(mismatch(volume, asked, where) is None for volume in volumes)
    if taken is None:
        says = _("On **{node}** no volume will do: with this claim its Pod cannot go there.").format(node=where.name)
    else:
        says = _("On **{node}** {n} of {all} volumes will do. The claim gets the smallest: **{volume}**.").format(
            node=where.name, n=fitting, all=len(volumes), volume=taken.name
        )
    return Frame(volume_table(volumes, asked, where), says)


# Room for new volumes.


ROOM_GI = {"zone-a": 40, "zone-b": 200, "zone-c": 100}
"""What the driver has left in each zone."""


def free_room(size: int, told: bool) -> Frame:
    """A claim of `size` Gi, and drivers that tell how much room is left in each zone, or do not."""
    spec = CSIDriverSpec(storage_capacity=told)
    rooms = [room(f"room-{zone[-1]}", FAST, ZONE, zone, capacity=f"{size}Gi") for zone, size in ROOM_GI.items()]
    objects = [storage_class(FAST, DRIVER), CSIDriver(metadata=ObjectMeta(name=DRIVER), spec=spec)]
    taken = [busy("node-b", "2"), busy("node-c", "1500m")]
    cluster = Cluster.of([*zonal_nodes(), *taken, *objects, claim("data", f"{size}Gi", FAST), *rooms])
    decision = schedule(using("data", name="db", requests={"cpu": "1"}), cluster)
    scores = plugin_scores(decision, "VolumeBinding") if told and any(r.scores for r in decision.nodes) else None
    left = el("p", _("Room left: 40 Gi in zone-a, 200 Gi in zone-b, 100 Gi in zone-c."), class_="muted")
    parts = [left, cluster_board(decision, cluster, resources=("cpu",)), claim_table(decision, cluster), scores]
    says = decided(decision)
    if decision.node == "node-a" and size > ROOM_GI["zone-a"]:
        fails = _(
            "**{pod}** is sent to **{node}**, and there its driver fails: {left} Gi are left. Then all starts anew."
        )
        says = fails.format(pod=decision.pod.name, node=decision.node, left=ROOM_GI["zone-a"])
    return Frame(join(parts), says)


# One volume, two pods.


def second_pod(mode: str, zone: str) -> Frame:
    """A second pod with the claim of the first, which runs on node-a1; the second node of the zone has room."""
    nodes = [
        node("node-a1", cpu="2", labels={ZONE: "zone-a"}),
        node("node-a2", cpu="4", labels={ZONE: "zone-a"}),
        node("node-b1", cpu="8", labels={ZONE: "zone-b"}),
    ]
    reach = zone if zone in ZONES else ""
    volume = persistent_volume("vol-1", "10Gi", FAST, label=ZONE, reach=reach, claimed_by="data", access_modes=(mode,))
    held = claim("data", "10Gi", FAST, "vol-1", access_modes=(mode,))
    there = using("data", name="one", node_name="node-a1", requests={"cpu": "1500m"})
    cluster = Cluster.of([*nodes, volume, held, there, storage_class(FAST, DRIVER)])
    decision = schedule(using("data", name="two", requests={"cpu": "1"}), cluster)
    board = cluster_board(decision, cluster, resources=("cpu",))
    says = decided(decision)
    if mode == "ReadWriteOnce" and decision.node not in (None, "node-a1"):
        hangs = _(
            "**{pod}** goes to **{node}**, and hangs there in ContainerCreating: Multi-Attach error for the volume."
        )
        says = hangs.format(pod=decision.pod.name, node=decision.node)
    return Frame(join([board, claim_table(decision, cluster)]), says)


# How many volumes a node can have.


def attach(limit: int, step: int) -> Frame:
    """Pods of one volume each on two nodes that a driver can attach `limit` volumes to; the last is number `step`."""
    cluster = attaching_cluster(limit)
    pods = [using(f"data-{i}", name=f"db-{i}", requests={"cpu": "200m"}) for i in range(step + 1)]
    _before, cluster = place(pods[:-1], cluster)
    decision = schedule(pods[-1], cluster)
    return Frame(cluster_board(decision, cluster, resources=("cpu",)), decided(decision))


def attaching_cluster(limit: int, claims: int = 8) -> Cluster:
    """Two nodes of 4 CPUs, and `claims` claims that wait."""
    resources = VolumeNodeResources(count=limit)
    names = ("node-1", "node-2")
    drivers = [
        CSINode(
            metadata=ObjectMeta(name=name),
            spec=CSINodeSpec(drivers=(CSINodeDriver(name=DRIVER, node_id=name, allocatable=resources),)),
        )
        for name in names
    ]
    waiting: Sequence[PersistentVolumeClaim] = [claim(f"data-{i}", "1Gi", FAST) for i in range(claims)]
    return Cluster.of([*(node(name, cpu="4") for name in names), *drivers, storage_class(FAST, DRIVER), *waiting])


# The reader's own claim.


def lands_on(name: str, text: str, objects: Iterable[KubernetesObject]) -> str:
    """Say in one sentence whether the pod in `text`, with the claims written beside it, gets the node `name`."""
    try:
        items = load(text)
        for item in items:
            validate(item)
        cluster = Cluster.of([*objects, *items])
    except ValueError as error:
        return str(error)
    pods = [item for item in items if isinstance(item, Pod)]
    if len(pods) != 1 or len(items) == 1:
        return _("Give one Pod and at least one claim, as two documents with a line --- between them.")
    if pods[0].spec.node_name or pods[0].spec.node_selector or pods[0].spec.affinity:
        return _("Let the volume decide: leave out nodeName, nodeSelector and affinity.")
    decision = schedule(pods[0], cluster)
    others = [result.node for result in decision.feasible if result.node != name]
    if decision.node != name:
        return _("Not yet: {why}").format(why=decided(decision).replace("**", ""))
    if others:
        return _("Not for sure: {others} can take it, too.").format(others=", ".join(others))
    bindings = {**decision.volumes.static, **dict.fromkeys(decision.volumes.provision, _("a new volume"))}
    gets = ", ".join(f"{claim_name}: {volume}" for claim_name, volume in bindings.items())
    return _("Done: only {name} passes. {gets}").format(name=name, gets=gets)
