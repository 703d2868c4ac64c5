"""``--sort-by``: the order of objects by one of their fields.

Left out: all of JSONPath but plain paths.

References
----------
k8s.io/kubectl/pkg/cmd/get/sorter.go; k8s.io/kubectl/pkg/cmd/get/customcolumn.go: RelaxedJSONPathExpression (v1.37)
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from k8smodels.api.gotext import quote
from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.kubectl.errors import KubectlError

_PATH = re.compile(r"\{?\.?((?:[A-Za-z0-9_-]+)(?:\.[A-Za-z0-9_-]+)*)\}?", re.ASCII)

_SHAPES = "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"


def sort_by(items: Sequence[KubernetesObject], path: str) -> list[KubernetesObject]:
    """`items` by the field at `path`, such as ``.metadata.creationTimestamp``; those that lack it come first.

    Raises
    ------
    KubectlError
        No plain path, or no object has the field.
    """
    match = _PATH.fullmatch(path)
    if match is None or path.startswith("{") != path.endswith("}"):
        raise KubectlError(_SHAPES)
    keys = match[1].split(".")
    if items and all(_field(item, keys) is None for item in items):
        raise KubectlError(f"couldn't find any field with path {quote(f'{{.{match[1]}}}')} in the list of objects")
    return sorted(items, key=lambda item: _order(_field(item, keys)))


def _field(item: KubernetesObject, keys: Sequence[str]) -> Any:
    value: Any = item.to_json() | {"metadata": item.metadata.to_json()}
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _order(value: Any) -> tuple[int, float, str]:
    if value is None:
        return (0, 0.0, "")
    return (1, float(value), "") if isinstance(value, int | float) else (2, 0.0, str(value))
