"""The replicated log of one member.

References
----------
go.etcd.io/raft/v3 v3.7.0: log.go: isUpToDate, maybeAppend, findConflictByTerm
Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm (extended version), 5.3 and 5.4
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class EntryId:
    """What names an entry: logs that agree on it agree on all before it."""

    term: int
    index: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the log.

    Attributes
    ----------
    term
        The term of the leader that took it.
    index
        Its place in the log, from 1 on.
    value
        What a client wrote; None for the entry with which a leader begins its term.
    request
        The number of the client's request; 0 for a leader's own entry.
    """

    term: int
    index: int
    value: str | None
    request: int = 0

    @property
    def id(self) -> EntryId:
        """What names the entry."""
        return EntryId(self.term, self.index)


class RaftLog:
    """Entries in their order; they survive a crash.

    Real members compact their log and send a snapshot to one that lags too far behind. Here the log is whole.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    @property
    def last(self) -> EntryId:
        """The last entry; term and index 0 of an empty log."""
        return self.entries[-1].id if self.entries else EntryId(0, 0)

    def term(self, index: int) -> int | None:
        """The term of the entry at `index`: 0 before the first one, None beyond the last."""
        if index == 0:
            return 0
        return self.entries[index - 1].term if index <= len(self.entries) else None

    def after(self, index: int) -> tuple[Entry, ...]:
        """The entries that follow `index`."""
        return tuple(self.entries[index:])

    def is_up_to_date(self, other: EntryId) -> bool:
        """Whether a log that ends with `other` lacks nothing of this one: a later term, or as long in the same one."""
        return other >= self.last

    def append(self, entry: Entry) -> None:
        """Add an entry at the end."""
        self.entries.append(entry)

    def match(self, entries: Sequence[Entry]) -> int:
        """Take over `entries` where they differ; returns how many entries of this log had to give way.

        What agrees stays, even if more follows: a late message must not shorten the log.
        """
        for entry in entries:
            known = self.term(entry.index)
            if known == entry.term:
                continue
            dropped = len(self.entries) - entry.index + 1
            self.entries[entry.index - 1 :] = entries[entry.index - entries[0].index :]
            return max(dropped, 0)
        return 0

    def guess_match(self, index: int, term: int) -> EntryId:
        """The last place up to `index` where this log may agree with one that has `term` at `index`.

        So a whole term that disagrees is skipped with one message instead of one for each of its entries.
        """
        index = min(index, len(self.entries))
        while index > 0 and self.entries[index - 1].term > term:
            index -= 1
        return EntryId(self.entries[index - 1].term if index else 0, index)
