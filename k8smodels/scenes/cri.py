"""Scenes of the chapter on the container runtime interface."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from k8smodels.api.durations import SECOND_NS
from k8smodels.api.kinds import load
from k8smodels.api.pod import Pod
from k8smodels.api.validation import validate
from k8smodels.i18n import _, ngettext
from k8smodels.runtime import (
    PodWorker,
    SimulatedRuntime,
    SyncResult,
)
from k8smodels.runtime.cri_calls import (
    Call,
    CreateContainer,
    ImageStatus,
    PullImage,
    RemoveContainer,
    RunPodSandbox,
    StartContainer,
    StopContainer,
    StopPodSandbox,
)
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, inline, join
from k8smodels.views.sequence import Actor, Message, sequence
from k8smodels.views.tables import table

WEB = """\
apiVersion: v1
kind: Pod
metadata: {name: web, uid: 5e1f}
spec:
  terminationGracePeriodSeconds: 30
  containers:
  - {name: app, image: "shop:2"}
"""

WITH_INIT_AND_SIDECAR = """\
apiVersion: v1
kind: Pod
metadata: {name: web, uid: 5e1f}
spec:
  terminationGracePeriodSeconds: 30
  initContainers:
  - {name: setup, image: "tools:1"}
  - {name: proxy, image: "proxy:3", restartPolicy: Always}
  containers:
  - {name: app, image: "shop:2"}
"""

IMAGES = ("tools:1", "proxy:3", "shop:2")
IMAGE_BYTES = 31_457_280
API_SERVER = "API server"
ACTORS = (
    Actor(API_SERVER, "cp"),
    Actor("kubelet", "node"),
    Actor("containerd", "ctr"),
    Actor("registry", "layer"),
    Actor("CNI plugin", "tun"),
    Actor("shim", "proc"),
)


@dataclass(frozen=True, slots=True)
class Look:
    """One look of the kubelet at the pod.

    Attributes
    ----------
    at_seconds
        When.
    result
        What it did.
    """

    at_seconds: int
    result: SyncResult


# The calls, one after another.


def _start_and_delete() -> list[Message]:
    *started, ended = _looks(WEB, [0], kill_at=60)
    gone = Message(API_SERVER, "kubelet", _("the Pod is deleted"), _("{n} s").format(n=60))
    return [_bound(), *_told(started), _status("Running"), gone, *_told([ended])]


def _init_and_sidecar() -> list[Message]:
    return [_bound(), *_told(_looks(WITH_INIT_AND_SIDECAR, [0, 2, 3], images=IMAGES, ends={2: ("setup", 0)}))]


def _crash() -> list[Message]:
    first, *more = _looks(WEB, [0, 5, 6, 16], images=("shop:2",), ends={5: ("app", 1), 6: ("app", 1)})
    start = [message for message in _told([first]) if not message.aside]
    return [_bound(), *start, *_told(more, before={5: _exited(5), 6: _exited(6)})]


def _pull_fails() -> list[Message]:
    looks = _looks(WEB, [0, 5, 10], failing=("shop:2: not found",))
    pushed = Message("registry", "registry", _("somebody pushes `shop:2`"), _("{n} s").format(n=8), aside=True)
    return _told(looks, before={10: pushed})


def _bound() -> Message:
    return Message(API_SERVER, "kubelet", _("the Pod is bound to this node"), _("{n} s").format(n=0))


def _status(words: str) -> Message:
    return Message("kubelet", API_SERVER, _("writes the status: {words}").format(words=words))


def _exited(second: int) -> Message:
    return Message("shim", "containerd", _("`app` has ended with code 1"), _("{n} s").format(n=second), aside=True)


STORIES: Mapping[str, Callable[[], list[Message]]] = {
    "a first start, and the end": _start_and_delete,
    "init container and sidecar": _init_and_sidecar,
    "the container crashes twice": _crash,
    "the registry does not have the image yet": _pull_fails,
}
STEPS = 16
"""Messages of each story."""


def _looks(
    manifest: str,
    seconds: Iterable[int],
    *,
    images: Iterable[str] = (),
    ends: Mapping[int, tuple[str, int]] | None = None,
    failing: Iterable[str] = (),
    kill_at: int | None = None,
) -> list[Look]:
    """Let a kubelet look at the pod at these seconds; `ends` are containers that end just before, with exit codes."""
    runtime = SimulatedRuntime(images, image_bytes=IMAGE_BYTES)
    runtime.failing_pulls = list(failing)
    worker, pod = PodWorker(runtime), read_pod(manifest)
    found = []
    for second in seconds:
        if ends and second in ends:
            runtime.exit(*ends[second], second * SECOND_NS)
        found.append(Look(second, worker.sync(pod, now_ns=second * SECOND_NS)))
    if kill_at is not None:
        found.append(Look(kill_at, worker.kill(pod, now_ns=kill_at * SECOND_NS)))
    return found


@cache
def messages(story: str) -> tuple[Message, ...]:
    """The messages of a story: the kubelet's calls, and what the runtime does behind them."""
    return tuple(STORIES[story]())


