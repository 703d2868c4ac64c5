"""``kubectl apply``.

What was applied last is kept in an annotation, so that a field which the manifest names no longer can be told from one
that somebody else has set. Left out: server-side apply, pruning, dry runs.

References
----------
k8s.io/kubectl/pkg/cmd/apply/apply.go: applyOneObject; k8s.io/kubectl/pkg/util/apply.go: GetModifiedConfiguration
(v1.37)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from k8smodels.api.gotext import quote
from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.admission import read_strictly
from k8smodels.controlplane.kubectl.call import USER, Call
from k8smodels.controlplane.kubectl.describe.writer import LAST_APPLIED
from k8smodels.controlplane.kubectl.errors import KubectlError, raise_all
from k8smodels.controlplane.kubectl.manifests import Manifest, manifests
from k8smodels.controlplane.kubectl.merge import three_way_merge, without_nulls
from k8smodels.controlplane.kubectl.output_formats import with_kind
from k8smodels.controlplane.status import StatusError

_NO_ANNOTATION = (
    "Warning: resource {name} is missing the {annotation} annotation which is required by kubectl apply. kubectl apply"
    " should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply."
    " The missing annotation will be patched automatically."
)


def apply(call: Call) -> Iterator[str]:
    """Make the objects of a manifest, or change them where it differs.

    Raises
    ------
    KubectlError
        No manifest, or an object that has no name or no kind that the server knows.
    StatusError
        What the server refuses; the other objects are applied all the same.
    """
    if call.words:
        given = " ".join(call.words)[:100]
        raise KubectlError(f"Unexpected args: [{given}]\nSee 'kubectl apply -h' for help and examples")
    if not call.manifests:
        raise KubectlError("must specify one of -f and -k")
    errors: list[ValueError] = []
    empty = True
    for manifest in manifests(call):
        empty = False
        if isinstance(manifest, ValueError):
            errors.append(manifest)
            continue
        try:
            yield from _apply(call, manifest)
        except ValueError as error:
            errors.append(error)
    if empty:
        raise KubectlError("no objects passed to apply")
    raise_all(errors)


def _apply(call: Call, manifest: Manifest) -> Iterator[str]:
    wanted = _annotated(manifest)
    live = call.cluster.store.get(manifest.resource.kind, manifest.namespace, manifest.name)
    if live is None:
        _create(call, manifest, wanted)
        yield f"{manifest.shown} created"
        return
    if LAST_APPLIED not in live.metadata.annotations:
        name = f"{manifest.resource.plural}/{manifest.name}"
        yield _NO_ANNOTATION.format(name=name, annotation=LAST_APPLIED)
    before = with_kind(live)
    merged = read_strictly(three_way_merge(_last_applied(live), wanted, before))
    if with_kind(merged) == before:
        yield f"{manifest.shown} unchanged"
        return
    key = (manifest.resource.kind, manifest.namespace, manifest.name)
    call.server.patch(*key, lambda _stored: merged, USER, "apply")
    if live.metadata.deletion_timestamp:
        yield f"Warning: Detected changes to resource {manifest.name} which is currently being deleted."
    yield f"{manifest.shown} configured"


def _create(call: Call, manifest: Manifest, wanted: Mapping[str, Any]) -> None:
    place = f"error when creating {quote(manifest.source)}: "
    try:
        call.server.create(read_strictly(without_nulls(wanted), place), USER, "apply")
    except StatusError as error:
        if error.reason in ("Invalid", "Timeout", "BadRequest"):
            raise
        raise StatusError(error.reason, error.code, f"{place}{error.message}") from None


def _annotated(manifest: Manifest) -> dict[str, Any]:
    """The manifest with itself in its annotation."""
    metadata = manifest.content["metadata"]
    annotations = {key: value for key, value in (metadata.get("annotations") or {}).items() if key != LAST_APPLIED}
    plain = {**manifest.content, "metadata": {**metadata, "annotations": annotations}}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    for char, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(char, code)
    return {**plain, "metadata": {**metadata, "annotations": {**annotations, LAST_APPLIED: f"{text}\n"}}}


def _last_applied(live: KubernetesObject) -> dict[str, Any]:
    """What was applied last; nothing if the annotation is missing or broken."""
    try:
        last = json.loads(live.metadata.annotations.get(LAST_APPLIED, "{}"))
    except (ValueError, RecursionError):
        return {}
    return last if isinstance(last, dict) else {}
