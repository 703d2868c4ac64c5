"""Exercises of the chapter on containers: from a pod's requests and limits to classes, weights and evictions."""

from __future__ import annotations

import random
from collections.abc import Sequence

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.isolation import oom_score_adj, pod_qos, rank_pods
from k8smodels.isolation.cpu import kubelet_weight, milli_cpu_to_shares, runtime_weight
from k8smodels.scenes.containers_cgroups import one_pod
from k8smodels.scenes.containers_memory import NODE_BYTES, measured, memory_pod
from k8smodels.scenes.dice import dice_of
from k8smodels.views.html import bullets, el, inline, join
from k8smodels.views.resources.memory import deciding
from k8smodels.views.tables import table

__all__ = ["name_the_class", "weigh_a_request", "who_goes_first"]

_AMOUNTS = (
    "limits: {{cpu: 500m, memory: {m}}}",
    "requests: {{cpu: 500m, memory: {m}}}",
    "requests: {{memory: {m}}}",
    "limits: {{memory: {m}}}",
    "",
)


def name_the_class(seed: int) -> Task:
    """Ask for the QoS class of a pod, and for its first container's oom_score_adj."""
    dice = dice_of(seed)
    memory = dice.choice(["512Mi", "1Gi", "2Gi"])
    first = _AMOUNTS[seed % len(_AMOUNTS)]
    second = dice.choice([first, first, "", _AMOUNTS[0]])
    manifest = _manifest([("app", first.format(m=memory)), ("log", second.format(m=memory))])
    item = one_pod(manifest)
    qos = pod_qos(item)
    score = oom_score_adj(item, item.spec.containers[0], NODE_BYTES)
    classes = ("Guaranteed", "Burstable", "BestEffort")
    meanings = {
        "Guaranteed": _("Guaranteed needs a request and an equal limit of CPU and of memory in every container."),
        "Burstable": _("Burstable is what is left when not all entries agree on one of the other two."),
        "BestEffort": _("BestEffort means that no container has any request or limit of CPU or memory."),
    }
    wrong = {name: meaning for name, meaning in meanings.items() if name != qos.qos_class}
    lines = [f"{entry.path.removeprefix('spec.')} {entry.resource}: {entry.qos_class}" for entry in qos.resources]
    return Task(
        el("pre", manifest, tabindex="0"),
        [
            Step(_("Which class does the Pod get?"), qos.qos_class, options=classes, wrong=wrong),
            Step(
                _("The node has 8 Gi. Which `oom_score_adj` do the processes of `app` get?"),
                score,
                wrong={
                    str(1000 - score): _("The more a container requests, the *lower* its number: subtract from 1000.")
                },
                why=_("Guaranteed −997, BestEffort 1000, Burstable 1000 less the thousandths of the node requested."),
            ),
        ],
        [
            _("Where a limit stands alone, the API server copies it into the request."),
            _("Round the thousandths down before you subtract; the result stays between 3 and 999."),
        ],
        bullets([*lines, f"oom_score_adj: {score}"]),
    )


def _manifest(containers: Sequence[tuple[str, str]]) -> str:
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n"
    for name, amounts in containers:
        text += f"  - name: {name}\n    image: {name}\n" + (f"    resources:\n      {amounts}\n" if amounts else "")
    return text


