"""The reader's own manifests on the simulated server: what is stored, what is refused, and how the server says it."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.api.errors import DecodeError
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.yaml_text import read_documents
from k8smodels.controlplane import Cluster, Limits, SimulationLimit
from k8smodels.controlplane.kubectl.output_formats import as_yaml, with_kind
from k8smodels.controlplane.resources import kind_of
from k8smodels.i18n import _
from k8smodels.scenes.objects import LAST_APPLIED, SENT, WEB
from k8smodels.views.controlplane.answers import printed
from k8smodels.views.frame import Frame, error_frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.services.created import filled_lines, filled_pieces

__all__ = ["CASES", "own_manifests"]

MAX_CHARACTERS, MAX_OBJECTS = 20_000, 20

CASES: Mapping[str, str] = {
    "a Deployment and a Service": f"{WEB}---\n{SENT['Service']}",
    "a kind of your own": "apiVersion: example.com/v1\nkind: Recipe\nmetadata:\n  name: soup\nspec:\n  litres: 2\n",
    "a field in the wrong place": WEB.replace("        image: web:1\n", "        image: web:1\n      replicas: 2\n"),
    "two objects of one name": f"{SENT['ConfigMap']}---\n{SENT['ConfigMap'].replace('blue', 'green')}",
    "a label with a blank": WEB.replace("name: web\n", "name: web\n  labels: {team: the pages}\n", 1),
    "no YAML": "apiVersion: v1\nkind: Pod\nmetadata: {name: [\n",
}
"""Manifests to try."""


def own_manifests(text: str) -> Frame:
    """What ``kubectl apply`` prints for the reader's manifests, and what is stored of each object ten seconds later."""
    if len(text) > MAX_CHARACTERS:
        problem = _("Too long: must have at most {limit} characters, this has {size}")
        return error_frame(ValueError(problem.format(limit=MAX_CHARACTERS, size=len(text))))
    try:
        cluster = Cluster.of(2, limits=Limits(records=5_000, objects=100))
        output = cluster.apply(text)
        before = {item.metadata.uid for item in _objects(cluster)}
        cluster.run(10)
    except SimulationLimit as error:
        return error_frame(ValueError(str(error)))
    made = [item for item in _objects(cluster) if LAST_APPLIED in item.metadata.annotations]
    parts = [printed("kubectl apply -f -", output)]
    parts += [_stored(item, text) for item in made[:MAX_OBJECTS]]
    others = len(_objects(cluster)) - len(before)
    says = _("kubectl ends with exit code **{code}**. {made} objects are stored; controllers have made {others} more.")
    return Frame(join(parts), says.format(code=output.exit_code, made=len(made), others=max(others, 0)))


def _objects(cluster: Cluster) -> list[KubernetesObject]:
    skipped = ("Node", "Lease", "Event")
    return [item for kind in cluster.store.kinds() if kind not in skipped for item in cluster.store.objects(kind)]


def _stored(item: KubernetesObject, text: str) -> Html:
    content = with_kind(item)
    annotations = {key: value for key, value in item.metadata.annotations.items() if key != LAST_APPLIED}
    content = {**content, "metadata": {**content["metadata"], "annotations": annotations}}
    pieces = filled_pieces(_written(item, text), as_yaml(content).splitlines())
    title = _("{kind} {name}: what was added").format(kind=kind_of(item), name=item.name)
    body = filled_lines(pieces, lambda lines: _("added, {n} lines").format(n=len(lines)))
    return el("details", el("summary", title), body)


def _written(item: KubernetesObject, text: str) -> list[str]:
    """The lines of the last document that names `item`, in kubectl's order."""
    try:
        documents = [each for each in read_documents(text, "manifests") if isinstance(each, dict)]
    except DecodeError:
        return []
    for document in reversed(documents):
        metadata = document.get("metadata")
        if document.get("kind") == kind_of(item) and isinstance(metadata, dict) and metadata.get("name") == item.name:
            return as_yaml(document).splitlines()
    return []
