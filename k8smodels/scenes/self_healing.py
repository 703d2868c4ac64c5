"""Scenes of the chapter *Self-healing*: what is lost, who brings it back, and what is the same afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from k8smodels.api.batch import Job
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Pod
from k8smodels.api.service import Service
from k8smodels.api.workload import Deployment
from k8smodels.controlplane import Behaviour, Cluster, Record
from k8smodels.controlplane.api_server import Caller
from k8smodels.i18n import _
from k8smodels.runtime import Program, pod_columns
from k8smodels.runtime.programs import Run
from k8smodels.views.controlplane.board import short_name
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.tables import table

__all__ = ["OWNERS", "TROUBLES", "USER", "Healing", "deployment", "heal", "service", "who_heals"]

USER = Caller("kubectl")
IMAGE = "web:1"
_PATIENCE_SECONDS = 900.0

OWNERS: Mapping[str, str] = {
    "a Deployment": "Deployment",
    "a Job": "Job",
    "nobody": "Always",
    "nobody, restartPolicy: Never": "Never",
}
"""Who owns the Pod, by what a reader chooses."""

TROUBLES: Mapping[str, str] = {
    "its container crashes": "container",
    "the Pod is deleted": "pod",
    "its machine dies": "node",
    "its program is broken": "program",
}
"""What is lost."""


def pod_spec(**fields: Any) -> dict[str, Any]:
    """A Pod's spec with one server in it."""
    return {"containers": [{"name": "server", "image": IMAGE}], **fields}


def deployment(replicas: int, **fields: Any) -> Deployment:
    """``web``: so many copies; `fields` go into the Pods' spec."""
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod_spec(**fields)}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return Deployment.from_json({"metadata": {"name": "web", "namespace": "default"}, "spec": spec})


def service() -> Service:
    """The Service in front of them."""
    spec = {"selector": {"app": "web"}, "ports": [{"port": 80}]}
    return Service.from_json({"metadata": {"name": "web", "namespace": "default"}, "spec": spec})


def _owner(kind: str) -> KubernetesObject:
    if kind == "Deployment":
        return deployment(1)
    metadata = {"name": "web", "namespace": "default"}
    if kind == "Job":
        template = {"metadata": {"labels": {"app": "web"}}, "spec": pod_spec(restartPolicy="Never")}
        return Job.from_json({"metadata": metadata, "spec": {"template": template}})
    labels = {"labels": {"app": "web"}}
    return Pod.from_json({"metadata": metadata | labels, "spec": pod_spec(restartPolicy=kind)})


@dataclass(frozen=True, slots=True)
class Healing:
    """What became of one Pod.

    Attributes
    ----------
    before, after
        The Pod that was lost, and the one that runs and is ready after it; None if there is none within 15 minutes.
    last
        The newest Pod that there is at the end; None if there is none.
    seconds
        How long it took.
    records
        What was written meanwhile, with seconds since the loss.
    """

    before: Pod
    after: Pod | None
    last: Pod | None
    seconds: float
    records: Sequence[tuple[float, Record]]

    @property
    def is_same(self) -> bool:
        """Whether it is the same object as before."""
        return self.after is not None and self.after.metadata.uid == self.before.metadata.uid


@lru_cache(maxsize=32)
def heal(trouble: str, owner: str, seed: int = 1) -> Healing:
    """Let a Pod run, break something, and wait.

    Parameters
    ----------
    trouble, owner
        Values of `TROUBLES` and `OWNERS`.
    seed
        Of the cluster.
    """
    program = Program(runs=(Run(3600),), stop_exit_code=143) if owner == "Job" else Program()
    cluster = Cluster.of(3, behaviours={IMAGE: Behaviour(program=program)}, seed=seed)
    cluster.create(_owner(owner), "kubectl")
    cluster.run(67)
    (before,) = cluster.pods()
    start, known = cluster.seconds, len(cluster.journal)
    _break(cluster, trouble, before)
    if trouble == "program":
        cluster.run(_PATIENCE_SECONDS)
    else:
        cluster.run_until(lambda each: _ready_again(each, before), within_seconds=_PATIENCE_SECONDS)
    new = [(record.at_seconds - start, record) for record in list(cluster.journal)[known:]]
    pods = [pod for pod in cluster.pods() if not pod.is_terminating]
    return Healing(before, _ready_again(cluster, before), pods[-1] if pods else None, cluster.seconds - start, new)


