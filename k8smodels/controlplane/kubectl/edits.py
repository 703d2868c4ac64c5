"""Small changes without a manifest: ``kubectl set image``, ``kubectl label`` and ``kubectl annotate``.

References
----------
k8s.io/kubectl/pkg/cmd/set/set_image.go: Run; k8s.io/kubectl/pkg/cmd/label/label.go: RunLabel, parseLabels;
k8s.io/kubectl/pkg/cmd/annotate/annotate.go: validateNoAnnotationOverwrites (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from k8smodels.api.errors import InvalidObject, invalid
from k8smodels.api.gotext import quote
from k8smodels.api.label_syntax import label_key_problems, label_value_problems
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Container, Pod, PodSpec
from k8smodels.api.workload import Controller
from k8smodels.controlplane.kubectl.call import USER, Call
from k8smodels.controlplane.kubectl.errors import KubectlError, raise_all
from k8smodels.controlplane.kubectl.find import find_named
from k8smodels.controlplane.kubectl.output_formats import name_of
from k8smodels.controlplane.kubectl.rollout_status import CHANGE_CAUSE
from k8smodels.controlplane.resources import Resource

_NO_OBJECT = "one or more resources must be specified as <resource> <name> or <resource>/<name>"


def set_image(call: Call) -> Iterator[str]:
    """Give containers other images.

    Raises
    ------
    KubectlError
        No image is given, or there is no container of that name; the other ones are changed.
    """
    words, pairs = _split(call.words)
    if not words:
        raise KubectlError(_NO_OBJECT)
    images = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    if not images:
        raise KubectlError("at least one image update is required")
    errors: list[ValueError] = []
    for resource, item in find_named(call, words, whole_kind=call.is_on("all")):
        if not isinstance(item, Pod | Controller):
            why = f"the object is not a pod or does not have a pod template: *v1.{resource.kind}"
            errors.append(KubectlError(f"{resource.plural}/{item.name} {why}"))
            continue
        names = {container.name for container in _containers(item)}
        missing = [name for name in images if name not in names and name != "*"]
        errors += [KubectlError(f"unable to find container named {quote(name[:253])}") for name in missing]
        changed = _with_images(item, images)
        if changed != item:
            _patch(call, resource, item, changed, "set image")
            yield f"{name_of(item, resource)} image updated"
    raise_all(errors)


def label(call: Call) -> Iterator[str]:
    """Set labels (``key=value``) and remove some (``key-``).

    Raises
    ------
    KubectlError
        A label that cannot be, or that has another value already.
    """
    words, pairs = _split(call.words)
    new, gone = _pairs(pairs, "label")
    for key, value in new.items():
        if "=" in value:
            raise KubectlError(f"invalid label spec: {key}={value}")
        if problems := label_value_problems(value):
            raise KubectlError(f"invalid label value: {quote(f'{key}={value}')}: {';'.join(problems)}")
    for resource, item in _found(call, words, new, gone, "label"):
        yield from _missing(item.labels, gone)
        taken = _overwritten(call, item.labels, new)
        why = "and --overwrite is false"
        raise_all([KubectlError(f"'{key}' already has a value ({old}), {why}") for key, old in taken])
        _check_keys(resource, item, new)
        labels = _edited(item.labels, new, gone)
        word = _label_word(item.labels, new, gone)
        changed = replace(item, metadata=replace(item.metadata, labels=labels))
        _patch(call, resource, item, changed, "label")
        yield f"{name_of(item, resource)} {word}"


def annotate(call: Call) -> Iterator[str]:
    """Set annotations (``key=value``) and remove some (``key-``).

    Raises
    ------
    KubectlError
        An annotation that has another value already.
    """
    words, pairs = _split(call.words)
    new, gone = _pairs(pairs, "annotation")
    for resource, item in _found(call, words, new, gone, "annotation"):
        present = item.metadata.annotations
        taken = [pair for pair in _overwritten(call, present, new) if pair[0] != CHANGE_CAUSE]
        if taken:
            shown = "; ".join(f"'{key}' already has a value ({old})" for key, old in taken)
            raise KubectlError(f"--overwrite is false but found the following declared annotation(s): {shown}")
        changed = replace(item, metadata=replace(item.metadata, annotations=_edited(present, new, gone)))
        _patch(call, resource, item, changed, "annotate")
        yield f"{name_of(item, resource)} annotated"


def _split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words that name objects, and those that say what changes."""
    first = next((i for i, word in enumerate(words) if "=" in word[1:] or word.endswith("-")), len(words))
    return list(words[:first]), list(words[first:])


