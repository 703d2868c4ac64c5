"""Exercises of the chapter *Architecture*: quorums, writers, conflicts, and what an outage stops."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from k8smodels.api.kinds import load
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.workload import Deployment
from k8smodels.controlplane import Cluster, StatusError
from k8smodels.controlplane.api_server import Caller
from k8smodels.controlplane.etcd import EtcdCluster, quorum, tolerates
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.scenes.architecture import WEB
from k8smodels.scenes.architecture_outages import PARTS, QUESTIONS, goes_on
from k8smodels.scenes.dice import dice_of
from k8smodels.views.html import bullets, el, join
from k8smodels.views.services import terminal

__all__ = ["majority", "what_led_to_it", "which_part", "who_is_refused", "who_is_told"]


def majority(seed: int) -> Task:
    """Ask for a quorum, and on which side of a cut anything can be written."""
    dice = dice_of(seed)
    members = dice.choice([3, 4, 5, 6, 7])
    cut = dice.randrange(1, members)
    cluster = EtcdCluster(members, seed=seed)
    cluster.advance(5)
    names = cluster.members[:cut]
    cluster.partition(set(names))
    cluster.advance(5)
    first, second = _("the group of {cut}, with m1").format(cut=cut), _("the other group")
    sides = {first: names[0], second: cluster.members[-1]}
    writable = [side for side, member in sides.items() if cluster.wait(cluster.propose("x=1", member)).ok]
    neither = _("neither side")
    answer = writable[0] if writable else neither
    text = _("etcd has {members} members. The network is cut into a group of {cut} and a group of {rest}.")
    return Task(
        text.format(members=members, cut=cut, rest=members - cut),
        [
            Step(
                _("How many members are a majority?"),
                quorum(members),
                wrong={str(members // 2): _("Half is not more than half.")},
                why=_("More than half of all members, whether they can be reached or not."),
            ),
            Step(
                _("How many members may be lost for good without an end to writing?"),
                tolerates(members),
                wrong={str(quorum(members)): _("That is how many must be left.")},
                why=_("All members less a majority."),
            ),
            Step(
                _("On which side can clients write?"),
                answer,
                options=[*sides, neither],
                wrong={neither: _("One of the groups has a majority.")},
                why=_("Compare the size of the group with the majority of all members."),
            ),
        ],
        [_("Majority: ⌊n / 2⌋ + 1."), _("The members on the other side of the cut still count.")],
        bullets(
            [
                _("majority of {n}: {q}; {t} may be lost").format(n=members, q=quorum(members), t=tolerates(members)),
                _("can be written: {side}").format(side=answer),
            ]
        ),
    )


_PROGRAMS = ("kube-controller-manager", "kube-scheduler", "the kubelet of the Pod's node", "kube-proxy")


def who_is_told(seed: int) -> Task:
    """Ask who watches a kind."""
    cluster = Cluster.of(2, seed=seed + 1)
    for item in load(WEB):
        cluster.create(item)
    cluster.run(10)
    kind = ("Pod", "Service", "ReplicaSet")[seed % 3]
    told = {watch.component for watch in cluster.store.watchers(kind)}
    if kind == "Pod":
        told.add(_PROGRAMS[2])
    return Task(
        _("An object of the kind {kind} has changed (a Pod has a node already).").format(kind=kind),
        [
            Step(
                _("Which of these programs are told of it?"),
                frozenset(told & set(_PROGRAMS)),
                options=_PROGRAMS,
                wrong={
                    _PROGRAMS[0]: _("Some controller in it watches nearly every kind."),
                    _PROGRAMS[1]: _("What does the scheduler need to know to place Pods, and to spread them?"),
                    _PROGRAMS[2]: _("A kubelet watches the Pods of its own node, and no ReplicaSets."),
                    _PROGRAMS[3]: _(
                        "kube-proxy turns Services and their endpoints into rules. It never looks at Pods."
                    ),
                },
            )
        ],
        [_("Who needs the object for its own work?"), _("The scheduler spreads the Pods of one Service or owner.")],
        bullets([_("told of a {kind}: {names}").format(kind=kind, names=", ".join(sorted(told)))]),
    )


_KEPT = _("Two clients keep what the API server last answered, and write with its version.")
_ORDERS = (
    ("A reads", "B reads", "A writes", "B writes"),
    ("A reads", "A writes", "B reads", "B writes"),
    ("A reads", "B reads", "B writes", "A writes"),
    ("B reads", "A reads", "A writes", "A writes"),
    ("A reads", "B reads", "A writes", "B reads", "B writes"),
    ("B reads", "A reads", "B writes", "A writes", "A reads", "A writes"),
)


def who_is_refused(seed: int) -> Task:
    """Ask which write is refused when two clients read and write one object."""
    order = _ORDERS[seed % len(_ORDERS)]
    cluster = Cluster.of(1)
    stored = cluster.create(next(item for item in load(WEB) if isinstance(item, Deployment)))
    copies: dict[str, KubernetesObject] = {}
    answers = []
    for number, line in enumerate(order):
        who, _space, what = line.partition(" ")
        if what == "reads":
            copies[who] = cluster.store.get("Deployment", "default", "web") or stored
            continue
        labels = {"written-by": f"{who}{number}"}
        item = replace(copies[who], metadata=replace(copies[who].metadata, labels=labels))
        try:
            copies[who] = cluster.server.update(item, Caller(who))
            answers.append((number + 1, line, _("stored")))
        except StatusError:
            answers.append((number + 1, line, _("409 Conflict")))
    refused = [
        _("{n}: {line}").format(n=number, line=line) for number, line, answer in answers if answer != _("stored")
    ]
    options = [_("{n}: {line}").format(n=number, line=line) for number, line, _answer in answers]
    none = _("none of them")
    lines = "\n".join(f"{number}. {line}" for number, line in enumerate(order, 1))
    return Task(
        join([el("p", _KEPT), terminal(lines, _("what they do"))]),
        [
            Step(
                _("Which write is refused?"),
                refused[0] if refused else none,
                options=[*options, none],
                why=_("Has anybody written since this client has read, or since its own last write?"),
            )
        ],
        [
            _("The version changes with each write that is stored."),
            _("The answer to a write has the new version in it."),
        ],
        bullets([f"{number}. {line}: {answer}" for number, line, answer in answers]),
    )


def what_led_to_it(seed: int) -> Task:
    """Ask, for two of the writes that lead to a running Pod, which write their writer had been told of."""
    cluster = Cluster.of(2, seed=seed + 1)
    for item in load(WEB):
        cluster.create(item)
    cluster.run(10)
    running = cluster.journal.find(component="kubelet", verb="patch status", kind="Pod")[-1]
    chain = cluster.journal.causes(running)
    names = {record.number: f"{record.verb} {record.kind}" for record in chain}
    names[running.number] = _("patch status Pod: it runs")
    pairs = list(pairwise(chain))
    chosen = [pairs[seed % len(pairs)], pairs[(seed + 2) % len(pairs)]]
    options = [names[record.number] for record in chain]
    steps = [
        Step(
            _("Who wrote *{what}* had been told of one of these before. Which?").format(what=names[record.number]),
            names[before.number],
            options=options,
            why=_("Deployment, ReplicaSet, Pod, node, running: each writer watches what the one before it writes."),
        )
        for before, record in chosen
    ]
    return Task(
        _("A Deployment of one Pod was applied, and the Pod runs now."),
        steps,
        [_("Which kind of object does the writer watch?"), _("A kubelet waits for Pods with its node's name.")],
        bullets([str(record) for record in chain]),
    )


def which_part(seed: int) -> Task:
    """Ask which part is away, from what goes on and what does not."""
    parts = [part for part in PARTS if part not in ("nothing", "a majority of etcd")]
    part = parts[seed % len(parts)]
    lines = [
        f"{question.text:<55} {'yes' if goes_on(part, number) else 'no'}" for number, question in enumerate(QUESTIONS)
    ]
    return Task(
        join(
            [
                el("p", _("Somebody has tried this in a cluster that has a fault:")),
                terminal("\n".join(lines), _("what was tried")),
            ]
        ),
        [
            Step(
                _("Which part is away?"),
                part,
                options=parts,
                wrong={
                    "the scheduler": _("Without it new Pods are made, and stay without a node."),
                    "the controller manager": _("Without it objects are stored, and nothing follows from them."),
                    "the API server": _("Without it nothing at all can be stored."),
                    "the kubelet of node-1": _("Without it everything goes on but what has to be done on node-1."),
                },
            )
        ],
        [_("Read from the bottom: what is the first thing that goes on?"), _("Is a new object stored?")],
        bullets([_("{part}: compare with the table of the chapter").format(part=part)]),
    )