def _break(cluster: Cluster, trouble: str, pod: Pod) -> None:
    if trouble == "pod":
        cluster.server.delete("Pod", "default", pod.name, USER)
    elif trouble == "node":
        cluster.failures.crash_node(pod.spec.node_name)
    elif trouble == "program":
        broken = Behaviour(program=Program(runs=(Run(0.2, 1),)))
        cluster.failures.change_program(IMAGE, broken)
        cluster.failures.kill_container(pod.name, exit_code=1)
    else:
        cluster.failures.kill_container(pod.name, exit_code=1)


def _ready_again(cluster: Cluster, before: Pod) -> Pod | None:
    """The Pod that runs, and was made or started after the loss."""
    for pod in cluster.pods():
        columns = pod_columns(pod)
        is_new = pod.metadata.uid != before.metadata.uid or columns.restarts > 0
        if is_new and not pod.is_terminating and columns.status == "Running" and columns.ready == "1/1":
            return pod
    return None


def who_heals(trouble: str, owner: str) -> Frame:
    """Which loop acts, after how long, and what is new.

    Parameters
    ----------
    trouble, owner
        Keys of `TROUBLES` and `OWNERS`.
    """
    healing = heal(TROUBLES[trouble], OWNERS[owner])
    return Frame(join([_before_and_after(healing), _acts(healing.records)]), _says(healing))


def _before_and_after(healing: Healing) -> Html:
    before, after = healing.before, healing.after or healing.last
    rows = [
        (_("name"), short_name(before), short_name(after) if after else "–"),
        (_("node"), before.spec.node_name, (after.spec.node_name if after else "") or "–"),
        (_("IP address"), before.status.pod_ip, (after.status.pod_ip if after else "") or "–"),
        ("UID", before.metadata.uid[:8], after.metadata.uid[:8] if after else "–"),
        ("RESTARTS", 0, pod_columns(after).restarts if after else "–"),
        ("STATUS", pod_columns(before).status, pod_columns(after).status if after else "–"),
    ]
    marked = [(name, a, b if str(a) == str(b) else el("mark", str(b))) for name, a, b in rows]
    return table([_("the Pod"), _("before"), _("after")], marked)


def _told(record: Record) -> tuple[str, str] | None:
    """Who did what, if it is an act of the loops that heal."""
    component = "kubelet" if record.component.startswith("kubelet") else record.component
    words = {
        ("kubelet", "Started", "Pod"): _("starts the container"),
        ("node-lifecycle-controller", "patch", "Node"): _("puts taints on the node"),
        ("node-lifecycle-controller", "patch status", "Node"): _("calls the node Unknown"),
        ("taint-eviction-controller", "delete", "Pod"): _("deletes the Pod"),
        ("replicaset-controller", "create", "Pod"): _("makes a Pod"),
        ("job-controller", "create", "Pod"): _("makes a Pod"),
        ("default-scheduler", "bind", "Pod"): _("gives it a node"),
    }
    found = words.get((component, record.verb, record.kind))
    return None if found is None else (component, found)


def _acts(records: Iterable[tuple[float, Record]]) -> Html:
    """The first few acts of the loops that heal."""
    acts: list[tuple[str, str, str]] = []
    for at, record in records:
        told = _told(record)
        if told is not None and told not in [each[1:] for each in acts]:
            acts.append((f"{at:.1f} s", *told))
    if not acts:
        return el("p", _("No loop acts: none of them is missing anything."), class_="muted")
    return table([_("after"), _("who"), _("what, the first time")], acts)


def _says(healing: Healing) -> str:
    if healing.after is None and healing.last is None:
        return _("**Nobody heals it.** No controller counts this Pod, so nobody misses it.")
    if healing.after is None and healing.last is not None:
        return _("**Not healed** after 15 minutes. STATUS: {status}.").format(status=pod_columns(healing.last).status)
    if healing.is_same:
        return _("The **same Pod** runs again, on its node, within a second: only its container is new.")
    return _("**Another Pod** runs after {seconds} s. Nothing was moved.").format(seconds=f"{healing.seconds:.0f}")
