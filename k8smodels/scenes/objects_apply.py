"""Scenes of the chapter *Objects*: the three-way merge, and two who write one field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple, cast

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Pod
from k8smodels.api.workload import Deployment
from k8smodels.api.yaml_text import read_documents
from k8smodels.controlplane import Cluster
from k8smodels.controlplane.field_owners import ApplyConflict, Owned, Path, apply, fields_of, shown, update
from k8smodels.controlplane.kubectl.merge import three_way_merge
from k8smodels.i18n import _
from k8smodels.runtime import pod_columns
from k8smodels.scenes.objects import LAST_APPLIED, USER, WEB
from k8smodels.views.controlplane.answers import printed
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.tables import table

__all__ = ["AFTER", "MERGES", "MERGE_STEPS", "WAYS", "Merge", "field_rows", "merged", "two_writers"]


class Merge(NamedTuple):
    """The three inputs of ``kubectl apply``: a part of the spec as it was applied last, as it is sent, as it is."""

    last: Mapping[str, Any]
    manifest: Mapping[str, Any]
    live: Mapping[str, Any]


def _server(image: str, **more: Any) -> dict[str, Any]:
    return {"name": "server", "image": image, **more}


_LAST = {"replicas": 3, "containers": [_server("web:1")]}
_LIVE = {**_LAST, "replicas": 10, "revisionHistoryLimit": 10}

MERGES: Mapping[str, Merge] = {
    "a new image, replicas in the file": Merge(_LAST, {**_LAST, "containers": [_server("web:2")]}, _LIVE),
    "the line replicas is deleted": Merge(_LAST, {"containers": [_server("web:1")]}, _LIVE),
    "replicas never was in the file": Merge(
        {"containers": [_server("web:1")]}, {"containers": [_server("web:2")]}, _LIVE
    ),
    "somebody has added a container": Merge(
        {"containers": [_server("web:1")]},
        {"containers": [_server("web:2")]},
        {"containers": [_server("web:1"), {"name": "log", "image": "log:1"}]},
    ),
    "a list without keys": Merge(
        {"containers": [_server("web:1", args=["-v"])]},
        {"containers": [_server("web:1", args=["-v", "-q"])]},
        {"containers": [_server("web:1", args=["-v", "-x"])]},
    ),
    "a field set to null": Merge(
        {"containers": [_server("web:1")]},
        {"containers": [_server("web:1")], "paused": None},
        {"containers": [_server("web:1")], "paused": True},
    ),
}
"""What a reader may try; each is a part of a Deployment's spec."""

MERGE_STEPS = 5


class Row(NamedTuple):
    """One field: its three values, what is stored, and why; None where it is not."""

    path: Path
    last: Any
    manifest: Any
    live: Any
    stored: Any
    why: str


def merged(case: str, step: int) -> Frame:
    """The merge field by field, up to the field of this step."""
    rows = field_rows(MERGES[case])
    at = min(step, len(rows) - 1)
    cells = [
        (
            el("mark", _name(row.path)) if i == at else _name(row.path),
            _value(row.last),
            _value(row.manifest),
            _value(row.live),
            el("b", _value(row.stored)) if i <= at else "?",
        )
        for i, row in enumerate(rows)
    ]
    head = [_("field"), _("applied last"), _("the file now"), _("stored now"), _("stored then")]
    row = rows[at]
    done = _("All fields are done. ") if step >= len(rows) else ""
    return Frame(table(head, cells), f"{done}`{_name(row.path)}`: {row.why}")


def field_rows(merge: Merge) -> list[Row]:
    """Every field that is in one of the three, and what becomes of it."""
    result = three_way_merge(merge.last, merge.manifest, merge.live)
    last, manifest, live, stored = (dict(fields_of(each)) for each in (merge.last, merge.manifest, merge.live, result))
    paths = [path for path in dict.fromkeys((*manifest, *last, *live)) if not path[-1].startswith("[")]
    return [_row(path, last, manifest, live, stored) for path in paths if path[-1] != "name"]


def _row(
    path: Path,
    last: Mapping[Path, Any],
    manifest: Mapping[Path, Any],
    live: Mapping[Path, Any],
    stored: Mapping[Path, Any],
) -> Row:
    if path in manifest and manifest[path] is None:
        why = _("null in the file means: **remove** it.")
    elif path in manifest and isinstance(manifest[path], list) and manifest[path] != live.get(path):
        why = _("a list whose elements have no key is **replaced** as a whole.")
    elif path in manifest:
        same = manifest[path] == live.get(path)
        why = _("the file says so, and it is so already.") if same else _("**the file wins**, whoever wrote the other.")
    elif path in last:
        why = _("it was in the file and is no longer: **removed**. The server then fills in its default.")
    else:
        why = _("it never was in the file: it **stays**, whoever wrote it.")
    return Row(path, last.get(path), manifest.get(path), live.get(path), stored.get(path), why)


def _name(path: Path) -> str:
    return shown(path).removeprefix(".").replace('containers[name="', "containers[").replace('"]', "]")


def _value(value: Any) -> str:
    if value is None:
        return "–"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


# Two writers.

