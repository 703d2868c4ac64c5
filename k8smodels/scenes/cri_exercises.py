"""Exercises of the chapter on the container runtime interface, with answers from the kubelet's model."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from typing import TypeVar

from k8smodels.api.durations import SECOND_NS
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.runtime import PodWorker, SimulatedRuntime, SyncResult
from k8smodels.runtime.cri_calls import CreateContainer
from k8smodels.runtime.cri_methods import SERVICES
from k8smodels.scenes.cri import IMAGE_BYTES, WEB, WITH_INIT_AND_SIDECAR, read_pod, worth_telling
from k8smodels.scenes.dice import dice_of
from k8smodels.views.html import bullets, el, inline, join

__all__ = ["count_the_attempts", "diagnose", "name_the_call", "order_the_calls", "pull_or_not"]

Case = TypeVar("Case")
POLICIES = ("Always", "IfNotPresent", "Never")


def _variant(cases: Sequence[Case], seed: int) -> Case:
    """One of `cases`: neighbouring seeds give different ones, in no order that a reader could see."""
    return dice_of(7).sample(list(cases), len(cases))[seed % len(cases)]


def _start(policy: str, *, present: bool, problem: str = "", image: str = "shop:2") -> SyncResult:
    """The first look at a pod of one container; `problem` is what a pull meets."""
    runtime = SimulatedRuntime([image] if present else [], image_bytes=IMAGE_BYTES)
    runtime.failing_pulls = [problem] if problem else []
    manifest = WEB.replace('"shop:2"}', f'"{image}", imagePullPolicy: {policy}}}')
    return PodWorker(runtime).sync(read_pod(manifest))


def _names(result: SyncResult) -> list[str]:
    return [type(call).__name__ for call in worth_telling(result.calls)]


def order_the_calls(seed: int) -> Task:
    """Ask for two calls of a first start by their place."""
    starts = [("IfNotPresent", False), ("IfNotPresent", True), ("Always", True)]
    cases = [
        (policy, present, pair)
        for policy, present in starts
        for pair in combinations(range(len(_names(_start(policy, present=present)))), 2)
    ]
    policy, present, places = _variant(cases, seed)
    names = _names(_start(policy, present=present))
    there = _("The image is on the node.") if present else _("The image is not on the node.")
    asked = _("A Pod with one container starts for the first time, with `imagePullPolicy: {policy}`.")
    options = sorted({*names, "ImageStatus", "PullImage", "StopPodSandbox"})
    return Task(
        join([el("p", inline(asked.format(policy=policy))), el("p", there)]),
        [
            Step(
                _("Which call is number {n}?").format(n=n + 1),
                names[n],
                options=options,
                wrong={name: _misplaced(name, names, n) for name in options if name != names[n]},
            )
            for n in places
        ],
        [
            _("What must be there before a container can be created? Two things, and one of them has the address."),
            _("`Always` asks the registry without a look at the node before."),
        ],
        el("ol", join(el("li", inline(f"`{name}`: {_purpose(name)}")) for name in names)),
    )


def _misplaced(name: str, names: Sequence[str], n: int) -> str:
    """Why `name` is not call number `n`, counted from 0."""
    if name not in names:
        return {
            "ImageStatus": _("`Always` does not look at the node first."),
            "PullImage": _("The policy asks for a pull only if the image is missing, and it is there."),
        }.get(name, _("Nothing is stopped at a start."))
    if names.index(name) < n:
        return _("`{call}` comes earlier. Its purpose: {purpose}").format(call=name, purpose=_purpose(name))
    return _("`{call}` comes later. What must be there before it?").format(call=name)


def _purpose(name: str) -> str:
    return {
        "RunPodSandbox": _("what all containers share, with the address."),
        "ImageStatus": _("a look whether the image is on the node."),
        "PullImage": _("the image comes from the registry."),
        "CreateContainer": _("a container in the sandbox, from the image."),
        "StartContainer": _("its program runs."),
    }[name]


def name_the_call(seed: int) -> Task:
    """Ask by which call of the CRI something is done."""
    wishes = _wishes()
    does = {name: words for name, words, _hint in wishes.values()}
    wish = _variant(sorted(wishes), seed)
    answer, _words, hint = wishes[wish]
    others = dice_of(seed).sample(sorted(set(does) - {answer}), 4)
    says = _("`{call}`: {does}")
    return Task(
        el("p", inline(wish)),
        [
            Step(
                _("Which call?"),
                answer,
                options=sorted([answer, *others]),
                wrong={name: says.format(call=name, does=does[name]) for name in others},
            )
        ],
        [_("Three calls answer with a URL. One answers with the output itself."), hint],
        inline(says.format(call=answer, does=does[answer])),
    )


def _wishes() -> dict[str, tuple[str, str, str]]:
    """What somebody wants, the call for it, what that does, and a hint; every call is one of the interface."""
    found = {
        _("A probe runs a command in a container and needs its exit code."): (
            "ExecSync",
            _("runs a command, waits, and answers with its output and exit code."),
            _("A probe has no terminal: a plain call will do."),
        ),
        _("`kubectl exec -it web -- sh` opens a shell."): (
            "Exec",
            _("answers with a URL, over which a command is given its input and output."),
            _("A shell is a stream: the answer is a URL."),
        ),
        _("`kubectl port-forward web 8080` opens a port."): (
            "PortForward",
            _("answers with a URL, over which ports of a sandbox are reached."),
            _("It belongs to the Pod, not a container."),
        ),
        _("A new Pod needs an address."): (
            "RunPodSandbox",
            _("makes a sandbox, with its network."),
            _("The address belongs to what all containers share."),
        ),
        _("The kubelet has rotated a container's log file."): (
            "ReopenContainerLog",
            _("lets the runtime write to the log file that has the name now."),
            _("The runtime must write to the new file."),
        ),
        _("The CPU limit of a running container is raised."): (
            "UpdateContainerResources",
            _("changes the cgroup of a container."),
            _("The container stays, its cgroup changes."),
        ),
        _("The kubelet wants to know which address a Pod got."): (
            "PodSandboxStatus",
            _("tells what a sandbox is like: its state, its address."),
            _("The address belongs to the sandbox."),
        ),
        _("An old container must go, so that its name and its files are free."): (
            "RemoveContainer",
            _("deletes a container, with the files that it wrote."),
            _("Stopping keeps the container and its files."),
        ),
    }
    known = {method.name for methods in SERVICES.values() for method in methods}
    unknown = {name for name, *_words in found.values()} - known
    if unknown:
        raise LookupError(f"no such calls: {', '.join(sorted(unknown))}")
    return found


def pull_or_not(seed: int) -> Task:
    """Ask what becomes of a container under a pull policy."""
    policy, present, registry = _variant(list(product(POLICIES, (True, False), (True, False))), seed)
    result = _start(policy, present=present, problem="" if registry else "shop:2: not found")
    starts, yes, no = _("it starts"), _("yes"), _("no")
    outcome = result.errors[0].reason if result.errors else starts
    asked = "PullImage" in _names(result)
    lines = [
        _("The policy is `{policy}`.").format(policy=policy),
        _("The node has the image.") if present else _("The node does not have the image."),
        _("The registry has it.") if registry else _("The registry does not have it."),
    ]
    rule = {
        "Always": _("`Always` asks the registry each time."),
        "Never": _("`Never` asks no registry."),
        "IfNotPresent": _("`IfNotPresent` looks at the node, and asks the registry for what is missing there."),
    }[policy]
    return Task(
        join(el("p", inline(line)) for line in lines),
        [
            Step(_("Is the registry asked?"), yes if asked else no, options=(yes, no), why=rule),
            Step(
                _("What becomes of the container?"),
                outcome,
                options=(starts, "ErrImagePull", "ErrImageNeverPull"),
                wrong={
                    starts: _("From which image? Compare what the policy asks with what is there."),
                    "ErrImagePull": _("It is the error of a pull that was made and failed."),
                    "ErrImageNeverPull": _("It is the error of a policy that forbids the pull of a missing image."),
                },
            ),
        ],
        [_("Two questions: does the policy ask, and does what it needs exist there?"), rule],
        join([el("p", inline(rule)), bullets(f"{event.reason}: {event.message}" for event in result.events)]),
    )


def count_the_attempts(seed: int) -> Task:
    """Ask which container and which sandbox runs after some crashes."""
    crashes, loses = _variant(list(product(range(1, 5), (True, False))), seed)
    runtime = SimulatedRuntime(["shop:2"])
    worker, pod = PodWorker(runtime), read_pod(WEB)
    worker.sync(pod)
    for i in range(1, crashes + 1):
        runtime.exit("app", 1, i * 1000 * SECOND_NS)
        worker.sync(pod, now_ns=i * 1000 * SECOND_NS)
    if loses:
        runtime.lose_sandbox((crashes + 1) * 1000 * SECOND_NS)
        worker.sync(pod, now_ns=(crashes + 1) * 1000 * SECOND_NS)
    created = [call for call in runtime.calls if isinstance(call, CreateContainer)]
    last, sandbox = created[-1], runtime.status().sandboxes[0].attempt
    told = [_("`app` has run for the first time; then it crashed {n} times, and each time it was started again.")]
    told += [_("Afterwards somebody killed the sandbox.")] if loses else []
    alone = _("A crash of a container leaves the sandbox alone.")
    lost = _("A sandbox that was killed is not started again: the kubelet asks for a new one.")
    wrong = {f"app/{last.attempt + 1}.log": _("Counting starts with 0.")}
    if loses:
        wrong[f"app/{last.attempt - 1}.log"] = _("The new sandbox needs a new container, too.")
    return Task(
        join(el("p", inline(line.format(n=crashes))) for line in told),
        [
            Step(
                _("To which file does the container that runs now write its log, below the Pod's folder?"),
                last.log_path,
                wrong=wrong,
                why=_("NAME/ATTEMPT.log, and every new container is one more attempt."),
            ),
            Step(_("Which attempt is the sandbox?"), sandbox, why=lost if loses else alone),
        ],
        [_("Containers are never started twice: each restart creates a new one."), _("The first attempt is 0.")],
        join(
            [
                bullets(_("`CreateContainer` with attempt {n}").format(n=call.attempt) for call in created),
                el("p", inline(_("Sandbox: attempt {n}. {why}").format(n=sandbox, why=lost if loses else alone))),
            ]
        ),
    )


def diagnose(seed: int) -> Task:
    """Show events of a pod, and ask what to look at."""
    cases = _cases()
    events, cause, sign = _variant(cases, seed)
    others = [case for case in cases if case[1] != cause]
    order = dice_of(seed)
    options = [cause, *(text for _events, text, _sign in order.sample(others, 4))]
    says = _("Then the events would speak of something else: {sign}")
    return Task(
        el("pre", events, tabindex="0"),
        [
            Step(
                _("What would you look at first?"),
                cause,
                options=order.sample(options, len(options)),
                wrong={text: says.format(sign=sign) for _events, text, sign in others},
            )
        ],
        [
            _("Read the last Warning, or, if there is none, the last line."),
            _("Which call has failed, or which one has not been made?"),
        ],
        join([el("p", inline(sign)), el("p", cause)]),
    )


def _cases() -> list[tuple[str, str, str]]:
    """Events, what to look at, and the sign in the events that says so."""
    crashed = SimulatedRuntime(["shop:2"])
    worker, pod = PodWorker(crashed), read_pod(WEB)
    worker.sync(pod)
    for second in (5, 6):
        crashed.exit("app", 1, second * SECOND_NS)
        crash = worker.sync(pod, now_ns=second * SECOND_NS)
    lost = SimulatedRuntime(["tools:1", "proxy:3", "shop:2"])
    worker, pod = PodWorker(lost), read_pod(WITH_INIT_AND_SIDECAR)
    worker.sync(pod)
    lost.lose_sandbox(5 * SECOND_NS)
    refused = 'failed to do request: Head "https://registry.lab/v2/shop/manifests/2": connect: connection refused'
    return [
        (
            _events(_start("IfNotPresent", present=False, problem="shop:2: not found")),
            _("The image's name and tag: the registry does not know it."),
            _("a pull that was answered with `not found`."),
        ),
        (
            _events(_start("IfNotPresent", present=False, problem=refused)),
            _("The way from the node to the registry."),
            _("a pull that met `connection refused`."),
        ),
        (
            _events(_start("Never", present=False)),
            _("The pull policy, and what images the node has."),
            _("`ErrImageNeverPull`: an image that is not there, and no pull."),
        ),
        (
            _events(_start("IfNotPresent", present=False, image="Shop:2")),
            _("The way the image's name is written."),
            _("`InspectFailed`: a name of which no call could be made."),
        ),
        (
            _events(crash),
            _("The container's own log, of the run before."),
            _("`Back-off restarting failed container`: it was started, and ended."),
        ),
        (
            _events(worker.sync(pod, now_ns=5 * SECOND_NS)),
            _("The node: something ended the Pod's sandbox."),
            _("`SandboxChanged`: the sandbox that was there is not ready any more."),
        ),
    ]


def _events(result: SyncResult) -> str:
    return "\n".join(map(str, result.events[:3]))
