"""How a member takes a message: first the terms are compared, then the kind of the message decides.

References
----------
go.etcd.io/raft/v3 v3.7.0: raft.go: Step, stepLeader, stepCandidate, stepFollower
"""

from __future__ import annotations

from k8smodels.controlplane.etcd.election import answer_vote, in_lease, take_vote, wait_for_leader
from k8smodels.controlplane.etcd.member import Member, become_follower
from k8smodels.controlplane.etcd.messages import (
    AppendEntries,
    AppendReply,
    Forward,
    Heartbeat,
    HeartbeatReply,
    Message,
    ReadIndex,
    ReadIndexReply,
    RequestVote,
    VoteReply,
)
from k8smodels.controlplane.etcd.reads import take_read, take_read_reply
from k8smodels.controlplane.etcd.replication import (
    append,
    lead,
    send_heartbeats,
    take_append_reply,
    take_entries,
    take_heartbeat,
    take_heartbeat_reply,
)
from k8smodels.i18n import _


def tick(member: Member) -> None:
    """One heartbeat interval passes."""
    if member.role == "leader":
        lead(member)
    else:
        wait_for_leader(member)


def step(member: Member, message: Message) -> None:
    """Take one message."""
    if message.term > member.term and not _meet_later_term(member, message):
        return
    if 0 < message.term < member.term:
        _answer_earlier_term(member, message)
        return
    _dispatch(member, message)


def _meet_later_term(member: Member, message: Message) -> bool:
    """Move on to the later term of a message; False if the message is ignored.

    A pre-vote changes nobody's term. A real one is ignored, too, while one hears from a leader: a member that was cut
    off cannot force an election on a cluster that is well.
    """
    if isinstance(message, RequestVote):
        if in_lease(member):
            what = _("ignores {candidate}, who wants to lead in term {term}")
            what = what.format(candidate=message.sender, term=message.term)
            why = _("it heard from {leader} less than an election timeout ago").format(leader=member.leader)
            member.note("vote", what, why)
            return False
        if message.pre:
            return True
    if isinstance(message, VoteReply) and message.pre and message.granted:
        return True
    leader = message.sender if isinstance(message, AppendEntries | Heartbeat) else ""
    why = _("a message of {sender} is of the later term {term}").format(sender=message.sender, term=message.term)
    become_follower(member, message.term, leader, why)
    return True


def _answer_earlier_term(member: Member, message: Message) -> None:
    """Tell an old leader, or one who asks for pre-votes, that a later term has begun; ignore all else."""
    if isinstance(message, AppendEntries | Heartbeat):
        member.send(message.sender, AppendReply(member.term, member.name, 0))
    elif isinstance(message, RequestVote) and message.pre:
        member.send(message.sender, VoteReply(member.term, member.name, granted=False, pre=True))


def _dispatch(member: Member, message: Message) -> None:
    match message:
        case RequestVote():
            answer_vote(member, message)
        case VoteReply():
            take_vote(member, message)
        case AppendEntries():
            take_entries(member, message)
        case AppendReply():
            take_append_reply(member, message)
        case Heartbeat():
            take_heartbeat(member, message)
        case HeartbeatReply():
            take_heartbeat_reply(member, message)
        case Forward() if member.role == "leader":
            append(member, message.value, message.request)
        case ReadIndex():
            take_read(member, message, lambda: send_heartbeats(member))
        case ReadIndexReply():
            take_read_reply(member, message)
