"""The objects in a manifest, as kubectl reads them before it asks the API server.

References
----------
k8s.io/cli-runtime/pkg/resource: visitor.go, mapper.go; staging/src/k8s.io/apimachinery/pkg/runtime/error.go:
NewStrictDecodingError (v1.37)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from k8smodels.api.errors import DecodeError, FieldError, InvalidObject
from k8smodels.api.gotext import quote
from k8smodels.api.kinds import KINDS
from k8smodels.api.meta import KubernetesObject, Unstructured
from k8smodels.api.structure import unknown_fields
from k8smodels.api.yaml_text import read_documents
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.errors import KubectlError
from k8smodels.controlplane.resources import RESOURCES, Resource, resource_of
from k8smodels.controlplane.status import StatusError


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object of a manifest.

    Attributes
    ----------
    source
        The name of the file.
    content
        The object as it is written, with its namespace.
    resource
        Its kind.
    """

    source: str
    content: Mapping[str, Any]
    resource: Resource

    @property
    def name(self) -> str:
        """Its name; empty if it has none."""
        return str(self.content["metadata"].get("name") or "")

    @property
    def namespace(self) -> str:
        """The namespace that it belongs to; empty for kinds without one."""
        return str(self.content["metadata"].get("namespace") or "") if self.resource.namespaced else ""

    @property
    def shown(self) -> str:
        """How kubectl calls it."""
        return f"{self.resource.singular}/{self.name}"


def manifests(call: Call) -> Iterator[Manifest | ValueError]:
    """The objects that ``-f`` names, and in place of one that is none its error.

    Raises
    ------
    KubectlError
        Text that is no YAML or JSON of objects.
    """
    for source, text in call.manifests:
        for document in _documents(source, text):
            try:
                yield _manifest(call, source, document)
            except ValueError as error:
                yield error


def typed(content: Mapping[str, Any]) -> KubernetesObject:
    """The object that `content` describes.

    Raises
    ------
    InvalidObject
        A field of the wrong type.
    """
    try:
        return KINDS.get((content["apiVersion"], content["kind"]), Unstructured).from_json(content)
    except FieldError as error:
        metadata = content.get("metadata")
        name = str(metadata.get("name", ""))[:253] if isinstance(metadata, Mapping) else ""
        raise InvalidObject(content["kind"][:253], name, [error]) from None


def check_fields(item: KubernetesObject, source: str = "") -> None:
    """Refuse fields that the API does not know: most often spelling mistakes.

    Parameters
    ----------
    item
        The object.
    source
        The file, if the object is new.

    Raises
    ------
    StatusError
        ``BadRequest``.
    """
    if isinstance(item, Unstructured) or not (unknown := unknown_fields(item)):
        return
    fields = ", ".join(f"unknown field {quote(name[:253])}" for name in unknown[:20])
    place = f"error when creating {quote(source)}: " if source else ""
    version = item.api_version.rpartition("/")[2]
    words = f"{item.kind} in version {quote(version)} cannot be handled as a {item.kind}"
    raise StatusError("BadRequest", 400, f"{place}{words}: strict decoding error: {fields}")


def _documents(source: str, text: str) -> Iterator[Mapping[str, Any]]:
    try:
        documents = read_documents(text, source)
    except DecodeError as error:
        raise KubectlError(f"error parsing {error}") from None
    for document in documents:
        yield from _flat(source, document)


def _flat(source: str, document: Any) -> Iterator[Mapping[str, Any]]:
    """A list counts as its items."""
    problem = _problem(document)
    if problem:
        raise KubectlError(f"unable to decode {quote(source)}: {problem}")
    kind = document["kind"]
    if not kind.endswith("List") or "items" not in document:
        yield document
        return
    inherited = {} if kind == "List" else {"apiVersion": document["apiVersion"], "kind": kind.removesuffix("List")}
    items = document["items"]
    for item in items if isinstance(items, list) else ():
        yield from _flat(source, {**inherited, **item} if isinstance(item, Mapping) else item)


def _problem(document: Any) -> str:
    """Why a document is no object; empty if it is one."""
    if not isinstance(document, Mapping):
        return f"a Kubernetes object is a map with apiVersion and kind, not a {type(document).__name__}"
    for name, field in (("Kind", "kind"), ("apiVersion", "apiVersion")):
        if not isinstance(document.get(field), str) or not document[field]:
            return f"Object '{name}' is missing in '{json.dumps(document)[:80]}'"
    return ""


def _manifest(call: Call, source: str, document: Mapping[str, Any]) -> Manifest:
    typed(document)
    metadata = dict(document.get("metadata") or {})
    resource = _resource(source, document, metadata)
    if resource.namespaced:
        own = metadata.get("namespace") or ""
        if "namespace" in call.flags and own and own != call.namespace:
            raise KubectlError(
                f"the namespace from the provided object {quote(own)} does not match the namespace"
                f" {quote(call.namespace)}. You must pass '--namespace={own}' to perform this operation."
            )
        metadata["namespace"] = own or call.namespace
    manifest = Manifest(source, {**document, "metadata": metadata}, resource)
    if not manifest.name and (prefix := metadata.get("generateName")):
        raise KubectlError(f"from {prefix}: cannot use generate name with apply")
    if not manifest.name:
        raise KubectlError("resource name may not be empty")
    return manifest


def _resource(source: str, document: Mapping[str, Any], metadata: Mapping[str, Any]) -> Resource:
    kind, version = document["kind"], document["apiVersion"]
    listed = RESOURCES.get(kind)
    if (version, kind) in KINDS:
        return listed or resource_of(KINDS[version, kind]())
    if listed is not None and version == (f"{listed.group}/v1" if listed.group else "v1"):
        return listed
    name, namespace = str(metadata.get("name") or "")[:253], str(metadata.get("namespace") or "")[:253]
    raise KubectlError(
        f"resource mapping not found for name: {quote(name)} namespace: {quote(namespace)} from {quote(source)}:"
        f" no matches for kind {quote(kind[:253])} in version {quote(version[:253])}\nensure CRDs are installed first"
    )
