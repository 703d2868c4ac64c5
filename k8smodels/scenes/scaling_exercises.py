"""Exercises of the chapter on scaling, with answers from the models."""

from __future__ import annotations

import math
from datetime import timedelta

from k8smodels.api.autoscaling import HorizontalPodAutoscalerBehavior, HPAScalingRules
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.scaling import NOW, REQUEST_MILLI, estimated
from k8smodels.scenes.scaling_run import following
from k8smodels.views.html import bullets, inline
from k8smodels.views.scaling import formula_lines
from k8smodels.workloads.autoscaling.limits import limit_by_behavior, with_defaults
from k8smodels.workloads.autoscaling.loads import steps
from k8smodels.workloads.autoscaling.memory import Memory, Stamped
from k8smodels.workloads.autoscaling.run import Workload, run

__all__ = ["how_many", "how_soon_down", "unknown_pods", "will_it_grow"]


def how_many(seed: int) -> Task:
    """Ask for the utilization, the ratio, and the replicas that follow."""
    chance = dice_of(seed)
    pods, target = chance.choice([3, 4, 5, 6, 8]), chance.choice([50, 60, 80])
    near = seed % 4 == 3
    percent = target + 4 if near else target * chance.choice([130, 150, 175, 210, 50]) // 100
    used = percent * REQUEST_MILLI // 100
    estimate = estimated(pods, percent, target, "ready")
    utilization = estimate.usage.utilization or 0
    text = _("**{pods}** Pods, each requests {request}m of CPU and uses **{used}m**. The target is **{target} %**.")
    product = math.ceil(utilization * pods / target)
    wrong = {
        str(math.floor(utilization * pods / target)): _("A part of a Pod is a whole one: round up."),
        str(product): _("First ask whether the ratio is far enough from 1."),
    }
    return Task(
        inline(text.format(pods=pods, request=REQUEST_MILLI, used=used, target=target)),
        [
            Step(
                _("What is the utilization?"),
                utilization,
                unit="%",
                why=_("Use over *request*, in percent. The limit does not come into it."),
            ),
            Step(
                _("How many replicas does the metric ask for?"),
                estimate.replicas,
                wrong={key: why for key, why in wrong.items() if key != str(estimate.replicas)},
                why=_("Utilization over target, times the Pods, rounded up; nothing within 10 % of the target."),
            ),
        ],
        [
            _("The ratio is utilization over target."),
            _("Is the ratio between 0.9 and 1.1? If not: times the Pods, rounded up."),
        ],
        formula_lines(estimate, pods, target),
    )


def unknown_pods(seed: int) -> Task:
    """Ask what is assumed of two pods that tell nothing, and what follows."""
    chance = dice_of(seed)
    state = ("without a sample", "not ready yet")[seed % 2]
    pods, target = chance.choice([6, 8, 10]), chance.choice([50, 60])
    percent = chance.choice([20, 30, 80, 90, 100]) if seed % 2 == 0 else chance.choice([80, 100, 120])
    estimate = estimated(pods, percent, target, state)
    up = percent > target
    taken_for = _("0 %") if up else _("100 % of its request")
    options = [_("0 %"), _("100 % of its request"), _("the average of the others")]
    text = _("Of **{pods}** Pods two are **{state}**. The others use **{percent} %**; the target is **{target} %**.")
    naive = math.ceil(percent / target * pods)
    return Task(
        inline(text.format(pods=pods, state=state, percent=percent, target=target)),
        [
            Step(
                _("What is each of the two taken for?"),
                taken_for,
                options=options,
                wrong={options[2]: _("Nothing is guessed from the others: the more careful extreme is taken.")},
                why=_("What would hold the change back?"),
            ),
            Step(
                _("How many replicas does the metric ask for?"),
                estimate.replicas,
                wrong={} if naive == estimate.replicas else {str(naive): _("That takes the two for average.")},
                why=_("Calculate the utilization of all Pods again, the two included, then the ratio times all Pods."),
            ),
        ],
        [
            _("The controller is careful: on the way up nobody unknown helps, on the way down nobody unknown idles."),
            _("New ratio: ({known} × {percent} % + 2 × {other}) ÷ {pods} ÷ {target} %.").format(
                known=pods - 2, percent=percent, other=taken_for, pods=pods, target=target
            ),
        ],
        formula_lines(estimate, pods, target),
    )


