"""The commands, and the flags that each has here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from k8smodels.controlplane.kubectl.call import Run
from k8smodels.controlplane.kubectl.describe import describe
from k8smodels.controlplane.kubectl.get import get
from k8smodels.controlplane.kubectl.parse import Flag

NAMESPACE = Flag("namespace", "n")
SELECTOR, FIELDS = Flag("selector", "l"), Flag("field-selector")
EVERYWHERE, OUTPUT = Flag("all-namespaces", "A", takes_value=False), Flag("output", "o")
FILE = Flag("filename", "f", many=True)
IGNORE_NOT_FOUND = Flag("ignore-not-found", takes_value=False)


@dataclass(frozen=True, slots=True)
class Command:
    """A command.

    Attributes
    ----------
    run
        What carries it out.
    flags
        What it takes besides ``--namespace``.
    """

    run: Run
    flags: tuple[Flag, ...] = ()


COMMANDS: Mapping[str, Command] = {
    "get": Command(
        get,
        (
            SELECTOR,
            FIELDS,
            EVERYWHERE,
            OUTPUT,
            IGNORE_NOT_FOUND,
            Flag("show-labels", takes_value=False),
            Flag("label-columns", "L", many=True),
            Flag("no-headers", takes_value=False),
            Flag("sort-by"),
        ),
    ),
    "describe": Command(describe, (SELECTOR, EVERYWHERE, Flag("show-events", takes_value=False))),
}
"""By name; a command with a part, as ``rollout status``, by both words."""

GROUPS = ("rollout", "top")
"""Words that a second word follows."""
