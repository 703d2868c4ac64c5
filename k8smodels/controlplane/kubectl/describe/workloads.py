"""``kubectl describe`` of Deployments, ReplicaSets and Jobs.

References
----------
k8s.io/kubectl/pkg/describe/describe.go: describeDeployment, describeReplicaSet, describeJob,
getPodStatusForController (v1.37)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from k8smodels.api.batch import Job
from k8smodels.api.selectors import LabelSelector, as_selector, format_label_selector
from k8smodels.api.structure import mappings
from k8smodels.api.times import parse_time
from k8smodels.api.workload import Deployment, ReplicaSet
from k8smodels.controlplane.kubectl.ages import human_duration, rfc1123
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.describe.template import template
from k8smodels.controlplane.kubectl.describe.writer import Writer
from k8smodels.controlplane.kubectl.find import key_order
from k8smodels.controlplane.kubectl.raw import text
from k8smodels.workloads.deployment.revisions import new_replica_set

_MOST_INDEXES = 50


def replica_sets_of(call: Call, deployment: Deployment) -> list[ReplicaSet]:
    """The ReplicaSets that belong to a Deployment, by name."""
    items = call.cluster.store.objects("ReplicaSet", deployment.metadata.namespace)
    mine = [
        item
        for item in items
        if isinstance(item, ReplicaSet) and item.metadata.controller_uid == deployment.metadata.uid
    ]
    return sorted(mine, key=key_order)


def describe_deployment(out: Writer, item: Deployment, call: Call) -> None:
    """A Deployment with its template, its conditions and its ReplicaSets."""
    spec, status = item.spec, item.status
    out.head(item.metadata)
    out.field("CreationTimestamp", rfc1123(item.metadata.creation_timestamp))
    out.marks(item.metadata)
    out.field("Selector", as_selector(spec.selector))
    numbers = (
        f"{item.spec.wanted_replicas} desired | {status.updated_replicas} updated | {status.replicas} total"
        f" | {status.available_replicas} available | {status.unavailable_replicas} unavailable"
    )
    out.field("Replicas", numbers)
    _strategy(out, item)
    template(out, spec.template)
    if status.conditions:
        out.line("Conditions:")
        rows = [(f"{each.type} ", each.status, each.reason) for each in status.conditions]
        out.table(("Type", "Status", "Reason"), rows)
    all_sets = replica_sets_of(call, item)
    new = new_replica_set(item, all_sets)
    if all_sets:
        out.field("OldReplicaSets", _sets(each for each in all_sets if each != new))
        out.field("NewReplicaSet", _sets([new] if new else []))


def describe_replica_set(out: Writer, item: ReplicaSet, call: Call) -> None:
    """A ReplicaSet with its template and how its pods are."""
    out.head(item.metadata)
    out.field("Selector", format_label_selector(item.spec.selector))
    out.marks(item.metadata)
    out.controlled_by(item)
    out.field("Replicas", f"{item.status.replicas} current / {item.spec.wanted_replicas} desired")
    pods = call.cluster.pods(item.metadata.namespace)
    phases = Counter(pod.status.phase for pod in pods if pod.metadata.controller_uid == item.metadata.uid)
    words = {"Running": "Running", "Pending": "Waiting", "Succeeded": "Succeeded", "Failed": "Failed"}
    out.field("Pods Status", " / ".join(f"{phases[phase]} {word}" for phase, word in words.items()))
    template(out, item.spec.template)
    if conditions := mappings(item.status.unknown.get("conditions")):
        out.line("Conditions:")
        rows = [
            (f"{text(each.get('type'))} ", text(each.get("status")), text(each.get("reason"))) for each in conditions
        ]
        out.table(("Type", "Status", "Reason"), rows)


def describe_job(out: Writer, item: Job, _call: Call) -> None:
    """A Job with its limits and how its pods did."""
    spec = item.spec
    out.head(item.metadata)
    selector = spec.unknown.get("selector")
    out.field("Selector", as_selector(LabelSelector.from_json(selector) if selector else None))
    out.marks(item.metadata)
    out.controlled_by(item)
    out.field("Parallelism", 1 if spec.parallelism is None else spec.parallelism)
    out.field("Completions", "<unset>" if spec.completions is None else spec.completions)
    out.field("Completion Mode", spec.completion_mode or "NonIndexed")
    out.field("Suspend", str(spec.suspend).lower())
    out.field("Backoff Limit", 6 if spec.backoff_limit is None else spec.backoff_limit)
    out.field_if("TTL Seconds After Finished", spec.ttl_seconds_after_finished)
    _job_times(out, item)
    _job_pods(out, item)
    template(out, spec.template)


def _job_times(out: Writer, item: Job) -> None:
    started, ended = item.status.start_time, item.status.completion_time
    if started:
        out.field("Start Time", rfc1123(started))
    if ended:
        out.field("Completed At", rfc1123(ended))
    if started and ended:
        out.field("Duration", human_duration((parse_time(ended) - parse_time(started)).total_seconds()))
    if item.spec.active_deadline_seconds is not None:
        out.field("Active Deadline Seconds", f"{item.spec.active_deadline_seconds}s")


def _job_pods(out: Writer, item: Job) -> None:
    status = item.status
    ready = "" if status.ready is None else f" ({status.ready} Ready)"
    out.field("Pods Statuses", f"{status.active} Active{ready} / {status.succeeded} Succeeded / {status.failed} Failed")
    if item.spec.completion_mode == "Indexed":
        done = status.completed_indexes
        cut = done if len(done) <= _MOST_INDEXES else done[: done.rindex(",", 0, _MOST_INDEXES) + 1] + "..."
        out.field("Completed Indexes", cut or "<none>")


def _strategy(out: Writer, item: Deployment) -> None:
    """The strategy with the API server's defaults."""
    strategy = item.spec.strategy
    kind = strategy.type or "RollingUpdate"
    out.field("StrategyType", kind)
    out.field("MinReadySeconds", item.spec.min_ready_seconds)
    if kind == "RollingUpdate":
        rolling = strategy.rolling_update
        unavailable, surge = (rolling.max_unavailable, rolling.max_surge) if rolling else (None, None)
        bounds = ["25%" if bound is None else str(bound) for bound in (unavailable, surge)]
        out.field("RollingUpdateStrategy", f"{bounds[0]} max unavailable, {bounds[1]} max surge")


def _sets(items: Iterable[ReplicaSet]) -> str:
    shown = [f"{item.name} ({item.status.replicas}/{item.spec.wanted_replicas} replicas created)" for item in items]
    return ", ".join(shown) or "<none>"
