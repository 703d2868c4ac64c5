"""``kubectl cordon``, ``kubectl uncordon`` and ``kubectl drain``.

References
----------
k8s.io/kubectl/pkg/cmd/drain/drain.go: RunDrain, RunCordonOrUncordon; k8s.io/kubectl/pkg/drain/drain.go: evictPods,
deletePods, waitForDelete (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.selector_syntax import parse_selector
from k8smodels.api.selectors import SelectorError
from k8smodels.controlplane.kubectl.call import USER, Call
from k8smodels.controlplane.kubectl.drain_filters import Permissions, grouped, verdict
from k8smodels.controlplane.kubectl.errors import KubectlError, raise_all
from k8smodels.controlplane.kubectl.eviction import take_away
from k8smodels.controlplane.kubectl.find import find_named, key_order


class DrainError(ValueError):
    """Why a node could not be drained: one reason, or several.

    Attributes
    ----------
    errors
        The reasons.
    """

    def __init__(self, errors: list[str]) -> None:
        super().__init__(*errors)
        self.errors = errors

    def __str__(self) -> str:
        return self.errors[0] if len(self.errors) == 1 else f"[{', '.join(self.errors)}]"


def cordon(call: Call) -> Iterator[str]:
    """Let no new pods come to a node."""
    return _cordoned(call, _nodes(call, "cordon"), unschedulable=True)


def uncordon(call: Call) -> Iterator[str]:
    """Let them come again."""
    return _cordoned(call, _nodes(call, "uncordon"), unschedulable=False)


def drain(call: Call) -> Iterator[str]:
    """Cordon nodes, and evict their pods.

    Raises
    ------
    KubectlError
        Pods that may not be evicted, or that were not gone in time.
    """
    nodes = _nodes(call, "drain")
    yield from _cordoned(call, nodes, unschedulable=True)
    failed: list[tuple[Node, DrainError]] = []
    for node in nodes:
        try:
            yield from _drain(call, node)
        except DrainError as error:
            failed.append((node, error))
            yield f'error: unable to drain node "{node.name}" due to error: {error}, continuing command...'
        else:
            yield f"node/{node.name} drained"
    if failed:
        yield "There are pending nodes to be drained:"
        yield from (f" {node.name}" for node, _ in failed)
    raise_all([KubectlError(text) for _, error in failed for text in error.errors])


def _nodes(call: Call, command: str) -> list[Node]:
    selected = "selector" in call.flags
    usage = f"See 'kubectl {command} -h' for help and examples"
    if not call.words and not selected:
        raise KubectlError(f"USAGE: {command} NODE [flags]\n{usage}")
    if call.words and selected:
        raise KubectlError(f"error: cannot specify both a node name and a --selector option\n{usage}")
    words = ["nodes"] if selected else [word if "/" in word else f"node/{word}" for word in call.words]
    return [item for _, item in find_named(call, words) if isinstance(item, Node)]


def _cordoned(call: Call, nodes: list[Node], *, unschedulable: bool) -> Iterator[str]:
    word = "cordoned" if unschedulable else "uncordoned"
    for node in nodes:
        if node.spec.unschedulable == unschedulable:
            yield f"node/{node.name} already {word}"
            continue

        def change(item: KubernetesObject) -> KubernetesObject:
            assert isinstance(item, Node)  # noqa: S101 (by its kind)
            return replace(item, spec=replace(item.spec, unschedulable=unschedulable))

        call.server.patch("Node", "", node.name, change, USER, word)
        yield f"node/{node.name} {word}"


def _drain(call: Call, node: Node) -> Iterator[str]:
    pods, warnings = _to_evict(call, node)
    if warnings:
        yield f"Warning: {warnings}"
    errors: list[str] = []
    yield from take_away(call, pods, errors)
    if not errors:
        return
    error = DrainError(list(dict.fromkeys(errors)))
    if left := _to_evict(call, node)[0]:
        yield f'There are pending pods in node "{node.name}" when an error occurred: {error}'
        yield from (f"pod/{pod.name}" for pod in left)
    raise error


def _to_evict(call: Call, node: Node) -> tuple[list[Pod], str]:
    """The pods that go, and what is said about others.

    Raises
    ------
    DrainError
        There are pods that may neither go nor stay.
    """
    allowed = Permissions(call.is_on("force"), call.is_on("ignore-daemonsets"), call.is_on("delete-emptydir-data"))
    try:
        selector = parse_selector(call.text("pod-selector"))
    except SelectorError:
        raise KubectlError("--pod-selector=<pod_selector> must be a valid label selector") from None
    pods = [pod for pod in call.cluster.pods() if pod.spec.node_name == node.name and selector.matches(pod.labels)]
    verdicts = [verdict(pod, allowed, call.cluster.store) for pod in sorted(pods, key=key_order)]
    errors = grouped((each.error, each.pod) for each in verdicts if each.error)
    if errors:
        raise DrainError([f"cannot delete {message}: {names}" for message, names in errors.items()])
    warnings = grouped((each.warning, each.pod) for each in verdicts if each.warning)
    said = "; ".join(f"{message}: {names}" for message, names in warnings.items())
    return [each.pod for each in verdicts if each.goes], said
