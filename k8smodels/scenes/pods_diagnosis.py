"""The diagnosis of the chapter on pods: what a terminal shows, what it comes from, and what to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from k8smodels.explore import Task
from k8smodels.i18n import _
from k8smodels.pods import Event, Listening, Thing, fate, listen_on_declared_ports, run_pod
from k8smodels.scenes.diagnosis import Case, cause_and_remedy
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.pods import busy_node, web
from k8smodels.scenes.pods_ports import placed
from k8smodels.views.html import el
from k8smodels.views.text import columns

__all__ = ["cases", "diagnose"]

STRERROR = {"EADDRINUSE": "address already in use"}
"""What programs print for the kernel's error."""


def diagnose(seed: int) -> Task:
    """Show a terminal, and ask for the cause and the remedy."""
    found = cases()
    case = found[seed % len(found)]
    hints = [
        _("Each container has its own pid and mnt namespaces; net is the Pod's."),
        _("What belongs to the container ends with it; an emptyDir ends with the Pod."),
    ]
    return cause_and_remedy(el("pre", case.text, tabindex="0"), case, found, dice_of(seed), hints)


def cases() -> tuple[Case, ...]:
    """All of them."""
    return (
        Case(
            "$ kubectl logs web -c proxy\n" + _refusal(),
            _("Another container of the Pod listens on this port."),
            _("Let one of the two programs listen on another port."),
            _("A port is taken, in a Pod with a network of its own. Who else can have it there?"),
        ),
        Case(
            _after("app", "/cache/orders", Thing.WRITABLE_LAYER, Event.CONTAINER_RESTARTS),
            _("The file lay in the writable layer, and the container was started again."),
            _("Write it into an emptyDir."),
            _("The Pod is the same, and RESTARTS went from 0 to 1. What ends with a container?"),
        ),
        Case(
            _after("app", "/data/orders", Thing.EMPTY_DIRECTORY, Event.POD_IS_REPLACED),
            _("The file lay in an emptyDir, and the Pod was replaced."),
            _("Use a claim for a volume."),
            _("RESTARTS is 0, but the Pod has another name: it is a new one. What ends with a Pod?"),
        ),
        Case(
            "$ kubectl exec web -c log -- touch /logs/offset\ntouch: /logs/offset: Read-only file system\n"
            "$ kubectl exec web -c app -- touch /data/offset; echo $?\n0",
            _("The mount of this one container says readOnly."),
            _("Give the container a second volume for what it writes."),
            _("app may write into the same volume. What is set for each container apart?"),
        ),
        Case(
            "$ kubectl describe pod web-2\n...\nWarning  FailedScheduling  default-scheduler  "
            + placed("hostPort", 2)[0].message,
            _("On each node another Pod has the same hostPort."),
            _("Leave out hostPort, and put a Service in front."),
            _("Look at the reason: nodes, and ports. Which port can be taken on a node before a Pod runs there?"),
        ),
        Case(
            _listing("log", {}) + "\n$ kubectl exec web -c log -- pkill -HUP app; echo $?\n1",
            _("Each container of this Pod has its own pid namespace."),
            _("Set shareProcessNamespace: true."),
            _("ps in log shows a single process, its own. To whom do the numbers of processes belong?"),
        ),
        Case(
            _listing("debug", {"ephemeralContainers": [{"name": "debug", "image": "busybox:1"}]}),
            _("The ephemeral container has no target."),
            _("Start another one with kubectl debug --target=app."),
            _("debug is in the Pod and sees itself only. What would have joined it to the processes of app?"),
        ),
    )


def _listing(container: str, fields: dict[str, Any]) -> str:
    """What ps(1) prints in one of the containers."""
    seen = run_pod(busy_node(), web(**fields)).sees(container).processes
    table = columns(["PID", "COMMAND"], [[line.pid, line.command] for line in seen])
    return f"$ kubectl exec web -c {container} -- ps -o pid,comm\n{table}"


def _refusal() -> str:
    """What a program prints that cannot listen."""
    ports = [{"containerPort": 8080}]
    subject = web(containers=[{"name": name, "image": "i", "ports": ports} for name in ("app", "proxy")])
    _running, attempts = listen_on_declared_ports(run_pod(busy_node(), subject))
    errno = _first_refused(attempts)
    return f"listen tcp :8080: bind: {STRERROR[errno]}"


def _first_refused(attempts: Sequence[Listening]) -> str:
    return next(each.refused.partition(":")[0] for each in attempts if each.refused)


def _after(container: str, path: str, thing: Thing, event: Event) -> str:
    """A listing before and after, with what ``kubectl get pods`` shows."""
    lost = not fate(thing, event).survives
    replaced = event is Event.POD_IS_REPLACED
    names = ("web-6d4-x2k9p", "web-6d4-8w7lm") if replaced else ("web-0", "web-0")
    shows = [(names[0], 0, "5d"), (names[1], 0 if replaced else 1, "40s" if replaced else "5d")]
    lines = []
    for (name, restarts, age), there in zip(shows, (True, not lost), strict=True):
        table = columns(["NAME", "READY", "STATUS", "RESTARTS", "AGE"], [[name, "1/1", "Running", restarts, age]])
        found = path if there else f"ls: {path}: No such file or directory"
        lines.append(f"$ kubectl get pods\n{table}\n$ kubectl exec {name} -c {container} -- ls {path}\n{found}")
    return "\n\n".join(lines)
