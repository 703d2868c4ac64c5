"""``-o yaml``, ``-o json`` and ``-o name``.

References
----------
k8s.io/cli-runtime/pkg/printers: yaml.go, json.go, name.go; k8s.io/kubectl/pkg/cmd/get/get.go: printGeneric (v1.37)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import yaml

from k8smodels.api.gotext import quote
from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.kubectl.errors import KubectlError
from k8smodels.controlplane.resources import Resource, resource_of

FORMATS = ("json", "name", "wide", "yaml")


class _Dumper(yaml.SafeDumper):
    """Writes text as sigs.k8s.io/yaml does: double quotes for what would be no text, blocks for several lines."""

    def represent_text(self, text: str) -> yaml.Node:
        """Text in the style that it needs."""
        style = None
        if "\n" in text:
            style = "|"
        elif _means_another_type(self, text) or _is_word(text):
            style = '"'
        return self.represent_scalar(self.DEFAULT_SCALAR_TAG, text, style=style)

    def ignore_aliases(self, _value: Any) -> bool:
        """Objects have none."""
        return True


_Dumper.add_representer(str, _Dumper.represent_text)


def _means_another_type(dumper: Any, text: str) -> bool:
    """Whether the text would be read as no text if it stood there without quotes."""
    return bool(dumper.resolve(yaml.ScalarNode, text, (True, False)) != dumper.DEFAULT_SCALAR_TAG)


def _is_word(text: str) -> bool:
    """Words that YAML 1.1 takes for a truth value, and numbers in a form that PyYAML does not know."""
    if text.lower() in ("y", "n", ""):
        return True
    try:
        float(text.replace("_", "")) if text[0] in "+-.0123456789" else int(text)
    except ValueError:
        return False
    return True


def as_yaml(value: Any) -> str:
    """A value as YAML, its keys in the order of the alphabet."""
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=2**31)).rstrip("\n")


def as_json(value: Any) -> str:
    """A value as JSON, its keys in the order of the alphabet."""
    return json.dumps(value, indent=4, sort_keys=True, ensure_ascii=False)


def with_kind(item: KubernetesObject) -> dict[str, Any]:
    """The JSON form of `item`; what was read of an object that no model reads comes with its present metadata."""
    return item.to_json() | {"metadata": item.metadata.to_json()}


def as_list(items: Sequence[KubernetesObject]) -> dict[str, Any]:
    """Several objects as one."""
    objects = [with_kind(item) for item in items]
    return {"apiVersion": "v1", "items": objects, "kind": "List", "metadata": {"resourceVersion": ""}}


def name_of(item: KubernetesObject, resource: Resource | None = None) -> str:
    """Kind and name, as in ``deployment.apps/web``."""
    return f"{(resource or resource_of(item)).singular}/{item.name}"


def print_objects(output: str, items: Sequence[KubernetesObject], *, one: bool) -> str:
    """Objects in the format `output`.

    Parameters
    ----------
    output
        ``yaml``, ``json`` or ``name``.
    items
        The objects.
    one
        Whether one object was asked for by its name: it is no list then.

    Raises
    ------
    KubectlError
        Another format.
    """
    if output == "name":
        return "\n".join(map(name_of, items))
    if output not in FORMATS:
        known = ",".join(FORMATS)
        shown = quote(output[:100])
        words = f"unable to match a printer suitable for the output format {shown}, allowed formats are: {known}"
        raise KubectlError(words)
    value = with_kind(items[0]) if one and len(items) == 1 else as_list(items)
    return as_yaml(value) if output == "yaml" else as_json(value)
