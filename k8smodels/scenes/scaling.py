"""Scenes of the chapter on scaling: a look of the controller, from samples to a number of replicas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.api.pod import Pod
from k8smodels.api.times import format_time, parse_time
from k8smodels.i18n import _
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.isolation import grid
from k8smodels.views.scaling import HPAEvent, described, formula_lines, group_table, hpa_listing
from k8smodels.views.services import terminal
from k8smodels.views.text import columns
from k8smodels.workloads.autoscaling.calculator import Estimate, Tolerance, from_utilization
from k8smodels.workloads.autoscaling.memory import Memory
from k8smodels.workloads.autoscaling.reconcile import Reconciliation, reconcile
from k8smodels.workloads.autoscaling.samples import PodSample, Samples

NOW = parse_time("2026-01-05T10:00:00Z")
REQUEST_MILLI = 200
QUEUE = "queue_length"


def autoscaler(metrics: Sequence[Any] | None = None, **spec: Any) -> HorizontalPodAutoscaler:
    """The autoscaler `web` of the Deployment `web`: by CPU, at 50 percent, between 2 and 20 pods."""
    fields = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "minReplicas": 2,
        "maxReplicas": 20,
        "metrics": [cpu_metric(50)] if metrics is None else list(metrics),
        **spec,
    }
    return HorizontalPodAutoscaler.from_json({"metadata": {"name": "web", "namespace": "shop"}, "spec": fields})


def cpu_metric(percent: int) -> Mapping[str, Any]:
    """A metric by CPU in percent of the requests."""
    target = {"type": "Utilization", "averageUtilization": percent}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def queue_metric(per_pod: int) -> Mapping[str, Any]:
    """A metric from outside: so many messages a pod."""
    target = {"type": "AverageValue", "averageValue": str(per_pod)}
    return {"type": "External", "external": {"metric": {"name": QUEUE}, "target": target}}


def pod(name: str, state: str = "ready", *, sidecar: bool = False) -> Pod:
    """A pod of `web`, up for an hour; one that is not ready started a minute ago."""
    is_ready = state != "not ready yet"
    started = NOW - timedelta(hours=1 if is_ready else 0, minutes=0 if is_ready else 1)
    containers: list[Any] = [{"name": "web", "resources": {"requests": {"cpu": f"{REQUEST_MILLI}m"}}}]
    if sidecar:
        containers.append({"name": "log"})
    metadata = {"name": name, "namespace": "shop", "labels": {"app": "web"}}
    if state == "being deleted":
        metadata["deletionTimestamp"] = format_time(NOW)
    since = format_time(started + timedelta(seconds=10))
    status = {
        "phase": "Running",
        "startTime": format_time(started),
        "conditions": [{"type": "Ready", "status": str(is_ready), "lastTransitionTime": since}],
    }
    return Pod.from_json({"metadata": metadata, "spec": {"containers": containers}, "status": status})


# One metric.

STATES = ("ready", "not ready yet", "without a sample", "being deleted")
ODD = 2
"""So many pods are in another state than ready."""


def estimated(pods: int, percent: int, target: int, state: str) -> Estimate:
    """What CPU asks for: `pods`, of which two are in `state`, the others at `percent` of their requests."""
    names = [f"web-{i}" for i in range(pods)]
    states = {name: state if i < ODD else "ready" for i, name in enumerate(names)}
    samples = {
        name: PodSample(percent * REQUEST_MILLI // 100, NOW) for name in names if states[name] != "without a sample"
    }
    found = [pod(name, states[name]) for name in names]
    return from_utilization(pods, found, samples, "cpu", "", target, Tolerance(), NOW)


def calculator(pods: int, percent: int, target: int, state: str) -> Frame:
    """The formula with its numbers."""
    estimate = estimated(pods, percent, target, state)
    uses = _("{percent} % of its request").format(percent=percent)
    says = _("From {pods} to **{n}** replicas.") if estimate.replicas != pods else _("{pods} replicas **stay**.")
    return Frame(
        join([group_table(estimate, uses, target), formula_lines(estimate, pods, target)]),
        says.format(pods=pods, n=estimate.replicas),
    )


# Several metrics.

CPU_ASKS: Mapping[str, int | None] = {"6": 75, "4": 50, "2": 20, "cannot be read": None}
QUEUE_ASKS: Mapping[str, int | None] = {"8": 75, "4": 40, "1": 10, "cannot be read": None}


def two_metrics(cpu: str, queue: str) -> Reconciliation:
    """One look at four pods, by CPU and by a queue."""
    names = [f"web-{i}" for i in range(4)]
    percent, length = CPU_ASKS[cpu], QUEUE_ASKS[queue]
    use = {} if percent is None else {name: PodSample(percent * REQUEST_MILLI // 100, NOW) for name in names}
    outside = {} if length is None else {QUEUE: (length * 1000,)}
    owner = autoscaler([cpu_metric(50), queue_metric(10)])
    return reconcile(owner, Memory(), 4, [pod(name) for name in names], Samples({"cpu": use}, external=outside), NOW)


def largest(cpu: str, queue: str) -> Frame:
    """What each metric asks for, and what follows."""
    done = two_metrics(cpu, queue)
    asked = [each.estimate.replicas if each.estimate else None for each in done.proposals]
    names = (_("CPU, at 50 %"), _("queue, 10 messages a pod"))
    rows = [
        [name, el("b", str(n)) if n is not None else _no(each.reason)]
        for name, n, each in zip(names, asked, done.proposals, strict=True)
    ]
    active = next(each for each in done.hpa.status.conditions if each.type == "ScalingActive")
    able = next(each for each in done.hpa.status.conditions if each.type == "AbleToScale")
    lines = [el("p", el("code", f"{each.type} {each.status}, {each.reason}")) for each in (active, able)]
    if done.replicas != 4:
        says = _("From 4 to **{n}**.").format(n=done.replicas)
    elif active.status == "False":
        says = _("**4 stay 4**: what cannot be read might have asked for more.")
    elif able.reason == "ScaleDownStabilized":
        says = _("All ask for less. **4 stay 4** for now, for the reason below.")
    else:
        says = _("**4 stay 4**.")
    return Frame(join([grid([_("metric"), _("asks for")], rows), *lines]), says)


def _no(reason: str) -> Html:
    return el("span", el("b", reason), class_="v no")


# The puzzle.


def puzzle_look() -> Reconciliation:
    """One look at the puzzle's pods: all of them have a second container, which requests nothing."""
    pods = [pod(f"web-{i}", sidecar=True) for i in range(4)]
    use = {each.name: PodSample(2 * REQUEST_MILLI * 9 // 10, NOW) for each in pods}
    owner = autoscaler()
    before = replace(owner, status=replace(owner.status, current_replicas=4, desired_replicas=4))
    return reconcile(before, Memory(), 4, pods, Samples({"cpu": use}), NOW)


def puzzle() -> Frame:
    """What kubectl prints in the puzzle."""
    used = [[f"web-{i}", *row] for i in range(4) for row in (("web", "350m"), ("log", "10m"))]
    text = "\n".join(
        [
            "$ kubectl get hpa -n shop",
            hpa_listing([puzzle_look().hpa], "34d"),
            "",
            "$ kubectl top pods -n shop --containers",
            columns(["POD", "NAME", "CPU(cores)"], used),
        ]
    )
    says = _("Each pod uses about 360m; `web` requests 200m. The target is 50 %. Nothing happens.")
    return Frame(terminal(text, _("what kubectl prints of the puzzle")), says)


def puzzle_described() -> str:
    """What `kubectl describe hpa` prints of the puzzle."""
    return described_look(puzzle_look(), "8s")


def described_look(done: Reconciliation, age: str) -> str:
    """What `kubectl describe hpa` prints after a look, with the look's events."""
    failed = [each for each in done.proposals if each.error]
    events = [HPAEvent("Warning", each.reason, age, each.cause) for each in failed]
    if done.error:
        events.append(HPAEvent("Warning", "FailedComputeMetricsReplicas", age, done.error))
    if done.event:
        events.append(HPAEvent("Normal", "SuccessfulRescale", age, done.event))
    return described(done.hpa, events)
