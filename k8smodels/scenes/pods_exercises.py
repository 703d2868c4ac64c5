"""Exercises of the chapter on pods: seeded pods whose answers the models compute."""

from __future__ import annotations

from typing import Any

from k8smodels.api.kinds import dump
from k8smodels.api.pod import Pod
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.isolation.machine.namespaces import KINDS
from k8smodels.pods import Event, Thing, fate, namespaces_of, place_of, run_pod, seen_elsewhere, shared
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.pods import busy_node, web
from k8smodels.scenes.pods_life import event_words
from k8smodels.views.html import Html, bullets, el, inline, join
from k8smodels.views.pods import thing_words

__all__ = ["same_file", "what_is_left", "what_they_share", "which_number"]


def manifest(pod: Pod) -> Html:
    """The pod as text."""
    return el("pre", dump([pod]), tabindex="0")


def _containers(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "image": f"{name}:1"} for name in names]


# What two containers share.

FIELDS: tuple[dict[str, Any], ...] = (
    {},
    {"shareProcessNamespace": True},
    {"hostNetwork": True},
    {"hostPID": True},
    {"hostUsers": False},
    {"hostIPC": True, "shareProcessNamespace": True},
    {"shareProcessNamespace": True, "hostUsers": False},
    {"hostNetwork": True, "hostPID": True},
)


def what_they_share(seed: int) -> Task:
    """Ask which kinds of namespaces two containers have in common, and which of these belong to the node."""
    names = dice_of(seed).sample(["app", "log", "proxy", "cache"], 2)
    subject = web(containers=_containers(*names), **FIELDS[seed % len(FIELDS)])
    common = shared(subject, *names)
    found = namespaces_of(subject)[0]
    hosts = frozenset(each.kind for each in found.memberships if each.mode == "NODE")
    return Task(
        join([manifest(subject), el("p", _("The node has cgroup v2."))]),
        [
            Step(
                _("Which kinds do {first} and {second} share, because of the Pod or with the whole node?").format(
                    first=names[0], second=names[1]
                ),
                frozenset(common),
                options=KINDS,
                wrong=_why_shared(),
            ),
            Step(
                _("Which of these do they share with the whole node?"),
                hosts,
                options=KINDS,
                wrong={"user": _("user: it is the node's, unless the Pod says hostUsers: false.")}
                | {"uts": _("uts: the runtime lets the host name follow the network.")},
                why=_("A field whose name begins with host takes the Pod to the node's."),
            ),
        ],
        [
            _("mnt and cgroup are each container's own, whatever the Pod says. time is everybody's."),
            _("net, uts and ipc are shared by default, pid is not. Then read the fields."),
        ],
        bullets(_explained(subject, kind) for kind in KINDS),
    )


def _why_shared() -> dict[str, str]:
    return {
        "pid": _("pid: by default each container has its own. Is there a field that says otherwise?"),
        "mnt": _("mnt: each container has its own tree of files."),
        "cgroup": _("cgroup: with version 2 each container has its own."),
        "time": _("time: no field speaks of it; all have the node's."),
        "user": _("user: whether it is the node's or the Pod's, both containers are in it."),
        "uts": _("uts: the host name follows the network: the Pod's, or the node's with hostNetwork."),
        "net": _("net: a Pod has one network, be it the node's."),
        "ipc": _("ipc: a Pod has one, be it the node's."),
    }


def _explained(subject: Pod, kind: Any) -> str:
    each = namespaces_of(subject)[0].of(kind)
    words = {
        "POD": _("**{kind}**: the Pod's, shared."),
        "CONTAINER": _("**{kind}**: each container's own."),
        "NODE": _("**{kind}**: the node's, shared with everybody there."),
    }
    said = words[each.mode].format(kind=kind)
    return _("{said} The field: `{reason}`.").format(said=said, reason=each.reason) if each.reason else said


# Numbers.


def which_number(seed: int) -> Task:
    """Ask how many processes a container sees, and which number another one has there."""
    dice = dice_of(seed)
    names = dice.sample(["app", "log", "proxy", "cache"], dice.choice([2, 3]))
    share = seed % 3 != 1
    sidecar = dice.random() < 0.5
    containers = _containers(*names[1:] if sidecar else names)
    fields: dict[str, Any] = {"shareProcessNamespace": True} if share else {}
    if sidecar:
        fields["initContainers"] = [{"name": names[0], "image": f"{names[0]}:1", "restartPolicy": "Always"}]
    subject = web(containers=containers, **fields)
    running = run_pod(busy_node(), subject)
    looks, sought = dice.sample(names, 2)
    seen = {line.command: line.pid for line in running.sees(looks).processes}
    none = _("it has none there")
    numbers = [str(number) for number in range(1, 5)]
    first = next(name for name, pid in seen.items() if pid == 1)
    return Task(
        join(
            [
                manifest(subject),
                el(
                    "p",
                    inline(
                        _("`ps` runs in `{name}`. Leave out `ps` itself; each container is one process.").format(
                            name=looks
                        )
                    ),
                ),
            ]
        ),
        [
            Step(
                _("How many processes does it list?"),
                len(seen),
                why=_("Does the Pod share its process numbers? If it does, somebody who is no container has one, too."),
            ),
            Step(
                _("Who is number 1?"),
                first,
                options=["pause", *names, "systemd"],
                wrong={
                    "systemd": _("systemd is number 1 of the node."),
                    "pause": _("pause is number 1 of a namespace that all containers share."),
                },
                why=_("Number 1 is who was first in this namespace."),
            ),
            Step(
                _("Which number has {name}?").format(name=sought),
                str(seen.get(sought, none)),
                options=[*numbers, none],
                wrong={none: _("In a shared namespace everybody has a number for everybody.")},
                why=_(
                    "In the order of their starts, pause first. A sidecar starts before the others. "
                    "A namespace of its own hides it."
                ),
            ),
        ],
        [
            _("Look for shareProcessNamespace first."),
            _(
                "With it: pause is 1, then come sidecars, then containers, in their order. "
                "On a real node short-lived helpers take the numbers between."
            ),
        ],
        bullets(_("`{name}`: number {pid}").format(name=name, pid=pid) for name, pid in seen.items()),
    )


