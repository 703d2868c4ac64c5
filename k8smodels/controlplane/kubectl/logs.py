"""``kubectl logs``: what a container has written since it started.

Left out: following.

References
----------
k8s.io/kubectl/pkg/cmd/logs/logs.go; k8s.io/kubectl/pkg/polymorphichelpers/logsforobject.go;
pkg/kubelet/kubelet_pods.go: validateContainerLogStatus (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from k8smodels.api.container_status import ContainerStateTerminated
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import ContainerStatus, Pod
from k8smodels.api.selectors import as_selector
from k8smodels.api.times import parse_time
from k8smodels.api.workload import DaemonSet, Deployment, ReplicaSet, StatefulSet
from k8smodels.controlplane.clock import START
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.errors import KubectlError
from k8smodels.controlplane.kubectl.find import find_named, key_order
from k8smodels.controlplane.status import StatusError
from k8smodels.workloads.readiness import is_ready

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
_USAGE = (
    "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n"
    "POD or TYPE/NAME is a required argument for the logs command\n"
    "See 'kubectl logs -h' for help and examples"
)
Line = tuple[float, str]
"""When it was written, in seconds since the start, and the text."""


def logs(call: Call) -> Iterator[str]:
    """The lines of a container's log.

    Raises
    ------
    KubectlError
        No pod is named, or it has no such container.
    StatusError
        ``NotFound``; ``BadRequest``: it has not started.
    """
    tail = call.number("tail", 10 if "selector" in call.flags else -1)
    if tail < -1:
        raise KubectlError("--tail must be greater than or equal to -1")
    pods, said = _pods(call)
    yield from said
    for pod in pods:
        names, said = _containers(call, pod)
        yield from said
        for name in names:
            prefix = f"[pod/{pod.name}/{name}] " if call.is_on("prefix") else ""
            lines = _since(call, _lines(call, pod, name))
            for seconds, text in lines[len(lines) - tail :] if 0 <= tail < len(lines) else lines:
                yield f"{prefix}{_stamp(seconds)} {text}" if call.is_on("timestamps") else prefix + text


def _pods(call: Call) -> tuple[list[Pod], list[str]]:
    """The pods, and what is said of the choice."""
    if "selector" in call.flags:
        if call.words:
            raise KubectlError(
                "only a selector (-l) or a POD name is allowed\nSee 'kubectl logs -h' for help and examples"
            )
        pods = [item for _, item in find_named(call, ["pods"]) if isinstance(item, Pod)]
        return pods, [] if pods else [f"No resources found in {call.namespace} namespace."]
    if not call.words or len(call.words) > 2:
        raise KubectlError(_USAGE)
    word = call.words[0]
    ((_, item),) = find_named(call, [word if "/" in word else f"pod/{word}"])
    return ([item], []) if isinstance(item, Pod) else _of_controller(call, item)


def _of_controller(call: Call, item: KubernetesObject) -> tuple[list[Pod], list[str]]:
    """The pod of a controller that is best to look at: one that runs, and is ready."""
    if not isinstance(item, Deployment | ReplicaSet | StatefulSet | DaemonSet):
        raise KubectlError(f"cannot get the logs from *v1.{item.to_json()['kind']}: selector is not implemented for it")
    selector = as_selector(item.spec.selector)
    pods = [pod for pod in call.cluster.pods(item.metadata.namespace) if selector.matches(pod.labels)]
    if not pods:
        raise KubectlError("timed out waiting for the condition")
    pods.sort(key=_by_logging)
    chosen = pods[0]
    return [chosen], [f"Found {len(pods)} pods, using pod/{chosen.name}"] if len(pods) > 1 else []


def _by_logging(pod: Pod) -> tuple[bool, int, bool, str, int, str, str]:
    """First those on a node, that run, are ready for the longest time, have the most restarts, and are the oldest."""
    since = next((each.last_transition_time for each in pod.status.conditions if each.type == "Ready"), "")
    restarts = max((each.restart_count for each in pod.status.container_statuses), default=0)
    phase, ready = {"Unknown": 1, "Pending": 2}.get(pod.status.phase, 0), is_ready(pod)
    age = pod.metadata.creation_timestamp
    return (not pod.spec.node_name, phase, not ready, since if ready else "", -restarts, age, key_order(pod))


def _containers(call: Call, pod: Pod) -> tuple[list[str], list[str]]:
    """The containers that are meant, and what is said if one is chosen among several."""
    names = [item.name for item in (*pod.spec.containers, *pod.spec.init_containers)]
    asked = call.text("container") or (call.words[1] if len(call.words) == 2 else "")
    if call.is_on("all-containers"):
        if asked:
            raise KubectlError(f"--all-containers=true should not be specified with container name {asked[:253]}")
        return [item.name for item in pod.all_containers], []
    if asked and asked not in names:
        raise KubectlError(f"container {asked[:253]} is not valid for pod {pod.name} out of: {_all_names(pod)}")
    if asked or len(names) == 1:
        return [asked or names[0]], []
    default = pod.metadata.annotations.get(DEFAULT_CONTAINER, "")
    if default in names:
        return [default], []
    return [names[0]], [f'Defaulted container "{names[0]}" out of: {_all_names(pod)}']


def _all_names(pod: Pod) -> str:
    names = [item.name for item in pod.spec.containers]
    return ", ".join([*names, *(f"{item.name} (init)" for item in pod.spec.init_containers)])


def _lines(call: Call, pod: Pod, name: str) -> list[Line]:
    """What the container's present or previous run has written."""
    if not pod.spec.node_name:
        return []
    kubelet = call.cluster.kubelets[pod.spec.node_name]
    if not kubelet.network.is_on:
        why = f'Get "https://{pod.spec.node_name}:10250/containerLogs/{pod.metadata.namespace}/{pod.name}/{name}"'
        raise StatusError("InternalError", 500, f"{why}: dial tcp: connect: no route to host")
    statuses = (*pod.status.container_statuses, *pod.status.init_container_statuses)
    status = next((each for each in statuses if each.name == name), None)
    begin, end = _run(pod, name, status, previous=call.is_on("previous"))
    written = kubelet.logs.get((pod.metadata.uid, name), [])
    runs = sorted({seconds for seconds, _ in written if begin <= seconds < end})
    return [(seconds, text) for seconds, text in written if runs and seconds == runs[-1]]


