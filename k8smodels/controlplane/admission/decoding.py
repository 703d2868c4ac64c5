"""Manifests as kubectl reads them before it sends anything, and as the API server reads what it is sent.

kubectl's own reader takes the last of two equal keys of a map; here they are refused, as a loss that nobody means.
Left out: URLs, and the client's own validation of a `List`.

References
----------
staging/src/k8s.io/cli-runtime/pkg/resource: visitor.go (StreamVisitor), mapper.go (infoForData);
staging/src/k8s.io/kubectl/pkg: validation/schema.go, cmd/util/helpers.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from k8smodels.api.errors import DecodeError, FieldError
from k8smodels.api.gotext import marshal, quote
from k8smodels.api.kinds import KINDS
from k8smodels.api.meta import KubernetesObject, Unstructured
from k8smodels.api.yaml_text import read_documents
from k8smodels.controlplane.admission.body import as_body, body_problem
from k8smodels.controlplane.admission.fields import METADATA_ONLY, type_of_kind
from k8smodels.controlplane.status import StatusError, bad_request

_IGNORE = "if you choose to ignore these errors, turn validation off with --validate=false"


class ManifestError(ValueError):
    """A manifest with something that cannot be created, in the lines that kubectl prints.

    Attributes
    ----------
    problems
        One for each object that is refused.
    objects
        The others, which kubectl creates nevertheless.
    """

    def __init__(self, problems: tuple[str, ...], objects: tuple[KubernetesObject, ...] = ()) -> None:
        super().__init__(problems, objects)
        self.problems, self.objects = problems, objects

    def __str__(self) -> str:
        return "\n".join(self.problems)


class _Document(NamedTuple):
    """A map with kind and version."""

    content: Mapping[str, Any]
    version: str
    kind: str


def decode(text: str, source: str = "STDIN") -> list[KubernetesObject]:
    """The objects of YAML or JSON text; those of kinds that no model reads are `Unstructured`.

    Parameters
    ----------
    text
        One or many documents; a ``List`` counts as its items.
    source
        The name of the file.

    Raises
    ------
    ManifestError
        Broken text, a kind that is not served, an unknown field, a value of a wrong type.

    Examples
    --------
    >>> [item.name for item in decode("{apiVersion: v1, kind: Pod, metadata: {name: web}}", "web.yaml")]
    ['web']
    """
    objects, problems = [], []
    for document in _read(text, source):
        try:
            objects += [_structured(each, source) for each in _documents(document, source)]
        except (StatusError, _Refused) as refused:
            problems.append(str(refused))
    if problems:
        raise ManifestError(tuple(problems), tuple(objects))
    return objects


def contents(text: str, source: str = "STDIN") -> list[Mapping[str, Any] | ManifestError]:
    """The objects of YAML or JSON text as they are written, of kinds that are served.

    In place of a document that kubectl itself refuses stands its error. What the API server would refuse is for
    `read_strictly`.

    Raises
    ------
    ManifestError
        Broken text.
    """
    found: list[Mapping[str, Any] | ManifestError] = []
    for document in _read(text, source):
        try:
            parts = list(_documents(document, source))
            for part in parts:
                _check(part, source)
        except _Refused as refused:
            found.append(ManifestError((str(refused),)))
        else:
            found += [part.content for part in parts]
    return found


def read_strictly(content: Mapping[str, Any], place: str = "") -> KubernetesObject:
    """The object in a request's body; of a kind that no model reads, `Unstructured`.

    Parameters
    ----------
    content
        An object; one of a kind that is not served is taken as it is.
    place
        What kubectl writes before the API server's message.

    Raises
    ------
    StatusError
        ``BadRequest``: an unknown field, a value of a wrong type.
    """
    version, kind = content["apiVersion"], content["kind"]
    type_name = type_of_kind(version, kind)
    problem = body_problem(as_body(content), type_name) if type_name else ""
    if not problem:
        try:
            return KINDS.get((version, kind), Unstructured).from_json(content)
        except FieldError as error:
            problem = str(error)
    version = version.rpartition("/")[2]
    raise bad_request(f"{place}{kind} in version {quote(version)} cannot be handled as a {kind}: {problem}")


def _read(text: str, source: str) -> list[Any]:
    try:
        return read_documents(text, source)
    except DecodeError as error:
        raise ManifestError((f"error: error parsing {source}: {error.problem}",)) from None
    except ValueError:  # Python's own bound on the digits of a number
        raise ManifestError((f"error: error parsing {source}: a number has too many digits",)) from None


def _documents(document: Any, source: str) -> Iterator[_Document]:
    problems = _kind_problems(document)
    if problems:
        told = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
        raise _Refused(f"error validating {quote(source)}: error validating data: {told}; {_IGNORE}")
    version, kind = document["apiVersion"], document["kind"]
    items = document.get("items")
    if not kind.endswith("List") or not isinstance(items, list):
        yield _Document(document, version, kind)
        return
    for item in items:
        is_typed = kind != "List" and isinstance(item, Mapping)
        of_list = {"apiVersion": version, "kind": kind.removesuffix("List")}
        yield from _documents({**of_list, **item} if is_typed else item, source)


def _kind_problems(document: Any) -> list[str]:
    if not isinstance(document, Mapping):
        return ["invalid object to validate"]
    problems = []
    for name in ("apiVersion", "kind"):
        value = document.get(name)
        if value is None:
            problems.append(f"{name} not set")
        elif not isinstance(value, str):
            problems.append(f"{name} isn't string type")
        elif name == "apiVersion" and value.count("/") > 1:
            problems.append(f"unexpected GroupVersion string: {value}")
    return problems


def _structured(document: _Document, source: str) -> KubernetesObject:
    _check(document, source)
    return read_strictly(document.content, f"error when creating {quote(source)}: ")


def _check(document: _Document, source: str) -> None:
    """What kubectl itself refuses."""
    content, version, kind = document
    if not kind:
        raise _Refused(f"unable to decode {quote(source)}: Object 'Kind' is missing in '{marshal(_sorted(content))}'")
    problem = body_problem(as_body({"metadata": content.get("metadata")}), METADATA_ONLY)
    if problem.startswith("json:"):
        raise _Refused(f"unable to decode {quote(source)}: {problem}")
    if type_of_kind(version, kind) is None:
        raise _Refused(_no_match(content, version, kind, source))


def _no_match(content: Mapping[str, Any], version: str, kind: str, source: str) -> str:
    metadata = content.get("metadata")
    name, namespace = ((metadata or {}).get(key) or "" for key in ("name", "namespace"))
    object_is = f"name: {quote(name)} namespace: {quote(namespace)} from {quote(source)}"
    no_match = f"no matches for kind {quote(kind)} in version {quote(version)}"
    return f"resource mapping not found for {object_is}: {no_match}\nensure CRDs are installed first"


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


class _Refused(ValueError):
    """kubectl's own objection."""

    def __str__(self) -> str:
        return f"error: {self.args[0]}"
