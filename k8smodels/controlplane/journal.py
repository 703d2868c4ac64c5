"""What happened: every write, who made it, and which write before made them do it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class Record(NamedTuple):
    """One write to the API server, or one thing that happened on a node.

    Attributes
    ----------
    number
        Its place in the journal.
    at_seconds
        When; seconds since the start.
    component
        Who: ``kubectl``, ``deployment-controller``, ``default-scheduler``, ``kubelet node-1``.
    verb
        ``create``, ``update``, ``patch``, ``delete``, ``bind``, ``remove`` (from the store), ``refused``; on nodes
        the kubelet's words.
    kind, namespace, name
        The object.
    because
        The number of the record that this one answers; -1 if it answers none: a user, or a clock.
    note
        What was written, in a few words.
    revision
        The store's revision after it; 0 for what is no write.
    """

    number: int
    at_seconds: float
    component: str
    verb: str
    kind: str
    namespace: str
    name: str
    because: int = -1
    note: str = ""
    revision: int = 0

    @property
    def object(self) -> str:
        """Kind and name, as in ``Pod/web``."""
        return f"{self.kind}/{self.name}"

    def __str__(self) -> str:
        note = f" ({self.note})" if self.note else ""
        return f"{self.at_seconds:8.3f}  {self.component:24} {self.verb} {self.object}{note}"


@dataclass(slots=True)
class Journal:
    """All records, in order."""

    records: list[Record] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.records)

    def add(self, record: tuple[int, float, str, str, str, str, str, int, str, int]) -> None:
        """Add what happened, as the values of a `Record`."""
        self.records.append(Record._make(record))

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records)

    def find(
        self,
        *,
        component: str = "",
        verb: str = "",
        kind: str = "",
        name: str = "",
        since_seconds: float = 0.0,
    ) -> list[Record]:
        """The records for which all that is given holds; `component` and `name` are beginnings."""
        return [
            record
            for record in self.records
            if record.at_seconds >= since_seconds
            and record.component.startswith(component)
            and (not verb or record.verb == verb)
            and (not kind or record.kind == kind)
            and record.name.startswith(name)
        ]

    def causes(self, record: Record) -> list[Record]:
        """The chain of records that led to `record`, the first cause first, `record` last."""
        chain = [record]
        while chain[-1].because >= 0:
            chain.append(self.records[chain[-1].because])
        return chain[::-1]
