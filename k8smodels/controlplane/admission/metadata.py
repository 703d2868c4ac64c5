"""What the API server refuses in the metadata of an object.

Left out: managed fields, and the names of namespaces inside objects.

References
----------
staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go: ValidateObjectMetaAccessor;
pkg/apis/core/validation/validation.go: ValidateObjectMeta; staging/src/k8s.io/apiserver/pkg/registry/rest:
ValidateCreate, validateCommonFields (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from k8smodels.api.dns_names import dns_label_problems, dns_subdomain_problems, path_segment_problems
from k8smodels.api.errors import FieldError, forbidden, invalid, required
from k8smodels.api.label_syntax import label_key_problems, label_value_problems
from k8smodels.api.meta import ObjectMeta, OwnerReference

MAX_ANNOTATION_BYTES = 256 * 1024
"""How long all annotations of an object may be together."""

STANDARD_FINALIZERS = frozenset({"kubernetes", "orphan", "foregroundDeletion"})
"""Finalizers that need no domain."""

Names = Callable[[str], Iterable[str]]
"""What is wrong with a name, in the API server's words."""


NAMES: Mapping[str, Names] = {
    "Namespace": dns_label_problems,
    "StatefulSet": dns_label_problems,
    "PodDisruptionBudget": path_segment_problems,
    "Role": path_segment_problems,
    "ClusterRole": path_segment_problems,
    "RoleBinding": path_segment_problems,
    "ClusterRoleBinding": path_segment_problems,
}
"""How names of a kind are checked; those of all others as DNS subdomains."""


def new_metadata_errors(kind: str, meta: ObjectMeta) -> Iterator[FieldError]:
    """What is wrong with the metadata of a new object."""
    names = NAMES.get(kind, dns_subdomain_problems)
    if meta.generate_name:
        # The suffix that is to come ends with a letter.
        problems = names(f"{meta.generate_name[:-1]}a" if meta.generate_name.endswith("-") else meta.generate_name)
        yield from (invalid("metadata.generateName", meta.generate_name, problem) for problem in problems)
    if not meta.name:
        yield required("metadata.name", "name or generateName is required")
    else:
        yield from (invalid("metadata.name", meta.name, problem) for problem in names(meta.name))
    yield from _common_errors(meta)
    if kind != "PodDisruptionBudget":
        yield from _kubernetes_finalizers(meta)


def changed_metadata_errors(kind: str, meta: ObjectMeta, before: ObjectMeta) -> Iterator[FieldError]:
    """What is wrong with metadata that replace those of before."""
    yield from _common_errors(meta)
    added = sorted(set(meta.finalizers) - set(before.finalizers))
    if before.deletion_timestamp and added:
        shown = ", ".join(f'"{each}"' for each in added)
        problem = "no new finalizers can be added if the object is being deleted, found new finalizers"
        yield forbidden("metadata.finalizers", f"{problem} []string{{{shown}}}")
    if kind != "PodDisruptionBudget":
        yield from _kubernetes_finalizers(meta)


def label_errors(labels: Mapping[str, str], path: str) -> Iterator[FieldError]:
    """What is wrong with labels; `path` is where they are."""
    for key, value in labels.items():
        yield from (invalid(path, key, problem) for problem in label_key_problems(key))
        yield from (invalid(path, value, problem) for problem in label_value_problems(value))


def annotation_errors(annotations: Mapping[str, str], path: str) -> Iterator[FieldError]:
    """What is wrong with annotations: keys are as those of labels, in any case; values may be anything."""
    for key in annotations:
        yield from (invalid(path, key, problem) for problem in label_key_problems(key.lower()))
    size = sum(len(text.encode(errors="surrogatepass")) for pair in annotations.items() for text in pair)
    if size > MAX_ANNOTATION_BYTES:
        yield FieldError(path, "Too long", detail=f"may not be more than {MAX_ANNOTATION_BYTES} bytes")


def _common_errors(meta: ObjectMeta) -> Iterator[FieldError]:
    yield from label_errors(meta.labels, "metadata.labels")
    yield from annotation_errors(meta.annotations, "metadata.annotations")
    yield from _owner_errors(meta.owner_references, "metadata.ownerReferences")
    for finalizer in meta.finalizers:
        yield from (invalid("metadata.finalizers", finalizer, problem) for problem in label_key_problems(finalizer))
    if {"orphan", "foregroundDeletion"} <= set(meta.finalizers):
        both = "finalizer orphan and foregroundDeletion cannot be both set"
        yield invalid("metadata.finalizers", list(meta.finalizers), both)


def _owner_errors(owners: Sequence[OwnerReference], path: str) -> Iterator[FieldError]:
    controller = ""
    for i, owner in enumerate(owners):
        yield from _one_owner_errors(owner, f"{path}[{i}]")
        if owner.controller and controller:
            found = f'Found "true" in references for {controller} and {owner.kind}/{owner.name}'
            told = f"Only one reference can have Controller set to true. {found}"
            yield invalid(path, [each.to_json() for each in owners], told)
        elif owner.controller:
            controller = f"{owner.kind}/{owner.name}"


def _one_owner_errors(owner: OwnerReference, path: str) -> Iterator[FieldError]:
    if not owner.api_version:
        yield required(f"{path}.apiVersion", "must not be empty")
    elif owner.api_version.count("/") > 1 or owner.api_version.endswith("/"):
        yield invalid(f"{path}.apiVersion", owner.api_version, "must be <group>/<version> or <version>")
    for name, value in (("kind", owner.kind), ("name", owner.name), ("uid", owner.uid)):
        if not value:
            yield required(f"{path}.{name}", "must not be empty")
    if (owner.api_version, owner.kind) == ("v1", "Event"):
        yield invalid(path, owner.to_json(), "/v1, Kind=Event is disallowed from being an owner")


def _kubernetes_finalizers(meta: ObjectMeta) -> Iterator[FieldError]:
    for i, finalizer in enumerate(meta.finalizers):
        if "/" not in finalizer and finalizer not in STANDARD_FINALIZERS:
            problem = "name is neither a standard finalizer name nor is it fully qualified"
            yield invalid(f"metadata.finalizers[{i}]", finalizer, problem)
