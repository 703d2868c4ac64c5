"""Exercises of the chapter on the container runtime interface, with answers from the kubelet's model."""

from __future__ import annotations

import random

from k8smodels.api.durations import SECOND_NS
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.runtime import PodWorker, SimulatedRuntime, SyncResult
from k8smodels.runtime.cri_calls import CreateContainer
from k8smodels.runtime.cri_methods import SERVICES
from k8smodels.scenes.cri import WEB, WITH_INIT_AND_SIDECAR, read_pod, worth_telling
from k8smodels.views.html import bullets, el, inline, join

__all__ = ["count_the_attempts", "diagnose", "name_the_call", "order_the_calls", "pull_or_not"]

POLICIES = ("Always", "IfNotPresent", "Never")


def _start(policy: str, *, present: bool, registry: bool) -> SyncResult:
    """The first look at a pod of one container."""
    runtime = SimulatedRuntime(["shop:2"] if present else [])
    runtime.failing_pulls = [] if registry else ["not found"]
    return PodWorker(runtime).sync(read_pod(WEB.replace('"shop:2"}', f'"shop:2", imagePullPolicy: {policy}}}')))


def _names(result: SyncResult) -> list[str]:
    return [type(call).__name__ for call in worth_telling(result.calls)]


def order_the_calls(seed: int) -> Task:
    """Ask for two calls of a first start by their place."""
    dice = random.Random(seed)  # noqa: S311 (numbers of an exercise)
    policy, present = dice.choice([("IfNotPresent", False), ("IfNotPresent", True), ("Always", True)])
    names = _names(_start(policy, present=present, registry=True))
    first, second = sorted(dice.sample(range(len(names)), 2))
    there = _("The image is on the node.") if present else _("The image is not on the node.")
    asked = _("A Pod with one container starts for the first time, with `imagePullPolicy: {policy}`.")
    options = sorted({*names, "PullImage", "StopPodSandbox"})
    why = _("First the sandbox, then the image, then the container, then its start.")
    return Task(
        join([el("p", inline(asked.format(policy=policy))), el("p", there)]),
        [
            Step(_("Which call is number {n}?").format(n=n + 1), names[n], options=options, why=why)
            for n in (first, second)
        ],
        [why, _("`Always` asks the registry without a look at the node before.")],
        bullets(f"{i}. {name}" for i, name in enumerate(names, 1)),
    )


def name_the_call(seed: int) -> Task:
    """Ask by which call of the CRI something is done."""
    dice = random.Random(seed)  # noqa: S311
    wishes = _wishes()
    wish = dice.choice(sorted(wishes))
    answer, why = wishes[wish]
    others = sorted({name for name, _why in wishes.values()} - {answer})
    return Task(
        el("p", inline(wish)),
        [Step(_("Which call?"), answer, options=sorted([answer, *dice.sample(others, 4)]), why=why)],
        [_("Three calls answer with a URL. One answers with the output itself."), why],
        inline(f"`{answer}`"),
    )


def _wishes() -> dict[str, tuple[str, str]]:
    """What somebody wants, the call for it, and a word that leads there; every call is one of the interface."""
    found = {
        _("A probe runs a command in a container and needs its exit code."): (
            "ExecSync",
            _("A probe has no terminal: a plain call will do."),
        ),
        _("`kubectl exec -it web -- sh` opens a shell."): ("Exec", _("A shell is a stream: the answer is a URL.")),
        _("`kubectl port-forward web 8080` opens a port."): (
            "PortForward",
            _("It belongs to the Pod, not a container."),
        ),
        _("A new Pod needs an address."): ("RunPodSandbox", _("The address belongs to what all containers share.")),
        _("The kubelet has rotated a container's log file."): (
            "ReopenContainerLog",
            _("The runtime must write to the new file."),
        ),
        _("The CPU limit of a running container is raised."): (
            "UpdateContainerResources",
            _("The container stays, its cgroup changes."),
        ),
        _("The kubelet wants to know which address a Pod got."): (
            "PodSandboxStatus",
            _("The address belongs to the sandbox."),
        ),
        _("An old container must go, so that its name and its files are free."): (
            "RemoveContainer",
            _("Stopping keeps the container and its log."),
        ),
    }
    known = {method.name for methods in SERVICES.values() for method in methods}
    unknown = {name for name, _why in found.values()} - known
    if unknown:
        raise LookupError(f"no such calls: {', '.join(sorted(unknown))}")
    return found


