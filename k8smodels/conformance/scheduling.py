"""Adapters of the suites ``scheduling/...``: filters, scores, cycles, sequences, preemption, volumes, the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from k8smodels.api.csi import CSIDriver, CSINode, CSIStorageCapacity
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Namespace, Node
from k8smodels.api.pod import Pod, pod
from k8smodels.api.policy import PodDisruptionBudget
from k8smodels.api.service import Service
from k8smodels.api.storage import PersistentVolume, PersistentVolumeClaim, StorageClass
from k8smodels.api.workload import ReplicaSet, StatefulSet
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.cycle import place, run_pre_bind, schedule
from k8smodels.scheduling.decision import Decision, Preemption, Rejection, VolumeBindings
from k8smodels.scheduling.filtering import run_pre_filters
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.profile import DEFAULT, Profile
from k8smodels.scheduling.queue import SchedulingQueue
from k8smodels.scheduling.scoring import run_scores

FILTERS = (
    "InterPodAffinity",
    "NodeAffinity",
    "NodeName",
    "NodePorts",
    "NodeResourcesFit",
    "NodeUnschedulable",
    "PodTopologySpread",
    "TaintToleration",
)
VOLUMES = ("VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding", "VolumeZone")
SCORES = (
    "ImageLocality",
    "InterPodAffinity",
    "NodeAffinity",
    "NodeResourcesBalancedAllocation",
    "NodeResourcesFit",
    "PodTopologySpread",
    "TaintToleration",
)

_KINDS: Mapping[str, type[KubernetesObject]] = {
    "nodes": Node,
    "pods": Pod,
    "namespaces": Namespace,
    "services": Service,
    "replicaSets": ReplicaSet,
    "statefulSets": StatefulSet,
    "podDisruptionBudgets": PodDisruptionBudget,
    "persistentVolumeClaims": PersistentVolumeClaim,
    "persistentVolumes": PersistentVolume,
    "storageClasses": StorageClass,
    "csiNodes": CSINode,
    "csiDrivers": CSIDriver,
    "csiStorageCapacities": CSIStorageCapacity,
}


def cycle(case: JSON) -> JSON:
    """The suite ``scheduling/cycle``."""
    decision = schedule(Pod.from_json(case["pod"]), _cluster(case))
    out = _filter(decision)
    if not decision.nodes:
        out = {}
    if any(result.scores for result in decision.nodes):
        out["scores"] = {result.node: _weighted(decision, result.node) for result in decision.feasible}
    if decision.best:
        out["best"] = list(decision.best)
    return out | _messages(decision)


def sequence(case: JSON) -> JSON:
    """The suite ``scheduling/sequence``."""
    decisions, _ = place(map(Pod.from_json, case["pending"]), _cluster(case))
    return [_step(decision) for decision in decisions]


def preemption(case: JSON) -> JSON:
    """The suite ``scheduling/preemption``."""
    cluster = _cluster(case)
    decision = schedule(Pod.from_json(case["pod"]), cluster)
    found = decision.preemption
    if found is None:
        return {"fits": True}
    out: dict[str, JSON] = {"message": decision.message}
    if found.candidates:
        out["candidates"] = {
            candidate.node: {"victims": list(candidate.victims), "pdbViolations": candidate.pdb_violations}
            for candidate in found.candidates
        }
        out["nominated"] = list(found.best)
    if len(found.best) <= 1:
        out |= {"postFilter": found.message} | _evictions(found, cluster)
    return out


def _evictions(found: Preemption, cluster: Cluster) -> dict[str, JSON]:
    """The pods that are deleted (not again if they are terminating), and those that lose their nomination."""
    terminating = {pod.name for pod in cluster.pods if pod.is_terminating}
    lists = {
        "victims": sorted(set(found.victims) - terminating),
        "clearedNominations": sorted(found.cleared_nominations),
    }
    return {name: names for name, names in lists.items() if names}


def filter_by(plugin: str, case: JSON) -> JSON:
    """The suites ``scheduling/filter-...``."""
    return _filter(schedule(Pod.from_json(case["pod"]), _cluster(case), _reduced(plugin, case)))


def score_by(plugin: str, case: JSON) -> JSON:
    """The suites ``scheduling/score-...``."""
    cluster, profile = _cluster(case), _reduced(plugin, case)
    nodes = list(cluster.node_infos.values())
    scores = run_scores(profile.scorers, PodInfo.of(Pod.from_json(case["pod"])), cluster, nodes)
    if not any(scores.values()):
        return {"skipped": True}
    return {
        "raw": {node: score.raw for node, (score,) in scores.items()},
        "normalized": {node: score.normalized for node, (score,) in scores.items()},
    }


def volume_binding(case: JSON) -> JSON:
    """The suite ``scheduling/volume-binding``."""
    pending, cluster, profile = Pod.from_json(case["pod"]), _cluster(case), DEFAULT.only(*VOLUMES)
    decision = schedule(pending, cluster, profile)
    out = _filter(decision)
    if decision.message:
        return out | {"message": decision.message}
    if len(decision.feasible) > 1:
        out["scores"] = {result.node: result.total for result in decision.feasible}
    state = run_pre_filters(profile.filters, PodInfo.of(pending), cluster)
    written = {result.node: run_pre_bind(state, cluster.node_infos[result.node]) for result in decision.feasible}
    bindings = {node: _bindings(volumes) for node, volumes in written.items() if volumes}
    return out | ({"bindings": bindings} if bindings else {})


def queue_order(case: JSON) -> JSON:
    """The suite ``scheduling/queue-order``."""
    queue = SchedulingQueue()
    for item in sorted(case["pods"], key=lambda item: item["addedAt"]):
        queue = queue.add(Pod.from_json(item["pod"]), item["addedAt"])
    names = []
    while queue.active:
        queued, queue = queue.pop()
        names.append(queued.pod.name)
    return names


def backoff(case: JSON) -> JSON:
    """The suite ``scheduling/backoff``."""
    queue, out = SchedulingQueue().add(pod("p"), 0), []
    for attempt in case["attempts"]:
        queued, queue = queue.pop()
        rejected_by = ["NodeResourcesFit"] if attempt["result"] == "unschedulable" else []
        queue = queue.fail(queued, attempt["failedAt"], rejected_by).move(attempt["eventAt"])
        waiting = (*queue.backoff, *queue.active)
        out.append({"backoffUntil": queue.backoff_until(waiting[0]), "queue": queue.place_of("p")})
        queue = queue.activate("p")
    return out


def _bindings(volumes: VolumeBindings) -> JSON:
    lists = {"static": dict(volumes.static), "provision": list(volumes.provision)}
    return {name: found for name, found in lists.items() if found}


def _cluster(case: JSON) -> Cluster:
    return Cluster.of(kind.from_json(item) for name, kind in _KINDS.items() for item in case.get(name) or ())


def _reduced(plugin: str, case: JSON) -> Profile:
    profile = DEFAULT.only(plugin)
    return profile.with_args(plugin, case["args"]) if case.get("args") else profile


def _filter(decision: Decision) -> dict[str, JSON]:
    if decision.pre_filter:
        return {"preFilter": _rejection(decision.pre_filter)}
    return {"filter": {result.node: result.rejection and _rejection(result.rejection) for result in decision.nodes}}


def _rejection(rejection: Rejection) -> JSON:
    plugin = {"plugin": rejection.plugin} if rejection.plugin else {}
    return {**plugin, "code": rejection.code, "reasons": list(rejection.reasons)}


def _weighted(decision: Decision, node: str) -> JSON:
    result = decision.result(node)
    return {score.plugin: score.weighted for score in result.scores if score.weighted} | {"total": result.total}


def _messages(decision: Decision) -> dict[str, JSON]:
    if not decision.message:
        return {}
    if decision.preemption is None or decision.preemption.node:
        return {"message": decision.message}
    return {"message": decision.message, "messageWithPreemption": decision.event_message}


def _step(decision: Decision) -> JSON:
    name = decision.pod.name
    if decision.node is None:
        return {"pod": name, "node": None, "messageWithPreemption": "", **_messages(decision)}
    return {"pod": name, "node": decision.node, "ties": len(decision.best)}


_RUNS: Mapping[str, Callable[[JSON], JSON]] = {
    "cycle": cycle,
    "sequence": sequence,
    "preemption": preemption,
    "volume-binding": volume_binding,
    "queue-order": queue_order,
    "backoff": backoff,
    **{f"filter-{plugin}": partial(filter_by, plugin) for plugin in FILTERS},
    **{f"score-{plugin}": partial(score_by, plugin) for plugin in SCORES},
}

SUITES: Mapping[str, Adapter] = {f"scheduling/{name}": Adapter(run) for name, run in _RUNS.items()}
