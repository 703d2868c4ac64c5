"""One member: what it stores, what it knows, and the roles it changes between.

References
----------
go.etcd.io/raft/v3 v3.7.0: raft.go: reset, becomeFollower, becomePreCandidate, becomeCandidate, becomeLeader
go.etcd.io/etcd/server/v3 v3.7.0: embed/config.go: NewConfig; etcdserver/bootstrap.go: raftConfig
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from k8smodels.api.errors import invalid
from k8smodels.controlplane.etcd.log import Entry, RaftLog
from k8smodels.controlplane.etcd.majority import quorum
from k8smodels.controlplane.etcd.messages import Message
from k8smodels.i18n import _

Role = Literal["follower", "pre-candidate", "candidate", "leader"]
Kind = Literal["role", "vote", "log", "commit", "fault"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The settings of etcd that its elections depend on, with its defaults.

    Attributes
    ----------
    heartbeat_ms
        ``--heartbeat-interval``: how often a leader says that it leads. Members count time in this unit.
    election_ms
        ``--election-timeout``: a follower that hears nothing waits at least so long, and less than twice as long by
        chance, so that rarely two stand for election at the same time.
    pre_vote
        ``--pre-vote``: ask whether an election could be won before disturbing anybody with it.

    Raises
    ------
    FieldError
        An election timeout that is less than five heartbeats or more than 50 s, which etcd refuses.
    """

    heartbeat_ms: int = 100
    election_ms: int = 1000
    pre_vote: bool = True

    def __post_init__(self) -> None:
        if self.heartbeat_ms < 1:
            raise invalid("heartbeat-interval", self.heartbeat_ms, "must be >0")
        if not 5 * self.heartbeat_ms <= self.election_ms <= 50_000:
            detail = f"must be at least 5 times the heartbeat interval of {self.heartbeat_ms} ms and at most 50000 ms"
            raise invalid("election-timeout", self.election_ms, detail)

    @property
    def election_ticks(self) -> int:
        """The shortest wait of a follower, in heartbeat intervals."""
        return self.election_ms // self.heartbeat_ms


@dataclass(slots=True)
class Progress:
    """What a leader knows of a follower: its log agrees up to `match`, and it is sent what begins at `next`."""

    next: int
    match: int = 0
    active: bool = True


@dataclass(slots=True)
class PendingRead:
    """A read that waits until a majority confirms the leader."""

    number: int
    member: str
    request: int
    index: int


@dataclass(slots=True)
class Member:
    """One member; functions of this package change it in place, and what it sends and notes is picked up after.

    Attributes
    ----------
    term, voted_for, log, commit, applied
        Survive a crash.
    role, leader, elapsed, timeout, votes, progress
        Do not: the role, the leader it knows, heartbeat intervals since it heard of one, after how many it stands for
        election, the votes it got, and what it knows of the others as a leader.
    acks, reads, early_reads, read_number
        A leader's book of the reads that wait for a majority to confirm it.
    outbox, taken, answered_reads
        To be picked up: messages with their receivers, entries that it took as a leader, and up to where its log must
        be applied for the reads of its clients.
    notes
        What it did and why, with the kind.
    """

    name: str
    voters: tuple[str, ...]
    timing: Timing
    random: Random
    log: RaftLog = field(default_factory=RaftLog)
    term: int = 0
    voted_for: str = ""
    commit: int = 0
    applied: list[Entry] = field(default_factory=list)
    role: Role = "follower"
    leader: str = ""
    elapsed: int = 0
    timeout: int = 0
    votes: dict[str, bool] = field(default_factory=dict)
    progress: dict[str, Progress] = field(default_factory=dict)
    acks: dict[str, int] = field(default_factory=dict)
    reads: list[PendingRead] = field(default_factory=list)
    early_reads: list[PendingRead] = field(default_factory=list)
    answered_reads: dict[int, int] = field(default_factory=dict)
    taken: list[Entry] = field(default_factory=list)
    read_number: int = 0
    outbox: list[tuple[str, Message]] = field(default_factory=list)
    notes: list[tuple[Kind, str, str]] = field(default_factory=list)

    @property
    def quorum(self) -> int:
        """How many members must agree."""
        return quorum(len(self.voters))

    @property
    def others(self) -> tuple[str, ...]:
        """The other members."""
        return tuple(name for name in self.voters if name != self.name)

    def send(self, to: str, message: Message) -> None:
        """Have a message sent."""
        self.outbox.append((to, message))

    def broadcast(self, message: Callable[[str], Message]) -> None:
        """Have a message sent to every other member."""
        for name in self.others:
            self.send(name, message(name))

    def note(self, kind: Kind, what: str, why: str = "") -> None:
        """Note what happened."""
        self.notes.append((kind, what, why))


def reset(member: Member, term: int) -> None:
    """Begin a role in `term`: a vote is for one term, and each wait has another length by chance."""
    if term != member.term:
        member.term, member.voted_for = term, ""
    ticks = member.timing.election_ticks
    member.leader, member.elapsed = "", 0
    member.timeout = ticks + member.random.randrange(ticks)
    member.votes, member.progress = {}, {}
    member.acks, member.reads, member.early_reads = {}, [], []


def become_follower(member: Member, term: int, leader: str, why: str) -> None:
    """Follow `leader`, or nobody yet."""
    changed = (member.role, member.term, member.leader) != ("follower", term, leader)
    reset(member, term)
    member.role, member.leader = "follower", leader
    if changed:
        what = _("follows {leader} in term {term}") if leader else _("is a follower in term {term}, without a leader")
        member.note("role", what.format(leader=leader, term=term), why)


def become_pre_candidate(member: Member, why: str) -> None:
    """Ask around before an election; neither term nor vote changes, so nobody is disturbed."""
    member.role, member.leader = "pre-candidate", ""
    member.votes = {member.name: True}
    member.note("role", _("asks whether it would win term {term}").format(term=member.term + 1), why)


def become_candidate(member: Member, why: str) -> None:
    """Stand for election in a new term."""
    reset(member, member.term + 1)
    member.role, member.voted_for = "candidate", member.name
    member.votes = {member.name: True}
    member.note("role", _("stands for election in term {term}").format(term=member.term), why)


def become_leader(member: Member, why: str) -> None:
    """Lead, knowing nothing of the others' logs yet."""
    reset(member, member.term)
    member.role, member.leader = "leader", member.name
    member.progress = {name: Progress(member.log.last.index + 1) for name in member.others}
    member.note("role", _("leads in term {term}").format(term=member.term), why)
