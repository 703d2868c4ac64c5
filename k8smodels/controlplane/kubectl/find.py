"""Which objects a command is for: ``pods``, ``deploy web``, ``pod/a pod/b``, ``svc,deploy -l app=web``.

References
----------
k8s.io/cli-runtime/pkg/resource/builder.go: ResourceTypeOrNameArgs, mappingFor, visitorResult (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from k8smodels.api.gotext import quote
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.policy import PodDisruptionBudget
from k8smodels.controlplane.kubectl.call import USER, Call
from k8smodels.controlplane.kubectl.disruption import with_status
from k8smodels.controlplane.kubectl.errors import KubectlError, raise_all
from k8smodels.controlplane.kubectl.event_objects import event_objects
from k8smodels.controlplane.kubectl.fields import matches_fields, selectors
from k8smodels.controlplane.resources import BY_WORD, RESOURCES, Resource, resource_of
from k8smodels.controlplane.status import StatusError, not_found

ALL = tuple("Pod Service DaemonSet Deployment ReplicaSet StatefulSet HorizontalPodAutoscaler CronJob Job".split())
"""The category ``all``, in the order in which the API server tells of the kinds."""

_NOTHING = """\
You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'"""


@dataclass(frozen=True, slots=True)
class Found:
    """Objects of one kind.

    Attributes
    ----------
    resource
        The kind.
    items
        The objects, in the order of their names.
    errors
        What was asked for and not found.
    by_name
        Whether they were asked for by name.
    """

    resource: Resource
    items: tuple[KubernetesObject, ...]
    errors: tuple[ValueError, ...] = ()
    by_name: bool = False


def find(call: Call, words: Sequence[str], *, whole_kind: bool = False) -> list[Found]:
    """The objects that `words` and the selectors of `call` name.

    Parameters
    ----------
    call
        Cluster, namespace and flags.
    words
        Kinds and names.
    whole_kind
        Whether a kind alone means all of its objects, also without a selector.

    Raises
    ------
    KubectlError
        An unknown kind, or words that do not fit together.
    """
    selected = "selector" in call.flags or "field-selector" in call.flags
    named = list(_names(call, words))
    if named and selected:
        raise KubectlError(
            "selectors and the all flag cannot be used when passing resource/name arguments"
            if "/" in words[0]
            else "name cannot be provided when a selector is specified"
        )
    if named:
        return [_get(call, resource, names) for resource, names in named]
    if not words:
        raise KubectlError("at least one resource must be specified to use a selector" if selected else _NOTHING)
    kinds = list(_kinds(call, words[0]))
    if not (whole_kind or selected or call.is_on("all")):
        raise KubectlError("resource(s) were provided, but no name was specified")
    return [Found(resource, tuple(_list(call, resource))) for resource in kinds]


def find_named(
    call: Call, words: Sequence[str], *, whole_kind: bool = False
) -> list[tuple[Resource, KubernetesObject]]:
    """The same, one by one.

    Raises
    ------
    StatusError
        ``NotFound``.
    """
    found = find(call, words, whole_kind=whole_kind)
    raise_all([error for each in found for error in each.errors])
    return [(each.resource, item) for each in found for item in each.items]


def resource_for(call: Call, word: str) -> Resource:
    """The kind that `word` means.

    Raises
    ------
    KubectlError
        The API server has no such kind.
    """
    lower = word.lower()
    if lower in BY_WORD:
        return BY_WORD[lower]
    plural, _, rest = lower.partition(".")
    for resource in _unlisted(call):
        if lower in (resource.plural, resource.qualified, resource.singular, resource.kind.lower()):
            return resource
    if plural in BY_WORD and rest.partition(".")[2] == BY_WORD[plural].group and rest.startswith("v"):
        return BY_WORD[plural]
    group = f" in group {quote(rest[:200])}" if rest else ""
    raise KubectlError(f"the server doesn't have a resource type {quote(word[: len(plural)][:200])}{group}")


