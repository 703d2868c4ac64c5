"""The objects in a manifest, as kubectl reads them before it asks the API server.

References
----------
k8s.io/cli-runtime/pkg/resource: visitor.go, mapper.go; staging/src/k8s.io/apimachinery/pkg/runtime/error.go:
NewStrictDecodingError (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from k8smodels.api.errors import DecodeError, InvalidObject
from k8smodels.api.gotext import quote
from k8smodels.api.kinds import KINDS, load
from k8smodels.api.yaml_text import read_documents
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.errors import KubectlError
from k8smodels.controlplane.resources import RESOURCES, Resource, resource_of


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


def _documents(source: str, text: str) -> Iterator[Mapping[str, Any]]:
    try:
        load(text, source, keep_unknown=True)
        documents = read_documents(text, source)
    except DecodeError as error:
        if error.problem.startswith("Object '"):
            raise KubectlError(f"unable to decode {quote(source)}: {error.problem}") from None
        raise KubectlError(f"error parsing {error}") from None
    except InvalidObject:
        documents = read_documents(text, source)
    for document in documents:
        yield from _flat(document)


def _flat(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A list counts as its items."""
    kind = document["kind"]
    if not kind.endswith("List") or "items" not in document:
        yield document
        return
    for item in document["items"] or ():
        inherited = {} if kind == "List" else {"apiVersion": document["apiVersion"], "kind": kind.removesuffix("List")}
        yield from _flat({**inherited, **item})


def _manifest(call: Call, source: str, document: Mapping[str, Any]) -> Manifest:
    metadata = document.get("metadata")
    metadata = dict(metadata) if isinstance(metadata, Mapping) else {}
    resource = _resource(source, document, metadata)
    if resource.namespaced:
        own = metadata.get("namespace") or ""
        if "namespace" in call.flags and own and own != call.namespace:
            raise KubectlError(
                f"the namespace from the provided object {quote(str(own))} does not match the namespace"
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
