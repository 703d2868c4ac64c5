"""What goes on and what stops when a part of the cluster is away: asked of simulated clusters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from k8smodels.api.kinds import load
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Pod
from k8smodels.api.workload import Deployment
from k8smodels.controlplane import Cluster, StatusError
from k8smodels.controlplane.api_server import Caller
from k8smodels.i18n import _
from k8smodels.runtime import pod_columns
from k8smodels.scenes.architecture import WEB
from k8smodels.views.frame import Frame
from k8smodels.views.html import el
from k8smodels.views.isolation import grid

__all__ = ["PARTS", "QUESTIONS", "goes_on", "outage"]

PARTS: Mapping[str, str] = {
    "nothing": "nothing",
    "the scheduler": "kube-scheduler",
    "the controller manager": "kube-controller-manager",
    "the API server": "kube-apiserver",
    "a majority of etcd": "etcd",
    "the kubelet of node-1": "kubelet",
}
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Question:
    """Something that may go on or stop.

    Attributes
    ----------
    text
        As the table asks it.
    ask
        Does it in a cluster whose part is away, and says whether it went on.
    """

    text: str
    ask: Callable[[Cluster], bool]


def _runs_on(cluster: Cluster) -> bool:
    """The pods' containers are still there after a minute."""
    cluster.run(_SECONDS)
    return all(pod.is_running for kubelet in cluster.kubelets.values() for pod in kubelet.pods.values())


def _restarts(cluster: Cluster) -> bool:
    """A container on node-1 that crashes is started again."""
    on_node = next(iter(cluster.kubelets["node-1"].pods.values()))
    cluster.failures.kill_container(on_node.pod.name)
    cluster.run(_SECONDS)
    return on_node.is_running


def _is_stored(cluster: Cluster) -> bool:
    """A new object is taken."""
    try:
        cluster.create(_second())
    except StatusError:
        return False
    return True


def _gets_pods(cluster: Cluster) -> bool:
    """A new Deployment gets pods."""
    return _is_stored(cluster) and bool(_after_a_minute(cluster))


def _gets_nodes(cluster: Cluster) -> bool:
    """These pods get nodes."""
    return _gets_pods(cluster) and all(pod.spec.node_name for pod in _after_a_minute(cluster))


def _after_a_minute(cluster: Cluster) -> list[Pod]:
    cluster.run(_SECONDS)
    return [pod for pod in cluster.pods() if pod.labels.get("app") == "second"]


def _is_replaced(cluster: Cluster) -> bool:
    """A deleted pod is replaced by one that runs."""
    first, *_others = cluster.pods()
    try:
        cluster.server.delete("Pod", "default", first.name, Caller("kubectl"))
    except StatusError:
        return False
    cluster.run(_SECONDS)
    running = [pod for pod in cluster.pods() if pod_columns(pod).status == "Running"]
    return len(running) == 3 and first.name not in {pod.name for pod in running}


def _second() -> KubernetesObject:
    return next(item for item in load(WEB.replace("web", "second")) if isinstance(item, Deployment))


QUESTIONS: tuple[Question, ...] = (
    Question("running containers go on", _runs_on),
    Question("a crashed container on node-1 is started again", _restarts),
    Question("a new object is stored", _is_stored),
    Question("a new Deployment gets Pods", _gets_pods),
    Question("these Pods get nodes", _gets_nodes),
    Question("a deleted Pod is replaced, and the new one runs", _is_replaced),
)


@lru_cache(maxsize=64)
def goes_on(part: str, number: int) -> bool:
    """Whether what question `number` asks goes on while `part` is away."""
    cluster = Cluster.of(3)
    for item in load(WEB.replace("replicas: 1", "replicas: 3")):
        cluster.create(item)
    cluster.run(20)
    _take_away(cluster, PARTS[part])
    return QUESTIONS[number].ask(cluster)


def _take_away(cluster: Cluster, part: str) -> None:
    if part == "etcd":
        for member in ("m1", "m2"):
            cluster.failures.crash_etcd(member)
    elif part == "kubelet":
        cluster.kubelets["node-1"].power.off()
    elif part != "nothing":
        cluster.failures.stop_program(part)
    cluster.run(2)


def outage(part: str) -> Frame:
    """All questions for one part."""
    answers = [goes_on(part, number) for number in range(len(QUESTIONS))]
    rows = [
        (question.text, el("span", el("b", _("yes") if yes else _("no")), class_="v ok" if yes else "v no"))
        for question, yes in zip(QUESTIONS, answers, strict=True)
    ]
    stopped = sum(not yes for yes in answers)
    says = _("Without {part}: {count} of {all} stop.").format(part=part, count=stopped, all=len(answers))
    if part == "nothing":
        says = _("All parts are there, and all of it goes on.")
    return Frame(grid([_("while it is away"), _("does it?")], rows), says)