def _run(pod: Pod, name: str, status: ContainerStatus | None, *, previous: bool) -> tuple[float, float]:
    """From when to when the run lasted whose log is asked for; a log is written at the start of a run."""
    where = f'container "{name}" in pod "{pod.name}"'
    if status is None:
        raise StatusError("BadRequest", 400, f"{where} is not available")
    state, last = status.state, status.last_state.terminated
    if previous:
        if last is None:
            raise StatusError("BadRequest", 400, f"previous terminated {where} not found")
        return _span(last)
    if state.running is not None:
        return _seconds(state.running.started_at), float("inf")
    if state.terminated is not None:
        return _span(state.terminated)
    if last is not None:
        return _span(last)
    reason = state.waiting.reason if state.waiting else ""
    words = {
        "ErrImagePull": "image can't be pulled",
        "ImagePullBackOff": "trying and failing to pull image",
    }.get(reason, reason)
    why = f"waiting to start: {words}" if reason else "waiting to start - no logs yet"
    raise StatusError("BadRequest", 400, f"{where} is {why}")


def _span(ended: ContainerStateTerminated) -> tuple[float, float]:
    return _seconds(ended.started_at), _seconds(ended.finished_at) + 1


def _seconds(stamp: str) -> float:
    return (parse_time(stamp) - START).total_seconds() if stamp else 0.0


def _since(call: Call, lines: Sequence[Line]) -> Sequence[Line]:
    if "since" not in call.flags:
        return lines
    if (seconds := call.seconds("since")) <= 0:
        raise KubectlError("--since must be greater than 0")
    return [line for line in lines if line[0] >= call.cluster.seconds - seconds]


def _stamp(seconds: float) -> str:
    moment = START + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06}000Z"