def _unlisted(call: Call) -> Iterator[Resource]:
    """Kinds that exist in the store without a place in the list."""
    store = call.cluster.store
    return (resource_of(store.objects(kind)[0]) for kind in store.kinds() if kind not in RESOURCES)


def _kinds(call: Call, word: str) -> Iterator[Resource]:
    seen = set()
    for part in word.split(","):
        for resource in [RESOURCES[kind] for kind in ALL] if part == "all" else [resource_for(call, part)]:
            if resource.kind not in seen:
                seen.add(resource.kind)
                yield resource


def _names(call: Call, words: Sequence[str]) -> Iterator[tuple[Resource, tuple[str, ...]]]:
    """Each kind with the names that are asked for; nothing if only kinds are named."""
    if any("/" in word for word in words):
        for word in words:
            yield resource_for(call, _pair(word)[0]), (_pair(word)[1],)
    elif len(words) > 1:
        kinds = words[0].split(",")
        if len(kinds) == 1:
            yield resource_for(call, kinds[0]), tuple(words[1:])
        else:
            yield from ((resource_for(call, kind), (name,)) for kind in kinds for name in words[1:])


def _pair(word: str) -> tuple[str, str]:
    kind, slash, name = word.partition("/")
    if not slash:
        raise KubectlError(
            "there is no need to specify a resource type as a separate argument when passing arguments in"
            " resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of"
            " 'kubectl get resource resource/<resource_name>'"
        )
    if "/" in name:
        raise KubectlError("arguments in resource/name form may not have more than one slash")
    if not kind or not name or "," in kind:
        raise KubectlError("arguments in resource/name form must have a single resource and name")
    return kind, name


def _get(call: Call, resource: Resource, names: tuple[str, ...]) -> Found:
    if call.is_on("all-namespaces"):
        raise KubectlError("a resource cannot be retrieved by name across all namespaces")
    items: list[KubernetesObject] = []
    errors: list[ValueError] = []
    for name in names:
        try:
            items.append(_one(call, resource, name))
        except StatusError as error:
            errors.append(error)
    return Found(resource, tuple(items), tuple(errors), by_name=True)


def _one(call: Call, resource: Resource, name: str) -> KubernetesObject:
    namespace = call.namespace if resource.namespaced else ""
    if resource.kind != "Event":
        try:
            return _current(call, call.server.get(resource.kind, namespace, name, USER))
        except StatusError as error:
            raise _clipped(error, resource, name) from None
    events = (item for item in event_objects(call, namespace) if item.name == name)
    if (event := next(events, None)) is None:
        raise not_found(resource.qualified, name)
    return event


def _clipped(error: StatusError, resource: Resource, name: str) -> StatusError:
    """An error that does not repeat an endless name."""
    return not_found(resource.qualified, name[:253]) if error.reason == "NotFound" else error


def _list(call: Call, resource: Resource) -> Iterator[KubernetesObject]:
    if not call.server.is_up:
        call.server.get(resource.kind, "", "", USER)  # raises what a server that is down says
    everywhere = call.is_on("all-namespaces") or not resource.namespaced
    namespace = "" if everywhere else call.namespace
    labels, fields = selectors(call, resource)
    for item in sorted(_stored(call, resource, namespace), key=key_order):
        if labels.matches(item.labels) and matches_fields(fields, item):
            yield item


def key_order(item: KubernetesObject) -> str:
    """What the API server sorts lists by: the key in the store."""
    return f"{item.metadata.namespace}/{item.metadata.name}"


def _stored(call: Call, resource: Resource, namespace: str) -> Iterable[KubernetesObject]:
    if resource.kind == "Event":
        return event_objects(call, namespace)
    items = call.cluster.store.objects(resource.kind, namespace)
    return [_current(call, item) for item in items] if resource.kind == "PodDisruptionBudget" else items


def _current(call: Call, item: KubernetesObject) -> KubernetesObject:
    """An object with what its controller would have written, where the cluster has none of that kind."""
    return with_status(item, call.cluster.store) if isinstance(item, PodDisruptionBudget) else item
