"""Decisions on standard output, and the exit codes that go with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from k8smodels.api.yaml_text import write_documents
from k8smodels.scheduling import Decision
from k8smodels.views.scheduling.terminal import described

PLACED, WAITING = 0, 1
"""Exit codes: every pod has a node; at least one stays Pending."""


def print_decisions(decisions: Sequence[Decision], output: str) -> None:
    """Print `decisions` as ``text``, ``json`` or ``yaml``."""
    if output == "text":
        print("\n\n".join(map(described, decisions)))
    else:
        print_plain([decision.to_json() for decision in decisions], output)


def print_plain(values: list[Any], output: str) -> None:
    """Print plain `values` as ``json`` or ``yaml``."""
    print(_PRINTERS[output](values))


def _as_json(values: list[Any]) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False)


def _as_yaml(values: list[Any]) -> str:
    return write_documents(values).rstrip()


_PRINTERS: Mapping[str, Callable[[list[Any]], str]] = {"json": _as_json, "yaml": _as_yaml}
