"""The suites ``controlplane/validation`` and ``controlplane/decoding``: what the API server adds and refuses."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from k8smodels.api.meta import KubernetesObject, Unstructured
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import KnownDifference
from k8smodels.controlplane.admission import Admission, decode
from k8smodels.controlplane.admission.body import body_problem, parse_body
from k8smodels.controlplane.admission.fields import type_of_kind
from k8smodels.controlplane.clock import Clock
from k8smodels.controlplane.status import StatusError
from k8smodels.controlplane.store import Store

_METADATA = ("name", "generateName", "labels", "annotations", "finalizers", "ownerReferences")


def _has_empty_policies(case: JSON) -> bool:
    return '"policies": []' in json.dumps(case)


EMPTY_POLICIES = KnownDifference(
    _has_empty_policies,
    "An autoscaler's empty list of policies is refused; the model takes it for no list, and fills in the default.",
)


def validation(case: JSON) -> JSON:
    """What is stored of an object that is created and perhaps changed, or why not."""
    try:
        item = Admission().create(_sent(case["object"]), Store(Clock(), 0))
        if case.get("changes"):
            item = Admission().update(_changed(item, case["changes"]), item)
    except StatusError as refused:
        return {"error": _with_labels_sorted(str(refused))}
    return {"stored": _compared(item)}


def _with_labels_sorted(text: str) -> str:
    """The real errors about one map of labels come in any order: both sides sort them."""
    runs = itertools.groupby(text.split("\n"), lambda line: line.partition(": ")[0])
    sorted_runs = (sorted(run) if path.lower().endswith("labels") else run for path, run in runs)
    return "\n".join(itertools.chain.from_iterable(sorted_runs))


def decoding(case: JSON) -> JSON:
    """The API server's message about a request's body."""
    plain = json.loads(case["body"])
    version, kind = plain["apiVersion"], plain["kind"]
    problem = body_problem(parse_body(case["body"]), type_of_kind(version, kind) or "")
    if not problem:
        return {}
    version = version.rpartition("/")[2]
    return {"error": f'{kind} in version "{version}" cannot be handled as a {kind}: {problem}'}


def _sent(manifest: JSON) -> KubernetesObject:
    """The object with what the API server has given it before it is admitted."""
    (item,) = decode(json.dumps(manifest))
    meta = item.metadata
    name = meta.name or (f"{meta.generate_name}x7k2p" if meta.generate_name else "")
    return replace(item, metadata=replace(meta, name=name, uid="6a0c"))


def _changed(item: KubernetesObject, changes: JSON) -> KubernetesObject:
    content = _with_metadata(item)
    for change in changes:
        content = _set(content, change["path"], change.get("value"))
    return type(item).from_json(content)


def _with_metadata(item: KubernetesObject) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(item.to_json()))
    return content | {"metadata": item.metadata.to_json()} if isinstance(item, Unstructured) else content


def _set(at: Any, path: JSON, value: JSON) -> Any:
    if not path:
        return value
    step, *rest = path
    if isinstance(step, int):
        at = [*at, *([None] if step == len(at) else [])]
        return [*at[:step], _set(at[step], rest, value), *at[step + 1 :]]
    at = dict(at or {})
    if value is None and not rest:
        at.pop(step, None)
        return at
    return at | {step: _set(at.get(step), rest, value)}


def _compared(item: KubernetesObject) -> JSON:
    """The metadata that a user gives, and the spec; of a template of pods only the metadata."""
    content = _with_metadata(item)
    content.pop("status", None)
    content["metadata"] = _given(content["metadata"])
    spec = content.get("spec", {})
    for holder in (spec, spec.get("jobTemplate", {}).get("spec", {})):
        if "template" in holder:
            holder["template"] = {"metadata": _given(holder["template"].get("metadata", {}))}
    if content["kind"] == "Pod":
        del content["spec"]
    return _trimmed(content)


def _given(metadata: Mapping[str, JSON]) -> JSON:
    return {name: metadata[name] for name in _METADATA if name in metadata}


def _trimmed(value: JSON) -> JSON:
    """`value` without what is null, false, or empty."""
    if isinstance(value, list):
        return [_trimmed(item) for item in value] or None
    if not isinstance(value, dict):
        return None if value is False else value
    trimmed = {key: _trimmed(item) for key, item in value.items()}
    return {key: item for key, item in trimmed.items() if item is not None} or None
