"""Scenes of the chapter *Objects*: what is stored of what was sent, and who has seen it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple, cast

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.workload import Deployment
from k8smodels.api.yaml_text import read_documents
from k8smodels.controlplane import Cluster
from k8smodels.controlplane.api_server import Caller
from k8smodels.controlplane.kubectl.output_formats import as_yaml, with_kind
from k8smodels.i18n import _
from k8smodels.views.frame import Frame
from k8smodels.views.html import el
from k8smodels.views.services.created import filled_lines, filled_pieces
from k8smodels.views.tables import table

__all__ = ["GENERATION_STEPS", "LAST_APPLIED", "SENT", "USER", "WEB", "generations", "stored"]

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: server
        image: web:1
"""
"""The Deployment of this chapter."""

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
USER = Caller("kubectl")

SENT: Mapping[str, str] = {
    "Deployment": WEB,
    "Pod": """\
apiVersion: v1
kind: Pod
metadata:
  name: once
spec:
  containers:
  - name: server
    image: web:1
""",
    "Service": """\
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
  - port: 80
""",
    "Job": """\
apiVersion: batch/v1
kind: Job
metadata:
  name: report
spec:
  template:
    spec:
      containers:
      - name: work
        image: report:1
      restartPolicy: Never
""",
    "ConfigMap": """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  colour: blue
""",
    "Namespace": """\
apiVersion: v1
kind: Namespace
metadata:
  name: shop
""",
}
"""Manifests by kind."""

_SERVERS_OWN = ("creationTimestamp", "generation", "resourceVersion", "uid", "annotations", "namespace")


def stored(kind: str, later: str) -> Frame:
    """What was sent of an object, and what ``kubectl get -o yaml`` prints of it: at once, or when it was acted on."""
    at_once, after = _stored(kind)
    text = after if later == "10 s later" else at_once
    (document,) = read_documents(SENT[kind], kind)
    written, now = _lines(document), _lines(text)
    pieces = filled_pieces(written, now)
    added = sum(len(piece.stored) - len(piece.written) for piece in pieces if piece.is_added)
    by_status = len(_lines({"status": text["status"]})) if text.get("status") else 0
    says = _("You sent **{sent}** lines; stored are **{stored}**: {added} more, {status} of them are the status.")
    return Frame(
        filled_lines(pieces, _note),
        says.format(sent=len(written), stored=len(now), added=added, status=by_status),
    )


def _lines(value: Mapping[str, Any]) -> list[str]:
    return as_yaml(value).splitlines()


@lru_cache(maxsize=8)
def _stored(kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    cluster = Cluster.of(2)
    cluster.apply(SENT[kind])
    name = str(next(iter(read_documents(SENT[kind], kind)))["metadata"]["name"])
    namespace = "" if kind == "Namespace" else "default"
    at_once = cluster.server.get(kind, namespace, name, USER)
    cluster.run(10)
    later = cluster.server.get(kind, namespace, name, USER)
    return _without_copy(with_kind(at_once)), _without_copy(with_kind(later))


def _without_copy(content: dict[str, Any]) -> dict[str, Any]:
    """The object without kubectl's note of what was applied, which is a topic of its own."""
    annotations = {
        key: value for key, value in content["metadata"].get("annotations", {}).items() if key != LAST_APPLIED
    }
    metadata = {key: value for key, value in content["metadata"].items() if key != "annotations"}
    return {**content, "metadata": {**metadata, **({"annotations": annotations} if annotations else {})}}


def _note(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    if "phase: Active" in text:
        return _("The finalizer and the phase: the API server holds the namespace until it has been emptied.")
    if "status:" in text or "conditions:" in text:
        return _("Status: what controllers and kubelets observe. Whoever writes a spec cannot write here.")
    if "nodeName" in text:
        return _("Defaults of the API server; and later one decision, the scheduler's: nodeName.")
    if "clusterIP" in text:
        return _("The API server gives away an address of its range, and fills in defaults.")
    if "batch.kubernetes.io" in text or "controller-uid" in text:
        return _("The API server makes a selector and labels of the Job's own UID, so that no two Jobs quarrel.")
    if "deployment.kubernetes.io/revision" in text:
        return _("The first two lines: an annotation that the Deployment controller keeps. The rest: the API server's.")
    if any(line.strip().split(":")[0] in _SERVERS_OWN for line in lines):
        return _("The API server's own bookkeeping: which object this is, since when, which version.")
    if "metadata.name" in text:
        return _("A label that every namespace gets.")
    return _("Defaults: filled in when it was written, not when it is read.")


# Desired and observed.


class _Moment(NamedTuple):
    """What was done, and the numbers of the object afterwards."""

    what: str
    generation: int
    observed: int
    version: str
    wanted: int
    there: int


GENERATION_STEPS = 6


def generations(step: int) -> Frame:
    """The counters of a Deployment while it is created, scaled, labelled, and scaled while no controller runs."""
    moments = _generations()
    rows = [
        (
            el("mark", each.what) if i == step else each.what,
            each.generation,
            each.observed or "–",
            f"{each.wanted} / {each.there}",
            each.version,
        )
        for i, each in enumerate(moments[: step + 1])
    ]
    head = [
        _("what has happened"),
        "generation",
        "observed\u00adGeneration",
        _("replicas: spec / status"),
        "resource\u00adVersion",
    ]
    told = [
        _("Stored. **Nobody has acted yet**: there is no observedGeneration."),
        _("The controller has seen generation 1 and said so in the status."),
        _("A new spec is a new **generation**, and the controller has caught up."),
        _("A label is no part of the spec: a new resourceVersion, the **same generation**."),
        _("The controllers stand still. Generation 3 is wanted, **2 was observed**: the status tells of the past."),
        _("The controllers run again, and the numbers agree."),
    ]
    return Frame(table(head, rows), told[step])


@lru_cache(maxsize=1)
def _generations() -> list[_Moment]:
    cluster = Cluster.of(2)
    moments: list[_Moment] = []

    def note(what: str) -> None:
        item = cast("Deployment", cluster.store.get("Deployment", "default", "web"))
        meta, spec, status = item.metadata, item.spec, item.status
        there = status.replicas or 0
        moments.append(
            _Moment(
                what,
                meta.generation,
                status.observed_generation or 0,
                meta.resource_version,
                spec.replicas or 0,
                there,
            )
        )

    cluster.apply(WEB)
    note(_("applied"))
    cluster.run(10)
    note(_("10 s later"))
    cluster.scale("deployment/web", replicas=5)
    cluster.run(10)
    note(_("scaled to 5; 10 s later"))
    cluster.server.patch("Deployment", "default", "web", _labelled, USER)
    cluster.run(10)
    note(_("a label added; 10 s later"))
    cluster.failures.stop_program("kube-controller-manager")
    cluster.scale("deployment/web", replicas=2)
    cluster.run(10)
    note(_("controllers stopped, scaled to 2; 10 s later"))
    cluster.failures.start_program("kube-controller-manager")
    cluster.run(10)
    note(_("controllers started; 10 s later"))
    return moments


def _labelled(item: KubernetesObject) -> KubernetesObject:
    return replace(item, metadata=replace(item.metadata, labels={**item.labels, "team": "pages"}))
