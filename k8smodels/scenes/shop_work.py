"""The Job of the shop, and its autoscaler."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.api.batch import Job
from k8smodels.api.pod import Pod
from k8smodels.api.workload import Deployment
from k8smodels.controlplane import Snapshot
from k8smodels.i18n import _
from k8smodels.runtime import pod_columns
from k8smodels.scenes.shop import open_shop, shop
from k8smodels.views.controlplane.board import nodes_board, short_name
from k8smodels.views.frame import Frame
from k8smodels.views.html import join
from k8smodels.views.tables import table

__all__ = ["JOB_STEPS", "LOADS", "SCALING", "running_job", "scaled"]

# 5. A job.

JOB_STEPS: Mapping[float, str] = {0.5: "0.5 s", 8.0: "8 s", 15.0: "15 s", 18.0: "18 s", 35.0: "35 s"}


def running_job(text: str, at_seconds: float) -> Frame:
    """How far the Job `fill-catalog` is."""
    moment = _job(text)[at_seconds]
    (item,) = moment.of(Job)
    pods = [pod for pod in moment.of(Pod) if pod.labels.get("app") == "fill-catalog"]
    rows = [(short_name(pod), pod.spec.node_name or "–", pod_columns(pod).status) for pod in pods]
    status = item.status
    says = _("{done} of 4 parts are done, {active} run.").format(done=status.succeeded, active=status.active)
    ended = sum(pod.is_finished for pod in pods)
    if ended > status.succeeded:
        says = _("Two Pods have ended, and their kubelets have said so; the controller counts them within a second.")
    if item.finished:
        says = _("The Job is **{state}**. Its Pods stay, ended, so that their logs can be read.").format(
            state=item.finished
        )
    return Frame(table([_("Pod"), _("node"), "STATUS"], rows), says)


@lru_cache(maxsize=2)
def _job(text: str) -> Mapping[float, Snapshot]:
    cluster = shop(text)
    moments = {}
    for at_seconds in JOB_STEPS:
        cluster.run(at_seconds - cluster.seconds)
        moments[at_seconds] = cluster.snapshot()
    return moments


# 6. Scaling.

LOADS: Mapping[str, int] = {"a busy day: 0.6 cpu": 600, "a sale: 1.2 cpu": 1200}
SCALING: Mapping[float, str] = {
    0.0: "before",
    10.0: "10 s",
    30.0: "30 s",
    300.0: "5 min",
    420.0: "7 min: they have left",
    900.0: "15 min",
}
LOAD_ENDS_SECONDS = 360.0


def scaled(text: str, load: str, at_seconds: float) -> Frame:
    """How many pages there are so long after visitors came; after six minutes they leave."""
    moment = _scaled(text, LOADS[load])[at_seconds]
    (autoscaler,) = moment.of(HorizontalPodAutoscaler)
    deployment = moment.get(Deployment, "frontend")
    replicas = (deployment.spec.replicas or 0) if deployment else 0
    metrics = [each.resource.current.average_utilization for each in autoscaler.status.current_metrics if each.resource]
    used = f"{metrics[0]} %" if metrics and metrics[0] is not None else "–"
    rows = [
        (_("cpu that each Pod uses, of what it requests"), used),
        (_("the aim"), "50 %"),
        (_("Pods that are wanted"), replicas),
        (_("allowed: at least, at most"), f"{autoscaler.spec.min_replicas}, {autoscaler.spec.max_replicas}"),
    ]
    new = {pod.name for pod in moment.of(Pod) if pod.labels["app"] == "frontend"}
    return Frame(
        join([nodes_board(moment, new), table([_("frontend"), _("now")], rows)]), _scaling_says(replicas, at_seconds)
    )


def _scaling_says(replicas: int, at_seconds: float) -> str:
    if at_seconds == 0:
        return _("Three Pods, the least that is allowed.")
    if at_seconds < LOAD_ENDS_SECONDS:
        return _("{n} Pods share the visitors.").format(n=replicas)
    if at_seconds < 600:
        return _(
            "The visitors have left a minute ago, and all {n} Pods are still there: going down waits five minutes."
        ).format(n=replicas)
    return _("{n} Pods again.").format(n=replicas)


@lru_cache(maxsize=8)
def _scaled(text: str, milli_cpu: int) -> Mapping[float, Snapshot]:
    cluster = open_shop(text)
    cluster.run(60)
    start = cluster.seconds
    cluster.metrics.load({"app": "frontend"}, lambda seconds: milli_cpu if seconds - start < LOAD_ENDS_SECONDS else 0)
    moments = {}
    for at_seconds in SCALING:
        if start + at_seconds > cluster.seconds:
            cluster.run(start + at_seconds - cluster.seconds)
        moments[at_seconds] = cluster.snapshot()
    return moments