def how_soon_down(seed: int) -> Task:
    """Ask which size a window and a policy allow, from what the metric asked for before."""
    chance = dice_of(seed)
    window, percent = chance.choice([60, 120]), chance.choice([10, 25, 50])
    current = 12
    asked = [chance.randint(3, 11) for _each in range(6)]
    ages = [180, 150, 105, 75, 45, 15]
    rules = HPAScalingRules.from_json(
        {
            "stabilizationWindowSeconds": window,
            "policies": [{"type": "Percent", "value": percent, "periodSeconds": 60}],
        }
    )
    behavior = with_defaults(HorizontalPodAutoscalerBehavior(scale_down=rules))
    wanted = chance.randint(2, 4)
    memory = Memory(tuple(Stamped(n, NOW - timedelta(seconds=age)) for n, age in zip(asked, ages, strict=True)))
    stable, memory = memory.stabilized(current, wanted, behavior.scale_up, behavior.scale_down, NOW)
    found = limit_by_behavior(current, stable, 1, 50, behavior, memory, NOW)
    past = ", ".join(_("{age} s ago {n}").format(age=age, n=f"**{n}**") for age, n in zip(ages, asked, strict=True))
    text = _(
        "`scaleDown` has a window of **{window} s** and one policy: **{percent} %** per 60 s. There are **12** Pods, "
        "for a long time. The metric asked for: {past}, and now **{wanted}**."
    )
    return Task(
        inline(text.format(window=window, percent=percent, past=past, wanted=wanted)),
        [
            Step(
                _("What does the window make of it?"),
                stable,
                wrong={
                    str(wanted): _("That is the newest only. The window has more."),
                    str(max(asked)): _("Not all of these are within the window."),
                }
                if stable not in (wanted, max(asked))
                else {},
                why=_("Of all that was asked for within the window, now included, the largest."),
            ),
            Step(
                _("What is the size after this look?"),
                found.replicas,
                wrong={str(stable): _("The policy does not let so many go at once.")}
                if stable != found.replicas
                else {},
                why=_("At most {percent} % of 12 may go within a minute; what is left is rounded down.").format(
                    percent=percent
                ),
            ),
        ],
        [
            _("The window first, then the policy."),
            _("The policy leaves at least 12 × {left} %, rounded down.").format(left=100 - percent),
        ],
        bullets(
            [
                _("Within {window} s the largest is {n}.").format(window=window, n=stable),
                _("The size becomes {n}: {message}.").format(n=found.replicas, message=found.message),
            ]
        ),
    )


CEILINGS = ((150, 80), (100, 95), (105, 100), (200, 100), (100, 80), (150, 140), (100, 100), (120, 80))
"""A limit in percent of the request, and a target: half of them never add a Pod."""


def will_it_grow(seed: int) -> Task:
    """Ask for the highest utilization that a pod can show, and whether that is enough to scale up."""
    chance = dice_of(seed)
    request = chance.choice([200, 400, 500])
    percent_of_request, target = CEILINGS[seed % len(CEILINGS)]
    limit_milli = request * percent_of_request // 100
    hpa = following(target)
    workload = Workload(request_milli=request, limit_milli=limit_milli)
    looks = run(hpa, workload, steps(50 * request), 90, 4)
    grows = looks[-1].wanted > 4
    most = max(look.utilization or 0 for look in looks)
    first = looks[0].proposed or 0
    text = _(
        "Four Pods request **{request}m** each, with a limit of **{limit}m**. The target is **{target} %**. "
        "The load is far more than they can serve."
    )
    options = [_("yes"), _("no, it stays at four")]
    return Task(
        inline(text.format(request=request, limit=limit_milli, target=target)),
        [
            Step(
                _("What utilization does the autoscaler see?"),
                most,
                unit="%",
                why=_("A Pod uses no more than its limit; utilization is a percentage of the *request*."),
            ),
            Step(
                _("Does it add Pods?"),
                options[0] if grows else options[1],
                options=options,
                wrong={
                    options[0]: _("The ratio is within the tolerance: it never gets above 1.1."),
                    options[1]: _("The ratio is above 1.1, so it does."),
                },
                why=_("Compare the ratio with 1.1."),
            ),
            Step(
                _("How many Pods does the first look ask for?"),
                first,
                why=_("Ratio times four, rounded up; four if the ratio is within the tolerance."),
            ),
        ],
        [
            _("The highest utilization is limit ÷ request."),
            _("The ratio is {most} ÷ {target}.").format(most=most, target=target),
        ],
        bullets(
            [
                _("Limit ÷ request: {most} %.").format(most=most),
                _("Ratio: {ratio}. The first look asks for {n}.").format(ratio=f"{most / target:.2f}", n=first),
            ]
        ),
    )
