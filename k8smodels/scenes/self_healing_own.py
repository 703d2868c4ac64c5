"""The reader's own tolerations, and when such a Pod leaves a lost node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from k8smodels.api.affinity import Taint, Toleration
from k8smodels.api.pod import Pod
from k8smodels.api.yaml_text import read_documents
from k8smodels.controlplane import Cluster
from k8smodels.controlplane.clock import START
from k8smodels.controlplane.node_health import taint_eviction
from k8smodels.i18n import _
from k8smodels.views.frame import Frame, error_frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.tables import table

__all__ = ["CASES", "TAINTS", "admitted", "leaves_after", "own_tolerations"]

TAINTS: Mapping[str, Taint] = {
    "unreachable": Taint(key="node.kubernetes.io/unreachable", effect="NoExecute"),
    "not-ready": Taint(key="node.kubernetes.io/not-ready", effect="NoExecute"),
}
"""The two taints that evict from a lost node."""

CASES: Mapping[str, str] = {
    "nothing said": "tolerations: []\n",
    "30 s if it is unreachable": """\
tolerations:
- {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 30}
""",
    "first 600 s, then 10 s": """\
tolerations:
- {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 600}
- {key: node.kubernetes.io/unreachable, operator: Exists, tolerationSeconds: 10, effect: NoExecute}
""",
    "tolerates everything": """\
tolerations:
- {operator: Exists}
""",
    "seconds without NoExecute": """\
tolerations:
- {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoSchedule, tolerationSeconds: 30}
""",
    "a Pod": """\
apiVersion: v1
kind: Pod
metadata: {name: api}
spec:
  containers:
  - {name: server, image: "api:1"}
  tolerations:
  - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 0}
""",
}
"""Tolerations to try, by what is special about them."""


def admitted(text: str) -> Pod:
    """The Pod with these tolerations, as the API server stores it.

    Parameters
    ----------
    text
        ``tolerations:`` and a list, or a whole Pod.

    Raises
    ------
    ValueError
        It is no such thing, or the API server refuses it.
    """
    documents = read_documents(text)
    if len(documents) != 1 or not isinstance(documents[0], dict):
        raise ValueError(_("Give one list of tolerations, or one Pod."))
    document: dict[str, Any] = documents[0]
    if "tolerations" in document and "spec" not in document:
        spec = {"containers": [{"name": "server", "image": "web:1"}], "tolerations": document["tolerations"]}
        document = {"metadata": {"name": "web"}, "spec": spec}
    elif document.get("kind") != "Pod":
        raise ValueError(_("Give one list of tolerations, or one Pod."))
    return cast("Pod", Cluster.of(1).create(Pod.from_json(document)))


def leaves_after(tolerations: Sequence[Toleration], taint: Taint) -> float | None:
    """Seconds from the taint to the Pod's deletion; None: it stays."""
    found = taint_eviction(tolerations, [taint], START)
    return None if found is None else (found.fire_at - START).total_seconds()


def own_tolerations(text: str) -> Frame:
    """Each of the two taints: which toleration counts, and when the Pod leaves."""
    try:
        pod = admitted(text)
    except ValueError as error:
        return error_frame(error)
    tolerations = pod.spec.tolerations
    rows = []
    for name, taint in TAINTS.items():
        used = next((i for i, each in enumerate(tolerations) if each.tolerates(taint)), None)
        after = leaves_after(tolerations, taint)
        counts = _("none") if used is None else _("number {n}").format(n=used + 1)
        rows.append((f"{name}:NoExecute", counts, _stay(after)))
    head = [_("taint"), _("toleration that counts"), _("the Pod leaves")]
    listed = table(
        ["", _("its tolerations, as stored")], [(i + 1, _toleration(each)) for i, each in enumerate(tolerations)]
    )
    after = leaves_after(tolerations, TAINTS["unreachable"])
    return Frame(join([listed, table(head, rows)]), _says(after))


def _toleration(item: Toleration) -> Html:
    said = [item.key or _("any key"), item.effect or _("any effect")]
    if item.toleration_seconds is not None:
        said.append(_("{n} s").format(n=item.toleration_seconds))
    else:
        said.append(_("without end"))
    return el("code", ", ".join(said))


def _stay(after: float | None) -> str:
    if after is None:
        return _("never")
    return _("after {n} s").format(n=f"{after:g}") if after else _("at once")


def _says(after: float | None) -> str:
    if after is None:
        return _("If the node cannot be reached, the Pod **stays**, and is not replaced: like those of a DaemonSet.")
    if not after:
        return _("The Pod is given up **as soon as** the node gets the taint, about 50 s after it fell silent.")
    return _("The Pod is given up {n} s after the taint: some **{all} s** after the node fell silent.").format(
        n=f"{after:g}", all=f"{after + 50:g}"
    )
