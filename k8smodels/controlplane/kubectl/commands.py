"""The commands, and the flags that each has here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from k8smodels.controlplane.kubectl import rollout
from k8smodels.controlplane.kubectl.apply import apply
from k8smodels.controlplane.kubectl.call import Run
from k8smodels.controlplane.kubectl.delete import delete
from k8smodels.controlplane.kubectl.describe import describe
from k8smodels.controlplane.kubectl.drain import cordon, drain, uncordon
from k8smodels.controlplane.kubectl.edits import annotate, label, set_image
from k8smodels.controlplane.kubectl.get import get
from k8smodels.controlplane.kubectl.logs import logs
from k8smodels.controlplane.kubectl.parse import Flag
from k8smodels.controlplane.kubectl.rollout_status import history, status
from k8smodels.controlplane.kubectl.scale import scale
from k8smodels.controlplane.kubectl.top import top_node, top_pod

NAMESPACE = Flag("namespace", "n")
SELECTOR, FIELDS = Flag("selector", "l"), Flag("field-selector")
EVERYWHERE, OUTPUT = Flag("all-namespaces", "A", takes_value=False), Flag("output", "o")
FILE = Flag("filename", "f", many=True)
IGNORE_NOT_FOUND = Flag("ignore-not-found", takes_value=False)
ALL, FORCE = Flag("all", takes_value=False), Flag("force", takes_value=False)
GRACE_PERIOD, TIMEOUT = Flag("grace-period"), Flag("timeout")
SORT, NO_HEADERS = Flag("sort-by"), Flag("no-headers", takes_value=False)


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
            NO_HEADERS,
            SORT,
        ),
    ),
    "describe": Command(describe, (SELECTOR, EVERYWHERE, Flag("show-events", takes_value=False))),
    "apply": Command(apply, (FILE,)),
    "delete": Command(
        delete,
        (
            SELECTOR,
            FIELDS,
            EVERYWHERE,
            OUTPUT,
            FILE,
            IGNORE_NOT_FOUND,
            ALL,
            FORCE,
            GRACE_PERIOD,
            TIMEOUT,
            Flag("now", takes_value=False),
            Flag("cascade", alone="background"),
            Flag("wait", takes_value=False),
        ),
    ),
    "scale": Command(scale, (SELECTOR, ALL, Flag("replicas"), Flag("current-replicas"))),
    "rollout status": Command(status, (SELECTOR, TIMEOUT, Flag("revision"), Flag("watch", "w", takes_value=False))),
    "rollout history": Command(history, (SELECTOR, Flag("revision"))),
    "rollout undo": Command(rollout.undo, (SELECTOR, Flag("to-revision"))),
    "rollout pause": Command(rollout.pause, (SELECTOR,)),
    "rollout resume": Command(rollout.resume, (SELECTOR,)),
    "rollout restart": Command(rollout.restart, (SELECTOR,)),
    "set image": Command(set_image, (SELECTOR, ALL)),
    "label": Command(label, (SELECTOR, ALL, Flag("overwrite", takes_value=False))),
    "annotate": Command(annotate, (SELECTOR, ALL, Flag("overwrite", takes_value=False))),
    "cordon": Command(cordon, (SELECTOR,)),
    "uncordon": Command(uncordon, (SELECTOR,)),
    "drain": Command(
        drain,
        (
            SELECTOR,
            FORCE,
            GRACE_PERIOD,
            TIMEOUT,
            Flag("ignore-daemonsets", takes_value=False),
            Flag("delete-emptydir-data", takes_value=False),
            Flag("disable-eviction", takes_value=False),
            Flag("pod-selector"),
        ),
    ),
    "logs": Command(
        logs,
        (
            SELECTOR,
            Flag("container", "c"),
            Flag("previous", "p", takes_value=False),
            Flag("all-containers", takes_value=False),
            Flag("prefix", takes_value=False),
            Flag("timestamps", takes_value=False),
            Flag("tail"),
            Flag("since"),
        ),
    ),
    "top pod": Command(top_pod, (SELECTOR, FIELDS, EVERYWHERE, NO_HEADERS, SORT)),
    "top node": Command(top_node, (SELECTOR, NO_HEADERS, SORT, Flag("show-capacity", takes_value=False))),
}
"""By name; a command with a part, as ``rollout status``, by both words."""

GROUPS = ("rollout", "top", "set")
"""Words that a second word follows."""

ALIASES = {"top pods": "top pod", "top po": "top pod", "top nodes": "top node", "top no": "top node"}
"""Other words for commands."""
