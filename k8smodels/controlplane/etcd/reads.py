"""Linearizable reads: nobody may read from a leader that was replaced without noticing.

References
----------
go.etcd.io/raft/v3 v3.7.0: read_only.go; raft.go: sendMsgReadIndexResponse, releasePendingReadIndexMessages
Ongaro, Consensus: Bridging Theory and Practice, 6.4
"""

from __future__ import annotations

from collections.abc import Callable

from k8smodels.controlplane.etcd.member import Member, PendingRead
from k8smodels.controlplane.etcd.messages import ReadIndex, ReadIndexReply


def take_read(member: Member, message: ReadIndex, heartbeats: Callable[[], None]) -> None:
    """Ask the others, as a leader, whether one still leads; the answer is the index that is decided by now.

    Before an entry of the own term is decided, a leader does not know yet what its predecessors decided.
    """
    if member.role != "leader":
        return
    read = PendingRead(0, message.sender, message.request, 0)
    if member.log.term(member.commit) != member.term:
        member.early_reads.append(read)
    else:
        _begin(member, read, heartbeats)


def begin_early_reads(member: Member, heartbeats: Callable[[], None]) -> None:
    """Begin the reads that came before an entry of the own term was decided."""
    early, member.early_reads = member.early_reads, []
    for read in early:
        _begin(member, read, heartbeats)


def _begin(member: Member, read: PendingRead, heartbeats: Callable[[], None]) -> None:
    member.read_number += 1
    read.number, read.index = member.read_number, member.commit
    member.reads.append(read)
    confirm_reads(member, member.name, read.number)
    heartbeats()


def confirm_reads(member: Member, sender: str, number: int) -> None:
    """Answer the reads for which a majority has confirmed the leader since they came."""
    member.acks[sender] = max(member.acks.get(sender, 0), number)
    acks = sorted((member.acks.get(name, 0) for name in member.voters), reverse=True)
    confirmed = acks[member.quorum - 1]
    for read in [each for each in member.reads if each.number <= confirmed]:
        member.reads.remove(read)
        reply = ReadIndexReply(member.term, member.name, read.request, read.index)
        if read.member == member.name:
            take_read_reply(member, reply)
        else:
            member.send(read.member, reply)


def take_read_reply(member: Member, message: ReadIndexReply) -> None:
    """Learn up to where the log must be applied before a client gets its answer."""
    member.answered_reads[message.request] = message.index
