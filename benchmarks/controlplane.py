"""How large a simulated cluster may be: pods created, scheduled and running; heartbeats; a rollout; its memory.

KWOK, which simulates kubelets against a real control plane, names 20 nodes or pods a second as what it creates
(https://github.com/kubernetes-sigs/kwok, README).
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from benchmarks.figures import Figure
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.workload import Deployment
from k8smodels.controlplane import Cluster, Timing
from k8smodels.controlplane.api_server import Caller

NODES, PODS, DEPLOYMENTS = 1_000, 10_000, 10
KWOK_OBJECTS_PER_SECOND = 20.0
GROWTH = (100, 1_000, 3_000)
UNLIMITED = Timing(
    controller_qps=1e6, controller_burst=10**6, scheduler_qps=1e6, scheduler_burst=10**6, image_pull_seconds=0.0
)
"""Without limits on rates, which would only make virtual time longer."""


def deployment(name: str, replicas: int, image: str = "v1") -> Deployment:
    """Small pods with a readiness probe."""
    container = {
        "name": "c",
        "image": image,
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
        "readinessProbe": {"httpGet": {"path": "/", "port": 80}},
    }
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    return Deployment.from_json({"metadata": {"name": name}, "spec": spec})


def available(cluster: Cluster) -> int:
    """How many pods the Deployments count as available."""
    return sum(
        item.status.available_replicas for item in cluster.store.objects("Deployment") if isinstance(item, Deployment)
    )


def filled(nodes: int, pods: int) -> tuple[Cluster, float]:
    """A cluster with so many pods running, and the seconds that this took."""
    cluster = Cluster.of(nodes, timing=UNLIMITED, cpu="64", memory="256Gi")
    start = time.process_time()
    for i in range(DEPLOYMENTS):
        cluster.create(deployment(f"web-{i}", pods // DEPLOYMENTS))
    if not cluster.run_until(lambda each: available(each) == pods, step_seconds=1.0):
        raise RuntimeError("pods that do not run are no measurement")
    return cluster, time.process_time() - start


def large() -> None:
    """Print, as JSON: seconds to fill the cluster, seconds of ten idle minutes, and MiB."""
    cluster, fill_seconds = filled(NODES, PODS)
    start = time.process_time()
    cluster.run(600)
    idle_seconds = time.process_time() - start
    print(json.dumps([fill_seconds, idle_seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


def rollout_seconds(replicas: int = 500, nodes: int = 50) -> float:
    """Seconds of processor time of a rollout."""
    cluster = Cluster.of(nodes, pods=200, timing=UNLIMITED, cpu="64", memory="256Gi")
    cluster.create(deployment("web", replicas))
    cluster.run_until(lambda each: available(each) == replicas)

    def edited(item: KubernetesObject) -> KubernetesObject:
        return replace(cast("Deployment", item), spec=deployment("web", replicas, "v2").spec)

    start = time.process_time()
    cluster.server.patch("Deployment", "default", "web", edited, Caller("kubectl"))
    if not cluster.run_until(lambda each: _is_rolled_out(each, replicas)):
        raise RuntimeError("a rollout that does not end is no measurement")
    return time.process_time() - start


def _is_rolled_out(cluster: Cluster, replicas: int) -> bool:
    item = cast("Deployment", cluster.store.get("Deployment", "default", "web"))
    status = item.status
    counts = {status.updated_replicas, status.available_replicas, status.replicas}
    return status.observed_generation == item.metadata.generation and counts == {replicas}


def _large_figures() -> Iterator[Figure]:
    """In a process of its own, for the memory."""
    code = "from benchmarks.controlplane import large; large()"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    fill_seconds, idle_seconds, megabytes = json.loads(done.stdout)
    what = f"{NODES:,} nodes, {PODS:,} pods"
    yield Figure(f"created, scheduled, running: {what}", fill_seconds, "s", 20.0, "budget")
    yield Figure("the same, objects a second", PODS / fill_seconds, "1/s", KWOK_OBJECTS_PER_SECOND, "KWOK's rate")
    yield Figure(f"ten minutes idle: {what}", idle_seconds, "s", 5.0, "budget")
    yield Figure(f"memory: {what}", megabytes, "MiB", 1024.0, "budget")


def figures() -> list[Figure]:
    """Every figure of this subject; seconds are processor time."""
    found = list(_large_figures())
    found.append(Figure("rollout of 500 replicas on 50 nodes", rollout_seconds(), "s", 2.0, "budget"))
    for pods in GROWTH:
        seconds = filled(max(pods // 10, 10), pods)[1]
        found.append(Figure(f"{pods:,} pods on {max(pods // 10, 10)} nodes", seconds, "s"))
    return found