def _pairs(pairs: Sequence[str], what: str) -> tuple[dict[str, str], list[str]]:
    new: dict[str, str] = {}
    gone: list[str] = []
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if equals and key:
            new[key] = value
        elif pair.endswith("-") and pair != "-":
            gone.append(pair[:-1])
        else:
            problem = "unknown label spec" if what == "label" else "invalid annotation format"
            raise KubectlError(f"{problem}: {pair[:253]}")
    both = [key for key in gone if key in new]
    if both and what == "label":
        raise KubectlError("can not both modify and remove a label in the same command")
    if both:
        names = ", ".join(both)
        raise KubectlError(f"can not both modify and remove the following annotation(s) in the same command: {names}")
    return new, gone


def _check_keys(resource: Resource, item: KubernetesObject, new: Mapping[str, str]) -> None:
    """What the API server refuses in keys."""
    problems = [(key, found) for key in new if (found := label_key_problems(key))]
    errors = [invalid("metadata.labels", key, "; ".join(found)) for key, found in problems]
    if errors:
        raise InvalidObject(resource.kind, item.name, errors)


def _found(
    call: Call, words: Sequence[str], new: Mapping[str, str], gone: Sequence[str], what: str
) -> list[tuple[Resource, KubernetesObject]]:
    if not words:
        raise KubectlError(_NO_OBJECT)
    if not new and not gone:
        raise KubectlError(f"at least one {what} update is required")
    return find_named(call, words)


def _overwritten(call: Call, present: Mapping[str, str], new: Mapping[str, str]) -> list[tuple[str, str]]:
    """What has another value already, and may not be changed."""
    if call.is_on("overwrite"):
        return []
    return [(key, present[key]) for key, value in new.items() if key in present and present[key] != value]


def _missing(present: Mapping[str, str], gone: Sequence[str]) -> Iterator[str]:
    return (f"label {quote(key[:253])} not found." for key in gone if key not in present)


def _edited(present: Mapping[str, str], new: Mapping[str, str], gone: Sequence[str]) -> dict[str, str]:
    return {key: value for key, value in {**present, **new}.items() if key not in gone}


def _label_word(present: Mapping[str, str], new: Mapping[str, str], gone: Sequence[str]) -> str:
    added = any(present.get(key) != value for key, value in new.items())
    removed = any(key in present for key in gone)
    if added and removed:
        return "modified"
    return "labeled" if added else "unlabeled" if removed else "not labeled"


def _containers(item: Pod | Controller) -> tuple[Container, ...]:
    spec = item.spec if isinstance(item, Pod) else item.spec.template.spec
    return (*spec.init_containers, *spec.containers)


def _with_images(item: Pod | Controller, images: Mapping[str, str]) -> KubernetesObject:
    if isinstance(item, Pod):
        return replace(item, spec=_spec(item.spec, images))
    template = replace(item.spec.template, spec=_spec(item.spec.template.spec, images))
    return replace(item, spec=replace(item.spec, template=template))


def _spec(spec: PodSpec, images: Mapping[str, str]) -> PodSpec:
    def changed(items: tuple[Container, ...]) -> tuple[Container, ...]:
        return tuple(replace(item, image=images.get(item.name, images.get("*", item.image))) for item in items)

    return replace(spec, containers=changed(spec.containers), init_containers=changed(spec.init_containers))


def _patch(call: Call, resource: Resource, item: KubernetesObject, changed: Any, note: str) -> None:
    call.server.patch(resource.kind, item.metadata.namespace, item.name, lambda _stored: changed, USER, note)
