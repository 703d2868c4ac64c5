"""How the requests of clients get into the log and how they are answered.

References
----------
go.etcd.io/etcd/server/v3 v3.7.0: etcdserver/v3_server.go: processInternalRaftRequestOnce; etcdserver/read/read.go:
requestCurrentIndex
go.etcd.io/raft/v3 v3.7.0: node.go: run (a proposal waits while no leader is known); raft.go: stepFollower
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Mapping
from itertools import count

from k8smodels.controlplane.etcd.log import Entry
from k8smodels.controlplane.etcd.member import Member, Timing
from k8smodels.controlplane.etcd.messages import Forward, ReadIndex
from k8smodels.controlplane.etcd.reads import take_read
from k8smodels.controlplane.etcd.replication import append, send_heartbeats
from k8smodels.controlplane.etcd.requests import (
    MAX_REQUEST_BYTES,
    READ_RETRY_MS,
    TIMED_OUT,
    TOO_LARGE,
    UNAVAILABLE,
    Proposal,
    Read,
    Request,
)
from k8smodels.i18n import _


class Clients:
    """The requests under way.

    Parameters
    ----------
    members
        All members by name.
    down
        The members that do not run; kept up to date by the cluster.
    timing
        How long elections take decides after what time a request is given up.
    """

    def __init__(self, members: Mapping[str, Member], down: Collection[str], timing: Timing) -> None:
        self._members, self._down = members, down
        self._timeout_ms = 5000 + 2 * timing.election_ms
        self._numbers = count(1)
        self._waiting: deque[Request] = deque()
        self._fresh: list[Proposal] = []
        self._reads: list[Read] = []
        self._undecided: dict[int, Proposal] = {}
        self._at_index: defaultdict[int, set[int]] = defaultdict(set)
        self._seen = dict.fromkeys(members, 0)

    def propose(self, value: str, member: str, now_ms: int) -> Proposal:
        """A client writes."""
        proposal = Proposal(next(self._numbers), member, now_ms, value=value)
        if len(value.encode()) > MAX_REQUEST_BYTES:
            proposal.finish(TOO_LARGE, _("a request may have {limit} bytes").format(limit=MAX_REQUEST_BYTES), now_ms)
        elif self._reaches(proposal, now_ms):
            self._fresh.append(proposal)
            self._undecided[proposal.number] = proposal
        return proposal

    def read(self, member: str, now_ms: int) -> Read:
        """A client reads."""
        read = Read(next(self._numbers), member, now_ms)
        if self._reaches(read, now_ms):
            self._reads.append(read)
        return read

    def _reaches(self, request: Request, now_ms: int) -> bool:
        if request.member in self._down:
            request.finish(UNAVAILABLE, _("{member} does not run").format(member=request.member), now_ms)
            return False
        self._waiting.append(request)
        return True

    def next_ms(self) -> int | None:
        """When the next request is given up; None if none waits."""
        while self._waiting and self._waiting[0].answer:
            self._waiting.popleft()
        return self._waiting[0].asked_ms + self._timeout_ms if self._waiting else None

    def give_up(self, now_ms: int) -> None:
        """Give up the request that waits longest; an entry that is in a log remains there."""
        request = self._waiting[0]
        request.finish(TIMED_OUT, self._why_waiting(request), now_ms)

    def lose(self, member: str, now_ms: int) -> None:
        """Break the connections to a member that crashed."""
        for request in self._waiting:
            if request.member == member:
                request.finish(UNAVAILABLE, _("{member} crashed").format(member=member), now_ms)

    def act(self, now_ms: int) -> None:
        """Hand requests on, answer those that can be, and find out what became of proposals."""
        if self._fresh:
            self._fresh = [each for each in self._fresh if not each.answer and not self._hand_on(each)]
        if self._reads:
            for read in self._reads:
                self._ask(read, now_ms)
                self._answer(read, now_ms)
            self._reads = [each for each in self._reads if not each.answer]
        for member in self._members.values():
            self._watch(member, now_ms)

    def explain(self) -> None:
        """Say of each request that waits why there is no answer yet."""
        for request in self._waiting:
            if not request.answer:
                request.reason = self._why_waiting(request)

    def _hand_on(self, proposal: Proposal) -> bool:
        """Give a write to the leader, once; False if its member knows none, so that it waits."""
        member = self._members[proposal.member]
        if member.role == "leader":
            append(member, proposal.value, proposal.number)
        elif member.leader:
            member.send(member.leader, Forward(0, member.name, proposal.value, proposal.number))
        return bool(member.leader)

    def _ask(self, read: Read, now_ms: int) -> None:
        """Ask the leader up to where to apply, again and again as long as it does not say."""
        member = self._members[read.member]
        rested = read.sent_ms is None or now_ms - read.sent_ms >= READ_RETRY_MS
        if not member.leader or not rested or read.answer or read.index is not None:
            return
        read.sent_ms = now_ms
        question = ReadIndex(0, member.name, read.number)
        if member.role == "leader":
            take_read(member, question, lambda: send_heartbeats(member))
        else:
            member.send(member.leader, question)

    def _answer(self, read: Read, now_ms: int) -> None:
        """Answer a read once its member has applied what the leader named."""
        member = self._members[read.member]
        read.index = member.answered_reads.get(read.number, read.index)
        if read.index is not None and member.commit >= read.index and not read.answer:
            read.values = tuple(each.value for each in member.applied if each.value is not None)
            text = _("a majority confirmed the leader, and {member} has applied up to {index}")
            read.finish("OK", text.format(member=member.name, index=read.index), now_ms)

    def _watch(self, member: Member, now_ms: int) -> None:
        """Look at what `member` took as a leader and what it applied since the last time."""
        for entry in member.taken:
            proposal = self._undecided.get(entry.request)
            if proposal is not None:
                proposal.entry = entry.id
                self._at_index[entry.index].add(entry.request)
        for entry in member.applied[self._seen[member.name] :]:
            self._applied(entry, member.name, now_ms)
        self._seen[member.name] = len(member.applied)
        member.taken.clear()
        member.answered_reads.clear()

    def _applied(self, entry: Entry, member: str, now_ms: int) -> None:
        proposal = self._undecided.get(entry.request)
        if proposal is not None:
            proposal.entry, proposal.fate = entry.id, "committed"
            if proposal.member == member:
                text = _("a majority has entry {index} of term {term}, and {member} has applied it")
                proposal.finish("OK", text.format(index=entry.index, term=entry.term, member=member), now_ms)
            if proposal.answer:
                del self._undecided[proposal.number]
        for number in self._at_index.pop(entry.index, ()):
            other = self._undecided.get(number)
            if other is not None and number != entry.request:
                other.fate = "overwritten"

    def _why_waiting(self, request: Request) -> str:
        member = self._members[request.member]
        entry = request.entry if isinstance(request, Proposal) else None
        if entry is not None:
            holders = sum(each.log.term(entry.index) == entry.term for each in self._members.values())
            text = _("{holders} of {all} members have entry {index}; {quorum} must, and the leader must know it")
            return text.format(holders=holders, all=len(self._members), index=entry.index, quorum=member.quorum)
        if not member.leader:
            return _("{member} knows no leader").format(member=member.name)
        if isinstance(request, Proposal):
            return _("it is on its way to {leader}").format(leader=member.leader)
        return _("{leader} waits for a majority to confirm that it leads").format(leader=member.leader)
