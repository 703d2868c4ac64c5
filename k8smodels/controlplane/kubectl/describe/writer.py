"""How descriptions are written: levels, and blocks that many kinds share.

References
----------
k8s.io/kubectl/pkg/describe/describe.go: NewPrefixWriter, tabbedString, printLabelsMultiline, printAnnotationsMultiline,
printTaintsMultilineWithIndent, DescribeEvents (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from k8smodels.api.affinity import Taint
from k8smodels.api.meta import KubernetesObject, ObjectMeta
from k8smodels.controlplane.clock import START
from k8smodels.controlplane.events import ObjectEvent
from k8smodels.controlplane.kubectl.ages import human_duration
from k8smodels.controlplane.kubectl.event_objects import SCHEDULER
from k8smodels.controlplane.kubectl.tabwriter import align

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
MAX_ANNOTATION = 140


class Writer:
    """A description that grows."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._parts: list[str] = []

    def line(self, text: str, level: int = 0) -> None:
        """One more line; a tab ends a column."""
        self.write(f"{text}\n", level)

    def write(self, text: str, level: int = 0) -> None:
        """The beginning of a line, or the rest of one."""
        self._parts.append("  " * level + text.replace("\x1b", "^[").replace("\r", "\\r"))

    def flush(self) -> None:
        """What follows has columns of its own."""
        self._done.append(align("".join(self._parts)))
        self._parts = []

    def text(self) -> str:
        """The whole description, without the last line break."""
        self.flush()
        return "".join(self._done).removesuffix("\n")

    def raw(self) -> str:
        """The same with its tabs, as ``rollout history`` prints it."""
        return "".join(self._parts).removesuffix("\n")

    def field(self, name: str, value: object, level: int = 0) -> None:
        """A name and its value."""
        self.line(f"{name}:\t{value}", level)

    def field_if(self, name: str, value: object, level: int = 0) -> None:
        """The same, unless there is no value."""
        if value not in (None, ""):
            self.field(name, value, level)

    def values(self, title: str, values: Sequence[str]) -> None:
        """A title with one value a line, or ``<none>``."""
        self.write(f"{title}:\t")
        self.line("\n\t".join(values) if values else "<none>")

    def labels(self, title: str, labels: Mapping[str, str]) -> None:
        """Labels, or whatever has keys and values."""
        self.values(title, [f"{key}={value}" for key, value in sorted(labels.items())])

    def annotations(self, annotations: Mapping[str, str], title: str = "Annotations") -> None:
        """Annotations; a long one on lines of its own, that of ``apply`` not at all."""
        shown: list[str] = []
        for key, value in sorted(annotations.items()):
            if key != LAST_APPLIED:
                shown += _annotation(key, value.removesuffix("\n"))
        self.values(title, shown)

    def head(self, meta: ObjectMeta, *, namespaced: bool = True) -> None:
        """Name and namespace."""
        self.field("Name", meta.name)
        if namespaced:
            self.field("Namespace", meta.namespace)

    def marks(self, meta: ObjectMeta) -> None:
        """Labels and annotations."""
        self.labels("Labels", meta.labels)
        self.annotations(meta.annotations)

    def controlled_by(self, item: KubernetesObject) -> None:
        """The owner that manages the object."""
        if owner := item.metadata.controller:
            self.field("Controlled By", f"{owner.kind}/{owner.name}")

    def taints(self, taints: Iterable[Taint]) -> None:
        """The taints of a node, by effect and key."""
        ordered = sorted(taints, key=lambda taint: f"{taint.effect},{taint.key}")
        self.values("Taints", [_taint(taint) for taint in ordered])

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]], *, gap: str = "") -> None:
        """Columns with their names underlined; `gap` ends the cells."""
        self.line("\t".join(header), 1)
        self.line("\t".join("-" * len(name) for name in header), 1)
        for row in rows:
            self.line(f"{gap}\t".join(row), 1)

    def events(self, events: Sequence[ObjectEvent] | None, now: datetime) -> None:
        """The events of an object; nothing if they are not asked for."""
        if events is None:
            return
        if not events:
            self.line("Events:\t<none>")
            return
        self.flush()
        self.line("Events:")
        ordered = sorted(events, key=lambda event: -1 if event.component == SCHEDULER else int(event.last_seconds))
        rows = [(event.type, event.reason, _seen(event, now), event.component, _message(event)) for event in ordered]
        self.table(("Type", "Reason", "Age", "From", "Message"), rows)


def _annotation(key: str, value: str) -> list[str]:
    if len(value.encode()) + len(key) + 2 <= MAX_ANNOTATION and "\n" not in value:
        return [f"{key}: {value}"]
    most = MAX_ANNOTATION - 2
    lines = [line if len(line) <= most else f"{line[:most]}..." for line in value.split("\n")]
    return [f"{key}:", *(f"  {line}" for line in lines)]


def _taint(taint: Taint) -> str:
    value = f"={taint.value}" if taint.value else ""
    return f"{taint.key}{value}:{taint.effect}" if taint.effect or value else taint.key


def _message(event: ObjectEvent) -> str:
    message = event.message.strip()
    return f"{event.field_path}: {message}" if event.field_path else message


def _seen(event: ObjectEvent, now: datetime) -> str:
    """How long ago, and how often: ``12s (x4 over 1m)``."""
    times = (event.first_seconds, event.last_seconds)
    precise = event.component == SCHEDULER  # events of core/v1 have whole seconds
    first, last = (_ago(seconds if precise else int(seconds), now) for seconds in times)
    return f"{last} (x{event.count} over {first})" if event.count > 1 else first


def _ago(seconds: float, now: datetime) -> str:
    return human_duration((now - START - timedelta(seconds=seconds)).total_seconds())
