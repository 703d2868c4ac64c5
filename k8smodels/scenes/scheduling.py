"""Scenes of the chapter on scheduling one pod."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from k8smodels.api.affinity import Taint, Toleration
from k8smodels.api.kinds import load
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Node, node
from k8smodels.api.pod import Pod, PodSpec, pod
from k8smodels.api.validation import validate
from k8smodels.api.yaml_text import read_documents
from k8smodels.i18n import _
from k8smodels.scenes.scheduling_cases import FILTER_CASES, POD_RULES, SCORE_CASES
from k8smodels.scheduling import DEFAULT, Cluster, Decision, Profile, place, schedule
from k8smodels.views.amounts import resource_amount
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.scheduling import (
    cluster_board,
    decided,
    domain_board,
    lane,
    message_parts,
    plugin_scores,
    score_table,
    verdicts,
)

ZONE = "topology.kubernetes.io/zone"
STRATEGIES = ("LeastAllocated", "MostAllocated")


def strategy(name: str) -> Profile:
    """The default profile with another scoring strategy of NodeResourcesFit."""
    return DEFAULT.with_args("NodeResourcesFit", {"scoringStrategy": {"type": name}})


def running(name: str, on: str, cpu: str, memory: str = "1Gi", labels: Mapping[str, str] | None = None) -> Pod:
    """A pod that has its node already."""
    return pod(name, requests={"cpu": cpu, "memory": memory}, node_name=on, labels=labels)


# The hook: one node is idle and promised away, the other is busy and free.


def promised_or_busy() -> Cluster:
    """Two nodes: node-1 has promised nearly all it has to a pod that idles, node-2 a quarter to one that works."""
    nodes = [node(name, cpu="4", memory="16Gi") for name in ("node-1", "node-2")]
    return Cluster.of([*nodes, running("reserved", "node-1", "3800m", "4Gi"), running("crunch", "node-2", "1", "4Gi")])


def hook(cpu: float = 0.5) -> Frame:
    """Where `web`, which asks for `cpu` CPUs, goes on the two nodes of the puzzle."""
    cluster = promised_or_busy()
    decision = schedule(pod("web", requests={"cpu": str(cpu), "memory": "1Gi"}), cluster)
    return Frame(cluster_board(decision, cluster), decided(decision))


def idle_and_full(cpu: float = 0.5, reserved: float = 3.8) -> Frame:
    """Two nodes whose pods sleep, one of which reserved `reserved` CPUs, and `web`, which asks for `cpu`."""
    nodes = [node(name, cpu="4", memory="16Gi") for name in ("node-1", "node-2")]
    asleep = [running("reports", "node-1", str(reserved), "4Gi"), running("backup", "node-2", "3600m", "8Gi")]
    cluster = Cluster.of([*nodes, *asleep])
    decision = schedule(pod("web", requests={"cpu": str(cpu), "memory": "1Gi"}), cluster)
    return Frame(
        cluster_board(decision, cluster, resources=("cpu",), note=_("CPU in use: 2 % of each node")), decided(decision)
    )


# One pod, five nodes: every verdict and every score.


def five_nodes(load: int = 3) -> Cluster:
    """Five nodes of which one is tainted and one cordoned; `load` CPUs of node-3 are promised."""
    nodes = [
        node("node-1", cpu="4", memory="8Gi"),
        node("node-2", cpu="4", memory="8Gi"),
        node("node-3", cpu="8", memory="16Gi"),
        node("node-4", cpu="8", memory="32Gi", taints=(Taint(key="gpu", effect="NoSchedule"),)),
        node("node-5", cpu="4", memory="8Gi", unschedulable=True),
    ]
    pods = [
        running("api", "node-1", "1", "2Gi"),
        running("db", "node-2", "2500m", "4Gi"),
        running("train", "node-4", "2", "8Gi"),
    ]
    batch = [running("batch", "node-3", str(load), f"{load}Gi")] if load else []
    return Cluster.of([*nodes, *pods, *batch])


def one_pod(cpu: float = 1, memory: int = 2, load: int = 3) -> Frame:
    """Board and scores for `web`, which asks for `cpu` CPUs and `memory` Gi."""
    cluster = five_nodes(load)
    decision = schedule(pod("web", requests={"cpu": str(cpu), "memory": f"{memory}Gi"}), cluster)
    return Frame(join([cluster_board(decision, cluster), score_table(decision)]), decided(decision))


# One filter at a time.


def one_filter(plugin: str, mended: bool = False) -> Frame:
    """A case that `plugin` refuses on one node of two, and the same after the smallest change that helps."""
    case = FILTER_CASES[plugin]
    text, line = (case.mended, case.line_mended) if mended else (case.pod, case.line)
    objects = load(case.cluster)
    cluster = Cluster.of(objects)
    decision = schedule(_the_pod(text), cluster)
    asked, there = el("pre", _marked(text, line), tabindex="0"), el("pre", case.there, tabindex="0")
    lines = el("div", el("div", asked), el("div", there), class_="two")
    board = cluster_board(decision, cluster)
    return Frame(join([el("p", case.rule(), class_="sub"), lines, board]), decided(decision))


def _the_pod(text: str) -> Pod:
    return next(item for item in load(text) if isinstance(item, Pod))


def _marked(text: str, line: str) -> Html:
    """`text` with the first occurrence of `line` under the marker."""
    if not line:
        return join([text])
    before, found, after = text.partition(line)
    return join([before, el("mark", found), after])


def one_score(plugin: str) -> Frame:
    """A case in which `plugin` prefers one of two nodes: its raw measure, out of 100, and with its weight."""
    case = SCORE_CASES[plugin]
    cluster = Cluster.of(load(case.cluster))
    decision = schedule(_the_pod(case.pod), cluster)
    lines = el("pre", _marked(case.pod, case.line), tabindex="0")
    board = cluster_board(decision, cluster)
    table = plugin_scores(decision, plugin)
    return Frame(join([el("p", case.rule(), class_="sub"), lines, board, table]), decided(decision))


# Taints and tolerations.

TOLERATIONS: Mapping[str, str] = {
    "nothing": "",
    "gpu, effect NoSchedule": "{key: gpu, operator: Exists, effect: NoSchedule}",
    "gpu, any effect": "{key: gpu, operator: Exists}",
    "gpu=b100, effect NoSchedule": "{key: gpu, operator: Equal, value: b100, effect: NoSchedule}",
    "every taint": "{operator: Exists}",
}
"""Items of a pod's ``tolerations``, by what they tolerate."""


