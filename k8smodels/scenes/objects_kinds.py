"""Scenes of the chapter *Objects*: the kinds and what leads from one to another, and selectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from k8smodels.api.meta import KubernetesObject, Unstructured
from k8smodels.api.pod import Pod
from k8smodels.api.selector_syntax import parse_selector
from k8smodels.api.selectors import Requirement, SelectorError
from k8smodels.controlplane import Cluster, Snapshot
from k8smodels.controlplane.kubectl.output_formats import with_kind
from k8smodels.controlplane.resources import kind_of
from k8smodels.i18n import _
from k8smodels.views.controlplane.graph import Box, Link, layered_graph
from k8smodels.views.frame import Frame, error_frame
from k8smodels.views.html import bullets, el, inline, join
from k8smodels.views.tables import table

__all__ = ["ADDS", "LABELLED", "SELECTORS", "Relation", "kind_graph", "relations", "selected"]

APPLICATION = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: server
        image: web:1
        resources:
          requests: {cpu: 100m}
      volumes:
      - {name: settings, configMap: {name: settings}}
      - {name: key, secret: {secretName: key}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 9
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: work, image: report:1}]
          volumes:
          - {name: work, persistentVolumeClaim: {claimName: work}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue}
---
apiVersion: v1
kind: Secret
metadata: {name: key}
stringData: {token: s3cret}
"""
"""An application with most of the kinds that one meets."""

_CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: work}
spec:
  accessModes: [ReadWriteOnce]
  volumeName: disk-1
  resources: {requests: {storage: 1Gi}}
