"""Exercises of the chapter on processes in which something does not work: a signal, or two containers of one pod."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.isolation.machine import KINDS, Kind, boot, ns_links, run, shared_kinds
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.processes import calls
from k8smodels.scenes.processes_rights import MEMBERS, fate, seen_number, signal_scene
from k8smodels.views.html import bullets, el, inline, join
from k8smodels.views.isolation import consequence, ls_text

__all__ = ["diagnose", "which_errno"]

# What becomes of a signal?


def which_errno(seed: int) -> Task:
    """Ask what becomes of a signal from one process to another."""
    dice = dice_of(seed)
    own = dice.choice(["pid", "user", "user pid"])
    scene = signal_scene(own)
    sender = dice.choice(MEMBERS)
    receiver = dice.choice([name for name in MEMBERS if name != sender])
    signal = dice.choice(["SIGTERM", "SIGKILL"])
    word, reason = fate(scene, sender, receiver, signal)
    said = _fates()
    return Task(
        bullets([*_given(own), _("`{a}` sends {signal} to `{b}`.").format(a=sender, b=receiver, signal=signal)]),
        [
            Step(
                _("By which number does `{a}` know `{b}`?").format(a=sender, b=receiver),
                seen_number(scene, sender, receiver),
                options=["1", "2", "3", "4", _("none")],
                why=_(
                    "Numbers count in the sender's pid namespace: its members and those of namespaces below have one."
                ),
            ),
            Step(
                _("What happens?"),
                said[word],
                options=list(said.values()),
                wrong={said[other]: why for other, why in _wrong_fates().items() if other != word},
            ),
        ],
        [
            _("Ask in this order: is there a number? may the sender? does the target care?"),
            _("The same user may, and so may CAP_KILL in the target's user namespace. Number 1 gets what it handles."),
        ],
        bullets(
            [
                _("The number: {n}.").format(n=seen_number(scene, sender, receiver)),
                _("The answer: {answer}.").format(answer=said[word]),
                reason,
            ]
        ),
    )


def _given(own: str) -> list[str]:
    """What the reader is told about the machine."""
    made = {
        "pid": _("`web` is root and the first process of its own pid namespace; `worker` is its child."),
        "user": _("`batch` started `web` in its own user namespace (0 inside is 1000 outside); `worker` is its child."),
        "user pid": _(
            "`batch` started `web` in its own user **and** pid namespace (0 inside is 1000 outside); "
            "`worker` is its child."
        ),
    }
    numbers = _("On the node `init` is 1, `batch` (user 1000) 2, `web` 3, `worker` 4. Nobody handles signals.")
    return [made[own], numbers]


def _fates() -> Mapping[str, str]:
    """What may become of a signal, as the reader is offered it."""
    return {"delivered": _("it takes effect"), "ignored": _("sent, and ignored"), "ESRCH": "ESRCH", "EPERM": "EPERM"}


def _wrong_fates() -> Mapping[str, str]:
    return {
        "delivered": _("Check all three: a number, the right to send, and whether the target is number 1."),
        "ignored": _("Here only number 1 of a pid namespace ignores a signal, and not SIGKILL from a namespace above."),
        "ESRCH": _("The sender has a number for it: its pid namespace is the target's own or one around it."),
        "EPERM": _("Either there is no number, or the right is there: the same user, or CAP_KILL where it counts."),
    }


# Why does it not work? Two listings.


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody says, the namespaces that make it so, and the cause.

    Attributes
    ----------
    says
        The complaint.
    pod
        Kinds that the pod's pause process has for itself.
    app, side
        Kinds that each of the two processes has for itself; the others are those of pause, or for a process with its
        own net those of the node.
    cause
        What is behind it.
    denies
        Where to look in the listings of another case to see that this is not its cause.
    """

    says: str
    pod: tuple[Kind, ...]
    app: tuple[Kind, ...]
    side: tuple[Kind, ...]
    cause: str
    denies: str


def diagnose(seed: int) -> Task:
    """Show two listings and a complaint, and ask what is shared and what is the cause."""
    dice = dice_of(seed)
    cases = complaints()
    case = dice.choice(cases)
    app, side = listed(case)
    shared = shared_kinds(app, side)
    causes = [each.cause for each in cases]
    texts = [el("pre", ls_text(pid, links), tabindex="0") for pid, links in ((840, app), (871, side))]
    return Task(
        join([el("p", inline(case.says)), el("p", _("The two processes, 840 (app) and 871 (side):")), *texts]),
        [
            Step(
                _("Which namespaces do the two share?"),
                frozenset(kind for kind in KINDS if shared[kind]),
                options=KINDS,
                why=_("The same number in brackets is the same namespace."),
            ),
            Step(
                _("What is the cause?"),
                case.cause,
                options=dice.sample(causes, len(causes)),
                wrong={each.cause: each.denies for each in cases if each is not case},
            ),
        ],
        [
            _("Compare line by line; the lines that end with for_children speak of children only."),
            _("4026531832 to 4026531839 are the node's own: who has one of these is in the node's namespace."),
        ],
        join([bullets(f"`{kind}`: {consequence(kind, shared[kind])}" for kind in KINDS), el("p", inline(case.cause))]),
    )


def listed(case: Complaint) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """The links of the two processes of a case."""
    script = [
        *calls("init", ("fork", "pause", *case.pod)),
        *calls("pause", ("fork", "app", *case.app)),
        *calls("init" if "net" in case.side else "pause", ("fork", "side", *case.side)),
    ]
    scene = run(boot(), script)[-1].scene
    return ns_links(scene.machine, scene.pid("app")), ns_links(scene.machine, scene.pid("side"))


def complaints() -> Sequence[Complaint]:
    """The cases: each as it happens with Pods."""
    pod: tuple[Kind, ...] = ("net", "ipc", "uts")
    own: tuple[Kind, ...] = ("mnt", "pid", "cgroup")
    return (
        Complaint(
            _("“`side` gets no answer from `app` at 127.0.0.1:8080. They are in one Pod, I think.”"),
            pod, own, (*pod, *own),
            _("They are in two Pods: each has its own 127.0.0.1. Use the other Pod's address, or a Service."),
            _("Then net would be apart, and it would be what the complaint is about. Compare the two lines of net."),
        ),
        Complaint(
            _("“`side` should send SIGHUP to `app`, and finds no such process. They are in one Pod.”"),
            pod, own, own,
            _("The containers of a Pod do not share pid by default: set shareProcessNamespace."),
            _("So it would be if the complaint were about processes that do not find each other. Is it?"),
        ),
        Complaint(
            _("“`ps` in `app` lists every process of the node, the kubelet included.”"),
            pod, ("mnt", "cgroup"), ("mnt", "cgroup"),
            _("The Pod asks for hostPID: its pid namespace is the node's."),
            _("Then app's pid would have a number of the node's own, 4026531836."),
        ),
        Complaint(
            _("“I debug `app` from `side`: the addresses are right, but `cat /etc/hosts` shows the node's file.”"),
            pod, own, (),
            _("The debugging shell joined the Pod's net, not its mnt: its files are the node's."),
            _("Then mnt of side would have a number of the node's own, 4026531832. And is it about files?"),
        ),
        Complaint(
            _("“`app` cannot listen on 8080: the node's own web server has the port. Does a Pod not have its own?”"),
            ("ipc",), own, own,
            _("The Pod asks for hostNetwork: its ports are the node's ports."),
            _("Then app's net would have a number of the node's own, 4026531833."),
        ),
    )  # fmt: skip
