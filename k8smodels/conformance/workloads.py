"""Adapters of the suites ``workloads/...``: Deployments, ReplicaSets, autoscalers, Jobs and CronJobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from k8smodels.api.intstr import IntOrStringError
from k8smodels.api.pod import Pod
from k8smodels.api.times import parse_time
from k8smodels.api.workload import Deployment, DeploymentSpec, DeploymentStrategy, ReplicaSet, RollingUpdateDeployment
from k8smodels.conformance.autoscalers import hpa
from k8smodels.conformance.cronjobs import cron_job, cron_schedule
from k8smodels.conformance.jobs import job
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter
from k8smodels.workloads.deployment.fenceposts import max_surge, max_unavailable, min_available, resolve_fenceposts
from k8smodels.workloads.deployment.revisions import revision, size
from k8smodels.workloads.deployment.world import EPOCH, DeploymentWorld, image_of
from k8smodels.workloads.replicaset.deletion_order import pods_to_delete


def fenceposts(case: JSON) -> JSON:
    """The suite ``workloads/fenceposts``."""
    surge, unavailable, replicas = case["maxSurge"], case["maxUnavailable"], case["replicas"]
    limits = RollingUpdateDeployment(max_surge=surge, max_unavailable=unavailable)
    spec = DeploymentSpec(replicas=replicas, strategy=DeploymentStrategy(rolling_update=limits))
    try:
        resolved = resolve_fenceposts(surge, unavailable, replicas)
    except IntOrStringError as error:
        return {"error": str(error)}
    used = {"maxSurge": max_surge(spec), "maxUnavailable": max_unavailable(spec), "minAvailable": min_available(spec)}
    return {**resolved._asdict(), **used}


def pod_deletion_order(case: JSON) -> JSON:
    """The suite ``workloads/pod-deletion-order``."""
    pods = [Pod.from_json(item) for item in case["pods"]]
    related = [*pods, *map(Pod.from_json, case.get("related", ()))]
    return [doomed.pod.name for doomed in pods_to_delete(pods, related, len(pods) - 1, parse_time(case["now"]))]


def rolling_update(case: JSON) -> JSON:
    """The suite ``workloads/rolling-update``."""
    world, states = DeploymentWorld.of(Deployment.from_json(case["deployment"])), []
    for step in case["ops"]:
        world = _moved(world.later(step.get("tick", 1)), step)
        states.append(_state(world))
    return states


def _moved(world: DeploymentWorld, step: JSON) -> DeploymentWorld:
    if "sync" in step:
        return world.sync()
    if "ready" in step:
        world = world.set_ready(step["ready"]["image"], step["ready"]["n"], ready=True)
    elif "unready" in step:
        world = world.set_ready(step["unready"]["image"], step["unready"]["n"], ready=False)
    elif "delete" in step:
        world = world.delete(step["delete"]["image"], step["delete"]["n"])
    elif "set" in step:
        world = world.edit(_edited(world.deployment.spec, step["set"]))
    return world.settle()


def _edited(spec: DeploymentSpec, edit: JSON) -> DeploymentSpec:
    fields = spec.to_json()
    fields |= {name: edit[name] for name in ("replicas", "paused") if name in edit}
    if "image" in edit:
        fields["template"]["spec"]["containers"][0]["image"] = edit["image"]
    limits = {name: edit[name] for name in ("maxSurge", "maxUnavailable") if name in edit}
    if limits:
        fields.setdefault("strategy", {}).setdefault("rollingUpdate", {}).update(limits)
    return DeploymentSpec.from_json(fields)


def _state(world: DeploymentWorld) -> JSON:
    status, metadata = world.deployment.status, world.deployment.metadata
    return {
        "t": (world.now - EPOCH).total_seconds(),
        "rs": [_replica_set(each) for each in world.replica_sets],
        "status": [
            status.replicas,
            status.updated_replicas,
            status.ready_replicas,
            status.available_replicas,
            status.unavailable_replicas,
        ],
        "conditions": [f"{each.type}={each.status}/{each.reason}" for each in status.conditions],
        "generation": [metadata.generation, status.observed_generation],
    }


def _replica_set(item: ReplicaSet) -> JSON:
    status = item.status
    counts = [size(item), status.replicas, status.ready_replicas, status.available_replicas]
    return [image_of(item), *counts, revision(item)]


_RUNS: Mapping[str, Callable[[JSON], JSON]] = {
    "cron-schedule": cron_schedule,
    "cronjob": cron_job,
    "fenceposts": fenceposts,
    "hpa": hpa,
    "job": job,
    "pod-deletion-order": pod_deletion_order,
    "rolling-update": rolling_update,
}

SUITES: Mapping[str, Adapter] = {f"workloads/{name}": Adapter(run) for name, run in _RUNS.items()}
