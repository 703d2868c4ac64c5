"""Two pods that a real containerd has run, beside what the models say of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from k8smodels.i18n import _
from k8smodels.isolation.machine import KINDS, Kind, parse_ns_listing, shared_kinds
from k8smodels.pods import shared
from k8smodels.scenes.pods import web
from k8smodels.views.text import columns

__all__ = ["commands", "compare", "modelled", "recorded"]

FIELDS: Mapping[str, Mapping[str, Any]] = {"CONTAINER": {}, "POD": {"shareProcessNamespace": True}}
"""What a pod says for each mode of the recording."""


def commands(path: str | Path, mode: str) -> Mapping[str, str]:
    """What each command printed, in order; the last of two that are the same."""
    document: dict[str, Any] = json.loads(Path(path).read_text("utf-8"))
    return dict(document["pods"][mode])


def recorded(path: str | Path, mode: str) -> Mapping[Kind, bool]:
    """Which kinds of namespaces the recorded containers `app` and `log` shared."""
    found = {
        command.rpartition("# ")[2]: output
        for command, output in commands(path, mode).items()
        if command.startswith("ls -l /proc/")
    }
    return shared_kinds(parse_ns_listing(found["app"]), parse_ns_listing(found["log"]))


def modelled(mode: str) -> Mapping[Kind, bool]:
    """The same from the model."""
    common = shared(web(**FIELDS[mode]), "app", "log")
    return {kind: kind in common for kind in KINDS}


def compare(path: str | Path) -> str:
    """A table: each kind, recorded and modelled, in both pods."""
    found = [(recorded(path, mode), modelled(mode)) for mode in FIELDS]
    rows = [[kind, *(_word(each[kind]) for pair in found for each in pair)] for kind in KINDS]
    return columns(["KIND", "DEFAULT", "MODEL", "SHARED", "MODEL"], rows)


def _word(is_shared: bool) -> str:
    return _("shared") if is_shared else _("apart")