def _told(looks: Iterable[Look], before: Mapping[int, Message] | None = None) -> list[Message]:
    """The calls of `looks`; of questions for one image in the same look only the first."""
    found: list[Message] = []
    for look in looks:
        when = _("{n} s").format(n=look.at_seconds)
        found += [before[look.at_seconds]] if before and look.at_seconds in before else []
        failed = any(error.reason == "ErrImagePull" for error in look.result.errors)
        for call in worth_telling(look.result.calls):
            found += [Message("kubelet", "containerd", _said(call), when), *_behind(call, failed=failed)]
        waits = (f"{error.reason}: {error.message}" for error in look.result.errors)
        found += [Message("kubelet", "kubelet", words, when) for words in waits]
    return found


def _said(call: Call) -> str:
    """A call as a line: its name and what it is about."""
    name = f"`{type(call).__name__}`"
    match call:
        case RunPodSandbox() | StopPodSandbox():
            return _("{call} attempt {attempt}").format(call=name, attempt=call.attempt)
        case CreateContainer():
            return _("{call} {container}, attempt {attempt}, log `{log}`").format(
                call=name, container=call.container, attempt=call.attempt, log=call.log_path
            )
        case StopContainer():
            return _("{call} {container}, timeout {seconds} s").format(
                call=name, container=call.container, seconds=call.timeout
            )
        case ImageStatus() | PullImage():
            return f"{name} {call.image}"
        case RemoveContainer():
            return f"{name} {call.container}"
        case _:
            return f"{name} {getattr(call, 'container', '')}"


def _behind(call: Call, *, failed: bool) -> list[Message]:
    """What containerd does for a call: told, not simulated."""
    match call:
        case RunPodSandbox():
            return [
                Message("containerd", "CNI plugin", _("`ADD`: an address for the Pod"), aside=True),
                Message("containerd", "shim", _("starts the pause container, which holds the namespaces"), aside=True),
            ]
        case PullImage():
            words = _("answers: not found") if failed else _("sends the layers that are missing")
            return [Message("registry", "containerd", words, aside=True)]
        case StartContainer():
            return [Message("containerd", "shim", _("`runc start`: the program runs"), aside=True)]
        case StopContainer():
            return [Message("containerd", "shim", _("SIGTERM, and SIGKILL when the time is over"), aside=True)]
        case StopPodSandbox():
            return [Message("containerd", "CNI plugin", _("`DEL`: the address is free again"), aside=True)]
    return []


def calls(story: str, step: int) -> Frame:
    """Message number `step` of a story."""
    told = messages(story)
    message = told[step]
    says = _("**{sender}** to **{receiver}**: {what}").format(
        sender=message.sender, receiver=message.receiver, what=message.what
    )
    if message.sender == message.receiver:
        waits = _("No call: the container waits. {what}") if message.sender == "kubelet" else _("No call: {what}.")
        says = waits.format(what=message.what)
    return Frame(sequence(ACTORS, told, step), says)


# Policies of pulling.


def pull(policy: str, present: bool, registry: bool) -> Frame:
    """One start under a pull policy, with or without the image on the node and a registry that has it."""
    manifest = WEB.replace('"shop:2"}', f'"shop:2", imagePullPolicy: {policy}}}')
    (look,) = _looks(
        manifest, [0], images=("shop:2",) if present else (), failing=() if registry else ("shop:2: not found",)
    )
    rows = [[str(i), inline(_said(call))] for i, call in enumerate(worth_telling(look.result.calls), 1)]
    events = [[event.reason, event.message] for event in look.result.events]
    body = join([_numbered(_("call"), rows), table([_("event"), _("message")], events)])
    error = look.result.errors[0] if look.result.errors else None
    if error is not None:
        return Frame(body, _("The container waits: **{reason}**.").format(reason=error.reason))
    moved = any(isinstance(call, PullImage) for call in look.result.calls)
    if not moved:
        return Frame(body, _("It starts, and no registry was asked."))
    return Frame(body, _("It starts after a pull. With the same digest on the node, a pull moves no layer."))


def worth_telling(made: Iterable[Call]) -> list[Call]:
    """Without repeated looks at the same image."""
    return list({repr(call): call for call in made}.values())


def _numbered(title: str, rows: Iterable[tuple[str, Html] | list[str]]) -> Html:
    head = el("thead", el("tr", el("th", "#", scope="col"), el("th", title, scope="col")))
    body = join(el("tr", el("th", number, scope="row"), el("td", text)) for number, text in rows)
    return el("table", head, el("tbody", body))


# The reader's own pod.


def own_calls(manifest: str) -> Frame:
    """The calls of the first two looks at the pod in `manifest`, on a node without its images."""
    runtime = SimulatedRuntime()
    worker, pod = PodWorker(runtime), read_pod(manifest)
    first, second = worker.sync(pod), worker.sync(pod, now_ns=SECOND_NS)
    made = [*worth_telling(first.calls), *worth_telling(second.calls)]
    rows = [[str(i), inline(_said(call))] for i, call in enumerate(made, 1)]
    waits = _("Init containers run one after another: the next calls come when the first of them has ended.")
    init = any(not item.is_sidecar for item in pod.spec.init_containers)
    says = ngettext("{n} call.", "{n} calls.", len(made)).format(n=len(made))
    return Frame(_numbered(_("call"), rows), f"{says} {waits}" if init else says)


def read_pod(manifest: str) -> Pod:
    """The one pod in `manifest`.

    Raises
    ------
    ValueError
        It is no valid pod.
    """
    items = load(manifest)
    for item in items:
        validate(item)
    if len(items) != 1 or not isinstance(items[0], Pod):
        raise ValueError(_("Give one Pod, not {n} objects.").format(n=len(items)))
    return items[0]
