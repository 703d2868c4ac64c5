"""Exercises of the chapter on scheduling: seeded cases whose answers `schedule` computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from k8smodels.api.affinity import Taint, Toleration, TopologySpreadConstraint
from k8smodels.api.node import Node, node
from k8smodels.api.pod import Pod, pod
from k8smodels.api.selectors import LabelSelector
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.scenes.dice import dice_of
from k8smodels.scheduling import Cluster, Decision, schedule
from k8smodels.views.amounts import resource_amount
from k8smodels.views.html import Html, bullets, el, inline, join
from k8smodels.views.scheduling import events, verdicts
from k8smodels.views.tables import table

__all__ = ["compute_a_score", "diagnose", "find_the_winner", "place_by_skew", "which_nodes_pass"]

_ZONE = "topology.kubernetes.io/zone"


def which_nodes_pass(seed: int) -> Task:
    """Ask which of four nodes have room."""
    dice = dice_of(seed)
    asked = dice.choice([500, 1000, 1500])
    rows, pods, sums = [], [], []
    nodes = [node(f"node-{i}", cpu=str(dice.choice([2, 4])), memory="8Gi") for i in range(1, 5)]
    for item in nodes:
        whole = item.status.allocatable["cpu"].milli_value()
        taken = min(whole, max(0, whole - asked + dice.choice([-500, 0, 0, 250])))
        used = dice.randrange(5, 96)
        sums.append(_sum(item.name, taken, asked, whole))
        pods += [_running(f"on-{item.name}", item, taken)] if taken else []
        rows.append([item.name, resource_amount("cpu", whole), resource_amount("cpu", taken), f"{used} %"])
    decision = schedule(pod("web", requests={"cpu": f"{asked}m"}), Cluster.of([*nodes, *pods]))
    passing = {result.node for result in decision.feasible}
    wrong = {name: _wrong_fit(name, name in passing) for name in (item.name for item in nodes)}
    ask = _("Which nodes pass the filter `NodeResourcesFit`?")
    head = [_("node"), _("allocatable cpu"), _("requested cpu"), _("cpu in use now")]
    text = join(
        [
            el("p", _("A Pod requests {cpu} cpu. These are the nodes:").format(cpu=resource_amount("cpu", asked))),
            table(head, rows),
        ]
    )
    return Task(
        text,
        [Step(ask, frozenset(passing), options=[item.name for item in nodes], wrong=wrong)],
        [
            _("One column of the table plays no part."),
            _("A node passes if requested + {cpu} is at most allocatable.").format(cpu=resource_amount("cpu", asked)),
        ],
        bullets(sums),
    )


def _sum(name: str, taken: int, asked: int, whole: int) -> str:
    """One node's line in a worked solution."""
    words = _("{node}: {taken} + {asked} = {sum} of {whole}, it passes")
    if taken + asked > whole:
        words = _("{node}: {taken} + {asked} = {sum} of {whole}, too much")
    return words.format(
        node=name,
        taken=resource_amount("cpu", taken),
        asked=resource_amount("cpu", asked),
        sum=resource_amount("cpu", taken + asked),
        whole=resource_amount("cpu", whole),
    )


def _wrong_fit(name: str, passes: bool) -> str:
    if passes:
        return _("{node} has room: compare its requests, not its use, with what is allocatable.").format(node=name)
    return _(
        "{node} has no room: what is requested there already and the new request exceed what is allocatable."
    ).format(node=name)


