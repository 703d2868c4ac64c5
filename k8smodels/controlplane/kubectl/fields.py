"""Field selectors: what ``--field-selector`` may ask of each kind.

References
----------
pkg/apis/core/v1/conversion.go; pkg/registry/core/pod/strategy.go: ToSelectableFields (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8smodels.api.field_selectors import FieldSelector, parse_field_selector
from k8smodels.api.gotext import quote
from k8smodels.api.kinds import KINDS
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.selector_syntax import parse_selector
from k8smodels.api.selectors import Selector, SelectorError
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.resources import Resource
from k8smodels.controlplane.status import StatusError

_ANY = ("metadata.name", "metadata.namespace")
_POD: tuple[str, ...] = (
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "spec.hostNetwork",
)
_POD += ("status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName")
_EVENT = tuple(f"involvedObject.{name}" for name in ("kind", "namespace", "name", "uid", "apiVersion", "fieldPath"))
_EVENT += ("involvedObject.resourceVersion", "reason", "reportingComponent", "source", "type")

SELECTABLE: Mapping[str, tuple[str, ...]] = {
    "Pod": (*_ANY, *_POD),
    "Event": (*_ANY, *_EVENT),
    "Node": ("metadata.name", "spec.unschedulable"),
    "Namespace": ("metadata.name", "status.phase"),
    "Job": (*_ANY, "status.successful"),
}
"""The fields that can be asked for, by kind; of other kinds only name and namespace."""


def selectors(call: Call, resource: Resource) -> tuple[Selector, FieldSelector]:
    """The selectors of a call, for objects of a kind.

    Raises
    ------
    StatusError
        ``BadRequest``: the API server cannot read them, or does not know the field.
    """
    try:
        labels, fields = parse_selector(call.text("selector")), parse_field_selector(call.text("field-selector"))
    except SelectorError as error:
        raise _refused(call, resource, str(error)) from None
    for requirement in fields.requirements:
        if requirement.field not in SELECTABLE.get(resource.kind, _ANY):
            raise _refused(call, resource, _not_supported(resource, requirement.field))
    return labels, fields


def matches_fields(selector: FieldSelector, item: KubernetesObject) -> bool:
    """Whether `item` has the fields."""
    return selector.empty or selector.matches({each.field: _value(item, each.field) for each in selector.requirements})


def _value(item: KubernetesObject, path: str) -> str:
    """The value of a field as text: of a source its component, of a number or truth value its JSON."""
    value: Any = item.to_json()
    path = {"source": "source.component", "status.successful": "status.succeeded"}.get(path, path)
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    if value is None:
        defaults = {"spec.unschedulable": "false", "spec.hostNetwork": "false", "status.succeeded": "0"}
        return defaults.get(path, "")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _not_supported(resource: Resource, field: str) -> str:
    if resource.kind in SELECTABLE:
        return f"field label not supported: {field[:200]}"
    return f'{quote(field[:200])} is not a known field selector: only "metadata.name", "metadata.namespace"'


def _refused(call: Call, resource: Resource, why: str) -> StatusError:
    what = quote(f"{resource.group}/{_version(resource)}, Resource={resource.plural}")
    labels, fields = quote(call.text("selector")[:200]), quote(call.text("field-selector")[:200])
    words = f"Unable to find {what} that match label selector {labels}, field selector {fields}: {why[:500]}"
    return StatusError("BadRequest", 400, words)


def _version(resource: Resource) -> str:
    return next((version.rpartition("/")[2] for version, kind in KINDS if kind == resource.kind), "v1")
