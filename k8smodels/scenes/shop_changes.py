"""The shop when something breaks, and when it gets a new version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import cast

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Pod
from k8smodels.api.workload import Deployment
from k8smodels.controlplane import Snapshot
from k8smodels.i18n import _
from k8smodels.runtime import pod_columns
from k8smodels.scenes.shop import BROKEN, NEW, USER, endpoints_of, open_shop
from k8smodels.views.controlplane.board import nodes_board, short_name
from k8smodels.views.frame import Frame
from k8smodels.views.html import join
from k8smodels.views.tables import table

__all__ = ["HEALING_STEPS", "ROLLING", "TROUBLES", "VERSIONS", "healed", "rolled"]

# 3. Healing.

TROUBLES: Mapping[str, str] = {
    "a container crashes": "container",
    "a Pod is deleted": "pod",
    "a machine dies": "node",
}
_HEALING: Mapping[str, tuple[float, ...]] = {
    "container": (0.0, 0.5, 2.0, 10.0),
    "pod": (0.0, 0.5, 2.0, 10.0),
    "node": (0.0, 30.0, 60.0, 370.0),
}
HEALING_STEPS = 4


def healed(text: str, trouble: str, step: int) -> Frame:
    """What has become of the shop so long after something broke."""
    kind = TROUBLES[trouble]
    moments, victims = _healed(text, kind)
    after, moment = _HEALING[kind][step], moments[step]
    names = {pod.name for pod in moment.of(Pod)} - {pod.name for pod in moments[0].of(Pod)} | set(victims)
    ready, _others = endpoints_of(moment, "frontend")
    pages = _("{n} of 3 Pods of the pages get requests.").format(n=len(ready))
    rows = [
        (short_name(pod), _where(pod), pod_columns(pod).status, pod_columns(pod).restarts)
        for pod in moment.of(Pod)
        if pod.name in names
    ]
    head = [_("Pod"), _("node, address"), "STATUS", _("restarts")]
    body = join([nodes_board(moment, names), table(head, rows)])
    return Frame(body, f"{_healing_says(kind, step, after)} {pages}")


def _where(pod: Pod) -> str:
    return ", ".join(part for part in (pod.spec.node_name, pod.status.pod_ip) if part) or "–"


def _healing_says(kind: str, step: int, after: float) -> str:
    if step == 0:
        return _("All is well.")
    seconds = _("**{seconds} s** after it:").format(seconds=f"{after:g}")
    told = {
        ("container", 1): _("the container has ended, and its kubelet, which looks once a second, has not seen it."),
        ("container", 2): _("the kubelet of the same machine has started it again: same Pod, same address."),
        ("container", 3): _("its probe has succeeded: it gets requests again."),
        ("pod", 1): _("the Pod is on its way out, and a controller has made **another** one."),
        ("pod", 2): _("the new Pod starts: another name, another address."),
        ("pod", 3): _("the new Pod is ready."),
        ("node", 1): _("nobody has noticed. The Pods of the dead machine still count as ready."),
        ("node", 2): _("the node counts as NotReady, and requests go elsewhere. Its Pods are still listed."),
        ("node", 3): _("after 300 s more its Pods were given up, and new ones run on other machines."),
    }[kind, step]
    return f"{seconds} {told}"


@lru_cache(maxsize=8)
def _healed(text: str, kind: str) -> tuple[tuple[Snapshot, ...], tuple[str, ...]]:
    cluster = open_shop(text)
    first = cluster.snapshot()
    (name, *_more) = sorted(pod.name for pod in first.of(Pod) if pod.labels["app"] == "frontend")
    pod = next(pod for pod in first.of(Pod) if pod.name == name)
    victims: tuple[str, ...] = (name,)
    if kind == "container":
        cluster.failures.kill_container(name)
    elif kind == "pod":
        cluster.server.delete("Pod", "default", name, USER)
    else:
        cluster.failures.crash_node(pod.spec.node_name)
        on_it = [each for each in first.of(Pod) if each.spec.node_name == pod.spec.node_name and not each.is_finished]
        victims = tuple(each.name for each in on_it)
    moments = [first]
    for before, after in zip(_HEALING[kind], _HEALING[kind][1:], strict=False):
        cluster.run(after - before)
        moments.append(cluster.snapshot())
    return tuple(moments), victims


# 4. Rollouts.

VERSIONS: Mapping[str, str] = {"1.5.0, a good one": NEW, "1.5.1, never ready": BROKEN}
ROLLING: Mapping[float, str] = {0.0: "before", 3.0: "3 s", 12.0: "12 s", 40.0: "40 s", 620.0: "10 min 20 s"}


def rolled(text: str, version: str, at_seconds: float) -> Frame:
    """The pages of the shop so long after a new version was applied."""
    moment = _rolled(text, VERSIONS[version])[at_seconds]
    pods = [pod for pod in moment.of(Pod) if pod.labels["app"] == "frontend"]
    image = VERSIONS[version]
    new = {pod.name for pod in pods if pod.spec.containers[0].image == image}
    ready, _others = endpoints_of(moment, "frontend")
    deployment = moment.get(Deployment, "frontend")
    reason = (
        next((each.reason for each in deployment.status.conditions if each.type == "Progressing"), "")
        if deployment
        else ""
    )
    rows = [
        (_("Pods of the old version"), len(pods) - len(new)),
        (_("Pods of the new version"), len(new)),
        (_("Pods that get requests"), len(ready)),
        (_("what the Deployment says (condition Progressing)"), reason),
    ]
    return Frame(
        join([nodes_board(moment, new), table([_("frontend"), _("now")], rows)]),
        _rolling_says(image, len(ready), reason, at_seconds),
    )


def _rolling_says(image: str, ready: int, reason: str, at_seconds: float) -> str:
    if at_seconds == 0:
        return _("Three Pods of version 1.4.0 answer.")
    if reason == "ProgressDeadlineExceeded":
        return _(
            "**Nothing was rolled back.** The Deployment says that it is stuck; {n} old Pods still answer."
        ).format(n=ready)
    if image == BROKEN:
        return _("The new Pod is not ready, so no old one goes: {n} Pods answer.").format(n=ready)
    if reason == "NewReplicaSetAvailable":
        return _("The rollout is complete. At every moment at least three Pods have answered.")
    return _("A new Pod comes first, then an old one goes: {n} Pods answer.").format(n=ready)


@lru_cache(maxsize=4)
def _rolled(text: str, image: str) -> Mapping[float, Snapshot]:
    cluster = open_shop(text)

    def upgraded(item: KubernetesObject) -> KubernetesObject:
        deployment = cast("Deployment", item)
        (container,) = deployment.spec.template.spec.containers
        spec = replace(deployment.spec.template.spec, containers=(replace(container, image=image),))
        return replace(deployment, spec=replace(deployment.spec, template=replace(deployment.spec.template, spec=spec)))

    moments = {0.0: cluster.snapshot()}
    cluster.server.patch("Deployment", "default", "frontend", upgraded, USER)
    start = cluster.seconds
    for at_seconds in [each for each in ROLLING if each]:
        cluster.run(start + at_seconds - cluster.seconds)
        moments[at_seconds] = cluster.snapshot()
    return moments
