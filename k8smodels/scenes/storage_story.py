"""How a claim comes to its volume, step by step: who writes what into which object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from k8smodels.api.csi import VolumeAttachment, VolumeAttachmentSource, VolumeAttachmentSpec
from k8smodels.api.kinds import dump
from k8smodels.api.meta import KubernetesObject, ObjectMeta
from k8smodels.api.pod import Pod
from k8smodels.api.storage import PersistentVolume, PersistentVolumeClaim, PersistentVolumeStatus
from k8smodels.api.storage_objects import claim, persistent_volume, storage_class, using
from k8smodels.i18n import _
from k8smodels.scenes.storage import DRIVER, FAST, ZONE, busy, zonal_nodes
from k8smodels.scheduling import Cluster, Decision, schedule
from k8smodels.scheduling.decision import VolumeBindings
from k8smodels.scheduling.storage import Storage
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join

STEPS = 7
"""How many steps both stories have."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One write.

    Attributes
    ----------
    who
        The component that writes.
    says
        What it does, and why.
    objects
        What is of interest afterwards.
    """

    who: str
    says: str
    objects: tuple[KubernetesObject, ...]


def binding(mode: str, step: int) -> Frame:
    """Step `step` of the way from a claim to a running pod; new lines are marked."""
    now, *before = reversed(story(mode)[: step + 1])
    shown = join(el("div", el("pre", _marked(item, before), tabindex="0")) for item in now.objects)
    return Frame(join([el("p", el("b", now.who, class_="ob cp")), el("div", shown, class_="two")]), now.says)


@cache
def story(mode: str) -> tuple[Moment, ...]:
    """All moments under one of the two binding modes."""
    return _waiting() if mode == "WaitForFirstConsumer" else _immediate()


def _waiting() -> tuple[Moment, ...]:
    asked = claim("data", "10Gi", FAST)
    pod = using("data", name="db", requests={"cpu": "1"})
    decision, cluster = _schedule(pod, asked, wait=True)
    where = decision.node or ""
    annotated = _after(cluster.storage, decision.volumes, where)
    zone = cluster.node_infos[where].labels[ZONE]
    volume = persistent_volume("pvc-0c1", "10Gi", FAST, label=ZONE, reach=zone, claimed_by="data", driver=DRIVER)
    bound = _bound(annotated, volume.name)
    return (
        Moment(_("you"), _("A claim is written. Its class waits for a consumer, so nothing else happens."), (asked,)),
        Moment(_("you"), _("A Pod uses the claim: the first consumer is there."), (asked, pod)),
        Moment(
            "kube-scheduler",
            _(
                "It finds the nodes where a volume could be made, chooses **{node}** and writes its name into the "
                "claim. The Pod has no node yet."
            ).format(node=where),
            (annotated, pod),
        ),
        Moment(
            _("external-provisioner, beside the CSI driver"),
            _("The name tells the driver where: it makes a volume in **{zone}** and describes it in an object.").format(
                zone=zone
            ),
            (annotated, _new(volume)),
        ),
        Moment(
            _("kube-controller-manager: the volume controller"),
            _("The claim and the volume now point at each other, for good."),
            (bound, volume),
        ),
        Moment(
            "kube-scheduler",
            _("All this time it has held the place on **{node}**. Now it binds the Pod.").format(node=where),
            (bound, _on(pod, where)),
        ),
        _attached(volume.name, where, _on(pod, where)),
    )


def _immediate() -> tuple[Moment, ...]:
    asked = claim("data", "10Gi", FAST)
    volume = persistent_volume("pvc-0c1", "10Gi", FAST, label=ZONE, reach="zone-a", claimed_by="data", driver=DRIVER)
    bound = _bound(asked, volume.name)
    pod = using("data", name="db", requests={"cpu": "1"})
    decision, _cluster = _schedule(pod, bound, volume, wait=False)
    refused = _("The Pod comes last, and finds the volume where it is: {message}").format(message=decision.message)
    return (
        Moment(_("you"), _("A claim is written. Its class makes volumes at once."), (asked,)),
        Moment(
            _("external-provisioner, beside the CSI driver"),
            _("It knows of no Pod, so it takes a zone by itself: **zone-a**."),
            (asked, _new(volume)),
        ),
        Moment(
            _("kube-controller-manager: the volume controller"),
            _("The claim and the volume now point at each other, for good."),
            (bound, volume),
        ),
        Moment(_("you"), _("A Pod uses the claim."), (bound, pod)),
        Moment("kube-scheduler", refused, (volume, pod)),
        Moment(
            _("you"),
            _("Nobody moves a volume. You free a CPU on node-a instead, and the Pod is tried again."),
            (volume, pod),
        ),
        Moment("kube-scheduler", _("Now the Pod gets the node that the volume dictates."), (bound, _on(pod, "node-a"))),
    )


def _schedule(pod: Pod, *objects: KubernetesObject, wait: bool) -> tuple[Decision, Cluster]:
    """Decide about `pod` on three zones of which the first is full."""
    taken = [busy("node-a", "3500m"), busy("node-b", "1"), busy("node-c", "2")]
    cluster = Cluster.of([*zonal_nodes(), *taken, storage_class(FAST, DRIVER, wait=wait), *objects])
    return schedule(pod, cluster), cluster


def _after(storage: Storage, bindings: VolumeBindings, node: str) -> PersistentVolumeClaim:
    return storage.with_bindings("default", node, bindings).claim_by_key["default", "data"]


def _bound(asked: PersistentVolumeClaim, volume: str) -> PersistentVolumeClaim:
    return _after(Storage(claims=(asked,)), VolumeBindings({asked.name: volume}), "")


def _new(volume: PersistentVolume) -> PersistentVolume:
    return replace(volume, status=PersistentVolumeStatus(phase="Pending"))


def _on(pod: Pod, node: str) -> Pod:
    return replace(pod, spec=replace(pod.spec, node_name=node))


def _attached(volume: str, node: str, pod: Pod) -> Moment:
    source = VolumeAttachmentSource(persistent_volume_name=volume)
    spec = VolumeAttachmentSpec(attacher=DRIVER, node_name=node, source=source)
    attachment = VolumeAttachment(metadata=ObjectMeta(name="csi-5d2"), spec=spec)
    says = _(
        "The attach-detach controller writes that the volume is wanted on the node. The external-attacher reads it and "
        "has the driver attach the disk. Then the kubelet has it mounted, and starts the containers."
    )
    return Moment(_("kube-controller-manager, then the kubelet"), says, (attachment, pod))


def _marked(item: KubernetesObject, before: Sequence[Moment]) -> Html:
    """`item` as YAML: the lines marked that it did not have when it was shown last, or its kind if it is new."""
    earlier = (old for moment in before for old in moment.objects if (old.kind, old.name) == (item.kind, item.name))
    last = next(earlier, None)
    lines = dump([item]).splitlines()
    known = dump([last]).splitlines() if last else [line for line in lines if not line.startswith("kind: ")]
    return join(f"{line}\n" if line in known or not before else join([el("mark", line), "\n"]) for line in lines)
