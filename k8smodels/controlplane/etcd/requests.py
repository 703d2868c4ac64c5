"""What clients ask of a cluster, and what becomes of it.

References
----------
go.etcd.io/etcd/server/v3 v3.7.0: etcdserver/v3_server.go: processInternalRaftRequestOnce; etcdserver/read/read.go:
readIndexRetryTime; etcdserver/errors/errors.go; config/config.go: ReqTimeout; embed/config.go: DefaultMaxRequestBytes
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from k8smodels.controlplane.etcd.log import EntryId

TIMED_OUT = "etcdserver: request timed out"
UNAVAILABLE = "rpc error: code = Unavailable"
TOO_LARGE = "etcdserver: request is too large"
MAX_REQUEST_BYTES = 1536 * 1024
READ_RETRY_MS = 500

Fate = Literal["undecided", "committed", "overwritten"]


@dataclass(slots=True)
class Request:
    """What a client asked of one member; the cluster fills it in as time passes.

    Attributes
    ----------
    number
        Names the request.
    member
        The member that was asked.
    asked_ms, answered_ms
        When, in milliseconds of the cluster's time; `answered_ms` is None until there is an answer.
    answer
        What the client heard: ``OK``, or etcd's error; empty while it waits.
    reason
        Why the answer is no other one, or why there is none yet, in a sentence.
    """

    number: int
    member: str
    asked_ms: int
    answered_ms: int | None = None
    answer: str = ""
    reason: str = ""

    @property
    def ok(self) -> bool:
        """Whether the client heard that it worked."""
        return self.answer == "OK"

    def finish(self, answer: str, reason: str, now_ms: int) -> None:
        """Answer the client, once."""
        if not self.answer:
            self.answer, self.reason, self.answered_ms = answer, reason, now_ms


@dataclass(slots=True)
class Proposal(Request):
    """A write.

    Attributes
    ----------
    value
        What is written.
    entry
        Where a leader put it in its log; None as long as none did.
    fate
        What became of the entry. A client that heard a timeout does not know: the write may be committed all the same.
    """

    value: str = ""
    entry: EntryId | None = None
    fate: Fate = "undecided"

    @property
    def committed(self) -> bool:
        """Whether the write is decided, and can never be lost while a majority of the members' logs remains."""
        return self.fate == "committed"


@dataclass(slots=True)
class Read(Request):
    """A linearizable read: it sees every write that was answered before it began.

    Attributes
    ----------
    values
        What it saw: all committed values in their order; None without an answer.
    index
        Up to where the member must have applied its log first; None until the leader has said so.
    """

    values: tuple[str, ...] | None = None
    index: int | None = None
    sent_ms: int | None = None