# Files.


def same_file(seed: int) -> Task:
    """Ask where another container sees a file."""
    dice = dice_of(seed)
    at = dice.choice(["/logs", "/in", "/mnt/app"])
    part = dice.choice(["", "access", "access"])
    name = dice.choice(["today", "errors"])
    path = dice.choice([f"/data/access/{name}", f"/data/{name}", f"/data/access/{name}", f"/cache/{name}"])
    theirs: dict[str, Any] = {"name": "data", "mountPath": at, "readOnly": dice.random() < 0.5}
    theirs |= {"subPath": part} if part else {}
    containers = [
        {"name": "app", "image": "app:1", "volumeMounts": [{"name": "data", "mountPath": "/data"}]},
        {"name": "log", "image": "log:1", "volumeMounts": [theirs]},
    ]
    subject = web(containers=containers, volumes=[{"name": "data", "emptyDir": {}}])
    here, seen = place_of(subject, "app", path), seen_elsewhere(subject, "app", path)
    nowhere = _("nowhere")
    found = seen[0].path if seen else nowhere
    layer = _("the writable layer of app")
    wheres = [layer, *(f"data:/{rest}" for rest in (name, f"access/{name}", f"data/{name}"))]
    paths = sorted({found, path, f"{at}/{name}", f"{at}/access/{name}", f"{at}/data/{name}"} - {nowhere})
    may = _("yes") if seen and not seen[0].read_only else _("no")
    return Task(
        join([manifest(subject), el("p", inline(_("`app` writes the file `{path}`.").format(path=path)))]),
        [
            Step(
                _("Where does it lie? (A name before the colon is a volume.)"),
                f"{here.volume}:{here.path}" if here.volume else layer,
                options=wheres,
                wrong={layer: _("/data is a mount: what lies below it lies in the volume.")},
                why=_("Take the mount path away from the front. No mount above the file: it is in the layer."),
            ),
            Step(
                _("As what does log see it?"),
                found,
                options=[*paths, nowhere],
                wrong={
                    path: _("That is the path in app. log has mounts of its own."),
                    nowhere: _("The volume is the same, and the file lies in the part that log mounts."),
                    f"{at}/access/{name}": _("With a subPath the mount begins inside the volume."),
                },
                why=_("From the path in the volume take the subPath away, and put the mount path in front."),
            ),
            Step(
                _("Can log change it?"),
                may,
                options=[_("yes"), _("no")],
                why=_("See readOnly, and whether it sees the file at all."),
            ),
        ],
        [
            _("A path is looked up in two steps: container to volume, volume to the other container."),
            _("subPath: access means that the mount shows only the directory access of the volume."),
        ],
        _("It lies in {place}. log sees it: {found}.").format(
            place=f"{here.volume}:{here.path}" if here.volume else layer, found=found
        ),
    )


# What is left.

ASKED = (
    Thing.WRITABLE_LAYER,
    Thing.NETWORK_NAMESPACE,
    Thing.IPC_OBJECTS,
    Thing.MEMORY_DIRECTORY,
    Thing.EMPTY_DIRECTORY,
    Thing.UID,
    Thing.CLAIMED_VOLUME,
)


def what_is_left(seed: int) -> Task:
    """Ask what outlives an event."""
    event, told = _happenings()[seed % len(_happenings())]
    words = thing_words()
    found = {words[thing]: fate(thing, event) for thing in ASKED}
    left = frozenset(name for name, each in found.items() if each.survives)
    return Task(
        inline(told),
        [
            Step(
                _("Which of these does Kubernetes call it?"),
                event_words()[event.value],
                options=list(event_words().values()),
                why=_("Ask what ended: a process, the sandbox, the machine, or the Pod as an object."),
            ),
            Step(
                _("What is still there afterwards?"),
                left,
                options=list(found),
                wrong={
                    name: _("{name}: {reason}.").format(name=name, reason=each.reason) for name, each in found.items()
                },
            ),
        ],
        [
            _("Each thing belongs to somebody: container, sandbox, memory, Pod, node, claim."),
            _("Who ends takes along what belongs to it."),
        ],
        bullets(f"**{name}**: {each.reason}" for name, each in found.items()),
    )


def _happenings() -> tuple[tuple[Event, str], ...]:
    return (
        (
            Event.CONTAINER_RESTARTS,
            _("A container is over its memory limit. The kernel kills it, and it is started again."),
        ),
        (Event.NODE_REBOOTS, _("The machine loses power for a minute and comes back. The Pod is still bound to it.")),
        (Event.KUBELET_RESTARTS, _("An administrator runs `systemctl restart kubelet` on the node.")),
        (Event.SANDBOX_CHANGES, _("Somebody on the node kills the process `pause` of the Pod.")),
        (Event.POD_IS_REPLACED, _("Somebody runs `kubectl delete pod`. A Deployment makes up for it.")),
    )
