"""The three-way merge of ``kubectl apply``: the manifest, what was applied last, and what is there now.

A field of the manifest wins. A field that was applied last and is no longer in the manifest is removed. All others stay
as somebody else wrote them. Lists of objects that have a key are merged element by element; other lists are replaced.

Left out: the directives (``$patch`` and its like) that a manifest may contain.

References
----------
staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go: CreateThreeWayMergePatch, mergeSortedSlice; the tags
patchMergeKey and patchStrategy of staging/src/k8s.io/api (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

KEYS: Mapping[str, str] = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "volumes": "name",
    "env": "name",
    "imagePullSecrets": "name",
    "resourceClaims": "name",
    "schedulingGates": "name",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "hostAliases": "ip",
    "topologySpreadConstraints": "topologyKey",
    "ownerReferences": "uid",
}
"""The field that tells the elements of a list apart, by the name of the list."""

_PORT_KEYS = ("containerPort", "port")
"""Ports of containers have the one key, ports of Services the other."""

_SETS = frozenset({"finalizers"})
"""Lists of words that are merged like sets."""

_RETAIN_KEYS = frozenset({"strategy", "volumes"})
"""Of these only the fields of the manifest are left when they change: a union has one member."""


def three_way_merge(last: Any, manifest: Any, live: Any, name: str = "") -> Any:
    """What `live` becomes.

    Parameters
    ----------
    last, manifest, live
        The same object or part of it: as it was applied last, as it is applied now, and as it is.
    name
        The name of the field that holds it.

    Examples
    --------
    >>> last = {"image": "web:1", "paused": True}
    >>> three_way_merge(last, {"image": "web:2"}, {**last, "replicas": 5})
    {'image': 'web:2', 'replicas': 5}
    """
    if isinstance(manifest, Mapping) and isinstance(live, Mapping):
        return merged_maps(last if isinstance(last, Mapping) else {}, manifest, live, name)
    if isinstance(manifest, list) and isinstance(live, list):
        return _lists(last if isinstance(last, list) else [], manifest, live, name)
    return without_nulls(manifest)


def without_nulls(value: Any) -> Any:
    """`value` without the keys that a manifest sets to null."""
    if isinstance(value, Mapping):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def merged_maps(
    last: Mapping[str, Any], manifest: Mapping[str, Any], live: Mapping[str, Any], name: str
) -> dict[str, Any]:
    """The three-way merge of maps: field by field. The parameters are those of `three_way_merge`."""
    kept = {key: value for key, value in live.items() if key in manifest or key not in last}
    for key, value in manifest.items():
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = three_way_merge(last.get(key), value, live.get(key), key)
    if name in _RETAIN_KEYS and kept != live:
        return {key: value for key, value in kept.items() if key in manifest}
    return kept


def _lists(last: Sequence[Any], manifest: Sequence[Any], live: Sequence[Any], name: str) -> list[Any]:
    if name in _SETS:
        return [
            *(item for item in live if item in manifest or item not in last),
            *(i for i in manifest if i not in live),
        ]
    key = _key(name, manifest)
    if key is None or not all(_has(item, key) for items in (last, manifest, live) for item in items):
        return [without_nulls(item) for item in manifest]
    before, present = _by(key, last), _by(key, live)
    wanted = _by(key, manifest)
    merged = {
        value: three_way_merge(before.get(value), item, present.get(value), name) for value, item in wanted.items()
    }
    others = [value for value in present if value not in wanted and value not in before]
    order = _ordered(others, list(merged), list(present))
    return [merged[value] if value in merged else present[value] for value in order]


def _key(name: str, items: Sequence[Any]) -> str | None:
    if name == "ports":
        return next((key for key in _PORT_KEYS if all(_has(item, key) for item in items)), None)
    return KEYS.get(name)


def _ordered(others: list[Any], wanted: list[Any], live: list[Any]) -> list[Any]:
    """The elements in the manifest's order; those of others before the first that they stood before."""
    order: list[Any] = []
    while others and wanted:
        stands_before = wanted[0] in live and live.index(others[0]) < live.index(wanted[0])
        order.append(others.pop(0) if stands_before else wanted.pop(0))
    return order + wanted + others


def _has(item: Any, key: str) -> bool:
    return isinstance(item, Mapping) and key in item


def _by(key: str, items: Sequence[Mapping[str, Any]]) -> dict[Any, Any]:
    return {str(item[key]): item for item in items}