"""

ADDS: Mapping[str, str] = {
    "Pod": "containers that live and die together on one node. It runs once, and is never moved",
    "ReplicaSet": "a number: so many Pods like this, whatever happens to one of them",
    "Deployment": "versions: another template is another ReplicaSet, and the change goes step by step",
    "HorizontalPodAutoscaler": "a number that follows the load",
    "Job": "an end: Pods until so many have succeeded",
    "CronJob": "times: a Job whenever the clock says so",
    "Service": "one name and address for all Pods with certain labels",
    "EndpointSlice": "the addresses behind a Service, kept up to date",
    "ConfigMap": "settings outside of the image",
    "Secret": "settings that not everybody may read; stored encoded, and encrypted only if the API server is told to",
    "PersistentVolumeClaim": "a claim on storage that outlives the Pod",
    "Node": "a machine, as the cluster sees it",
}
"""What each kind adds."""


class Relation(NamedTuple):
    """Objects of one kind lead to objects of another."""

    start: str
    verb: str
    end: str
    by: str


def kind_graph(kind: str) -> Frame:
    """The kinds of an application, and what leads to `kind` and from it."""
    found = relations()
    mine = [each for each in found if kind in (each.start, each.end)]
    near = {kind} | {each.start for each in mine} | {each.end for each in mine}
    boxes = [Box(name, _broken(name), "on" if name == kind else "there" if name in near else "gone") for name in ADDS]
    links = [Link(each.start, each.end, "solid" if each in mine else "dashed") for each in found]
    title = _("Arrows between kinds; those of {kind} are solid").format(kind=kind)
    line = _("{start} **{verb}** {end}, by `{field}`")
    lines = [line.format(start=each.start, verb=each.verb, end=each.end, field=each.by) for each in mine]
    says = _("A **{kind}** adds {what}.").format(kind=kind, what=ADDS[kind])
    return Frame(el("div", layered_graph(boxes, links, title), bullets(lines), class_="side"), says)


def _broken(name: str) -> tuple[str, ...]:
    halves = {
        "HorizontalPodAutoscaler": ("Horizontal-", "PodAutoscaler"),
        "PersistentVolumeClaim": ("Persistent-", "VolumeClaim"),
    }
    return halves.get(name, (name,))


@lru_cache(maxsize=1)
def relations() -> tuple[Relation, ...]:
    """What leads from kind to kind, read off the objects of a running cluster."""
    cluster = Cluster.of(2)
    cluster.apply(_CLAIM)
    cluster.apply(APPLICATION)
    cluster.run(75)
    found: dict[Relation, None] = {}
    for each in _relations(cluster.snapshot()):
        if each.start in ADDS and each.end in ADDS:
            found[each] = None
    return tuple(found)


def _relations(moment: Snapshot) -> Iterator[Relation]:
    items = [item for kind in moment.objects.values() for item in kind]
    for item in items:
        kind, content = kind_of(item), with_kind(item)
        for owner in item.metadata.owner_references:
            yield Relation(owner.kind, _("owns"), kind, "metadata.ownerReferences")
        spec = content.get("spec") or {}
        if kind == "Service":
            yield from _selects(spec.get("selector") or {}, moment)
        if kind == "HorizontalPodAutoscaler":
            yield Relation(kind, _("scales"), spec["scaleTargetRef"]["kind"], "spec.scaleTargetRef")
        if kind == "EndpointSlice":
            yield from _targets(item, content)
        if kind == "Pod":
            yield from _of_pod(spec)


def _selects(selector: Mapping[str, str], moment: Snapshot) -> Iterator[Relation]:
    if any(selector.items() <= pod.labels.items() for pod in moment.of(Pod)):
        yield Relation("Service", _("selects"), "Pod", "spec.selector")


def _targets(item: KubernetesObject, content: Mapping[str, Any]) -> Iterator[Relation]:
    if content.get("endpoints") and not isinstance(item, Unstructured):
        yield Relation("EndpointSlice", _("lists"), "Pod", "endpoints[].targetRef")


def _of_pod(spec: Mapping[str, Any]) -> Iterator[Relation]:
    if spec.get("nodeName"):
        yield Relation("Pod", _("runs on"), "Node", "spec.nodeName")
    for volume in spec.get("volumes") or ():
        for field, kind in (
            ("configMap", "ConfigMap"),
            ("secret", "Secret"),
            ("persistentVolumeClaim", "PersistentVolumeClaim"),
        ):
            if field in volume:
                yield Relation("Pod", _("mounts"), kind, "spec.volumes")


# Selectors.

LABELLED: Mapping[str, Mapping[str, str]] = {
    "pages-1": {"app": "pages", "env": "prod", "tier": "front"},
    "pages-2": {"app": "pages", "env": "prod", "tier": "front", "canary": "true"},
    "pages-3": {"app": "pages", "env": "test", "tier": "front"},
    "cart-1": {"app": "cart", "env": "prod", "tier": "back"},
    "cart-2": {"app": "cart", "env": "test", "tier": "back"},
    "debug": {"app": "pages"},
    "plain": {},
}
"""Pods to choose from."""

SELECTORS: Mapping[str, str] = {
    text: text
    for text in (
        "app=pages",
        "app=pages,env=prod",
        "env!=prod",
        "env,env!=prod",
        "tier in (front,back)",
        "tier notin (back)",
        "!canary",
        "canary",
        "app=pages,!tier",
        "app==a page",
        "tier in front",
    )
}
"""Selectors to try; the last two are none."""


def selected(text: str) -> Frame:
    """Which of the Pods a selector means, and for each of the others the condition that it does not meet."""
    try:
        selector = parse_selector(text.strip())
    except SelectorError as error:
        return error_frame(error)
    rows, count = [], 0
    for name, labels in LABELLED.items():
        failed = [each for each in selector.requirements if not each.matches(labels)]
        count += not failed
        verdict = el("span", el("b", _("meant")), class_="v ok")
        if failed:
            verdict = el("span", el("b", _("not")), " ", inline(_why(failed[0], labels)), class_="v no")
        shown = [el("li", f"{key}={value}") for key, value in labels.items()]
        rows.append((name, el("ul", join(shown), class_="procs") if shown else _("none"), verdict))
    says = _("`kubectl get pods -l '{selector}'` means **{count}** of {all} Pods.")
    return Frame(
        table([_("Pod"), _("labels"), ""], rows), says.format(selector=text.strip(), count=count, all=len(LABELLED))
    )


def _why(failed: Requirement, labels: Mapping[str, str]) -> str:
    value = labels.get(failed.key)
    if value is None:
        return _("`{condition}`: it has no label {key}").format(condition=failed, key=failed.key)
    return _("`{condition}`: its {key} is {value}").format(condition=failed, key=failed.key, value=value)
