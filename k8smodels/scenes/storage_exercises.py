"""Exercises of the chapter on storage: seeded cases whose answers the scheduler's model computes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from k8smodels.api.csi import CSIDriver, CSIDriverSpec
from k8smodels.api.meta import KubernetesObject, ObjectMeta
from k8smodels.api.node import Node, node
from k8smodels.api.pod import pod
from k8smodels.api.storage import PersistentVolume, PersistentVolumeClaim
from k8smodels.api.storage_objects import claim, persistent_volume, room, storage_class, using
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.storage import DRIVER, FAST, LOCAL, ZONE, ZONES, attaching_cluster, zonal_nodes
from k8smodels.scheduling import Cluster, Decision, place, schedule
from k8smodels.scheduling.plugins.volume_matching import find_matching_volume, mismatch
from k8smodels.views.html import bullets, el, inline, join
from k8smodels.views.scheduling.volumes import reach, short_modes
from k8smodels.views.tables import table

__all__ = ["count_the_attachments", "diagnose", "which_nodes_pass", "which_volume"]


def _reasons() -> dict[str, str]:
    """What a field that does not fit means, by its name."""
    return {
        "storageClassName": _("{volume}: another class."),
        "capacity": _("{volume}: too small."),
        "claimRef": _("{volume}: it belongs to another claim."),
        "accessModes": _("{volume}: lacks the access mode."),
        "nodeAffinity": _("{volume}: out of reach from this node."),
    }


def which_volume(seed: int) -> Task:
    """Ask which volume on the shelf a claim gets."""
    dice = dice_of(seed)
    where = dice.choice(zonal_nodes())
    zone = where.labels[ZONE]
    size, many = dice.choice([8, 15, 25]), dice.random() < 0.4
    asked = claim("data", f"{size}Gi", LOCAL, access_modes=("ReadWriteMany" if many else "ReadWriteOnce",))
    volumes = _shelf(dice, zone, size)
    taken = find_matching_volume(asked, volumes, where)
    name = taken.name if taken else _("none")
    rows = [
        [v.name, v.size, v.spec.storage_class_name, short_modes(v.spec.access_modes), reach(v), _owner(v)]
        for v in volumes
    ]
    head = [_("volume"), _("size"), _("class"), _("modes"), _("reached from"), _("claimed by")]
    ask = _(
        "The claim asks for {size} of the class `{item}`, `{mode}`. Its Pod is tried on `{node}` in {zone}."
    ).format(size=asked.requested, item=LOCAL, mode=asked.spec.access_modes[0], node=where.name, zone=zone)
    wrong = {v.name: _wrong_volume(v, asked, where) for v in volumes if v is not taken}
    return Task(
        join([el("p", inline(ask)), table(head, rows)]),
        [Step(_("Which volume does it get?"), name, options=[v.name for v in volumes] + [_("none")], wrong=wrong)],
        [
            _("Cross out what is too small, of another class, taken, out of reach, or without the access mode."),
            _("Of what is left, the smallest is taken."),
        ],
        bullets(_why(v, asked, where, chosen=v is taken) for v in volumes),
    )


def _why(volume: PersistentVolume, asked: PersistentVolumeClaim, where: Node, *, chosen: bool) -> str:
    if chosen:
        return _("{volume}: it fits, and is the smallest that does.").format(volume=volume.name)
    return _wrong_volume(volume, asked, where)


def _shelf(dice: random.Random, zone: str, size: int) -> list[PersistentVolume]:
    """Six volumes, most of which differ from what is asked for in one way."""
    other = dice.choice([name for name in ZONES if name != zone])
    both = ("ReadWriteOnce", "ReadWriteMany")
    sizes = dice.sample([size + 2, size + 5, size + 10, size + 20, size + 30], 5)
    made = [
        persistent_volume("vol-1", f"{size - 3}Gi", LOCAL, label=ZONE, reach=zone),
        persistent_volume("vol-2", f"{sizes[0]}Gi", LOCAL, label=ZONE, reach=other, access_modes=both),
        persistent_volume("vol-3", f"{sizes[1]}Gi", LOCAL, label=ZONE, reach=zone, claimed_by="logs"),
        persistent_volume("vol-4", f"{sizes[2]}Gi", LOCAL, label=ZONE, reach=zone, access_modes=both),
        persistent_volume("vol-5", f"{sizes[3]}Gi", LOCAL, label=ZONE, reach=zone),
        persistent_volume("vol-6", f"{sizes[4]}Gi", "shared", access_modes=both),
    ]
    order = dice.sample(made, len(made))
    return [replace(v, metadata=replace(v.metadata, name=f"vol-{i}")) for i, v in enumerate(order, 1)]


def _owner(volume: PersistentVolume) -> str:
    return volume.spec.claim_ref.name if volume.spec.claim_ref else ""


def _wrong_volume(volume: PersistentVolume, asked: PersistentVolumeClaim, where: Node) -> str:
    field = mismatch(volume, asked, where)
    if field is None:
        return _("{volume}: it would do, but a smaller one would, too.").format(volume=volume.name)
    return _reasons()[field].format(volume=volume.name)


def which_nodes_pass(seed: int) -> Task:
    """Ask where a pod with one bound claim and one that waits can go."""
    dice = dice_of(seed)
    left = {zone: dice.choice([10, 40, 80, 160]) for zone in ZONES}
    size = dice.choice([20, 50])
    zone = dice.choice([*ZONES, ""])
    rooms = [room(f"room-{name[-1]}", FAST, ZONE, name, capacity=f"{amount}Gi") for name, amount in left.items()]
    nodes = zonal_nodes()
    objects: list[KubernetesObject] = [
        *nodes,
        storage_class(FAST, DRIVER),
        CSIDriver(metadata=ObjectMeta(name=DRIVER), spec=CSIDriverSpec(storage_capacity=True)),
        *rooms,
        claim("cache", f"{size}Gi", FAST),
        claim("data", "10Gi", LOCAL, "vol-1"),
        persistent_volume("vol-1", "10Gi", LOCAL, label=ZONE, reach=zone, claimed_by="data"),
    ]
    decision = schedule(using("data", "cache", name="db"), Cluster.of(objects))
    none = _("none of them")
    passing = frozenset(result.node for result in decision.feasible) or frozenset({none})
    said = [
        _("A Pod uses two claims."),
        _("`data` is bound to `vol-1`, which {reach} can reach.").format(reach=zone or _("every zone")),
        _("`cache` waits: it asks for {size} Gi of a class whose driver tells how much room is left.").format(
            size=size
        ),
    ]
    rows = [[item.labels[ZONE], item.name, f"{left[item.labels[ZONE]]} Gi"] for item in nodes]
    return Task(
        join([*(el("p", inline(line)) for line in said), table([_("zone"), _("node"), _("room left")], rows)]),
        [
            Step(
                _("Which nodes pass `VolumeBinding`?"),
                passing,
                options=[*(item.name for item in nodes), none],
                wrong={result.node: _node_reason(decision, result.node) for result in decision.nodes}
                | {none: _("Look at each node once more: can it serve both claims?")},
            )
        ],
        [
            _("Both claims must be served on the same node."),
            _("The bound claim: only where its volume can be reached. The waiting one: only where there is room."),
        ],
        bullets(_node_reason(decision, result.node) for result in decision.nodes),
    )


def _node_reason(decision: Decision, name: str) -> str:
    rejection = decision.result(name).rejection
    reason = ", ".join(rejection.reasons) if rejection else _("it passes")
    return _("{node}: {reason}.").format(node=name, reason=reason)


def count_the_attachments(seed: int) -> Task:
    """Ask how many pods with one volume each fit on two nodes."""
    dice = dice_of(seed)
    limit, cpu = dice.choice([2, 3, 4, 5]), dice.choice([400, 500, 600, 800, 1300, 1500])
    if limit == 4000 // cpu:
        limit += dice.choice([-1, 1])  # never both at once
    pods = [using(f"data-{i}", name=f"db-{i}", requests={"cpu": f"{cpu}m"}) for i in range(12)]
    decisions, _cluster = place(pods, attaching_cluster(limit, len(pods)))
    placed = sum(decision.node is not None for decision in decisions)
    by_cpu = 2 * (4000 // cpu)
    refused = next(decision for decision in decisions if decision.node is None)
    plugin = next(result.rejection.plugin for result in refused.nodes if result.rejection) or ""
    text = _(
        "Two nodes of 4 CPUs. The driver can attach {limit} volumes to each. Pods arrive, each with a claim of its own "
        "and a request of {cpu} CPU."
    ).format(limit=limit, cpu=f"{cpu / 1000:g}")
    wrong = {}
    if by_cpu != placed:
        wrong[str(by_cpu)] = _("That counts CPUs only. Each Pod also needs a volume attached.")
    if 2 * limit != placed:
        wrong[str(2 * limit)] = _("That counts volumes only. Each Pod also needs its CPU on one node.")
    return Task(
        el("p", text),
        [
            Step(_("How many of them get a node?"), placed, wrong=wrong, why=_("Count on one node, then double it.")),
            Step(
                _("Which plugin refuses the next one?"),
                plugin,
                options=("NodeResourcesFit", "NodeVolumeLimits", "VolumeBinding"),
                why=_("Whichever of the two runs out first."),
            ),
        ],
        [_("Two limits hold on each node: CPUs and attachments."), _("The smaller of the two counts.")],
        bullets(
            [
                _("By CPU: 4 / {cpu} → {n} on each node.").format(cpu=f"{cpu / 1000:g}", n=4000 // cpu),
                _("By attachments: {n} on each node.").format(n=limit),
                refused.message,
            ]
        ),
    )


def diagnose(seed: int) -> Task:
    """Show the event of a pod with a claim that waits, and ask for the cause."""
    dice = dice_of(seed)
    cases = _cases()
    at = seed % len(cases)  # another message each time
    event, cause, look = cases[at]
    causes = [text for _event, text, _look in cases]
    wrong = {
        text: _("That would be said in other words: {event}").format(event=other.partition(": ")[2])
        for other, text, _look in cases
        if text != cause
    }
    options = dice.sample(causes, len(causes))
    return Task(
        el("pre", event, tabindex="0"),
        [Step(_("What is the cause?"), cause, options=options, wrong=wrong)],
        [
            _("Which object do the words speak about: the claim, the volume, or the node?"),
            _("The table of messages above has this one."),
        ],
        join([el("p", cause), el("p", inline(look))]),
    )


def _cases() -> list[tuple[str, str, str]]:
    """Messages of the model, each with what brings it about, and where to look."""
    far = [
        claim("data", "1Gi", FAST, "vol-1"),
        persistent_volume("vol-1", "1Gi", FAST, label=ZONE, reach="zone-z", claimed_by="data"),
    ]
    held = [
        claim("data", "1Gi", FAST, "vol-1", access_modes=("ReadWriteOncePod",)),
        persistent_volume("vol-1", "1Gi", FAST, claimed_by="data", access_modes=("ReadWriteOncePod",)),
        using("data", name="other", node_name="node-a"),
    ]
    return [
        (
            _message([]),
            _("The claim does not exist in the Pod's namespace."),
            _("Look with `kubectl get pvc`: a wrong name, or the wrong namespace."),
        ),
        (
            _message([claim("data", "1Gi", FAST), storage_class(FAST, DRIVER, wait=False)]),
            _("The class binds at once, and the claim has no volume yet."),
            _("Look with `kubectl describe pvc`: its events say what the driver answered."),
        ),
        (
            _message(far),
            _("The volume exists in a place that no node can reach."),
            _("Look at the volume's `nodeAffinity`, and at the labels of the nodes."),
        ),
        (
            _message([claim("data", "1Gi", LOCAL), storage_class(LOCAL, "kubernetes.io/no-provisioner")]),
            _("Nobody makes volumes of this class, and none of those that were made by hand fits."),
            _("Look with `kubectl get pv`: class, size, modes, and who has claimed them."),
        ),
        (
            _message(held),
            _("Another Pod uses the claim, and the claim allows one only."),
            _("Look for the other Pod: `kubectl describe pvc` names it under Used By."),
        ),
    ]


def _message(objects: Sequence[KubernetesObject]) -> str:
    nodes = [*zonal_nodes(), node("node-d", cpu="4", labels={ZONE: "zone-b"})]
    return schedule(using("data", name="db"), Cluster.of([*nodes, pod("app", node_name="node-b"), *objects])).message
