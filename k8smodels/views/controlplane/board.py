"""The nodes of a cluster and the pods that each of them has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.controlplane.node_health import is_node_ready
from k8smodels.controlplane.snapshot import Snapshot
from k8smodels.i18n import _
from k8smodels.runtime import pod_columns
from k8smodels.views.html import Html, el, join
from k8smodels.workloads.readiness import is_ready

__all__ = ["nodes_board", "pod_state", "short_name"]


def nodes_board(moment: Snapshot, new: Collection[str] = ()) -> Html:
    """One row a node with its pods, then the pods that have none; the pods named in `new` are marked.

    Parameters
    ----------
    moment
        What there is.
    new
        Names of the pods that the story is about.
    """
    pods = moment.of(Pod)
    rows = [_node(node, [pod for pod in pods if pod.spec.node_name == node.name], new) for node in moment.of(Node)]
    waiting = [pod for pod in pods if not pod.spec.node_name]
    if waiting:
        title = el("div", el("b", _("no node yet")), class_="top")
        rows.append(el("li", title, _pods(waiting, new)))
    return el("ol", join(rows), class_="board")


def _node(node: Node, pods: Sequence[Pod], new: Collection[str]) -> Html:
    ready = is_node_ready(node)
    name = el("span", el("b", node.name, class_="ob node"), class_="name")
    state = el("p", el("b", _("Ready") if ready else _("NotReady")), class_="v ok" if ready else "v no")
    return el("li", el("div", name, state, class_="top"), _pods(pods, new))


def _pods(pods: Iterable[Pod], new: Collection[str]) -> Html:
    shown = [_pod(pod, pod.name in new) for pod in sorted(pods, key=lambda pod: pod.name)]
    return el("ul", join(shown), class_="procs") if shown else el("small", _("no pod"))


def _pod(pod: Pod, is_new: bool) -> Html:
    verdict, word = pod_state(pod)
    name = short_name(pod)
    title = el("mark", name) if is_new else el("b", name)
    return el("li", title, " ", el("span", word, class_=f"v {verdict}"))


def short_name(pod: Pod) -> str:
    """The pod's name without the hash of its template: whose it is, and which one."""
    parts = pod.name.split("-")
    hashed = pod.labels.get("pod-template-hash", "")
    return "-".join(part for part in parts if part != hashed)


def pod_state(pod: Pod) -> tuple[str, str]:
    """A verdict and a word: what ``kubectl get pods`` says, and whether requests go there."""
    columns = pod_columns(pod)
    ready, wanted = columns.ready.split("/")
    if columns.status == "Running":
        counts = ready == wanted and is_ready(pod)
        return ("ok", _("ready")) if counts else ("wait", _("not ready"))
    if columns.status == "Completed":
        return "ok", _("done")
    if columns.status in ("Pending", "ContainerCreating", "PodInitializing", "Terminating"):
        return "wait", columns.status
    return "no", columns.status