def weigh_a_request(seed: int) -> Task:
    """Ask for the shares and both weights of a request."""
    dice = dice_of(seed)
    milli = dice.choice([150, 250, 400, 500, 750, 1500, 2000, 3000])
    shares = milli_cpu_to_shares(milli)
    by_kubelet, by_runc = kubelet_weight(shares), runtime_weight(shares)
    linear = milli // 10
    options = sorted({by_kubelet, by_runc, linear, shares})
    wrong = {
        str(by_kubelet): _("That is the kubelet's line, for the Pod's cgroup. runc uses a curve."),
        str(shares): _("Those are the shares of version 1."),
        str(linear): _("Only at 1 CPU does runc's curve give 100 for each CPU."),
    }
    text = _("A Pod has one container that requests {cpu}.").format(cpu=f"`cpu: {milli}m`")
    given = (
        "shares = m × 1024 / 1000\n"
        "Pod:       weight = 1 + (shares − 2) × 9999 / 262142\n"
        "container: weight = a curve through (1024, 100)"
    )
    return Task(
        join([el("p", inline(text)), el("pre", given, tabindex="0")]),
        [
            Step(_("How many shares is that? Round down."), shares, why=_("Thousandths of a CPU × 1024 ÷ 1000.")),
            Step(
                _("Which `cpu.weight` does the kubelet write for the Pod? Round the quotient down."),
                by_kubelet,
                wrong={str(by_kubelet - 1): _("Do not forget to add 1.")},
                why=_("1 + (shares − 2) × 9999 ÷ 262142."),
            ),
            Step(
                _("Which `cpu.weight` does runc write for the container?"),
                str(by_runc),
                options=[str(option) for option in options],
                wrong={key: why for key, why in wrong.items() if key != str(by_runc)},
            ),
        ],
        [_("1 CPU is 1024 shares."), _("1 CPU becomes 39 for the Pod and 100 for the container.")],
        bullets(
            [
                f"{milli} × 1024 ÷ 1000 → {shares}",
                f"1 + {shares - 2} × 9999 ÷ 262142 → {by_kubelet}",
                f"runc: {by_runc}",
            ]
        ),
    )


def who_goes_first(seed: int) -> Task:
    """Ask which of four pods the kubelet evicts for want of memory, and which step decided."""
    dice = dice_of(seed)
    names = dice.sample(["api", "batch", "cache", "mail", "shop"], 4)
    pods, stats, rows = [], [], []
    for i, name in enumerate(names):
        request, priority, above = _habits(dice, seed % 3, i)
        item = memory_pod(name, request, priority=priority, critical=i == 0 and dice.random() < 0.4)
        used = max(100, request + above) + 7 * i
        pods.append(item)
        stats.append(measured(item, used))
        shown = item.spec.priority_class_name or str(priority)
        rows.append((name, shown, f"{request} Mi" if request else "–", f"{used} Mi"))
    ranking = rank_pods("memory.available", pods, stats)
    first = next(item for item in ranking.pods if item.use.pod is ranking.evicted)
    steps = [
        _("it exceeds its request, the next does not"),
        _("its priority is lower"),
        _("it uses more above its request"),
    ]
    order = ", ".join(item.name for item in ranking.pods)
    wrong = {
        item.name: _wrong_eviction(item.use.is_spared, item.use.exceeds_request)
        for item in ranking.pods
        if item is not first
    }
    return Task(
        join(
            [
                el("p", _("The node is short of memory.")),
                table([_("Pod"), _("priority"), _("requests"), _("uses")], rows),
            ]
        ),
        [
            Step(_("Which Pod does the kubelet evict first?"), first.name, options=names, wrong=wrong),
            Step(
                _("Which step put it before the next one in the order?"),
                deciding(first),
                options=steps,
                why=_("Take the steps in this order, and stop at the first in which the two differ."),
            ),
        ],
        [
            _("First come those that exceed their requests. Without a request, any use exceeds it."),
            _("Then the lower priority, then the larger use above the request."),
        ],
        bullets([_("The whole order: {order}.").format(order=order), _("Evicted: {name}.").format(name=first.name)]),
    )


def _habits(dice: random.Random, kind: int, i: int) -> tuple[int, int, int]:
    """Request, priority and use above the request, so that each of the three steps decides sometimes."""
    if kind == 0:  # only the second one exceeds its request
        return dice.choice([512, 1024]), dice.choice([0, 1000]), 250 if i == 1 else -dice.choice([50, 200, 300])
    priority = dice.choice([0, 500, 1000]) if kind == 1 else 0
    return dice.choice([0, 512, 1024]), priority, dice.choice([-300, 100, 300, 700])


def _wrong_eviction(is_spared: bool, exceeds: bool) -> str:
    if is_spared:
        return _("It is critical: it stands in the order, but the kubelet never evicts it.")
    if not exceeds:
        return _("It keeps to its request; others do not.")
    return _("It exceeds its request, as others do. Compare priorities, then what is above the request.")
