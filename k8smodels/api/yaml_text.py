"""YAML and JSON text to plain values, the way kubectl reads it, with bounds.

Text is hostile until shown otherwise: it is never executed, its size and nesting are limited, aliases may not multiply
it and a key may not stand twice in a map.

References
----------
sigs.k8s.io/yaml (YAML 1.1 without timestamps and base-60 numbers); go-yaml's ``document contains excessive aliasing``
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import yaml

from k8smodels.api.errors import DecodeError

MAX_MANIFEST_BYTES = 3 * 1024 * 1024
"""The API server's own limit for a request."""
MAX_DUMP_BYTES = 1024 * 1024 * 1024
"""The limit for a dump of a whole cluster."""

_MAX_DEPTH = 100
_MAX_ALIASED = 100_000
_SEPARATOR = re.compile(r"^---(?:\s.*)?$", re.MULTILINE)


def read_documents(
    text: str, source: str = "input", *, max_bytes: int = MAX_MANIFEST_BYTES, fast: bool = False
) -> list[Any]:
    """The values of all documents in `text`; empty documents are left out.

    Parameters
    ----------
    text
        YAML or JSON, one document or several.
    source
        What to call the text in errors, e.g. a file's name.
    max_bytes
        How much of it to accept.
    fast
        Let libyaml read it if PyYAML has it: several times as fast, with other words for what is broken.

    Raises
    ------
    DecodeError
        Broken or oversized text, with the line.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        raise DecodeError(source, f"Request entity too large: limit is {max_bytes}, this is {size} bytes")
    try:
        return list(_documents(text, _FastLoader if fast else _Loader))
    except _Refused as error:
        raise DecodeError(source, f"error converting YAML to JSON: yaml: {error}") from None
    except yaml.MarkedYAMLError as error:
        raise DecodeError(source, f"error converting YAML to JSON: yaml: {_where(error)}") from None
    except yaml.YAMLError as error:
        raise DecodeError(source, f"error converting YAML to JSON: yaml: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise DecodeError(source, f"error converting YAML to JSON: yaml: exceeded max depth of {_MAX_DEPTH}") from None


def write_documents(values: list[Any]) -> str:
    """`values` as YAML text, one document each, keys in their own order."""
    return "---\n".join(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True) for value in values)


class _Refused(ValueError):
    """A construction that is valid YAML and still refused."""


def _documents(text: str, loader_class: type[Any]) -> Iterator[Any]:
    if text.lstrip()[:1] in ("{", "["):
        try:
            value = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_key_twice)
        except json.JSONDecodeError:
            pass  # several JSON documents, or YAML's flow style: YAML's parser has the better message
        else:
            yield value
            return
    loader = loader_class(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                _check_aliases(node)
                value = loader.construct_document(node)
                if value is not None:
                    yield _as_json(value)
    finally:
        loader.dispose()


def _no_constant(name: str) -> Any:
    raise _Refused(f"{name} is not a JSON number")


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        again = next(key for i, key in enumerate(keys) if key in keys[:i])
        raise _Refused(f'mapping key "{again}" already defined')
    return found


class _Mappings(yaml.constructor.SafeConstructor):
    """Maps as JSON has them: keys are text, and none stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        _refuse_key_twice(node)
        self.flatten_mapping(node)
        # As text at once: Python would take the keys 1 and true for the same.
        return {
            _key(self.construct_object(key, deep=True)): self.construct_object(value, deep=deep)
            for key, value in node.value
        }


class _Loader(_Mappings, yaml.SafeLoader):
    """YAML's safe core without timestamps and base-60 numbers."""


class _FastLoader(_Mappings, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same by libyaml, where there is one."""


def _refuse_key_twice(node: yaml.MappingNode) -> None:
    seen: dict[str, int] = {}
    for key, _ in node.value:
        if key.tag == "tag:yaml.org,2002:merge" or not isinstance(key, yaml.ScalarNode):
            continue
        line = key.start_mark.line + 1
        if key.value in seen:
            raise _Refused(f'line {line}: mapping key "{key.value}" already defined at line {seen[key.value]}')
        seen[key.value] = line


class _Dumper(yaml.SafeDumper):
    """Every value written out, none as an alias of another."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (the base class gives it)
        return True

    def represent_text(self, text: str) -> yaml.ScalarNode:
        # In plain or single-quoted style these line breaks would be read as spaces.
        style = '"' if any(mark in text for mark in "\x85\u2028\u2029") else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _Dumper.represent_text)


def _without_base_60_and_timestamps() -> None:
    integer = re.compile(r"^(?:[-+]?0b[0-1_]+|[-+]?0o?[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+)$")
    number = re.compile(
        r"^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?[0-9]+[eE][-+]?[0-9]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
    )
    drop = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    for reader in (_Loader, _FastLoader):
        reader.yaml_implicit_resolvers = {
            first: [(tag, regexp) for tag, regexp in entries if tag not in drop] for first, entries in resolvers.items()
        }
        reader.add_implicit_resolver("tag:yaml.org,2002:int", integer, list("-+0123456789"))
    for cls in (_Loader, _FastLoader, _Dumper):  # the writer quotes what the reader would take for a number
        cls.add_implicit_resolver("tag:yaml.org,2002:float", number, list("-+0123456789."))


_without_base_60_and_timestamps()


def _check_aliases(root: yaml.Node) -> None:
    """Refuse aliases that contain themselves or multiply the document beyond reason."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: yaml.Node, depth: int) -> int:
        if depth > _MAX_DEPTH:
            raise _Refused(f"exceeded max depth of {_MAX_DEPTH}")
        key = id(node)
        if key in open_nodes:
            raise _Refused(f"line {node.start_mark.line + 1}: anchor value contains itself")
        if key not in sizes:
            open_nodes.add(key)
            sizes[key] = 1 + sum(size(child, depth + 1) for child in _children(node))
            open_nodes.discard(key)
        return sizes[key]

    total = size(root, 0)
    if total - len(sizes) > _MAX_ALIASED:
        raise _Refused("document contains excessive aliasing")


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_as_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise _Refused(f"{value} is not a JSON number")
    if isinstance(value, bytes):
        raise _Refused("binary values have no JSON form: quote the text instead")
    return value


def _key(key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, str | int | float):
        return str(key)
    raise _Refused(f"a map's key must be a string, not {key!r}")


def _where(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    return f"line {mark.line + 1}: {error.problem}" if mark else str(error.problem)