def taint_and_toleration(effect: str, toleration: str, busy: str = "node-1") -> Frame:
    """Two equal nodes, node-2 with the taint ``gpu=a100`` of this effect, one of them `busy`, and a pod to place."""
    taint = Taint(key="gpu", value="a100", effect=effect)
    nodes = [node("node-1", cpu="4", memory="8Gi"), node("node-2", cpu="4", memory="8Gi", taints=(taint,))]
    cluster = Cluster.of([*nodes, running("api", busy, "1", "2Gi")])
    text = TOLERATIONS[toleration]
    tolerations = tuple(Toleration.from_json(item) for item in read_documents(f"[{text}]")[0])
    decision = schedule(pod("web", requests={"cpu": "1", "memory": "2Gi"}, tolerations=tolerations), cluster)
    lines = el("pre", f"tolerations:\n- {text}" if text else "tolerations: []", tabindex="0")
    return Frame(join([lines, cluster_board(decision, cluster), score_table(decision)]), decided(decision))


# Spreading load or packing it.


def least_or_most(cpu: float = 1) -> Frame:
    """The same pod and nodes under both strategies."""
    cluster = five_nodes(3)
    asking = pod("web", requests={"cpu": str(cpu), "memory": "2Gi"})
    decisions = {name: schedule(asking, cluster, strategy(name)) for name in STRATEGIES}
    words = {
        "LeastAllocated": _("the default: the emptiest node first"),
        "MostAllocated": _("bin packing: the fullest node first"),
    }
    tables = join(el("div", score_table(decisions[name], caption=name, small=words[name])) for name in STRATEGIES)
    says = _("LeastAllocated takes **{least}**, MostAllocated **{most}**.").format(
        least=decisions["LeastAllocated"].node, most=decisions["MostAllocated"].node
    )
    return Frame(el("div", tables, class_="two"), says)


STREAMS: Mapping[str, Sequence[int]] = {
    "small pods, then large ones": (*(500,) * 8, *(3500,) * 3),
    "large pods first": (*(3500,) * 3, *(500,) * 8),
    "all of one size": (1500,) * 11,
}
"""CPU requests, in thousandths, of pods in the order in which they come."""


@cache
def stream(order: str, scoring: str) -> tuple[tuple[Decision, ...], tuple[Cluster, ...]]:
    """Decisions for a stream of pods on four nodes, and the cluster before and after each."""
    cluster = Cluster.of([node(f"node-{i}", cpu="4", memory="16Gi") for i in range(1, 5)])
    decisions: list[Decision] = []
    states = [cluster]
    for i, milli in enumerate(STREAMS[order], 1):
        made, cluster = place(
            [pod(f"pod-{i}", requests={"cpu": f"{milli}m", "memory": f"{milli}Mi"})], cluster, strategy(scoring)
        )
        decisions += made
        states.append(cluster)
    return tuple(decisions), tuple(states)


