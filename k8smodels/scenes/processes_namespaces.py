"""Scenes about namespaces: what each kind takes apart, and who sees what when several are switched on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8smodels.i18n import _
from k8smodels.isolation.machine import (
    KINDS,
    Call,
    File,
    Kind,
    Machine,
    Scene,
    Step,
    boot,
    cgroup_path,
    hostname,
    ipc_keys,
    listdir,
    ps,
    run,
    uptime,
    user_id,
    visible,
)
from k8smodels.isolation.machine.namespaces import NetNamespace, UserNamespace
from k8smodels.isolation.machine.scripts import make
from k8smodels.scenes.processes import calls
from k8smodels.views.frame import Frame
from k8smodels.views.html import Child, el, join
from k8smodels.views.isolation import grid, process, verdict

# One kind of namespace at a time.


def one_kind(kind: str) -> Frame:
    """`app` with one namespace of its own (or none), and what it and the node then see."""
    machine, app = with_own(kind)
    rows = [
        (el("code", each), asked, mine, theirs)
        for each, (asked, mine, theirs) in zip(KINDS, views(machine, app), strict=True)
    ]
    differing = [position for position, row in enumerate(rows) if row[2] != row[3]]
    return Frame(grid([_("kind"), _("asked"), _("app"), _("the node")], rows, differing), _kind_says()[kind])


def with_own(kind: str) -> tuple[Machine, int]:
    """A node where `app` has one namespace for itself and has tried to change whatever a namespace can hold."""
    own = [("unshare", kind)] if kind else []
    script = [
        *calls("init", ("fork", "starter")),
        *calls("starter", ("enter_cgroup", "/app"), *own, ("shift_clocks", 86400), ("fork", "app")),
        *calls("init", ("write_uid_map", "app", 0, 100000, 65536)),
        *calls("app", ("sethostname", "app-1"), ("msgget", 42), ("mount", "tmpfs", "/data"), ("setuid", 0)),
    ]
    scene = run(boot({"/data/orders": File()}, uptime_s=3600), script)[-1].scene
    return scene.machine, scene.pid("app")


def views(machine: Machine, app: int) -> list[tuple[str, str, str]]:
    """For each kind: the question, the answer that `app` gets, and the one that the node's first process gets."""
    both = (app, 1)
    users = machine.joined(machine.process(1), UserNamespace)
    questions: list[tuple[str, list[str]]] = [
        ("ls /data", [" ".join(listdir(machine, pid, "/data")) or _("empty") for pid in both]),
        ("hostname", [hostname(machine, pid) for pid in both]),
        (_("message queues"), [", ".join(map(str, ipc_keys(machine, pid))) or _("none") for pid in both]),
        (_("network devices"), [" ".join(_devices(machine, pid)) for pid in both]),
        (_("process numbers"), [" ".join(str(line.pid) for line in visible(machine, pid)) for pid in both]),
        (_("app's user"), [str(user_id(machine, app)), str(users.inside(machine.process(app).uid))]),
        (_("app's cgroup"), [cgroup_path(machine, pid, app) for pid in both]),
        (_("hours since boot"), [str(uptime(machine, pid) // 3600) for pid in both]),
    ]
    return [(asked, mine, theirs) for asked, (mine, theirs) in questions]


def _devices(machine: Machine, pid: int) -> list[str]:
    return sorted(machine.joined(machine.process(pid), NetNamespace).devices)


def _kind_says() -> Mapping[str, str]:
    return {
        "": _("Nothing is apart: whatever `app` changed, it changed for the whole node."),
        "mnt": _("**mnt**: the file system that `app` mounted on /data is in its own tree only."),
        "uts": _("**uts**: `app` has renamed itself, not the node."),
        "ipc": _("**ipc**: the message queue with key 42 is there for `app` only."),
        "net": _("**net**: a new network namespace has one device, `lo`. eth0 stayed with the node."),
        "pid": _("**pid**: `app` counts from 1 and sees itself only. The node sees all, and calls it 3."),
        "user": _(
            "**user**: `app` is user 0 in its own eyes and user 100000 on the node. The node's name and mounts belong "
            "to another user namespace, so it could change neither."
        ),
        "cgroup": _("**cgroup**: `app` takes its own cgroup for the root of all. The limits stay as they are."),
        "time": _("**time**: the clocks since boot are shifted by a day. The time of day is the same for all."),
    }


# Several kinds at once: who sees what.

OBSERVERS = ("init", "web", "batch")


def board(pid: bool, mnt: bool, uts: bool, net: bool) -> Frame:
    """What three processes see, `web` with its own namespaces of the kinds that are switched on."""
    chosen: list[Kind] = [kind for kind, is_own in zip(_TOGGLED, (pid, mnt, uts, net), strict=True) if is_own]
    scene, listening = _toggled(chosen)
    rows = [
        *(_in_ps(scene, name) for name in OBSERVERS),
        (_("its own number"), *(_own_number(scene.machine, scene.pid(name)) for name in OBSERVERS)),
        ("hostname", *(hostname(scene.machine, scene.pid(name)) for name in OBSERVERS)),
        ("ls /data", *(" ".join(listdir(scene.machine, scene.pid(name), "/data")) for name in OBSERVERS)),
        (_("listen on 8080"), _("not tried"), *map(verdict, listening)),
        (_("signal to batch"), *(verdict(make(scene, Call(name, "kill", ("batch", None)))) for name in OBSERVERS)),
    ]
    head = [_("asked"), _("init sees"), _("web sees"), _("batch sees")]
    return Frame(grid(head, rows), _board_says(chosen))


_TOGGLED: tuple[Kind, ...] = ("pid", "mnt", "uts", "net")


def _toggled(chosen: Sequence[Kind]) -> tuple[Scene, tuple[Step, Step]]:
    mounts = [("mount", "proc", "/proc"), ("mount", "tmpfs", "/data"), ("write", "/data/orders", "own")]
    script = [
        *calls("init", ("write", "/data/config", "text"), ("fork", "web", *chosen), ("fork", "batch")),
        *(calls("web", *mounts) if "mnt" in chosen else []),
        *(calls("web", ("sethostname", "web-0")) if "uts" in chosen else []),
        *(calls("web", ("link_up", "lo")) if "net" in chosen else []),
        *(Call(name, "execve", (name,)) for name in ("web", "batch")),
        *(Call(name, "listen", (8080,)) for name in ("web", "batch")),
    ]
    steps = run(boot({"/data/config": File()}), script)
    return steps[-1].scene, (steps[-2], steps[-1])


def _in_ps(scene: Scene, name: str) -> Sequence[Child]:
    """The number of `name` in the output of ps(1), for each observer."""
    cells = []
    for observer in OBSERVERS:
        found = [line.pid for line in ps(scene.machine, scene.pid(observer)) if line.command == name]
        cells.append(str(found[0]) if found else _("not listed"))
    return (join([process(name), " ", _("in ps")]), *cells)


def _own_number(machine: Machine, pid: int) -> str:
    found = machine.process(pid)
    return str(found.pids[found.namespaces["pid"]])


def _board_says(chosen: Sequence[Kind]) -> str:
    if not chosen:
        return _("One machine: each process sees the two others, one name, one set of files and ports.")
    if "pid" in chosen and "mnt" not in chosen:
        return _(
            "**web** has number 1, and its `ps` still lists the node: ps reads `/proc`, and that is still the node's. "
            "A signal counts with the real numbers."
        )
    if "pid" in chosen:
        return _("**web** mounted its own `/proc` and sees one process, itself. The node still sees all three.")
    return _("Only what is switched on is apart: {kinds}. Everything else is shared.").format(kinds=", ".join(chosen))
