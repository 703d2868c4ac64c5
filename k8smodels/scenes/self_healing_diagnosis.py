"""Exercises of the chapter *Self-healing* about who acts, and a diagnosis from what a real kubectl printed."""

from __future__ import annotations

import random
from collections.abc import Mapping

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.runtime import pod_columns
from k8smodels.scenes.self_healing import OWNERS, TROUBLES, Healing, heal
from k8smodels.views.html import bullets, el, join
from k8smodels.views.services import terminal

__all__ = ["diagnosis", "what_comes_back"]


def _outcome(healing: Healing) -> str:
    if healing.after is None:
        return "none"
    return "same" if healing.is_same else "other"


def what_comes_back(seed: int) -> Task:
    """Ask what serves a quarter of an hour after three troubles."""
    dice = random.Random(seed)  # noqa: S311 (numbers of an exercise)
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


def _cases() -> Mapping[str, tuple[str, str, str]]:
    """Pods that were not replaced: why, what to do, and the reason for that."""
    return {
        "db-0": (
            _("its StatefulSet waits: two Pods of that name must never run"),
            _("make sure that the machine is off, then taint it `out-of-service`"),
            _("A second db-0 beside one that may still write is what the StatefulSet avoids."),
        ),
        "agent-2576f": (
            _("it tolerates the taint without end"),
            _("nothing: it belongs to that node"),
            _("A DaemonSet wants one Pod on each node; on another node it would be one too many."),
        ),
        "alone": (
            _("it is deleted, and nobody counts it"),
            _("make it anew, this time with a Deployment"),
            _("No controller has a reason to make another one."),
        ),
    }


def diagnosis(recorded: str, seed: int) -> Task:
    """Show what a real kubectl printed, and ask about one Pod.

    Parameters
    ----------
    recorded
        Text of kubectl: the Pods after the eviction.
    """
    cases = _cases()
    pod = list(cases)[seed % len(cases)]
    cause, remedy, because = cases[pod]
    text = join(
        [
            el("p", _("A real cluster, 380 s after node-1 fell silent:")),
            terminal(recorded.strip(), "kubectl get pods -o wide"),
        ]
    )
    causes = [each[0] for each in cases.values()] + [_("its toleration of 300 s is not over yet")]
    remedies = [each[1] for each in cases.values()] + [_("raise `replicas`")]
    return Task(
        text,
        [
            Step(
                _("Why is there no other Pod in place of {pod}?").format(pod=pod),
                cause,
                options=causes,
                wrong={
                    causes[3]: _("Others were evicted 33 s ago."),
                    causes[0]: _("Is it numbered, as a StatefulSet's Pods are?"),
                    causes[1]: _("Then it would not be Terminating."),
                    causes[2]: _("Who made it? Look at its name, and at its STATUS."),
                },
            ),
            Step(
                _("What do you do?"),
                remedy,
                options=remedies,
                wrong={remedies[3]: _("More copies do not free the one that hangs.")},
                why=_("Which loop should act, and what does it wait for?"),
            ),
        ],
        [
            _("A name tells the owner: hash and letters, a number, letters only, or none of them."),
            _("A StatefulSet waits, a DaemonSet stays, nobody forgets."),
        ],
        bullets([f"{cause}: {because}", remedy]),
    )
