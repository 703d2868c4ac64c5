"""Scenes of the chapter on Deployments: rollouts in the simulated cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.workload import Deployment
from k8smodels.controlplane import Behaviour, Cluster, StatusError, Timing, ready_after
from k8smodels.controlplane.api_server import Caller
from k8smodels.controlplane.pod_counts import PodCounts, observe
from k8smodels.i18n import _
from k8smodels.runtime import Program, Run
from k8smodels.views.frame import Frame, error_frame
from k8smodels.views.html import Html
from k8smodels.views.isolation import grid
from k8smodels.views.workloads import rollout_chart
from k8smodels.workloads.deployment.fenceposts import (
    is_rolling_update,
    max_surge,
    max_unavailable,
    min_available,
)
from k8smodels.workloads.deployment.status import is_complete

USER = Caller("kubectl")
OLD, NEW = "web:1", "web:2"
NODES, STOP_SECONDS = 5, 2.0
PULLED = Timing(image_pull_seconds=0.0)
"""A cluster whose nodes have all images."""
SURGES, UNAVAILABLES = ("0", "1", "25%", "100%"), ("0", "1", "25%")
PROBE: Mapping[str, Any] = {"readinessProbe": {"httpGet": {"port": 80}, "periodSeconds": 1}}


def limit_of(text: str) -> int | str:
    """A limit as it stands in a manifest."""
    return text if text.endswith("%") else int(text)


def web(replicas: int = 10, image: str = OLD, *, probe: bool = True, **spec: Any) -> Deployment:
    """The Deployment ``web``, with `spec` in the API's own spelling."""
    container: dict[str, Any] = {"name": "web", "image": image, "resources": {"requests": {"cpu": "100m"}}}
    template = {
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [container | (dict(PROBE) if probe else {})]},
    }
    selector = {"matchLabels": {"app": "web"}}
    fields = {"replicas": replicas, "selector": selector, "template": template}
    return Deployment.from_json({"metadata": {"name": "web"}, "spec": fields | spec})


