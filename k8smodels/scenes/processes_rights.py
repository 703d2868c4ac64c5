"""Scenes about rights: who may signal whom, and what root of a user namespace may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8smodels.i18n import _
from k8smodels.isolation.machine import Call, File, Scene, boot, can_signal, run, user_id
from k8smodels.isolation.machine.namespaces import UserNamespace
from k8smodels.isolation.machine.scripts import make
from k8smodels.isolation.machine.signals import is_ignored
from k8smodels.scenes.processes import calls
from k8smodels.views.frame import Frame
from k8smodels.views.html import Child, Html, el, join
from k8smodels.views.isolation import call_rows, grid, note, process, refusal

# Signals.

MEMBERS = ("init", "batch", "web", "worker")
"""Root on the node, user 1000 on the node, and two processes of a container, of which `web` is the first."""


def containers() -> dict[str, str]:
    """Which namespaces of its own the container of `web` and `worker` has."""
    return {
        "": _("none: web is root"),
        "pid": _("pid: web is root"),
        "user": _("user: made by user 1000"),
        "user pid": _("user and pid: made by user 1000"),
    }


def signals(sender: str, signal: str, own: str) -> Frame:
    """What becomes of `signal` from `sender` to each of the four processes."""
    scene = signal_scene(own)
    rows = [_signal_row(scene, sender, receiver, signal) for receiver in MEMBERS]
    head = [_("to"), _("its number for {sender}").format(sender=sender), _("what happens"), _("why")]
    counts = [fate(scene, sender, receiver, signal)[0] for receiver in MEMBERS]
    says = _("**{sender}** reaches {n} of the 4 with {signal}.").format(
        sender=sender, n=sum(word == "delivered" for word in counts), signal=signal
    )
    return Frame(grid(head, rows), says)


def signal_scene(own: str) -> Scene:
    """The four processes; `web` and `worker` in namespaces of the kinds `own` (words), if any."""
    maker = calls("init", ("fork", "batch"))
    as_user = calls("batch", ("setuid", 1000))
    if "user" in own:
        born = [
            *calls("batch", ("fork", "web", *own.split())),
            *calls("init", ("write_uid_map", "web", 0, 1000, 1)),
        ]
    else:
        born = calls("init", ("fork", "web", *own.split()))
    return run(boot(), [*maker, *as_user, *born, *calls("web", ("fork", "worker"))])[-1].scene


def fate(scene: Scene, sender: str, receiver: str, signal: str) -> tuple[str, str]:
    """``delivered``, ``ignored`` or the errno, and the reason."""
    machine = scene.machine
    step = make(scene, Call(sender, "kill", (receiver, signal)))
    target = machine.process(scene.pid(receiver))
    permission = can_signal(machine, scene.pid(sender), target.pid)
    if step.refused:
        return step.refused.errno, permission.reason
    above = machine.process(scene.pid(sender)).namespaces["pid"] != target.namespaces["pid"]
    ignored = is_ignored(machine, target, signal, from_above=above)
    return ("ignored", ignored) if ignored else ("delivered", permission.reason)


def _signal_row(scene: Scene, sender: str, receiver: str, signal: str) -> Sequence[Child]:
    number = seen_number(scene, sender, receiver)
    word, why = fate(scene, sender, receiver, signal)
    marks: Mapping[str, Html] = {
        "delivered": el("span", el("b", _("it ends")), class_="v ok"),
        "ignored": el("span", el("b", _("ignored")), class_="v wait"),
    }
    return (process(receiver), number, marks.get(word) or refusal(word), why)


def seen_number(scene: Scene, sender: str, receiver: str) -> str:
    """The number by which `sender` names `receiver`, or words that say that it has none."""
    at = scene.machine.process(scene.pid(sender)).namespaces["pid"]
    return str(scene.machine.process(scene.pid(receiver)).pids.get(at) or _("none"))


# User namespaces.


def mappings() -> dict[str, str]:
    """What a user namespace's map may say, for `root_inside`."""
    return {
        "none": _("no user namespace"),
        "empty": _("own, no map yet"),
        "1000": _("own, 0 is 1000 outside"),
        "100000": _("own, 0 is 100000 outside"),
    }


def root_inside(mapping: str) -> Frame:
    """`app` as root, with or without a user namespace, tries what root may do."""
    scene = mapped_scene(mapping)
    steps = run(scene.machine, _tries(), scene.names)
    machine, app = scene.machine, scene.machine.process(scene.pid("app"))
    inside, outside = user_id(machine, app.pid), machine.joined(machine.process(1), UserNamespace).inside(app.uid)
    ids = note(
        _("app's user id: {inside} as it says, {outside} as the node says.").format(inside=inside, outside=outside)
    )
    refused = sum(step.refused is not None for step in steps)
    says = _("Inside **{inside}**, on the node **{outside}**: {n} of {total} calls are refused.")
    rows = [row[1:] for row in call_rows(steps)]
    return Frame(
        join([ids, grid([_("app calls"), _("answer")], rows)]),
        says.format(inside=inside, outside=outside, n=refused, total=len(steps)),
    )


def mapped_scene(mapping: str) -> Scene:
    """A node with root's `web`, and `app` with that mapping, whoever made it."""
    start = calls("init", ("fork", "web"), ("fork", "app"))
    maker = [] if mapping != "1000" else calls("app", ("setuid", 1000))
    own = [] if mapping == "none" else calls("app", ("unshare", "user"))
    outside = {"1000": 1000, "100000": 100000}.get(mapping)
    write = [Call("init", "write_uid_map", ("app", 0, outside, 1))] if outside else []
    become = calls("app", ("setuid", 0)) if outside else []
    return run(boot({"/data/a": File()}), [*start, *maker, *own, *write, *become])[-1].scene


def _tries() -> list[Call]:
    return calls(
        "app",
        ("kill", "web", None),
        ("sethostname", "mine"),
        ("mount", "tmpfs", "/data"),
        ("unshare", "uts", "mnt"),
        ("sethostname", "mine"),
        ("mount", "tmpfs", "/data"),
    )
