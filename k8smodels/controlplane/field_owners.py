"""Server-side apply: every field has owners, and a value is not taken from another owner without saying so.

A client that applies sends the fields that it cares for. It becomes an owner of each. If another owner has set another
value, the server refuses: a conflict. A field that a client applied before and sends no longer is removed, unless
another client owns it too. Any other write takes the fields that it changes, without a question.

Left out: several versions of a kind, fields that only the status has, and what the server's defaults belong to.

References
----------
sigs.k8s.io/structured-merge-diff/v6/merge/update.go: Updater.Apply, Updater.Update;
staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from k8smodels.api.gotext import quote
from k8smodels.controlplane.kubectl.merge import KEYS

Path = tuple[str, ...]
"""Where a field stands: names, and for the elements of lists their keys, as in ``[name="server"]``."""

ATOMIC = frozenset({"selector", "nodeSelector"})
"""Maps that have one owner as a whole."""

_IDENTITY = frozenset({("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")})


class Manager(NamedTuple):
    """Who writes fields.

    Attributes
    ----------
    name
        Its name in `managedFields`.
    operation
        ``Apply``, or ``Update`` for any other write.
    subresource
        Through which it writes, if not the object itself: ``scale`` or ``status``.
    """

    name: str
    operation: str = "Apply"
    subresource: str = ""

    def shown(self, version: str) -> str:
        """How messages name it."""
        through = f" with subresource {quote(self.subresource)}" if self.subresource else ""
        using = "" if self.operation == "Apply" else f" using {version}"
        return f"{quote(self.name)}{through}{using}"


class Conflict(NamedTuple):
    """A field that belongs to somebody else, who wants another value."""

    manager: Manager
    path: Path


class ApplyConflict(ValueError):
    """An apply that would take fields from other owners.

    Attributes
    ----------
    conflicts
        The fields.
    message
        What the server says.
    """

    def __init__(self, conflicts: list[Conflict], version: str) -> None:
        self.conflicts = tuple(sorted(conflicts))
        self.message = _message(self.conflicts, version)
        super().__init__(self.message)


@dataclass(frozen=True, slots=True)
class Owned:
    """An object and the owners of its fields.

    Attributes
    ----------
    version
        Its `apiVersion`.
    fields
        The values by path. An element of a list with keys has a path of its own, with the value None.
    owners
        The paths that each manager owns.
    """

    version: str = "v1"
    fields: Mapping[Path, Any] = field(default_factory=dict)
    owners: Mapping[Manager, frozenset[Path]] = field(default_factory=dict)

    def owners_of(self, path: Path) -> list[Manager]:
        """Who owns the field at `path`."""
        return sorted(manager for manager, paths in self.owners.items() if path in paths)


def apply(stored: Owned, manifest: Mapping[str, Any], manager: str, *, force: bool = False) -> Owned:
    """What ``kubectl apply --server-side`` leaves.

    Parameters
    ----------
    stored
        The object before.
    manifest
        What `manager` sends.
    force
        Take the fields of others (``--force-conflicts``).

    Raises
    ------
    ApplyConflict
        Another owner wants another value, and `force` is off.
    """
    me, wanted = Manager(manager), dict(fields_of(manifest))
    conflicts = [
        Conflict(other, path)
        for other, paths in stored.owners.items()
        if other != me
        for path in paths & wanted.keys()
        if stored.fields.get(path) != wanted[path]
    ]
    if conflicts and not force:
        raise ApplyConflict(conflicts, stored.version)
    others = {other: paths for other, paths in stored.owners.items() if other != me}
    dropped = stored.owners.get(me, frozenset()) - wanted.keys() - frozenset().union(*others.values())
    kept = {path: value for path, value in stored.fields.items() if not _is_below(path, dropped)}
    taken = {path for _owner, path in conflicts}
    owners = {other: paths - taken for other, paths in others.items()} | {me: frozenset(wanted)}
    return replace(stored, fields=kept | wanted, owners=_not_empty(owners))


def update(stored: Owned, content: Mapping[str, Any], manager: str, subresource: str = "") -> Owned:
    """What any other write leaves: `content` is the whole object, and `manager` owns what it has changed."""
    me, fields = Manager(manager, "Update", subresource), dict(fields_of(content))
    changed = frozenset(path for path in fields if path not in stored.fields or stored.fields[path] != fields[path])
    owners = {each: (paths - changed) & fields.keys() for each, paths in stored.owners.items()}
    owners[me] = owners.get(me, frozenset()) | changed
    return replace(stored, fields=fields, owners=_not_empty(owners))


def fields_of(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The fields of an object that have owners, with their values; not what says which object it is.

    Examples
    --------
    >>> dict(fields_of({"kind": "Deployment", "spec": {"replicas": 3}}))
    {('spec', 'replicas'): 3}
    """
    if path in _IDENTITY:
        return
    if isinstance(value, Mapping) and value and not (path and path[-1] in ATOMIC):
        for name, item in value.items():
            yield from fields_of(item, (*path, name))
    elif isinstance(value, list) and (key := _key(path, value)):
        for item in value:
            place = (*path, f"[{key}={quote(str(item[key]))}]")
            yield place, None
            yield from fields_of(item, place)
    else:
        yield path, value


def shown(path: Path) -> str:
    """A path as messages write it: ``.spec.replicas``."""
    return "".join(part if part.startswith("[") else f".{part}" for part in path)


def _key(path: Path, items: list[Any]) -> str | None:
    """The field that tells the elements of a list apart; None for a list with one owner as a whole."""
    key = KEYS.get(path[-1]) if path else None
    return key if key and items and all(isinstance(item, Mapping) and key in item for item in items) else None


def _is_below(path: Path, roots: frozenset[Path]) -> bool:
    return any(path[:length] in roots for length in range(1, len(path) + 1))


def _not_empty(owners: Mapping[Manager, frozenset[Path]]) -> dict[Manager, frozenset[Path]]:
    return {manager: paths for manager, paths in owners.items() if paths}


def _message(conflicts: tuple[Conflict, ...], version: str) -> str:
    if len(conflicts) == 1:
        ((manager, path),) = conflicts
        return f"Apply failed with 1 conflict: conflict with {manager.shown(version)}: {shown(path)}"
    lines: list[str] = []
    for manager in sorted({conflict.manager for conflict in conflicts}):
        lines.append(f"conflicts with {manager.shown(version)}:")
        lines += [f"- {shown(path)}" for owner, path in conflicts if owner == manager]
    return f"Apply failed with {len(conflicts)} conflicts: " + "\n".join(lines)
