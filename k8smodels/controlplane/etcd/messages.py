"""What members of a cluster tell each other.

References
----------
go.etcd.io/raft/v3 v3.7.0: raftpb/raft.proto, doc.go
"""

from __future__ import annotations

from dataclasses import dataclass

from k8smodels.controlplane.etcd.log import Entry, EntryId


@dataclass(frozen=True, slots=True)
class Message:
    """What all messages have: the sender, and its term; 0 for what a client asked for, which no term bounds."""

    term: int
    sender: str


@dataclass(frozen=True, slots=True)
class RequestVote(Message):
    """Please elect me; `last` is the end of my log, and with `pre` I only ask whether I would win."""

    last: EntryId
    pre: bool


@dataclass(frozen=True, slots=True)
class VoteReply(Message):
    """My answer to a `RequestVote`."""

    granted: bool
    pre: bool


@dataclass(frozen=True, slots=True)
class AppendEntries(Message):
    """Put `entries` after the entry `previous`; everything up to `commit` is decided."""

    previous: EntryId
    entries: tuple[Entry, ...]
    commit: int


@dataclass(frozen=True, slots=True)
class AppendReply(Message):
    """My log agrees with yours up to `index`; or, with a `hint`, it does not agree at `index` and may do so there."""

    index: int
    hint: EntryId | None = None


@dataclass(frozen=True, slots=True)
class Heartbeat(Message):
    """I still lead; `read` is the number of the last read that wants to know whether that is so."""

    commit: int
    read: int


@dataclass(frozen=True, slots=True)
class HeartbeatReply(Message):
    """You still lead me, as of read number `read`."""

    read: int


@dataclass(frozen=True, slots=True)
class Forward(Message):
    """A client wrote `value` to me, who does not lead."""

    value: str
    request: int


@dataclass(frozen=True, slots=True)
class ReadIndex(Message):
    """A client reads from me; I ask up to where I must have applied the log."""

    request: int


@dataclass(frozen=True, slots=True)
class ReadIndexReply(Message):
    """Up to `index`."""

    request: int
    index: int
