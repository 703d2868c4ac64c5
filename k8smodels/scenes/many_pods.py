"""Scenes about many pods: the queue, fragmentation, profiles side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from k8smodels.api.node import node
from k8smodels.api.pod import pod
from k8smodels.i18n import _
from k8smodels.scenes.scheduling import STREAMS, stream
from k8smodels.scheduling import DEFAULT, Cluster, Profile
from k8smodels.scheduling.comparison import Outcome, compare
from k8smodels.scheduling.headroom import headroom
from k8smodels.scheduling.queue import SchedulingQueue
from k8smodels.scheduling.queue_events import Event
from k8smodels.views.amounts import resource_amount
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.scheduling.waiting import queue_board

FIT = ("NodeResourcesFit",)
Moment = tuple[str, SchedulingQueue, str]


@cache
def queue_story() -> tuple[Moment, ...]:
    """What happens, the queue after it, and who is being tried: three pods and a cluster that is full."""
    big, urgent, small = (pod(name, priority=value) for name, value in (("batch", 0), ("shop", 100), ("report", 0)))
    told: list[Moment] = []
    queue = SchedulingQueue().add(big, 0.0).add(small, 1.0).add(urgent, 2.0)
    told.append((_("Second 2: `batch`, `report` and `shop` have come, in this order."), queue, ""))
    first, queue = queue.pop()
    told.append((_("`shop` is taken first: its priority is the highest."), queue, first.pod.name))
    queue = queue.fail(first, 2.5, FIT)
    told.append(
        (_("Second 2.5: it fits nowhere. It waits for an event that could help, such as a Pod that ends."), queue, "")
    )
    second, queue = queue.pop()
    queue = queue.fail(second, 3.0, FIT)
    told.append((_("`batch` came before `report`, is tried, and fails as well."), queue, ""))
    queue = queue.move(3.2, Event("AssignedPod", "Delete"))
    told.append(
        (
            _("Second 3.2: a Pod ends somewhere. Both are worth another try, but their back-off of 1 second runs."),
            queue,
            "",
        )
    )
    queue = queue.flush(4.0)
    told.append((_("Second 4: the back-off of `shop` is over; `batch` still waits."), queue, ""))
    again, queue = queue.pop()
    queue = queue.fail(again, 4.2, FIT)
    told.append((_("Second 4.2: `shop` fails for the second time. The next back-off is 2 seconds."), queue, ""))
    third, queue = queue.pop()
    told.append(
        (_("Only now `report` is tried: it has the same priority as `batch`, but came later."), queue, third.pod.name)
    )
    return tuple(told)


def queue_step(step: int) -> Frame:
    """Moment `step` of the story."""
    words, queue, trying = queue_story()[step]
    return Frame(queue_board(queue, trying=trying), words)


PROFILES: Mapping[str, Mapping[str, object]] = {
    "LeastAllocated": {"scoringStrategy": {"type": "LeastAllocated"}},
    "MostAllocated": {"scoringStrategy": {"type": "MostAllocated"}},
    "full nodes last": {
        "scoringStrategy": {
            "type": "RequestedToCapacityRatio",
            "resources": [{"name": "cpu", "weight": 1}],
            "requestedToCapacityRatio": {
                "shape": [
                    {"utilization": 0, "score": 0},
                    {"utilization": 70, "score": 10},
                    {"utilization": 100, "score": 0},
                ]
            },
        }
    },
}
"""Arguments of NodeResourcesFit by a name; the last one fills nodes to 70 % and then prefers others."""


def profile(strategy: str, balance: int) -> Profile:
    """The default profile with one of `PROFILES`, and this weight for NodeResourcesBalancedAllocation."""
    changed = DEFAULT.with_args("NodeResourcesFit", PROFILES[strategy])
    return changed.with_weights(NodeResourcesBalancedAllocation=balance)


def small_cluster() -> Cluster:
    """Six nodes of two sizes, two of them in use."""
    nodes = [node(f"node-{i}", cpu="4", memory="16Gi") for i in range(1, 5)]
    nodes += [node(f"large-{i}", cpu="8", memory="32Gi") for i in (1, 2)]
    busy = [pod(f"old-{i}", requests={"cpu": "1", "memory": "6Gi"}, node_name=f"node-{i}") for i in (1, 2)]
    return Cluster.of([*nodes, *busy])


def profiles(strategy: str, balance: int, order: str) -> Frame:
    """The default profile and another one under the same stream of pods."""
    pods = [
        pod(f"pod-{i}", requests={"cpu": f"{milli}m", "memory": f"{milli}Mi"})
        for i, milli in enumerate([*STREAMS[order], *STREAMS[order]], 1)
    ]
    found = compare(small_cluster(), pods, {"default": DEFAULT, "yours": profile(strategy, balance)})
    moved = found.moved("default", "yours")
    says = _("{n} of {total} Pods end elsewhere. Pending: {default} under the default, {yours} under yours.").format(
        n=len(moved),
        total=len(pods),
        default=sum(map(len, found.outcomes["default"].pending.values())),
        yours=sum(map(len, found.outcomes["yours"].pending.values())),
    )
    return Frame(_table(found.outcomes), says)


def _table(outcomes: Mapping[str, Outcome]) -> Html:
    head = el(
        "tr",
        el("th", _("after the last Pod"), scope="col"),
        join(el("th", n, class_="r", scope="col") for n in outcomes),
    )
    rows = [
        (_("Pods pending"), [str(sum(map(len, item.pending.values()))) for item in outcomes.values()]),
        (_("nodes in use"), [str(item.nodes_in_use) for item in outcomes.values()]),
        (_("cpu promised"), [f"{item.resources['cpu'].utilisation:.0%}" for item in outcomes.values()]),
        (_("imbalance of cpu"), [f"{item.resources['cpu'].imbalance:.2f}" for item in outcomes.values()]),
        (_("fragmentation of cpu"), [f"{item.resources['cpu'].fragmentation:.2f}" for item in outcomes.values()]),
    ]
    return el("table", el("thead", head), el("tbody", join(_row(name, cells) for name, cells in rows)))


def _row(name: str, cells: Sequence[str]) -> Html:
    differs = "on" if len(set(cells)) > 1 else None
    return el("tr", el("th", name, scope="row"), join(el("td", cell, class_="r") for cell in cells), class_=differs)


def pieces(cpu: float, order: str) -> Frame:
    """How many Pods of `cpu` CPUs still fit after a stream, spread and packed."""
    rows = []
    for name in ("LeastAllocated", "MostAllocated"):
        cluster = _after(name, order)
        room = headroom(pod("more", requests={"cpu": str(cpu)}), cluster)
        free = [info.allocatable["cpu"] - info.requested.get("cpu", 0) for info in cluster.node_infos.values()]
        shown = ", ".join(resource_amount("cpu", piece) for piece in free)
        rows.append((name, resource_amount("cpu", sum(free)), shown, str(room.count)))
    columns = (_("strategy"), _("free cpu"), _("in pieces of"), _("Pods that fit"))
    head = el("tr", join(el("th", column, scope="col") for column in columns))
    body = join(el("tr", el("th", row[0], scope="row"), join(el("td", cell) for cell in row[1:])) for row in rows)
    says = _("Pods of {cpu} cpu that still fit: {least} when spread, {most} when packed.").format(
        cpu=cpu, least=rows[0][3], most=rows[1][3]
    )
    return Frame(el("table", el("thead", head), el("tbody", body)), says)


@cache
def _after(strategy: str, order: str) -> Cluster:
    return stream(order, strategy)[1][8]