def compute_a_score(seed: int) -> Task:
    """Ask for the score of LeastAllocated, step by step."""
    dice = dice_of(seed)
    cpu, memory = dice.choice([4, 6, 8, 12]), dice.choice([7, 9, 12, 15])
    used_cpu, used_memory = dice.randrange(1, cpu // 2 + 1), dice.randrange(1, memory // 2 + 1)
    first, second = node("node-1", cpu=str(cpu), memory=f"{memory}Gi"), node("node-2", cpu="1", memory="2Gi")
    there = pod("api", requests={"cpu": str(used_cpu), "memory": f"{used_memory}Gi"}, node_name="node-1")
    decision = schedule(pod("web", requests={"cpu": "1", "memory": "1Gi"}), Cluster.of([first, second, there]))
    fit = next(score for score in decision.result("node-1").scores if score.plugin == "NodeResourcesFit")
    by_cpu, by_memory = (cpu - used_cpu - 1) * 100 // cpu, (memory - used_memory - 1) * 100 // memory
    text = _(
        "`node-1` has {cpu} cpu and {memory} Gi; its Pods request {used_cpu} cpu and {used_memory} Gi. "
        "`web` requests 1 cpu and 1 Gi."
    ).format(cpu=cpu, memory=memory, used_cpu=used_cpu, used_memory=used_memory)
    without = (cpu - used_cpu) * 100 // cpu
    forgot = _("That is the share free before `web` arrives. The score looks at the node with `web` on it.")
    return Task(
        text,
        [
            Step(
                _("Free share of cpu with `web` there, in whole percent, rounded down"),
                by_cpu,
                wrong={str(without): forgot},
                why=_("(allocatable − requested − asked) × 100 ÷ allocatable, rounded down."),
            ),
            Step(
                _("Free share of memory with `web` there"),
                by_memory,
                why=_("The same with memory; drop the remainder, do not round."),
            ),
            Step(
                _("Score of `NodeResourcesFit`"),
                fit.normalized,
                why=_("The mean of the two, rounded down: cpu and memory weigh the same."),
            ),
        ],
        [
            _("Subtract what is requested already and what `web` asks; divide by what is allocatable."),
            _("All divisions drop the remainder: 62.5 is 62."),
        ],
        _(
            "cpu: ({cpu} − {used_cpu} − 1) × 100 ÷ {cpu} = {by_cpu}. "
            "Memory: ({memory} − {used_memory} − 1) × 100 ÷ {memory} = {by_memory}. Mean: {score}."
        ).format(
            cpu=cpu,
            used_cpu=used_cpu,
            by_cpu=by_cpu,
            memory=memory,
            used_memory=used_memory,
            by_memory=by_memory,
            score=fit.normalized,
        ),
    )


def place_by_skew(seed: int) -> Task:
    """Ask which zones may take one more."""
    dice = dice_of(seed)
    counts = {f"zone-{letter}": dice.randrange(0, 4) for letter in "abc"}
    counts[dice.choice(list(counts))] = 0 if seed % 2 else 1
    skew = dice.choice([1, 2])
    nodes = [node(f"node-{zone[-1]}", labels={_ZONE: zone}, cpu="8", memory="16Gi") for zone in counts]
    pods = [
        pod(f"web-{zone[-1]}{i}", labels={"app": "web"}, node_name=f"node-{zone[-1]}")
        for zone, count in counts.items()
        for i in range(count)
    ]
    constraint = TopologySpreadConstraint(
        max_skew=skew,
        topology_key=_ZONE,
        when_unsatisfiable="DoNotSchedule",
        label_selector=LabelSelector(match_labels={"app": "web"}),
    )
    asking = pod("web-new", labels={"app": "web"}, topology_spread_constraints=(constraint,))
    decision = schedule(asking, Cluster.of([*nodes, *pods]))
    least = min(counts.values())
    allowed = {nodes[i].metadata.labels[_ZONE] for i, result in enumerate(decision.nodes) if result.feasible}
    rows = [[zone, count] for zone, count in counts.items()]
    skews = [
        (
            _("{zone}: {count} + 1 − {least} = {sum}, allowed")
            if count + 1 - least <= skew
            else _("{zone}: {count} + 1 − {least} = {sum}, more than {skew}")
        ).format(zone=zone, count=count, least=least, sum=count + 1 - least, skew=skew)
        for zone, count in counts.items()
    ]
    given = _("A Pod of `app: web` spreads over zones with `maxSkew: {skew}` and `DoNotSchedule`.").format(skew=skew)
    return Task(
        join([el("p", inline(given)), table([_("zone"), _("Pods of `app: web`")], rows)]),
        [
            Step(_("Pods in the emptiest zone"), least, why=_("The smallest number of the table; zero counts.")),
            Step(
                _("Which zones may take the Pod?"),
                frozenset(allowed),
                options=list(counts),
                wrong={
                    zone: _("{zone}: {count} + 1 − {least} against {skew}.").format(
                        zone=zone, count=count, least=least, skew=skew
                    )
                    for zone, count in counts.items()
                },
            ),
        ],
        [
            _("The skew of a zone is its count with the new Pod, less the count of the emptiest zone."),
            _("A zone is allowed while its skew is at most maxSkew."),
        ],
        bullets(skews),
    )


def find_the_winner(seed: int) -> Task:
    """Ask who gets the Pod: filters first, then scores."""
    dice = dice_of(seed)
    tainted = Taint(key="dedicated", value="db", effect=dice.choice(["NoSchedule", "PreferNoSchedule"]))
    tolerates = dice.random() < 0.5
    loads = dice.sample([500, 1000, 1500, 2000, 2500], 3)
    nodes = [
        node("node-1", cpu="4", memory="8Gi"),
        node("node-2", cpu="4", memory="8Gi", taints=(tainted,)),
        node("node-3", cpu="4", memory="8Gi", unschedulable=dice.random() < 0.3),
        node("node-4", cpu="2", memory="8Gi"),
    ]
    loads.append(dice.choice([500, 1000, 1500]))
    pods = [_running(f"on-{item.name}", item, milli, "1Gi") for item, milli in zip(nodes, loads, strict=True)]
    tolerations = (Toleration(key="dedicated", operator="Exists"),) if tolerates else ()
    decision = schedule(
        pod("web", requests={"cpu": "1", "memory": "1Gi"}, tolerations=tolerations), Cluster.of([*nodes, *pods])
    )
    rows = [
        [item.name, item.status.allocatable["cpu"].value(), resource_amount("cpu", loads[i]), _marks(item)]
        for i, item in enumerate(nodes)
    ]
    tolerance = _("It tolerates `dedicated`, any value and effect.") if tolerates else _("It tolerates nothing.")
    given = _("`web` requests 1 cpu and 1 Gi. {tolerance} Each node has 8 Gi, 1 of them requested.").format(
        tolerance=tolerance
    )
    names = [item.name for item in nodes]
    passing = frozenset(result.node for result in decision.feasible)
    refusals = {
        result.node: _("{node}: {reason}.").format(node=result.node, reason=", ".join(result.rejection.reasons))
        for result in decision.nodes
        if result.rejection
    }
    passes = {name: _("{node} passes every filter.").format(node=name) for name in sorted(passing)}
    return Task(
        join([el("p", inline(given)), table([_("node"), _("allocatable cpu"), _("requested cpu"), _("marks")], rows)]),
        [
            Step(_("Which nodes pass all filters?"), passing, options=names, wrong=passes | refusals),
            Step(
                _("Which node gets `web`?"),
                decision.node or "",
                options=names,
                why=_(
                    "Of the nodes that pass, TaintToleration weighs 3: it outweighs free cpu. Without a difference "
                    "there, the emptiest wins."
                ),
            ),
        ],
        [
            _("`NoSchedule` filters, `PreferNoSchedule` only scores."),
            _("Look at the marks before the numbers: a cordon refuses what does not tolerate it."),
        ],
        _solution(decision),
    )


_CAUSES: Mapping[str, Callable[[], str]] = {
    "request": lambda: _("make the request smaller"),
    "tolerate": lambda: _("add a toleration"),
    "uncordon": lambda: _("`kubectl uncordon` the node"),
    "label": lambda: _("label the node, or drop the `nodeSelector`"),
}


def diagnose(seed: int) -> Task:
    """From the event to the smallest change that helps."""
    dice = dice_of(seed)
    cause = list(_CAUSES)[seed % len(_CAUSES)]
    decoys = dice.randrange(1, 3)
    labels = {"disk": "ssd"}
    small = [node(f"small-{i}", labels=labels, cpu="1", memory="4Gi") for i in range(1, decoys + 1)]
    asking = pod("web", requests={"cpu": "2"}, node_selector=labels if cause == "label" else {})
    taints = (Taint(key="team", value="ml", effect="NoSchedule"),) if cause == "tolerate" else ()
    cordoned = cause == "uncordon"
    big = node(
        "big", labels={} if cause == "label" else labels, cpu="4", memory="8Gi", taints=taints, unschedulable=cordoned
    )
    big_load = [_running("db", big, 2500)] if cause == "request" else []
    decision = schedule(asking, Cluster.of([*small, big, *big_load]))
    options = [text() for text in _CAUSES.values()]
    text = join(
        [el("p", inline(_("`kubectl describe pod web` ends with:"))), el("pre", events(decision), tabindex="0")]
    )
    return Task(
        text,
        [
            Step(_("How many nodes does the cluster have?"), len(decision.nodes), why=_("The number after the slash.")),
            Step(
                _(
                    "`web` requests 2 cpu, and only `big` has that many at all. What is the smallest change that lets "
                    "`web` run there?"
                ),
                _CAUSES[cause](),
                options=options,
                why=_("Take the small nodes' part out of the message. What is left speaks of `big`."),
            ),
        ],
        [
            _("The first sentence counts nodes by reason."),
            _("Nodes that are too small in any case: {n}.").format(n=decoys),
        ],
        join([el("p", inline(_("The way out: {fix}.").format(fix=_CAUSES[cause]()))), _solution(decision)]),
    )


def _running(name: str, on: Node, milli: int, memory: str = "0") -> Pod:
    return pod(name, requests={"cpu": f"{milli}m", "memory": memory}, node_name=on.name)


def _marks(item: Node) -> str:
    taints = [f"{taint.key}={taint.value}:{taint.effect}" for taint in item.spec.taints]
    return ", ".join(taints + ([_("cordoned")] if item.spec.unschedulable else [])) or "–"


def _solution(decision: Decision) -> Html:
    return el("pre", verdicts(decision), tabindex="0")
