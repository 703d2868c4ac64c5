"""Scenes of the chapter on containers: memory that runs out, in a container and on a node."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.api.meta import ObjectMeta
from k8smodels.api.pod import Container, Pod, PodSpec, ResourceRequirements
from k8smodels.api.quantity import Quantity
from k8smodels.i18n import _
from k8smodels.isolation import (
    DEFAULT_EVICTION_HARD,
    MachineInfo,
    Observation,
    PodStats,
    Ranking,
    eviction_message,
    node_allocatable,
    oom_score_adj,
    parse_thresholds,
    rank_pods,
    run_out_of_memory,
)
from k8smodels.isolation.memory import Process
from k8smodels.isolation.oom_score import KUBELET_OOM_SCORE_ADJ
from k8smodels.isolation.pod_use import RESOURCES
from k8smodels.isolation.stats import ContainerStats, MemoryStats, PodReference
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, join
from k8smodels.views.resources import eviction_table, node_parts, oom_table
from k8smodels.views.resources.memory import deciding, size

MI, GI = 1 << 20, 1 << 30
NODE_BYTES = 8 * GI
WEB_LIMIT_BYTES = 3 * GI


def memory_pod(name: str, request_mi: int = 0, limit_mi: int = 0, priority: int = 0, *, critical: bool = False) -> Pod:
    """A pod with one container that requests and limits memory (0 for none), and CPU if both are equal."""
    cpu = {"cpu": Quantity.parse("500m")} if request_mi and request_mi == limit_mi else {}
    amounts = [{**cpu, "memory": Quantity.parse(f"{mi}Mi")} if mi else {} for mi in (request_mi, limit_mi)]
    container = Container(name="main", resources=ResourceRequirements(requests=amounts[0], limits=amounts[1]))
    spec = PodSpec(
        containers=(container,),
        priority=2_000_001_000 if critical else priority,
        priority_class_name="system-node-critical" if critical else "",
    )
    return Pod(metadata=ObjectMeta(name=name, uid=f"uid-{name}"), spec=spec)


# Out of memory: who dies?


def in_container(parent_mi: int, worker_mi: int, together: bool) -> Frame:
    """Two processes of `web` under its limit of 3 Gi; `together` is memory.oom.group."""
    sizes = (("web: parent", parent_mi), ("web: worker", worker_mi))
    return _fate([Process(name=n, rss_bytes=mi * MI, container="web") for n, mi in sizes], WEB_LIMIT_BYTES, together)


def on_node(request_mi: int, job_mi: int, together: bool) -> Frame:
    """A node of 8 Gi whose containers keep to their limits, and still use more than there is."""
    return _fate(everyone(request_mi, job_mi), NODE_BYTES, together)


def _fate(processes: Sequence[Process], total_bytes: int, together: bool) -> Frame:
    outcome = run_out_of_memory(processes, total_bytes, oom_group=together)
    needed = size(sum(process.rss_bytes for process in processes))
    head = el("p", _("Needed: {needed}. There is: {total}.").format(needed=needed, total=size(total_bytes)))
    says = _("Everything fits, and nobody dies.")
    if outcome.kills:
        dead = [process.name for kill in outcome.kills for process in kill.killed]
        says = _("**{first}** has the most points. Killed with SIGKILL, exit code 137: {dead}.").format(
            first=outcome.kills[0].victim.name, dead=", ".join(dead)
        )
    return Frame(join([head, oom_table(processes, outcome, total_bytes)]), says)


def everyone(request_mi: int, job_mi: int) -> list[Process]:
    """All processes of a node of 8 Gi, with the oom_score_adj that the kubelet gives them."""
    db, web, job = memory_pod("db", 4096, 4096), memory_pod("web", request_mi, 3072), memory_pod("job")
    sizes = (("db", db, 4096), ("web: parent", web, 1024), ("web: worker", web, 2048), ("job", job, job_mi))
    kubelet = Process(name="kubelet", rss_bytes=150 * MI, oom_score_adj=KUBELET_OOM_SCORE_ADJ)
    return [
        kubelet,
        *(
            Process(
                name=name,
                rss_bytes=mebi * MI,
                oom_score_adj=oom_score_adj(pod, pod.spec.containers[0], NODE_BYTES),
                container=pod.name,
            )
            for name, pod, mebi in sizes
        ),
    ]


# What a node gives away.


def give_away(reserved_mi: int, eviction: str) -> Frame:
    """A node of 8 Gi that keeps so much for Kubernetes' own daemons, and evicts below this threshold."""
    node = node_allocatable(
        MachineInfo(cores=4, memory_bytes=NODE_BYTES),
        system_reserved={"memory": "256Mi"},
        kube_reserved={"memory": f"{reserved_mi}Mi"} if reserved_mi else {},
        eviction_hard={"memory.available": eviction},
    )
    says = _("The scheduler may give away **{left}**; all Pods together may use {most} before the kernel stops them.")
    allocatable = node.allocatable["memory"].value()
    return Frame(node_parts(node), says.format(left=size(allocatable), most=size(node.kubepods_memory_bytes)))


# Who is evicted?

OBSERVED = {
    "memory.available": (DEFAULT_EVICTION_HARD["memory.available"], "80Mi", "8Gi"),
    "pid.available": ("500", "420", "32768"),
}
"""Threshold, what is available and how much there is, by signal."""


def evict(signal: str, web_mi: int, job_mi: int, priority: int) -> Frame:
    """The order in which the kubelet evicts under `signal`; `web` requests 1 Gi, `job` nothing."""
    pods, stats = crowded(web_mi, job_mi, priority)
    ranking = rank_pods(signal, pods, stats)
    gone = ranking.evicted
    message = _message(ranking, stats)
    first = next(item for item in ranking.pods if item.use.pod is gone)
    says = _("**{name}** is evicted. What put it before the next one: {why}.").format(
        name=first.name, why=deciding(first)
    )
    return Frame(
        join([eviction_table(ranking), el("pre", message, tabindex="0")]),
        says.format(name=first.name, why=deciding(first)),
    )


def crowded(web_mi: int, job_mi: int, priority: int) -> tuple[Sequence[Pod], Sequence[PodStats]]:
    """The pods of a node and what was measured of them."""
    pods = (
        memory_pod("db", 2048, 2048),
        memory_pod("web", 1024, 3072),
        memory_pod("job", priority=priority),
        memory_pod("agent", 64, critical=True),
    )
    used = ((1900, 40), (web_mi, 12), (job_mi, 300), (200, 25))
    return pods, [measured(pod, mebi, count) for pod, (mebi, count) in zip(pods, used, strict=True)]


def measured(pod: Pod, mebi: int, processes: int = 1) -> PodStats:
    """What the kubelet measured of a pod with one container."""
    memory = MemoryStats(working_set_bytes=mebi * MI)
    return PodStats(
        pod_ref=PodReference(name=pod.name, uid=pod.metadata.uid),
        memory=memory,
        process_count=processes,
        containers=(ContainerStats(name="main", memory=memory),),
    )


def _message(ranking: Ranking, stats: Sequence[PodStats]) -> str:
    """The event of the first eviction, in the kubelet's words."""
    gone = ranking.evicted
    if gone is None:
        return ""
    own = next(item for item in stats if item.pod_ref.uid == gone.metadata.uid)
    resource = RESOURCES[ranking.signal]
    text, available, capacity = OBSERVED[ranking.signal]
    threshold = parse_thresholds(hard={ranking.signal: text})[0]
    observed = Observation(Quantity.parse(available), Quantity.parse(capacity))
    return eviction_message(gone, resource, own, (threshold, observed)).message
