"""Times of a real node beside those of the simulated one."""

from __future__ import annotations

import json
from dataclasses import replace

from k8smodels.api.container_life import HTTPGetAction, Probe
from k8smodels.api.kinds import load
from k8smodels.api.pod import Pod
from k8smodels.api.workload import Deployment
from k8smodels.controlplane import Cluster, Timing
from k8smodels.i18n import _
from k8smodels.runtime import pod_columns
from k8smodels.scenes.shop import USER
from k8smodels.scenes.shop_exercises import EXAMPLE
from k8smodels.views.frame import Frame
from k8smodels.views.tables import table

__all__ = ["beside"]


def beside(measured: str) -> Frame:
    """What was measured, and what the model takes for the same.

    Parameters
    ----------
    measured
        The text of ``measured-first-steps.json``.
    """
    real = json.loads(measured)["seconds"]
    ours = {"applied": _applied(), "container": _lost("container"), "pod": _lost("pod")}
    names = {
        "applied": _("three Pods are applied"),
        "container": _("a container is killed"),
        "pod": _("one of the three Pods is deleted"),
    }
    rows = [(names[key], f"{real[key]:.1f} s", f"{ours[key]:.1f} s") for key in names]
    head = [_("what happened; then: until all three are ready"), _("real"), _("model")]
    return Frame(
        table(head, rows),
        _("Seconds in both. The real machine, two busy cores, took two to four times as long."),
    )


def _cluster() -> Cluster:
    """One node that has the image already, and three Pods with a probe each second."""
    (item,) = (each for each in load(EXAMPLE) if isinstance(each, Deployment))
    (container,) = item.spec.template.spec.containers
    probe = Probe(http_get=HTTPGetAction(port=80), period_seconds=1)
    template = replace(
        item.spec.template,
        spec=replace(item.spec.template.spec, containers=(replace(container, readiness_probe=probe),)),
    )
    cluster = Cluster.of(1, timing=Timing(image_pull_seconds=0.0))
    cluster.create(replace(item, spec=replace(item.spec, template=template)))
    return cluster


def _all_ready(cluster: Cluster) -> bool:
    (item,) = cluster.store.objects("Deployment")
    return isinstance(item, Deployment) and item.status.ready_replicas == 3


def _applied() -> float:
    cluster = _cluster()
    cluster.run_until(_all_ready)
    return cluster.seconds


def _lost(what: str) -> float:
    """Seconds until all are ready again."""
    cluster = _cluster()
    cluster.run(20.3)
    (first, *_others) = cluster.pods()
    if what == "container":
        cluster.failures.kill_container(first.name)
    else:
        cluster.server.delete("Pod", "default", first.name, USER)
    start = cluster.seconds
    cluster.run_until(lambda each: _is_healed(each, first), step_seconds=0.01)
    return cluster.seconds - start


def _is_healed(cluster: Cluster, lost: Pod) -> bool:
    """Whether the lost pod is another one, or its container was started again, and all are ready."""
    pods = [pod for pod in cluster.pods() if not pod.is_terminating]
    same = [pod for pod in pods if pod.metadata.uid == lost.metadata.uid]
    restarted = all(pod.status.container_statuses[0].restart_count == 1 for pod in same)
    return restarted and [pod_columns(pod).ready for pod in pods] == ["1/1"] * 3
