"""How many pods the scheduler's models place in a second of processor time, beside the real scheduler.

The reference is kube-scheduler's own algorithm in memory (`tests/oracle/scheduler/bench`: `SchedulePod` and
`AssumePod`, default profile, one thread, all nodes scored), without API server, queue and binding. Nodes and pods are
the same here: nodes of 32 CPU in 10 zones; *plain* pods with requests of CPU and memory; *constrained* ones of 50 apps
that also spread over zones (``DoNotSchedule``, ``maxSkew: 1``) and never share a node with their own kind. As there,
the time includes making the pods.

Where Go and the modules are there, the real one runs in the same session; else the ratio is to figures recorded on a
quiet machine, and says so. (`GO_BENCH` may name the built program.)
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from benchmarks.figures import Figure
from k8smodels.api.affinity import Affinity, PodAffinity, PodAffinityTerm, TopologySpreadConstraint
from k8smodels.api.node import Node, node
from k8smodels.api.pod import Pod, pod
from k8smodels.api.selectors import LabelSelector
from k8smodels.scheduling import Cluster, schedule
from k8smodels.scheduling.engine import Engine

Kind = Literal["plain", "constrained"]
KINDS: tuple[Kind, ...] = ("plain", "constrained")

ORACLE = Path(__file__).resolve().parent.parent / "tests" / "oracle"
ZONE, HOSTNAME = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
SECONDS = 3.0
"""How long each row places pods."""

ALL, SAMPLED = 100, 0
"""``percentageOfNodesToScore``: all nodes, or kube-scheduler's own choice."""

RECORDED: Mapping[tuple[int, str, int], float] = {
    (1000, "plain", ALL): 302.0,
    (1000, "constrained", ALL): 186.0,
    (5000, "plain", ALL): 52.0,
    (5000, "constrained", ALL): 29.0,
    (5000, "plain", SAMPLED): 468.0,
    (5000, "constrained", SAMPLED): 120.0,
}
"""Pods in a processor second of kube-scheduler v1.37.2, measured on a quiet machine, one core."""


@dataclass(frozen=True)
class Reference:
    """The real scheduler's figures.

    Attributes
    ----------
    rates
        Pods in a processor second, by number of nodes, kind of pods and percentage of nodes scored.
    source
        Where they are from.
    """

    rates: Mapping[tuple[int, str, int], float]
    source: str


def nodes(count: int) -> Iterator[Node]:
    """Nodes of 32 CPU in 10 zones."""
    for i in range(count):
        yield node(f"n{i}", labels={HOSTNAME: f"n{i}", ZONE: f"z{i % 10}"}, cpu="32", memory="128Gi", pods=110)


def pods(kind: Kind) -> Iterator[Pod]:
    """Pods of 50 apps without end, the same in each run."""
    chance = random.Random(1)
    number = 0
    while True:
        requests = {"cpu": f"{100 * chance.randint(1, 5)}m", "memory": f"{128 * chance.randint(1, 8)}Mi"}
        labels = {"app": f"a{number % 50}"}
        rules = constraints(labels) if kind == "constrained" else {}
        yield pod(f"p{number}", labels=labels, image="app:v1", requests=requests, **rules)
        number += 1


def constraints(labels: Mapping[str, str]) -> dict[str, Any]:
    """Even over zones, and never two on a node."""
    same = LabelSelector(match_labels=labels)
    spread = TopologySpreadConstraint(
        max_skew=1, topology_key=ZONE, when_unsatisfiable="DoNotSchedule", label_selector=same
    )
    apart = PodAffinityTerm(topology_key=HOSTNAME, label_selector=same)
    affinity = Affinity(pod_anti_affinity=PodAffinity(required_during_scheduling_ignored_during_execution=(apart,)))
    return {"topology_spread_constraints": (spread,), "affinity": affinity}


