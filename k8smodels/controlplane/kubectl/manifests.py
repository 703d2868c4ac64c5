"""The objects in a manifest, each with its name, its kind and the namespace that it goes to.

References
----------
k8s.io/cli-runtime/pkg/resource/visitor.go: SetNamespace, RequireNamespace; k8s.io/kubectl/pkg/cmd/apply/apply.go
(v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from k8smodels.api.gotext import quote
from k8smodels.api.meta import Unstructured
from k8smodels.controlplane.admission.decoding import ManifestError, contents
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.errors import KubectlError
from k8smodels.controlplane.resources import Resource, resource_of


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
    """The objects that ``-f`` names, and in place of one that kubectl refuses its error.

    Raises
    ------
    ManifestError
        Text that is no YAML or JSON.
    """
    for source, text in call.manifests:
        for content in contents(text, source):
            if isinstance(content, ManifestError):
                yield content
                continue
            try:
                yield _manifest(call, source, content)
            except KubectlError as error:
                yield error


def _manifest(call: Call, source: str, content: Mapping[str, Any]) -> Manifest:
    metadata = dict(content.get("metadata") or {})
    resource = resource_of(Unstructured(content=content))
    if resource.namespaced:
        own = metadata.get("namespace") or ""
        if "namespace" in call.flags and own and own != call.namespace:
            raise KubectlError(
                f"the namespace from the provided object {quote(own)} does not match the namespace"
                f" {quote(call.namespace)}. You must pass '--namespace={own}' to perform this operation."
            )
        metadata["namespace"] = own or call.namespace
    manifest = Manifest(source, {**content, "metadata": metadata}, resource)
    if not manifest.name and (prefix := metadata.get("generateName")):
        raise KubectlError(f"from {prefix}: cannot use generate name with apply")
    if not manifest.name:
        raise KubectlError("resource name may not be empty")
    return manifest