def rolling(surge: int | str, unavailable: int | str) -> dict[str, Any]:
    """The field ``strategy`` of a rolling update with these limits."""
    return {"strategy": {"rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}}


def with_image(item: Deployment, image: str) -> Deployment:
    """`item` with another image in its template."""
    template = item.spec.template
    (container, *others) = template.spec.containers
    containers = (replace(container, image=image), *others)
    changed = replace(template, spec=replace(template.spec, containers=containers))
    return replace(item, spec=replace(item.spec, template=changed))


def stored(cluster: Cluster) -> Deployment:
    """The one Deployment as the API server has it."""
    (item,) = (each for each in cluster.store.objects("Deployment") if isinstance(each, Deployment))
    return item


def edit(cluster: Cluster, change: Any) -> None:
    """What a user changes in the Deployment."""

    def changed(item: KubernetesObject) -> KubernetesObject:
        return change(item) if isinstance(item, Deployment) else item

    item = stored(cluster)
    cluster.server.patch("Deployment", item.namespace, item.name, changed, USER)


def set_image(cluster: Cluster, image: str = NEW) -> None:
    """What ``kubectl set image`` does to the first container."""
    edit(cluster, lambda item: with_image(item, image))


def complete(cluster: Cluster) -> bool:
    """Whether the controller has said that the rollout is complete."""
    item = stored(cluster)
    return is_complete(item, item.status)


def started(item: Deployment, behaviours: Mapping[str, Behaviour], timing: Timing = PULLED, seed: int = 1) -> Cluster:
    """A cluster in which `item` is complete and has been so for half a minute."""
    cluster = Cluster.of(NODES, behaviours=behaviours, timing=timing, seed=seed)
    cluster.create(item)
    cluster.run_until(complete)
    cluster.run(30)
    return cluster


def slow_start(seconds: float) -> Behaviour:
    """A server that needs so long until it answers, and a while to stop."""
    return ready_after(seconds, program=Program(stop_seconds=STOP_SECONDS))


@dataclass(frozen=True, slots=True)
class Rolled:
    """A rollout from the change of the image on.

    Attributes
    ----------
    deployment
        As it was at the end.
    counts
        Its pods over time.
    seconds
        Until it was complete, or until nobody looked any longer.
    complete
        Whether it was.
    """

    deployment: Deployment
    counts: tuple[PodCounts, ...]
    seconds: float
    complete: bool


def roll(item: Deployment, behaviours: Mapping[str, Behaviour], within_seconds: float = 600.0) -> Rolled:
    """`item` gets another image."""
    cluster = started(item, behaviours)
    set_image(cluster)
    counts = observe(cluster, item.name, until=complete, within_seconds=within_seconds)
    done = complete(cluster)
    return Rolled(stored(cluster), counts, counts[-1].at_seconds if done else within_seconds, done)


# A rolling update, with all its limits.


@lru_cache(maxsize=256)
def rolled(surge: str, unavailable: str, replicas: int, start: int) -> Rolled:
    """The rollout of so many pods with these limits; new ones need `start` seconds until they answer."""
    item = web(replicas, **rolling(limit_of(surge), limit_of(unavailable)))
    return roll(item, {OLD: slow_start(1), NEW: slow_start(start)})


def update(surge: str, unavailable: str, replicas: int, start: int) -> Frame:
    """A rolling update as a chart."""
    try:
        run = rolled(surge, unavailable, replicas, start)
    except StatusError as error:
        return error_frame(error)
    says = _("{sum} Complete after **{seconds} s**. Pods at once: {most}, with those that still stop {all}.")
    return Frame(
        chart(run, run.seconds),
        says.format(
            sum=arithmetic(run.deployment),
            seconds=round(run.seconds),
            most=max(each.total for each in run.counts),
            all=max(each.total + each.stopping for each in run.counts),
        ),
    )


def arithmetic(item: Deployment) -> str:
    """The two limits as sums."""
    wanted, surge, missing = item.spec.wanted_replicas, max_surge(item.spec), max_unavailable(item.spec)
    words = _("At most {wanted} + {surge} = **{most}** pods, at least {wanted} − {missing} = **{least}** available.")
    return words.format(wanted=wanted, surge=surge, missing=missing, most=wanted + surge, least=wanted - missing)


def chart(run: Rolled, end_seconds: float) -> Html:
    """The chart of a rollout, with the limits that it has."""
    spec = run.deployment.spec
    limited = is_rolling_update(spec)
    words = _("{n} old pods at first; never fewer than {least} available, never more than {most} in all")
    says = words.format(
        n=run.counts[0].old,
        least=min(each.available for each in run.counts),
        most=max(each.total for each in run.counts),
    )
    return rollout_chart(
        run.counts,
        1.04 * end_seconds + 0.2,
        at_most=spec.wanted_replicas + max_surge(spec) if limited else None,
        at_least=min_available(spec) if limited else None,
        says=says,
    )


SETTINGS: Sequence[tuple[str, str]] = (("25%", "25%"), ("1", "0"), ("0", "1"), ("100%", "0"))


def settings() -> Frame:
    """What four settings of the same update take and give."""
    runs = [rolled(surge, unavailable, 10, 5) for surge, unavailable in SETTINGS]
    rows = [
        (
            _("{surge} and {unavailable}").format(surge=surge, unavailable=unavailable),
            _("{n} s").format(n=round(run.seconds)),
            str(min(each.available for each in run.counts)),
            str(max(each.total for each in run.counts)),
        )
        for (surge, unavailable), run in zip(SETTINGS, runs, strict=True)
    ]
    head = [_("maxSurge and maxUnavailable"), _("takes"), _("least available"), _("most pods")]
    return Frame(grid(head, rows), _("Speed is bought with pods too many, or with pods too few."))


# Recreate.


@lru_cache(maxsize=8)
def replaced(strategy: str, start: int) -> Rolled:
    """The rollout by one of the two strategies."""
    return roll(web(10, strategy={"type": strategy}), {OLD: slow_start(1), NEW: slow_start(start)})


def strategies(strategy: str, start: int) -> Frame:
    """How long nothing is available, by strategy."""
    run = replaced(strategy, start)
    down = seconds_without(run.counts, run.seconds)
    says = _("Complete after **{seconds} s**. For **{down} s** not a single pod is available.")
    return Frame(chart(run, run.seconds), says.format(seconds=round(run.seconds), down=round(down)))


def seconds_without(counts: Sequence[PodCounts], end_seconds: float) -> float:
    """How long none was available."""
    ends = [each.at_seconds for each in counts[1:]] + [end_seconds]
    return sum(end - each.at_seconds for each, end in zip(counts, ends, strict=True) if each.available == 0)


# What readiness is good for.

WARM_UP_SECONDS, CRASH_SECONDS = 15, 8
PROBES: Mapping[str, str] = {"none": "none", "probe": "readinessProbe"}
FAULTS: Mapping[str, str] = {
    "warm": "needs 15 s until it can serve",
    "crash": "ends with an error after 8 s",
}


@lru_cache(maxsize=32)
def careful(fault: str, probe: str, min_ready: int) -> Rolled:
    """A rollout of a version with a weakness; what the cluster sees of it depends on probe and `min_ready`."""
    new = slow_start(WARM_UP_SECONDS)
    if fault == "crash":
        new = Behaviour(program=Program(runs=(Run(CRASH_SECONDS, 1),), stop_seconds=STOP_SECONDS))
    item = web(10, probe=probe == "probe", minReadySeconds=min_ready)
    return roll(item, {OLD: slow_start(1), NEW: new}, within_seconds=150)


def serving(fault: str, probe: str, min_ready: int) -> Frame:
    """What Kubernetes takes for available, and what became of the rollout."""
    run = careful(fault, probe, min_ready)
    said = _("Complete after **{n} s**. {truth}") if run.complete else _("Not complete after **{n} s**. {truth}")
    return Frame(chart(run, run.seconds), said.format(n=round(run.seconds), truth=_truth(fault, probe, run)))


def _truth(fault: str, probe: str, run: Rolled) -> str:
    """What users met."""
    if fault == "warm" and probe == "probe":
        return _("At no time could fewer than {n} pods serve.").format(n=min(each.available for each in run.counts))
    if fault == "warm":
        first = next(each.at_seconds for each in run.counts if each.ready)
        missing = first + WARM_UP_SECONDS - run.seconds
        if missing > 0:
            return _("And **no** pod can serve: the first one will in {n} s.").format(n=round(missing))
        return _("New pods got requests before they could serve.")
    if run.complete:
        return _("Seconds later **all** pods crash, and no old one is left.")
    return _("{n} old pods serve on.").format(n=min(each.old for each in run.counts))