def pull_or_not(seed: int) -> Task:
    """Ask what becomes of a container under a pull policy."""
    dice = random.Random(seed)  # noqa: S311
    policy, present, registry = dice.choice(POLICIES), dice.random() < 0.5, dice.random() < 0.5
    result = _start(policy, present=present, registry=registry)
    starts = _("it starts")
    outcome = result.errors[0].reason if result.errors else starts
    asked = "PullImage" in _names(result)
    lines = [
        _("The policy is `{policy}`.").format(policy=policy),
        _("The node has the image.") if present else _("The node does not have the image."),
        _("The registry has it, too.") if registry else _("The registry does not have it (any more)."),
    ]
    yes, no = _("yes"), _("no")
    return Task(
        join(el("p", inline(line)) for line in lines),
        [
            Step(
                _("Is the registry asked?"),
                yes if asked else no,
                options=(yes, no),
                why=_("`Always` asks always, `Never` never, `IfNotPresent` only for what is missing."),
            ),
            Step(
                _("What becomes of the container?"),
                outcome,
                options=(starts, "ErrImagePull", "ErrImageNeverPull"),
                why=_("A pull that fails is an error even if the node has the image."),
            ),
        ],
        [_("Two questions: does the policy ask, and does what it needs exist there?")],
        bullets(f"{event.reason}: {event.message}" for event in result.events),
    )


def count_the_attempts(seed: int) -> Task:
    """Ask which container and which sandbox runs after some crashes."""
    dice = random.Random(seed)  # noqa: S311
    crashes, loses = dice.randint(1, 4), dice.random() < 0.5
    runtime = SimulatedRuntime(["shop:2"])
    worker, pod = PodWorker(runtime), read_pod(WEB)
    worker.sync(pod)
    for i in range(1, crashes + 1):
        runtime.exit("app", 1, i * 1000 * SECOND_NS)
        worker.sync(pod, now_ns=i * 1000 * SECOND_NS)
    if loses:
        runtime.lose_sandbox((crashes + 1) * 1000 * SECOND_NS)
        worker.sync(pod, now_ns=(crashes + 1) * 1000 * SECOND_NS)
    last = next(call for call in reversed(runtime.calls) if isinstance(call, CreateContainer))
    sandbox = runtime.status().sandboxes[0].attempt
    told = [_("`app` has run for the first time; then it crashed {n} times, and each time it was started again.")]
    told += [_("Afterwards somebody killed the sandbox.")] if loses else []
    return Task(
        join(el("p", inline(line.format(n=crashes))) for line in told),
        [
            Step(
                _("To which file does the container that runs now write its log, below the Pod's folder?"),
                last.log_path,
                wrong={f"app/{last.attempt + 1}.log": _("Counting starts with 0.")},
                why=_("NAME/ATTEMPT.log, and every new container is one more attempt."),
            ),
            Step(
                _("Which attempt is the sandbox?"),
                sandbox,
                why=_("A crash of a container leaves the sandbox alone."),
            ),
        ],
        [_("Containers are never started twice: each restart creates a new one."), _("The first attempt is 0.")],
        inline(_("`{log}`, sandbox attempt {attempt}.").format(log=last.log_path, attempt=sandbox)),
    )


def diagnose(seed: int) -> Task:
    """Show events of a pod, and ask what to look at."""
    dice = random.Random(seed)  # noqa: S311
    cases = _cases()
    events, cause = dice.choice(cases)
    causes = [text for _events, text in cases]
    why = _("Which call has failed, or which one has not been made?")
    return Task(
        el("pre", events, tabindex="0"),
        [Step(_("What would you look at first?"), cause, options=dice.sample(causes, len(causes)), why=why)],
        [_("The words before the colon are the kubelet's, those behind it the runtime's."), why],
        inline(cause),
    )


def _cases() -> list[tuple[str, str]]:
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
    return [
        (_events(_start("IfNotPresent", present=False, registry=False)), _("The image's name, and the registry.")),
        (_events(_start("Never", present=False, registry=True)), _("The pull policy, and what images the node has.")),
        (_events(crash), _("The container's own log, of the run before.")),
        (_events(worker.sync(pod, now_ns=5 * SECOND_NS)), _("The node: something killed the Pod's sandbox.")),
    ]


def _events(result: SyncResult) -> str:
    return "\n".join(map(str, result.events[:3]))
