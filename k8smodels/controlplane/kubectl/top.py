"""``kubectl top``: what pods and nodes use.

Only CPU is modelled: the columns of memory say ``<unknown>``.

References
----------
k8s.io/kubectl/pkg/cmd/top; k8s.io/kubectl/pkg/metricsutil/metrics_printer.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.errors import KubectlError
from k8smodels.controlplane.kubectl.find import find_named
from k8smodels.controlplane.kubectl.tables.table import MIN_WIDTH, PADDING
from k8smodels.controlplane.kubectl.tabwriter import align

UNKNOWN = "<unknown>"
Item = TypeVar("Item", Pod, Node)


def top_pod(call: Call) -> Iterator[str]:
    """What pods use.

    Raises
    ------
    KubectlError
        metrics-server has not looked yet.
    """
    pods = [item for _, item in find_named(call, ["pods", *call.words], whole_kind=True) if isinstance(item, Pod)]
    everywhere = call.is_on("all-namespaces")
    usage = _usage(call)
    measured = [(pod, usage[pod.metadata.uid]) for pod in pods if pod.metadata.uid in usage]
    if pods and not measured:
        raise KubectlError("metrics not available yet")
    if not measured:
        yield "No resources found" if everywhere else f"No resources found in {call.namespace} namespace."
        return
    header = [*(["NAMESPACE"] if everywhere else []), "NAME", "CPU(cores)", "MEMORY(bytes)"]
    rows = [
        [*([pod.metadata.namespace] if everywhere else []), pod.name, f"{milli}m", UNKNOWN]
        for pod, milli in _sorted(call, measured)
    ]
    yield _table(call, header, rows)


def top_node(call: Call) -> Iterator[str]:
    """What the pods of nodes use together, and which share of the node that is.

    Raises
    ------
    KubectlError
        metrics-server has not looked yet.
    """
    nodes = [item for _, item in find_named(call, ["nodes", *call.words], whole_kind=True) if isinstance(item, Node)]
    usage = _usage(call)
    measured = []
    for node in nodes:
        mine = [pod for pod in call.cluster.pods() if pod.spec.node_name == node.name]
        measured.append((node, sum(usage.get(pod.metadata.uid, 0) for pod in mine)))
    rows = []
    for node, milli in _sorted(call, measured):
        has = node.status.capacity if call.is_on("show-capacity") else node.status.allocatable
        whole = has["cpu"].milli_value() if "cpu" in has else 0
        rows.append([node.name, f"{milli}m", f"{int(milli / whole * 100) if whole else 0}%", UNKNOWN, UNKNOWN])
    yield _table(call, ["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"], rows)


def _usage(call: Call) -> dict[str, int]:
    """What metrics-server saw last, in thousandths of a CPU by UID; it begins to look when it is first asked."""
    metrics = call.cluster.metrics
    metrics.start()
    call.cluster.run(call.cluster.timing.request_seconds)
    samples = metrics.samples().resource.get("cpu", {})
    return {pod.metadata.uid: samples[pod.name].milli for pod in call.cluster.pods() if pod.name in samples}


def _sorted(call: Call, rows: list[tuple[Item, int]]) -> list[tuple[Item, int]]:
    order = call.text("sort-by")
    if order not in ("", "cpu", "memory"):
        raise KubectlError("--sort-by accepts only cpu or memory")
    return sorted(rows, key=lambda row: -row[1]) if order == "cpu" else rows


def _table(call: Call, header: list[str], rows: list[list[str]]) -> str:
    shown = rows if call.is_on("no-headers") else [header, *rows]
    return align("\n".join("\t".join([*row, ""]) for row in shown), min_width=MIN_WIDTH, padding=PADDING)