AUTOSCALED = f"""\
{WEB}        resources:
          requests: {{cpu: 100m}}
"""
AUTOSCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 12
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}
"""

WAYS = (
    "apply, replicas: 3 in the file",
    "apply, the line deleted",
    "the line forgotten by both, then apply",
    "server-side, replicas: 3 in the file",
    "server-side, the line deleted",
)
"""How the file is applied again, with a new label and after the autoscaler has set 10."""

AFTER: Mapping[float, str] = {
    -1.0: "before",
    0.05: "at once",
    20.0: "20 s",
    40.0: "40 s",
    120.0: "2 min",
}
"""Moments after the command."""

_LOAD_MILLI_CPU = 480


def two_writers(way: str, at: float) -> Frame:
    """A Deployment that an autoscaler and a file both size, so long after the file was applied again."""
    server_side = way.startswith("server-side")
    output, start, cluster = _written(way)
    now = cluster.at(start + at)
    deployment = next(item for item in now.of(Deployment) if item.name == "web")
    ready = sum(pod_columns(pod).ready == "1/1" and not pod.is_terminating for pod in now.of(Pod))
    rows = [
        ("spec.replicas", deployment.spec.replicas),
        (_("Pods that are ready"), ready),
        (_("cpu that all of them need"), _("{n} m").format(n=_LOAD_MILLI_CPU)),
        (_("for each, of the 100 m that it requests"), _("{n} %").format(n=round(_LOAD_MILLI_CPU / max(ready, 1)))),
    ]
    parts: list[Html] = []
    if at > 0:
        parts.append(printed(f"kubectl apply {'--server-side ' if server_side else ''}-f web.yaml", output))
    parts.append(table([_("web"), _("now")], rows))
    return Frame(join(parts), _writers_say(way, at, deployment.spec.replicas or 0, ready))


def _writers_say(way: str, at: float, replicas: int, ready: int) -> str:
    if at < 0:
        return _("The autoscaler has brought it to {n} Pods: each uses about half of what it requests.").format(
            n=replicas
        )
    if way == WAYS[3]:
        return _("**Refused**: the autoscaler owns the field. Nothing has changed: {n} Pods.").format(n=replicas)
    if replicas >= 10 and ready >= 10:
        if way in (WAYS[2], WAYS[4]):
            return _("The label is new, and the {n} Pods **stay**: the file has no say in the number.").format(n=ready)
        return _("{n} Pods again, after the autoscaler has worked its way back up.").format(n=ready)
    if replicas == 1:
        return _("**One Pod carries the load of ten.** Nobody has set 1: it is the default of a field that nobody set.")
    return _("{ready} Pods carry the load of ten; {replicas} are wanted now.").format(ready=ready, replicas=replicas)


@lru_cache(maxsize=8)
def _written(way: str) -> tuple[str, float, Cluster]:
    """What kubectl printed, when, and the cluster two minutes later."""
    server_side = way.startswith("server-side")
    cluster = Cluster.of(3)
    cluster.apply(AUTOSCALED)
    cluster.run(10)
    cluster.metrics.load({"app": "web"}, lambda _seconds: _LOAD_MILLI_CPU)
    cluster.apply(AUTOSCALER)
    cluster.run(247)
    file = AUTOSCALED.replace("name: web\n", "name: web\n  labels: {team: pages}\n", 1)
    if way in (WAYS[1], WAYS[2], WAYS[4]):
        file = file.replace("  replicas: 3\n", "")
    if way == WAYS[2]:
        cluster.server.patch("Deployment", "default", "web", _forgotten, USER)
    start = cluster.seconds
    output = _applied_by_server(cluster, file) if server_side else str(cluster.apply(file))
    cluster.run(125)
    return output, start, cluster


def _forgotten(item: KubernetesObject) -> KubernetesObject:
    """What ``kubectl apply edit-last-applied`` does when a user deletes the line there."""
    last = item.metadata.annotations[LAST_APPLIED].replace('"replicas":3,', "")
    annotations = {**item.metadata.annotations, LAST_APPLIED: last}
    return replace(item, metadata=replace(item.metadata, annotations=annotations))


def _applied_by_server(cluster: Cluster, file: str) -> str:
    """Server-side apply of `file`, whose first version the same user applied before the autoscaler came."""
    (before,), (wanted,) = read_documents(AUTOSCALED, "web.yaml"), read_documents(file, "web.yaml")
    live = cast("Deployment", cluster.store.get("Deployment", "default", "web"))
    first = apply(Owned("apps/v1"), before, "kubectl")
    autoscaled = {**before, "spec": {**before["spec"], "replicas": live.spec.replicas}}
    owned = update(first, autoscaled, "kube-controller-manager", "scale")
    try:
        left = apply(owned, wanted, "kubectl")
    except ApplyConflict as conflict:
        return f"error: {conflict.message}"
    replicas = left.fields.get(("spec", "replicas"))
    labels = {path[-1]: value for path, value in left.fields.items() if path[:2] == ("metadata", "labels")}

    def change(item: KubernetesObject) -> KubernetesObject:
        deployment = cast("Deployment", item)
        metadata = replace(deployment.metadata, labels=labels)
        return replace(deployment, metadata=metadata, spec=replace(deployment.spec, replicas=replicas))

    cluster.server.patch("Deployment", "default", "web", change, USER)
    return "deployment.apps/web serverside-applied"
