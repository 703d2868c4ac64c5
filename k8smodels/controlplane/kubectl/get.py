"""``kubectl get``.

Left out: ``--watch``, templates, JSONPath and custom columns.

References
----------
k8s.io/kubectl/pkg/cmd/get/get.go: Run, printGeneric (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.errors import KubectlError, raise_all
from k8smodels.controlplane.kubectl.find import Found, find
from k8smodels.controlplane.kubectl.output_formats import print_objects
from k8smodels.controlplane.kubectl.sorting import sort_by
from k8smodels.controlplane.kubectl.tables import Decoration, print_table, table_of
from k8smodels.controlplane.resources import Resource


def get(call: Call) -> Iterator[str]:
    """Objects as a table, or in full.

    Raises
    ------
    KubectlError
        An unknown kind or format.
    StatusError
        ``NotFound``; what was found is printed before.
    """
    output = call.text("output")
    if call.is_on("show-labels") and output not in ("", "wide"):
        raise KubectlError(f"--show-labels option cannot be used with {output[:100]} printer")
    found = [_sorted(call, each) for each in find(call, call.words, whole_kind=True)]
    errors = [error for each in found for error in each.errors]
    if call.is_on("ignore-not-found"):
        errors = []
    yield from _tables(call, found, errors) if output in ("", "wide") else _objects(output, found, errors)
    raise_all(errors)


def _sorted(call: Call, found: Found) -> Found:
    path = call.text("sort-by")
    return replace(found, items=tuple(sort_by(found.items, path))) if path else found


def _objects(output: str, found: Sequence[Found], errors: Sequence[ValueError]) -> Iterator[str]:
    items = [item for each in found for item in each.items]
    one = len(found) == 1 and found[0].by_name and len(items) + len(errors) == 1
    if items or not (one or errors):
        if text := print_objects(output, items, one=one):
            yield text
    elif output not in ("yaml", "json", "name"):
        print_objects(output, items, one=one)


def _tables(call: Call, found: Sequence[Found], errors: Sequence[ValueError]) -> Iterator[str]:
    wide, first = call.text("output") == "wide", True
    several = len({each.resource.kind for each in found if each.items or not each.by_name}) > 1
    for resource, items in _by_kind(found):
        everywhere = call.is_on("all-namespaces") and resource.namespaced
        how = Decoration(
            namespace=everywhere,
            kind=resource.singular if several else "",
            label_columns=tuple(each for each in call.text("label-columns").split(",") if each),
            labels=call.is_on("show-labels"),
            headers=not call.is_on("no-headers"),
            wide=wide,
        )
        text = print_table(table_of(resource.kind, wide=wide), items, call.now, how)
        if text and not first and how.headers:
            yield ""
        if text:
            yield text
            first = False
    if first and not errors and not call.is_on("ignore-not-found"):
        everywhere = call.is_on("all-namespaces") or not all(each.resource.namespaced for each in found)
        yield "No resources found" if everywhere else f"No resources found in {call.namespace} namespace."


def _by_kind(found: Sequence[Found]) -> Iterator[tuple[Resource, list[KubernetesObject]]]:
    """Neighbours of one kind share a table."""
    last: Resource | None = None
    items: list[KubernetesObject] = []
    for each in found:
        if last is not None and each.resource != last:
            yield last, items
            items = []
        last = each.resource
        items += each.items
    if last is not None:
        yield last, items
