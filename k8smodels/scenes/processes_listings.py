"""What a real kernel says, beside the model: listings of namespaces, and recorded system calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from k8smodels.i18n import _, ngettext
from k8smodels.isolation.machine import KINDS, Call, Ended, File, Kind, Step, boot, parse_ns_listing, run, shared_kinds
from k8smodels.views.frame import Frame
from k8smodels.views.html import Child, el
from k8smodels.views.isolation import call_text, grid, process, shared_table

# The reader's own listings.


def recorded_cases(text: str) -> dict[str, str]:
    """Listings from a file, by the remark behind each command."""
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    return {part.splitlines()[0].partition("# ")[2]: part for part in parts}


def compared(first: str, second: str) -> Frame:
    """Two outputs of ``ls -l /proc/PID/ns``: which namespaces are shared, and what follows."""
    a, b = parse_ns_listing(first, _("first")), parse_ns_listing(second, _("second"))
    shared = shared_kinds(a, b)
    says = _("Shared: {shared}. Apart: {apart}. {likely}").format(
        shared=_kinds(shared, True), apart=_kinds(shared, False), likely=_likely(shared)
    )
    return Frame(shared_table(a, b), says)


def _kinds(shared: Mapping[Kind, bool], wanted: bool) -> str:
    return ", ".join(kind for kind in KINDS if shared.get(kind) is wanted) or _("none")


def _likely(shared: Mapping[Kind, bool]) -> str:
    """What two processes with these namespaces most probably are."""
    if all(shared.values()):
        return _("Nothing is apart: two processes of one container, or two of the node.")
    if shared.get("net") is False:
        return _("Not two containers of one Pod: those share net.")
    if shared.get("ipc") is False:
        return _("One network and no common ipc: a Pod with hostNetwork, and the node or another such Pod.")
    if shared.get("mnt") is False and shared.get("pid"):
        return _("So look two containers of a Pod that shares its process namespace.")
    if shared.get("mnt") is False:
        return _("So look two containers of one Pod.")
    return _("One of them joined or left single namespaces, as with nsenter and unshare.")


# Recorded calls.

RECORDED: Mapping[str, str] = {
    "out of a chroot by a second one": "roots",
    "pivot_root holds": "roots",
    "root inside, nobody outside": "namespaces",
    "number 1 without a handler": "processes",
    "who may signal whom": "processes",
}
"""Scripts to show, with the subject under which the file of measurements has them."""

TREE = {"/secret": File("SECRET"), "/rootfs/app": File("program"), "/data/a/b": File("text")}
"""The files with which the scripts were recorded."""


def beside(measured: Mapping[str, Any], script: str) -> Frame:
    """Each call of a recorded script: what the model says now, and what the kernel said."""
    recorded = measured["scripts"][RECORDED[script]][script]
    steps = run(boot(TREE), [Call(who, name, tuple(args)) for who, name, *args in (step["call"] for step in recorded)])
    pairs = list(zip(steps, recorded, strict=True))
    rows = [_beside(step, kernel) for step, kernel in pairs]
    differing = sum(not _agree(step, kernel) for step, kernel in pairs)
    says = ngettext(
        "{n} call; its answer, `ls /` and the working directory are compared. Differences: {k}.",
        "{n} calls; their answers, `ls /` and the working directory are compared. Differences: {k}.",
        len(pairs),
    )
    return Frame(grid([_("process"), _("call"), _("model"), _("kernel")], rows), says.format(n=len(pairs), k=differing))


def _beside(step: Step, kernel: Mapping[str, Any]) -> Sequence[Child]:
    mark = el("span", el("b", _kernel(kernel)), class_="v ok" if _agree(step, kernel) else "v no")
    return (process(step.call.process), el("code", call_text(step.call)), _told(step), mark)


def _agree(step: Step, kernel: Mapping[str, Any]) -> bool:
    place = (list(step.listing), step.cwd) == (kernel["listing"], kernel["cwd"])
    return place and _told(step) == _kernel(kernel)


def agreement(measured: Mapping[str, Any]) -> Frame:
    """How many recorded calls were compared, and how many differed."""
    found = measured["agreement"]
    rows = [(name, each["scripts"], each["calls"], len(each["differences"])) for name, each in found.items()]
    total = [sum(int(row[column]) for row in rows) for column in (1, 2, 3)]
    says = _("{calls} calls in {scripts} scripts, {n} differences: {machine}, kernel {kernel}, {date}.").format(
        calls=f"{total[1]:,}", scripts=total[0], n=total[2], machine=measured["machine"],
        kernel=measured["kernel"], date=measured["date"],
    )  # fmt: skip
    return Frame(grid([_("scripts about"), _("scripts"), _("calls"), _("differences")], rows), says)


def _told(step: Step) -> str:
    if step.refused:
        return step.refused.errno
    if isinstance(step.answer, Ended):
        return _ending(step.answer.pid, step.answer.status.code, step.answer.status.signal)
    return _plain(step.answer)


def _kernel(said: Mapping[str, Any]) -> str:
    if said["errno"]:
        return str(said["errno"])
    if said["call"][1] == "wait" and said["answer"]:
        return _ending(*said["answer"])
    return _plain(said["answer"])


def _ending(pid: int, code: int | None, signal: int | None) -> str:
    if signal is None:
        return _("{pid} exits {code}").format(pid=pid, code=code)
    return _("{pid} ended by signal {signal}").format(pid=pid, signal=signal)


def _plain(answer: object) -> str:
    if isinstance(answer, tuple | list):
        return " ".join(map(str, answer))
    return _("done") if answer is None else str(answer)