def packing(order: str, step: int) -> Frame:
    """Both strategies after `step` + 1 pods of a stream, side by side."""
    come = step + 1
    lanes = []
    for name in STRATEGIES:
        decisions, states = stream(order, name)
        lanes.append(lane(name, states[come], decisions[:come]))
    pending = {name: sum(d.node is None for d in stream(order, name)[0][:come]) for name in STRATEGIES}
    says = _(
        "Pod {come} asks for {amount} cpu. Pending so far: {least} under LeastAllocated, {most} under MostAllocated."
    ).format(
        come=come,
        amount=resource_amount("cpu", STREAMS[order][step]),
        least=pending["LeastAllocated"],
        most=pending["MostAllocated"],
    )
    return Frame(el("div", join(lanes), class_="two"), says)


def nodes_in_use(order: str) -> Mapping[str, Sequence[float]]:
    """How many nodes hold a pod after 0, 1, 2, ... pods, by strategy."""
    return {
        name: [sum(bool(info.pods) for info in state.node_infos.values()) for state in stream(order, name)[1]]
        for name in STRATEGIES
    }


# Zones: spread, affinity, anti-affinity.


def zones() -> list[KubernetesObject]:
    """Three zones; the only node of zone c has room for one replica. A cache runs in zone a."""
    places = [("a", "4"), ("a", "4"), ("b", "4"), ("b", "4"), ("c", "700m")]
    nodes: list[Node] = [
        node(f"node-{i}", labels={ZONE: f"zone-{zone}"}, cpu=cpu, memory="16Gi")
        for i, (zone, cpu) in enumerate(places, 1)
    ]
    return [*nodes, running("cache", "node-1", "1", "2Gi", labels={"app": "cache"})]


def spread(rule: str, step: int) -> Frame:
    """The `step`-th replica of ``web`` under one rule about zones or neighbours."""
    decisions, states = _replicas(rule)
    decision, cluster = decisions[step], states[step]
    placed = Counter(
        cluster.node_infos[name].labels[ZONE]
        for name in cluster.node_infos
        for other in cluster.node_infos[name].pods
        if other.labels.get("app") == "web"
    )
    counts = {zone: placed[zone] for zone in sorted({info.labels[ZONE] for info in cluster.node_infos.values()})}
    rule_text = el("pre", POD_RULES[rule], tabindex="0") if POD_RULES[rule] else None
    return Frame(join([domain_board(decision, cluster, key=ZONE, counts=counts), rule_text]), decided(decision))


@cache
def _replicas(rule: str, count: int = 7) -> tuple[tuple[Decision, ...], tuple[Cluster, ...]]:
    cluster = Cluster.of(zones())
    decisions: list[Decision] = []
    states = [cluster]
    rules = PodSpec.from_json(read_documents(POD_RULES[rule])[0]) if POD_RULES[rule] else PodSpec()
    for i in range(1, count + 1):
        asking = pod(
            f"web-{i}",
            labels={"app": "web"},
            requests={"cpu": "500m", "memory": "512Mi"},
            affinity=rules.affinity,
            topology_spread_constraints=rules.topology_spread_constraints,
        )
        made, cluster = place([asking], cluster)
        decisions += made
        states.append(cluster)
    return tuple(decisions), tuple(states)


# Why is it Pending?


def why_pending(text: str) -> Frame:
    """The verdicts on the first pending pod in `text`, which also holds the nodes and the other pods."""
    objects = load(text, keep_unknown=True)
    for item in objects:
        validate(item)
    cluster = Cluster.of(objects)
    if not cluster.pending:
        raise ValueError(_("no pending pod: give one Pod without spec.nodeName, besides the nodes"))
    asking = cluster.pending[0]
    decision = schedule(asking, cluster)
    table = el("pre", verdicts(decision), tabindex="0")
    return Frame(
        join([message_parts(decision), el("p", _("Every node's verdict"), class_="sub"), table]), decided(decision)
    )


def only_on(name: str, text: str, objects: Iterable[KubernetesObject]) -> str:
    """Say in one sentence whether the pod in `text` can run on the node `name` of a cluster and on no other."""
    try:
        items = load(text)
        for item in items:
            validate(item)
    except ValueError as error:
        return str(error)
    if len(items) != 1 or not isinstance(items[0], Pod):
        return _("Give one Pod, not {n} objects.").format(n=len(items))
    decision = schedule(items[0], Cluster.of(objects))
    others = [result.node for result in decision.feasible if result.node != name]
    if decision.pod.spec.node_name:
        return _("`spec.nodeName` goes past the scheduler: leave it out.")
    if others:
        return _("Not yet: {others} can take it, too.").format(others=", ".join(others))
    if decision.node != name:
        return _("Not yet: {name} refuses it. {message}").format(name=name, message=decision.event_message)
    return _("Done: of {total} nodes only {name} passes.").format(total=len(decision.nodes), name=name)
