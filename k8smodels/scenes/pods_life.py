"""Scenes about a pod's life: how its sandbox is made, who joins, and what outlives which end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from k8smodels.api.pod import Pod
from k8smodels.i18n import _
from k8smodels.isolation.machine import kill
from k8smodels.pods import Event, RunningPod, Thing, fate, fates, namespaces_of, run_pod, start_container
from k8smodels.scenes.pods import busy_node, serving, switched, web
from k8smodels.views.frame import Frame
from k8smodels.views.pods import fate_table, sandbox_board

ADDRESSES = ("10.244.1.2", "10.244.1.3")
STEPS = 7


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of the story.

    Attributes
    ----------
    written
        For each place where `app` wrote a file, whether the file is still there.
    """

    pod: RunningPod
    says: str
    written: Mapping[Thing, bool]


def made(share: bool, step: int) -> Frame:
    """How a pod is made and what its ends do; number `step` of both stories."""
    moments = story(share)
    before = moments[step - 1] if step else None
    now = moments[step]
    return Frame(sandbox_board(now.pod, before.pod if before else None, now.written), now.says)


@cache
def story(share: bool) -> tuple[Moment, ...]:
    """The sandbox, two containers, an end of `app`, and the end of pause."""
    subject = web(**switched(shareProcessNamespace=share))
    sandbox = run_pod(busy_node(), _empty(subject), ADDRESSES[0])
    with_app = _joined(sandbox, subject, "app")
    with_log = _joined(with_app, subject, "log")
    crashed = _killed(with_log, "app")
    again = _joined(crashed, subject, "app")
    lost = _pause_killed(again)
    anew = _anew(lost, subject)
    both = {Thing.WRITABLE_LAYER: True, Thing.EMPTY_DIRECTORY: True}
    after = {thing: fate(thing, Event.CONTAINER_RESTARTS).survives for thing in both}
    last = {thing: fate(thing, Event.SANDBOX_CHANGES).survives for thing in both}
    return (
        Moment(sandbox, _says()["sandbox"], {}),
        Moment(with_app, _says()["app"], both),
        Moment(with_log, _says()["log"], both),
        Moment(crashed, _says()["crash"], after),
        Moment(again, _says()["again"], after),
        Moment(lost, _says()["lost shared" if share else "lost"], after),
        Moment(anew, _says()["anew"], last),
    )


def _says() -> Mapping[str, str]:
    return {
        "sandbox": _(
            "First the **sandbox**: the runtime starts `pause` in new namespaces and lets the network plugin give it "
            "an address. No container runs yet."
        ),
        "app": _("`app` joins the net, uts and ipc namespaces of `pause`. It gets mnt and cgroup of its own."),
        "log": _("`log` joins the same namespaces. The shim is the parent of all three."),
        "crash": _("`app` crashes. `pause` and `log` do not notice: the address is still there."),
        "again": _(
            "`app` is started again: a new container with a new layer, in the same sandbox, at the same address."
        ),
        "lost": _(
            "`pause` is killed. The containers still run: a namespace lives as long as it has members. "
            "But the sandbox counts as lost."
        ),
        "lost shared": _(
            "`pause` is killed. It was number 1 of the shared pid namespace, so the kernel kills all others."
        ),
        "anew": _(
            "The kubelet stops what is left and has a new sandbox made, with a new address. "
            "The emptyDir is still there."
        ),
    }


def _empty(subject: Pod) -> Pod:
    return replace(subject, spec=replace(subject.spec, containers=()))


def _joined(running: RunningPod, subject: Pod, name: str) -> RunningPod:
    containers = {each.name: each for each in subject.spec.containers}
    kinds = {each.container: each for each in namespaces_of(subject)}
    started = start_container(replace(running, pod=subject), containers[name], kinds[name])
    return serving(started) if name == "app" else started


def _killed(running: RunningPod, name: str) -> RunningPod:
    machine = kill(running.machine, 1, running.containers[name], "SIGKILL")
    left = {other: pid for other, pid in running.containers.items() if other != name}
    return replace(running, machine=machine, containers=left)


def _pause_killed(running: RunningPod) -> RunningPod:
    machine = kill(running.machine, 1, running.pause, "SIGKILL")
    left = {name: pid for name, pid in running.containers.items() if _runs(replace(running, machine=machine), pid)}
    return replace(running, machine=machine, containers=left)


def _runs(running: RunningPod, pid: int) -> bool:
    found = running.machine.processes.get(pid)
    return found is not None and found.state != "Z"


def _anew(lost: RunningPod, subject: Pod) -> RunningPod:
    for name in lost.containers:
        lost = _killed(lost, name)
    return serving(run_pod(lost.machine, subject, ADDRESSES[1]))


# What outlives what.


def outlives(event: str) -> Frame:
    """What becomes of each thing that a pod has."""
    found = [each for each in fates() if each.event.value == event]
    lost = sum(not each.survives for each in found)
    says = _("**{event}**: {lost} of {all} are lost.").format(event=event_words()[event], lost=lost, all=len(found))
    return Frame(fate_table(found), says)


def event_words() -> dict[str, str]:
    """The events in words."""
    return {
        Event.CONTAINER_RESTARTS.value: _("a container restarts"),
        Event.SANDBOX_CHANGES.value: _("the sandbox is lost and made anew"),
        Event.KUBELET_RESTARTS.value: _("the kubelet restarts"),
        Event.NODE_REBOOTS.value: _("the node reboots"),
        Event.POD_IS_REPLACED.value: _("the Pod is replaced"),
    }
