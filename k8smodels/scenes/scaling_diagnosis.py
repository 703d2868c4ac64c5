"""A size that does not change: what kubectl prints, and what the cause is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.scaling import autoscaler, cpu_metric
from k8smodels.views.html import bullets, el, inline, join
from k8smodels.views.scaling import described
from k8smodels.views.services import terminal
from k8smodels.workloads.autoscaling.loads import Load, steps
from k8smodels.workloads.autoscaling.run import Look, Workload, run

COMMAND = "kubectl describe hpa web -n shop --show-events=false"

__all__ = ["Fault", "diagnose", "faults", "last_look"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a size does not change.

    Attributes
    ----------
    sign
        What tells this cause from the others.
    remedy
        What to do, if the size should change.
    load, workload, percent, spec
        The run that shows it; `percent` is the target.
    """

    cause: str
    sign: str
    remedy: str
    load: Load = field(default_factory=lambda: steps(1000, (60, 9000)))
    workload: Workload = field(default_factory=Workload)
    percent: int = 50
    spec: Mapping[str, Any] = field(default_factory=dict)


def faults() -> Mapping[str, Fault]:
    """Five reasons to stay."""
    return {
        "request": Fault(
            _("a container requests no CPU"),
            _("`ScalingActive` is False, and its message names the container without a request."),
            _("the requests in the Pods' template"),
            workload=Workload(request_milli=None),
        ),
        "most": Fault(
            _("maxReplicas is reached"),
            _("`ScalingLimited` is True, `TooManyReplicas`: more is wanted than allowed."),
            _("maxReplicas"),
            spec={"maxReplicas": 4},
        ),
        "ceiling": Fault(
            _("the Pods' limit keeps the utilization at the target"),
            _("Nothing is limited, nothing fails; the utilization equals the target: it cannot get above it."),
            _("the target, or the limit"),
            workload=Workload(request_milli=250, limit_milli=250),
            percent=100,
        ),
        "window": Fault(
            _("an earlier, larger recommendation is still in the window"),
            _("`AbleToScale` says `ScaleDownStabilized`: the utilization is low, and the window is not over."),
            _("nothing, or the window of scaleDown"),
            load=steps(1000, (60, 200)),
        ),
        "rate": Fault(
            _("the rules for scaling up forbid it"),
            _("`ScalingLimited` is True, `ScaleUpLimit`: `Select Policy` under `Scale Up` says `Disabled`."),
            _("the behavior for scaling up"),
            spec={"behavior": {"scaleUp": {"selectPolicy": "Disabled"}}},
        ),
    }


def last_look(fault: Fault) -> Look:
    """What the controller does two minutes after the load has changed."""
    hpa = autoscaler([cpu_metric(fault.percent)], **fault.spec)
    before = replace(hpa, status=replace(hpa.status, current_replicas=4, desired_replicas=4))
    return run(before, fault.workload, fault.load, 180, 4)[-1]


def diagnose(seed: int) -> Task:
    """Show an autoscaler that does nothing, and ask for the cause."""
    chance = dice_of(seed)
    every = list(faults().values())
    fault = every[seed % len(every)]
    chance.shuffle(every)
    done = last_look(fault).done
    text = _("Two minutes ago the load changed to many times, or to a fifth. There are **four** Pods, now as before.")
    return Task(
        join(
            [
                el("p", inline(text)),
                terminal(f"$ {COMMAND}\n{described(done.hpa, None)}", "kubectl describe hpa"),
            ]
        ),
        [
            Step(
                _("What is the cause?"),
                fault.cause,
                options=[each.cause for each in every],
                wrong={each.cause: _("Then you would see this: {sign}").format(sign=each.sign) for each in every},
                why=_("Read the conditions in this order: ScalingActive, AbleToScale, ScalingLimited."),
            ),
            Step(
                _("What do you look at, if the size should change?"),
                fault.remedy,
                options=sorted({each.remedy for each in every}),
                why=_("Which field does the cause come from?"),
            ),
        ],
        [_("Is a condition of the wrong status? If none is, compare the two numbers of the metric."), fault.sign],
        bullets([fault.sign, _("The cause: {cause}.").format(cause=fault.cause)]),
    )
