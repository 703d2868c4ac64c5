"""Clusters of some size drawn from a seed: room for most pods, many wishes, so that scores and ties decide."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

from engine_strategies import SERVICES, with_spec
from scheduling_strategies import HOSTNAME, PREFERRED, REQUIRED, ZONE

from k8smodels.api.affinity import (
    Affinity,
    NodeAffinity,
    NodeSelectorRequirement,
    NodeSelectorTerm,
    PodAffinity,
    PodAffinityTerm,
    PreferredSchedulingTerm,
    Taint,
    Toleration,
    TopologySpreadConstraint,
    WeightedPodAffinityTerm,
)
from k8smodels.api.node import ContainerImage, Node, node
from k8smodels.api.pod import ContainerPort, Pod, pod
from k8smodels.api.selectors import LabelSelector
from k8smodels.scheduling import Cluster

RACK = "rack"
IMAGES = (("web:1", 300), ("db:2", 900))


class Chance:
    """A source of nodes and pods."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)

    def often(self, share: float) -> bool:
        return self.dice.random() < share

    def cluster(self) -> Cluster:
        count = self.dice.randint(2, 14)
        bound = [self.pod(f"b{i}", node_name=f"n{self.dice.randrange(count)}") for i in range(self.dice.randint(0, 8))]
        return Cluster.of([*map(self.node, range(count)), *bound, *(SERVICES if self.often(0.5) else ())])

    def node(self, number: int) -> Node:
        places = {ZONE: f"z{self.dice.randint(0, 2)}", RACK: f"r{self.dice.randint(0, 4)}"}
        effect = self.dice.choice(["NoSchedule", "PreferNoSchedule", "PreferNoSchedule"])
        images = [ContainerImage(names=(name,), size_bytes=size << 20) for name, size in IMAGES if self.often(0.4)]
        return node(
            f"n{number}",
            labels={key: value for key, value in places.items() if self.often(0.9)},
            taints=(Taint(key="spot", effect=effect),) if self.often(0.3) else (),
            unschedulable=self.often(0.05),
            images=tuple(images),
            pods=self.dice.choice([5, 110]),
            cpu=self.dice.choice(["2", "4"]),
            memory=self.dice.choice(["4Gi", "8Gi"]),
        )

    def pod(self, name: str, **spec: Any) -> Pod:
        amounts = {"cpu": self.dice.choice(["100m", "250m", "1"]), "memory": self.dice.choice(["64Mi", "1Gi"])}
        made = pod(
            name,
            labels={"app": self.app()},
            requests={key: amount for key, amount in amounts.items() if self.often(0.8)},
            image=self.dice.choice(IMAGES)[0],
            tolerations=(Toleration(key="spot", operator="Exists"),) if self.often(0.3) else (),
            affinity=self.affinity() if self.often(0.5) else None,
            topology_spread_constraints=tuple(self.spread() for _ in range(self.dice.choice([0, 0, 1, 2]))),
            **spec,
        )
        if self.often(0.9):
            return made
        port = ContainerPort(container_port=80, host_port=80, host_ip=self.dice.choice(["", "10.0.0.1", "10.0.0.2"]))
        return with_spec(made, containers=(replace(made.spec.containers[0], ports=(port,)),))

    def app(self) -> str:
        return self.dice.choice(["web", "db", "job"])

    def spread(self) -> TopologySpreadConstraint:
        hard = self.often(0.4)
        return TopologySpreadConstraint(
            max_skew=self.dice.randint(1, 3),
            topology_key=self.dice.choice([ZONE, HOSTNAME, RACK]),
            when_unsatisfiable="DoNotSchedule" if hard else "ScheduleAnyway",
            label_selector=LabelSelector(match_labels={"app": self.app()}),
            min_domains=self.dice.choice([None, 2, 4]) if hard else None,
            node_affinity_policy=self.dice.choice(["", "Ignore"]),
            node_taints_policy=self.dice.choice(["", "Honor"]),
        )

    def affinity(self) -> Affinity:
        return Affinity(
            node_affinity=self.node_affinity() if self.often(0.4) else None,
            pod_affinity=self.neighbours(0.15) if self.often(0.5) else None,
            pod_anti_affinity=self.neighbours(0.2) if self.often(0.5) else None,
        )

    def neighbours(self, required: float) -> PodAffinity:
        wishes = [
            WeightedPodAffinityTerm(weight=self.dice.randint(1, 100), pod_affinity_term=self.term())
            for _ in range(self.dice.randint(0, 2))
        ]
        return PodAffinity(**{REQUIRED: (self.term(),) if self.often(required) else (), PREFERRED: tuple(wishes)})

    def term(self) -> PodAffinityTerm:
        key = self.dice.choice([ZONE, HOSTNAME, RACK])
        return PodAffinityTerm(label_selector=LabelSelector(match_labels={"app": self.app()}), topology_key=key)

    def node_affinity(self) -> NodeAffinity:
        zone = NodeSelectorRequirement(key=ZONE, operator="In", values=(self.dice.choice(["z0", "z1"]),))
        term = NodeSelectorTerm(match_expressions=(zone,))
        return NodeAffinity(**{PREFERRED: (PreferredSchedulingTerm(weight=self.dice.randint(1, 50), preference=term),)})