def rules(cluster: Cluster, queue: Iterable[Pod]) -> Iterator[str | None]:
    """Place `queue` by the rules."""
    for waiting in queue:
        decision = schedule(waiting, cluster)
        if decision.node is not None:
            cluster = cluster.bind(waiting, decision.node)
        yield decision.node


def engine(cluster: Cluster, queue: Iterable[Pod]) -> Iterator[str | None]:
    """Place `queue` by the engine."""
    return (placement.node for placement in Engine(cluster).placing(queue))


def rate(placed: Iterator[str | None]) -> float:
    """Pods placed in a second of processor time, until the time or the room is used up."""
    start, count = time.process_time(), 0
    for place in placed:
        if place is None:
            break
        count += 1
        if time.process_time() - start > SECONDS:
            break
    return count / (time.process_time() - start)


@cache
def real() -> Reference:
    """The real scheduler on this machine, or else as it was recorded."""
    program = os.environ.get("GO_BENCH") or _built()
    if program is None:
        return Reference(RECORDED, "kube-scheduler, recorded")
    run = subprocess.run([program, "-time", f"{SECONDS:g}s"], check=True, capture_output=True, text=True)
    rows = [row for row in json.loads(run.stdout) if row["gomaxprocs"] == 1]
    rates = {(row["nodes"], row["pods"], row["percentage"]): float(row["podsPerCPUSecond"]) for row in rows}
    return Reference(rates, "kube-scheduler, same session")


def _built() -> str | None:
    """The Go benchmark, built from what is on this machine already; None where that is not enough."""
    if shutil.which("go") is None:
        return None
    program = ORACLE.parents[1] / "_build" / "scheduler-bench"
    program.parent.mkdir(exist_ok=True)
    command = ["go", "build", "-o", str(program), "./scheduler/bench"]
    built = subprocess.run(command, cwd=ORACLE, env={**os.environ, "GOPROXY": "off"}, capture_output=True, check=False)
    return str(program) if built.returncode == 0 else None


@cache
def speed(name: str, count: int, kind: Kind) -> float:
    """How many pods of `kind` the engine or the rules place in a second on so many nodes."""
    cluster = Cluster.of(nodes(count))
    _ = cluster.node_infos
    return rate({"engine": engine, "rules": rules}[name](cluster, pods(kind)))


def row(name: str, count: int, kind: Kind, percentage: int = ALL) -> Figure:
    """The same, beside the real scheduler that scores this percentage of the nodes; here all are scored."""
    reference = real()
    against = reference.rates.get((count, kind, percentage))
    if percentage == ALL:
        what, source = f"{name}, {kind} pods, {count:,} nodes", reference.source
    else:
        what, source = f"{name}, {kind}, {count:,} nodes (sampling)", f"{reference.source}, default sampling"
    return Figure(what, speed(name, count, kind), "pods/s", against, source)


def memory() -> Figure:
    """The most memory that a process needs to place 150,000 constrained pods on 5,000 nodes, the pods included."""
    code = "from benchmarks.scheduling import fill; fill()"
    run = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ORACLE.parents[1]
    )
    return Figure("memory, 150,000 pods on 5,000 nodes", int(run.stdout) / 1024, "MiB", 1024.0, "budget")


def fill() -> None:
    """Place 150,000 pods on 5,000 nodes and print the most memory that was used, in KiB."""
    queue = pods("constrained")
    placed = Engine(Cluster.of(nodes(5000))).place(next(queue) for _ in range(150_000))
    if any(placement.node is None for placement in placed):
        raise RuntimeError("not all pods were placed")
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def figures() -> Iterator[Figure]:
    """Every figure of this subject."""
    for count in (100, 1000, 5000):
        yield from (row("engine", count, kind) for kind in KINDS)
    yield from (row("engine", 5000, kind, SAMPLED) for kind in KINDS)
    for count in (100, 1000):
        yield from (row("rules", count, kind) for kind in KINDS)
    yield memory()
