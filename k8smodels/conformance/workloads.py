"""Adapters of the suites ``workloads/...``: Deployments, ReplicaSets, autoscalers, Jobs and CronJobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from k8smodels.api.intstr import IntOrStringError
from k8smodels.api.pod import Pod
from k8smodels.api.times import parse_time
from k8smodels.api.workload import DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter
from k8smodels.workloads.deployment.fenceposts import max_surge, max_unavailable, min_available, resolve_fenceposts
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


_RUNS: Mapping[str, Callable[[JSON], JSON]] = {
    "fenceposts": fenceposts,
    "pod-deletion-order": pod_deletion_order,
}

SUITES: Mapping[str, Adapter] = {f"workloads/{name}": Adapter(run) for name, run in _RUNS.items()}
