"""One workload under several profiles, side by side: where the pods end up, and what the cluster looks like then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import pstdev

from k8smodels.api.pod import Pod
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.engine import Engine, Placement
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.profile import Profile

INSTANCE_TYPE = "node.kubernetes.io/instance-type"
"""The label by which prices are most often told."""


@dataclass(frozen=True, slots=True)
class ResourceUse:
    """How one resource of a cluster is used. Finished pods use nothing.

    Attributes
    ----------
    requested, allocatable
        What all pods request and all nodes have: ``cpu`` in thousandths of a core, all others in whole units.
    utilisation
        requested / allocatable.
    imbalance
        The population standard deviation of the nodes' shares, sqrt(mean((share - mean share)²)), where the share of
        a node is what its pods request / what it has. Nodes without the resource are left out. 0 if all are equally
        full; at most 0.5 as long as no node is overcommitted.
    fragmentation
        1 - largest free piece / all that is free, where each node's free rest is a piece. 0 if all that is free is on
        one node, and if nothing is free; near 1 if it is in many small pieces, so that large pods do not fit.
    """

    requested: int
    allocatable: int
    utilisation: float
    imbalance: float
    fragmentation: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one profile makes of the workload.

    Attributes
    ----------
    placements
        The node of each pod that got one, by the pod's namespace/name.
    pending
        The pods that got none, by kube-scheduler's message.
    resources
        The use of each resource in the whole cluster afterwards, by its name.
    nodes_in_use
        How many nodes have a pod, not counting those of DaemonSets, which are everywhere.
    cost
        The prices of these nodes together; None without prices.
    """

    placements: Mapping[str, str]
    pending: Mapping[str, tuple[str, ...]]
    resources: Mapping[str, ResourceUse]
    nodes_in_use: int
    cost: float | None = None

    def to_json(self) -> dict[str, object]:
        """The outcome as plain values."""
        return {
            "placements": dict(self.placements),
            "pending": {message: list(pods) for message, pods in self.pending.items()},
            "resources": {name: asdict(use) for name, use in self.resources.items()},
            "nodesInUse": self.nodes_in_use,
            "cost": self.cost,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcomes of several profiles.

    Attributes
    ----------
    outcomes
        By the profile's name, in the order given.
    """

    outcomes: Mapping[str, Outcome]

    def moved(self, one: str, other: str) -> tuple[str, ...]:
        """The pods that do not get the same under the profiles `one` and `other`: another node, or none.

        Raises
        ------
        KeyError
            There is no profile of that name.
        """
        left, right = self.outcomes[one].placements, self.outcomes[other].placements
        return tuple(pod for pod in sorted(left.keys() | right.keys()) if left.get(pod) != right.get(pod))

    def to_json(self) -> dict[str, object]:
        """The outcomes as plain values, by profile."""
        return {name: outcome.to_json() for name, outcome in self.outcomes.items()}


def compare(
    cluster: Cluster,
    pods: Iterable[Pod],
    profiles: Mapping[str, Profile],
    *,
    prices: Mapping[str, float] | None = None,
    price_label: str = INSTANCE_TYPE,
    seed: int | None = None,
) -> Comparison:
    """Place `pods` on `cluster`, one after another, once under each of `profiles`.

    A pod that fits nowhere is passed over; nobody is evicted for it.

    Parameters
    ----------
    cluster
        Nodes, and the pods that they have already.
    pods
        The workload, in the order in which it comes.
    profiles
        The profiles by any names.
    prices
        What a node in use costs, in any unit, by its name or by the value of its label `price_label`.
    seed
        What to choose among equal nodes by; without it, the first by name is taken.

    Raises
    ------
    ValueError
        A node in use has no price.

    Examples
    --------
    >>> from k8smodels.api.node import node
    >>> from k8smodels.api.pod import pod
    >>> from k8smodels.scheduling.profile import DEFAULT
    >>> packing = DEFAULT.with_args("NodeResourcesFit", {"scoringStrategy": {"type": "MostAllocated"}})
    >>> cluster = Cluster.of(node(name, cpu="4", memory="8Gi") for name in ("n1", "n2"))
    >>> pods = [pod(name, requests={"cpu": "1", "memory": "2Gi"}) for name in ("a", "b")]
    >>> found = compare(cluster, pods, {"default": DEFAULT, "packing": packing}, prices={"n1": 0.5, "n2": 0.5})
    >>> [(name, outcome.nodes_in_use, outcome.cost) for name, outcome in found.outcomes.items()]
    [('default', 2, 1.0), ('packing', 1, 0.5)]
    >>> found.moved("default", "packing")
    ('default/b',)
    """
    workload = list(pods)
    outcomes = {}
    for name, profile in profiles.items():
        engine = Engine(cluster, profile)
        placed = engine.place(workload, seed=seed)
        outcomes[name] = _outcome(placed, list(engine.cluster.node_infos.values()), prices, price_label)
    return Comparison(outcomes)


def _outcome(
    placed: Sequence[Placement], nodes: Sequence[NodeInfo], prices: Mapping[str, float] | None, price_label: str
) -> Outcome:
    placements: dict[str, str] = {}
    pending: dict[str, list[str]] = {}
    for pod, node, _, message, _ in placed:
        name = f"{pod.namespace}/{pod.name}"
        if node is None:
            pending.setdefault(message, []).append(name)
        else:
            placements[name] = node
    used = [node for node in nodes if in_use(node)]
    return Outcome(
        placements,
        {message: tuple(names) for message, names in pending.items()},
        {name: resource_use(name, nodes) for name in sorted({name for node in nodes for name in node.allocatable})},
        len(used),
        None if prices is None else sum(price_of(node, prices, price_label) for node in used),
    )


def in_use(node: NodeInfo) -> bool:
    """Whether `node` has a pod that no DaemonSet put there."""
    controllers = (pod.pod.metadata.controller for pod in node.pods)
    return any(controller is None or controller.kind != "DaemonSet" for controller in controllers)


def price_of(node: NodeInfo, prices: Mapping[str, float], label: str) -> float:
    """What `node` costs: by its name, else by its `label`.

    Raises
    ------
    ValueError
        There is no price for it.
    """
    for key in (node.name, node.labels.get(label)):
        if key is not None and key in prices:
            return prices[key]
    raise ValueError(f"no price for node {node.name}: neither its name nor its label {label} has one")


def resource_use(resource: str, nodes: Iterable[NodeInfo]) -> ResourceUse:
    """How `nodes` together use `resource`.

    Examples
    --------
    >>> from k8smodels.api.node import node
    >>> from k8smodels.api.pod import pod
    >>> cluster = Cluster.of([node("n1", cpu="5"), node("n2", cpu="1")])
    >>> nodes = cluster.bind(pod("web", requests={"cpu": "3"}), "n1").node_infos.values()
    >>> use = resource_use("cpu", nodes)
    >>> use.requested, use.allocatable, use.utilisation
    (3000, 6000, 0.5)
    >>> f"{use.imbalance:.2f} {use.fragmentation:.2f}"
    '0.30 0.33'
    """
    having = [node for node in nodes if node.allocatable.get(resource)]
    taken = [(node.requested.get(resource, 0), node.allocatable[resource]) for node in having]
    requested, allocatable = sum(used for used, _ in taken), sum(have for _, have in taken)
    free = [max(0, have - used) for used, have in taken]
    return ResourceUse(
        requested,
        allocatable,
        requested / allocatable if allocatable else 0.0,
        pstdev(used / have for used, have in taken) if taken else 0.0,
        1 - max(free) / sum(free) if any(free) else 0.0,
    )
