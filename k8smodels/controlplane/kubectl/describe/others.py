"""``kubectl describe`` of namespaces, ConfigMaps, budgets, and of kinds without a description of their own.

Left out: what real kubectl says of StatefulSets, DaemonSets, volumes, claims, Secrets and EndpointSlices; they are
shown field by field, as real kubectl shows kinds that it does not know.

References
----------
k8s.io/kubectl/pkg/describe/describe.go: describeNamespace, ConfigMapDescriber, describePodDisruptionBudgetV1,
genericDescriber, printUnstructuredContent, smartLabelFor (v1.37)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from k8smodels.api.meta import KubernetesObject, Unstructured
from k8smodels.api.node import Namespace
from k8smodels.api.policy import PodDisruptionBudget
from k8smodels.api.selectors import format_label_selector
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.describe.writer import Writer
from k8smodels.controlplane.kubectl.output_formats import with_kind
from k8smodels.controlplane.kubectl.raw import mapping, text
from k8smodels.controlplane.kubectl.tables.cluster import namespace_phase

_SKIPPED = frozenset(f".metadata.{name}" for name in ("managedFields", "name", "namespace", "labels", "annotations"))
_ACRONYMS = frozenset({"API", "URL", "UID", "GUID"})
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|-+")


def describe_namespace(out: Writer, item: Namespace, _call: Call) -> None:
    """A namespace; quotas and limits are not modelled."""
    out.head(item.metadata, namespaced=False)
    out.marks(item.metadata)
    out.field("Status", namespace_phase(item))
    out.line("\nNo resource quota.")
    out.line("\nNo LimitRange resource.")


def describe_config_map(out: Writer, item: Unstructured, _call: Call) -> None:
    """A ConfigMap with its values."""
    out.head(item.metadata)
    out.marks(item.metadata)
    out.line("\nData\n====")
    for key, value in sorted(mapping(item.content.get("data")).items()):
        out.line(f"{key}:\n----\n{text(value)}\n")
    out.line("\nBinaryData\n====")
    for key, value in sorted(mapping(item.content.get("binaryData")).items()):
        out.line(f"{key}: {_decoded_length(value)} bytes")
    out.line("")


def describe_budget(out: Writer, item: PodDisruptionBudget, _call: Call) -> None:
    """A budget with what it allows now."""
    spec, status = item.spec, item.status
    out.head(item.metadata)
    if spec.min_available is not None:
        out.field("Min available", spec.min_available)
    elif spec.max_unavailable is not None:
        out.field("Max unavailable", spec.max_unavailable)
    out.field("Selector", "<unset>" if spec.selector is None else format_label_selector(spec.selector))
    out.line("Status:")
    out.field("Allowed disruptions", status.disruptions_allowed, 2)
    for title, name in (("Current", "currentHealthy"), ("Desired", "desiredHealthy"), ("Total", "expectedPods")):
        out.field(title, status.unknown.get(name, 0), 2)


def describe_other(out: Writer, item: KubernetesObject, _call: Call) -> None:
    """All fields of an object, in the order of the alphabet."""
    out.head(item.metadata)
    out.marks(item.metadata)
    _content(out, 0, with_kind(item), "")


def _decoded_length(value: Any) -> int:
    """How many bytes base64 text stands for."""
    characters = text(value)
    return len(characters) * 3 // 4 - characters[-2:].count("=")


def _content(out: Writer, level: int, content: Mapping[str, Any], path: str) -> None:
    for field, value in sorted(content.items()):
        here = f"{path}.{field}"
        if here in _SKIPPED:
            continue
        if isinstance(value, Mapping):
            out.line(f"{_label(field)}:", level)
            _content(out, level + 1, value, here)
        elif isinstance(value, list):
            out.line(f"{_label(field)}:", level)
            for child in value:
                if isinstance(child, Mapping):
                    _content(out, level + 1, child, here)
                else:
                    out.line(_shown(child), level + 1)
        else:
            out.field(_label(field), _shown(value), level)


def _shown(value: object) -> str:
    """As Go prints it."""
    return "<nil>" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _label(field: str) -> str:
    """A field's name as words: ``creationTimestamp`` is ``Creation Timestamp``."""
    if not (field.isascii() and field.replace("-", "").isalpha()):
        return field
    parts: list[str] = []
    for part in _PARTS.findall(field):
        if parts and len(parts[-1]) > 1 and parts[-1].isupper() and part[0].isupper():
            parts[-1] += part
        else:
            parts.append(part)
    return " ".join(_word(part) for part in parts)


def _word(part: str) -> str:
    if part.upper() in _ACRONYMS:
        return part.upper()
    return part.capitalize() if part.islower() else part
