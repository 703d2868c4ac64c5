"""System calls as a reader writes them, and what each one answered."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.i18n import _
from k8smodels.isolation.machine import Call, Ended, Step
from k8smodels.isolation.machine.scripts import Argument
from k8smodels.views.html import Child, Html, el
from k8smodels.views.isolation.cells import process

__all__ = ["call_rows", "call_text", "outcome", "refusal", "verdict"]

_BARE = ("kill", "fork", "unshare", "setns", "sigaction", "write_uid_map")
"""Calls whose words are names of processes, kinds and signals, not texts."""


def call_text(call: Call) -> str:
    """The call without its process, e.g. ``chroot("/rootfs")``."""
    words = (_argument(call.name, argument) for argument in call.args)
    return f"{call.name}({', '.join(words)})"


def outcome(step: Step) -> Html:
    """The verdict on one call: what it answered, or the kernel's error and the rule behind it."""
    if step.refused:
        return refusal(step.refused.errno, step.refused.reason)
    return el("span", el("b", _answer(step)), class_="v ok")


def verdict(step: Step) -> Html:
    """Whether the call was allowed, without the reason."""
    return refusal(step.refused.errno) if step.refused else el("span", el("b", _("allowed")), class_="v ok")


def refusal(errno: str, reason: str = "") -> Html:
    """What the kernel refused, and why."""
    return el("span", el("b", errno), f" {reason}" if reason else None, class_="v no")


def call_rows(steps: Sequence[Step]) -> list[Sequence[Child]]:
    """One row a call: who, what, and what came of it."""
    return [(process(step.call.process), el("code", call_text(step.call)), outcome(step)) for step in steps]


def _argument(name: str, argument: Argument) -> str:
    if name == "umount" and argument is True:
        return "MNT_DETACH"
    if argument is None:
        return "0"
    return str(argument) if name in _BARE or not isinstance(argument, str) else f'"{argument}"'


def _answer(step: Step) -> str:
    if isinstance(step.answer, Ended):
        return _("number {pid}: exit code {code}").format(pid=step.answer.pid, code=step.answer.status.exit_code)
    if isinstance(step.answer, tuple):
        return " ".join(map(str, step.answer)) or _("nothing in it")
    return _("done") if step.answer is None else str(step.answer)
