"""Exercises of the chapter *Self-healing*: who acts, and what has happened, read from nodes and Pods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.times import parse_time
from k8smodels.controlplane import Snapshot
from k8smodels.controlplane.clock import START
from k8smodels.controlplane.node_health import is_node_ready, ready_condition
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.runtime import pod_columns
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.self_healing import OWNERS, TROUBLES, Healing, heal
from k8smodels.scenes.self_healing_loss import loss
from k8smodels.views.controlplane.board import short_name
from k8smodels.views.html import Html, bullets, el, join
from k8smodels.views.services import terminal
from k8smodels.views.text import columns

__all__ = ["diagnosis", "what_comes_back"]


def _outcome(healing: Healing) -> str:
    if healing.after is None:
        return "none"
    return "same" if healing.is_same else "other"


def what_comes_back(seed: int) -> Task:
    """Ask what serves a quarter of an hour after three troubles."""
    dice = dice_of(seed)
    words = {"same": _("the same Pod"), "other": _("another Pod"), "none": _("nothing that serves")}
    all_pairs = [(trouble, owner) for trouble in TROUBLES for owner in OWNERS]
    known = {pair: heal(TROUBLES[pair[0]], OWNERS[pair[1]]) for pair in all_pairs}
    pairs = [dice.choice([pair for pair in all_pairs if _outcome(known[pair]) == each]) for each in words]
    dice.shuffle(pairs)
    found = [(*pair, known[pair]) for pair in pairs]
    why = {
        words["same"]: _("Only a kubelet brings back the same Pod, by starting its container again."),
        words["other"]: _("Another Pod comes only from a controller that counts."),
        words["none"]: _("Ask who counts, and what `restartPolicy` says."),
    }
    steps = [
        Step(
            _("Owner: {owner}. What happens: {trouble}.").format(owner=owner, trouble=trouble),
            words[_outcome(healing)],
            options=list(words.values()),
            wrong=why,
        )
        for trouble, owner, healing in found
    ]
    lines = [_line(*each, words[_outcome(each[2])]) for each in found]
    return Task(
        _("Three Pods, each with its own trouble. What serves 15 minutes later?"),
        steps,
        [_("First: is the Pod still there, on a living node? Then its kubelet is in charge."), _("Else: who counts?")],
        bullets(lines),
    )


def _line(trouble: str, owner: str, healing: Healing, what: str) -> str:
    if healing.after is not None:
        text = _("{owner}, {trouble}: {what}, after {n} s")
        return text.format(owner=owner, trouble=trouble, what=what, n=f"{healing.seconds:.0f}")
    status = pod_columns(healing.last).status if healing.last else _("no Pod")
    return _("{owner}, {trouble}: {status}").format(owner=owner, trouble=trouble, status=status)


@dataclass(frozen=True, slots=True)
class _Story:
    """What happened to a node, in words, and when a reader looks: seconds after the fault, from and to.

    Attributes
    ----------
    fault, stay, back
        See `loss`.
    look
        These seconds.
    what, sign
        What happened, and what shows it.
    """

    fault: str
    stay: int | None
    back: int | None
    look: tuple[int, int]
    what: str
    sign: str


def _stories() -> tuple[_Story, ...]:
    return (
        _Story(
            *("cut", 300, 200, (260, 450)),
            _("it was cut off, and came back in time"),
            _("the same two Pods run, without a restart, and all nodes are Ready"),
        ),
        _Story(
            *("crash", 300, 200, (260, 450)),
            _("it crashed, and came back in time"),
            _("the same two Pods run, and the container on node-1 was started again"),
        ),
        _Story(
            *("cut", 300, 480, (520, 590)),
            _("it was silent for too long, and is back"),
            _("node-1 is Ready, has no Pod, and one Pod is younger than the other"),
        ),
        _Story(
            *("crash", 300, None, (70, 330)),
            _("it is silent, and the toleration of 300 s runs"),
            _("node-1 is NotReady, for less than 300 s, and its Pod is not Terminating"),
        ),
        _Story(
            *("crash", None, None, (420, 590)),
            _("it is silent, and its Pod tolerates that for ever"),
            _("node-1 is NotReady, for more than 300 s, and its Pod is not Terminating"),
        ),
        _Story(
            *("cut", 300, None, (380, 590)),
            _("it is silent, and its Pod was given up"),
            _("node-1 is NotReady, and its Pod is Terminating"),
        ),
    )


def diagnosis(seed: int) -> Task:
    """Show nodes and Pods some time after a node fell silent, and ask what happened."""
    dice = dice_of(seed)
    stories = _stories()
    story = dice.choice(stories)
    moment = loss(story.fault, story.stay, story.back).snapshots[dice.randint(*story.look)]
    served = _served(moment)
    steps = [
        Step(
            _("What happened to node-1?"),
            story.what,
            options=[each.what for each in stories],
            wrong={each.what: _("You would see: {sign}.").format(sign=each.sign) for each in stories},
        ),
        Step(
            _("How many Pods get requests now?"),
            served,
            wrong={
                "3": _("A Pod that is to end gets none."),
                "2": _("READY tells what the kubelet said last. Is that kubelet heard?"),
                "1": _("A node that is heard again reports its Pods as ready."),
            },
            why=_("Those that run on nodes that are heard, and are not to end."),
        ),
    ]
    hints = [
        _("Nodes first. If all are Ready: which Pods are young, which were started again?"),
        _("If one is not: since when, by its condition? And is its Pod Terminating?"),
    ]
    text = join([el("p", _("The simulated cluster, with two copies of `web` behind a Service:")), _shown(moment)])
    return Task(
        text, steps, hints, bullets([f"{story.what}: {story.sign}", _("Pods that get requests: {n}").format(n=served)])
    )


def _served(moment: Snapshot) -> int:
    ends = [each for item in moment.of(EndpointSlice) for each in item.endpoints]
    return sum(bool(each.conditions.ready) for each in ends)


def _shown(moment: Snapshot) -> Html:
    """Nodes, Pods, and since when node-1 is as it is, as kubectl would print them."""
    lost = moment.get(Node, "node-1")
    ready = ready_condition(lost) if lost else None
    if ready is None:
        raise ValueError("node-1 has no condition Ready")
    nodes = [
        (each.name, _node_status(each), _age(moment, each.metadata.creation_timestamp)) for each in moment.of(Node)
    ]
    since = _("The condition Ready of node-1 is {status}, and has been so for {age}.")
    return join(
        [
            _terminal("kubectl get nodes", ("NAME", "STATUS", "AGE"), nodes),
            _terminal(
                "kubectl get pods -o wide",
                ("NAME", "READY", "STATUS", "RESTARTS", "AGE", "NODE"),
                [_pod_row(moment, pod) for pod in moment.of(Pod)],
            ),
            el("p", since.format(status=ready.status, age=_age(moment, ready.last_transition_time))),
        ]
    )


def _node_status(item: Node) -> str:
    return "Ready" if is_node_ready(item) else "NotReady"


def _pod_row(moment: Snapshot, pod: Pod) -> tuple[str, ...]:
    found = pod_columns(pod)
    age = _age(moment, pod.metadata.creation_timestamp)
    return (short_name(pod), found.ready, found.status, str(found.restarts), age, pod.spec.node_name)


def _terminal(command: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Html:
    return terminal(f"$ {command}\n{columns(head, rows)}", command)


def _age(moment: Snapshot, since: str) -> str:
    """How long ago, as kubectl says it: seconds below two minutes, no seconds from ten minutes on."""
    passed = round(moment.at_seconds - (parse_time(since) - START).total_seconds())
    minutes, seconds = divmod(passed, 60)
    if passed < 120:
        return f"{passed}s"
    return f"{minutes}m{seconds}s" if minutes < 10 else f"{minutes}m"
