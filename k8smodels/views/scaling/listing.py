"""An autoscaler as ``kubectl get hpa`` and ``kubectl describe hpa`` print it, without a cluster that has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.controlplane.kubectl.describe.autoscalers import describe_scaling
from k8smodels.controlplane.kubectl.describe.writer import Writer
from k8smodels.controlplane.kubectl.tables.services import AUTOSCALERS, autoscaler_cells
from k8smodels.views.text import columns

__all__ = ["HPAEvent", "described", "hpa_listing"]


class HPAEvent(NamedTuple):
    """An event of an autoscaler; `age` as kubectl prints it."""

    type: str
    reason: str
    age: str
    message: str


def hpa_listing(hpas: Iterable[HorizontalPodAutoscaler], age: str = "2h") -> str:
    """``kubectl get hpa``."""
    return columns([name.upper() for name in AUTOSCALERS.columns], [[*autoscaler_cells(hpa), age] for hpa in hpas])


def described(hpa: HorizontalPodAutoscaler, events: Sequence[HPAEvent] | None = ()) -> str:
    """``kubectl describe hpa``, without annotations and the time of its creation.

    Parameters
    ----------
    events
        None: as with ``--show-events=false``.
    """
    out = Writer()
    out.head(hpa.metadata)
    out.labels("Labels", hpa.labels)
    describe_scaling(out, hpa)
    if events:
        out.line("Events:")
        out.line("Type\tReason\tAge\tFrom\tMessage", 1)
        out.line("----\t------\t----\t----\t-------", 1)  # kubectl has one dash too many for Age
        for each in events:
            out.line(f"{each.type}\t{each.reason}\t{each.age}\thorizontal-pod-autoscaler\t{each.message}", 1)
    elif events is not None:
        out.line("Events:\t<none>")
    return "\n".join(line.rstrip() for line in out.text().split("\n"))
