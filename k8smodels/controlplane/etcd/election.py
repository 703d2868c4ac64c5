"""Who leads: waiting, asking for votes, giving them.

References
----------
go.etcd.io/raft/v3 v3.7.0: raft.go: tickElection, hup, campaign, poll, Step, stepCandidate
Ongaro and Ousterhout, 5.2 and 5.4.1; Ongaro, Consensus: Bridging Theory and Practice, 9.6 (pre-vote)
"""

from __future__ import annotations

from k8smodels.controlplane.etcd.member import (
    Member,
    become_candidate,
    become_follower,
    become_leader,
    become_pre_candidate,
)
from k8smodels.controlplane.etcd.messages import RequestVote, VoteReply
from k8smodels.controlplane.etcd.replication import begin_term
from k8smodels.i18n import _


def wait_for_leader(member: Member) -> None:
    """One more heartbeat interval without a leader; after enough of them stand for election."""
    member.elapsed += 1
    if member.elapsed < member.timeout:
        return
    member.elapsed = 0
    waited_ms = member.timeout * member.timing.heartbeat_ms
    stand(member, _("it heard from no leader for {ms} ms").format(ms=waited_ms))


def stand(member: Member, why: str) -> None:
    """Stand for election, with `pre_vote` only after asking whether it can be won."""
    if member.timing.pre_vote:
        become_pre_candidate(member, why)
    else:
        become_candidate(member, why)
    _ask(member)


def _ask(member: Member) -> None:
    pre = member.role == "pre-candidate"
    term = member.term + 1 if pre else member.term
    member.broadcast(lambda _name: RequestVote(term, member.name, member.log.last, pre))
    _count(member)


def in_lease(member: Member) -> bool:
    """Whether `member` heard from a leader less than an election timeout ago: then it lets nobody stand."""
    return bool(member.leader) and member.elapsed < member.timing.election_ticks


def answer_vote(member: Member, message: RequestVote) -> None:
    """Vote once a term, for the first who asks and whose log lacks nothing of one's own.

    What a majority has decided is in the log of every member of some majority, so nobody wins without it.
    """
    refusal = _refusal(member, message)
    term = message.term if not refusal else member.term
    member.send(message.sender, VoteReply(term, member.name, not refusal, message.pre))
    if refusal:
        member.note("vote", _("refuses {candidate} its vote").format(candidate=message.sender), refusal)
    elif not message.pre:
        member.elapsed, member.voted_for = 0, message.sender
        what = _("votes for {candidate} in term {term}").format(candidate=message.sender, term=member.term)
        member.note("vote", what, _("it has not voted in this term, and that log is up to date"))


def _refusal(member: Member, message: RequestVote) -> str:
    """Why `member` does not vote for a candidate; empty if it does."""
    free = not member.voted_for and not member.leader
    if not (member.voted_for == message.sender or free or (message.pre and message.term > member.term)):
        return _("it votes for {other} in this term").format(other=member.voted_for or member.leader)
    if not member.log.is_up_to_date(message.last):
        mine, theirs = member.log.last, message.last
        text = _("that log ends at {theirs} of term {their_term}, its own at {mine} of term {my_term}")
        return text.format(theirs=theirs.index, their_term=theirs.term, mine=mine.index, my_term=mine.term)
    return ""


def take_vote(member: Member, message: VoteReply) -> None:
    """Count a vote, if it belongs to what one stands for now."""
    if member.role == ("pre-candidate" if message.pre else "candidate"):
        member.votes.setdefault(message.sender, message.granted)
        _count(member)


def _count(member: Member) -> None:
    granted = sum(member.votes.values())
    refused = len(member.votes) - granted
    why = _("{granted} of {all} members are for it").format(granted=granted, all=len(member.voters))
    if granted >= member.quorum:
        if member.role == "pre-candidate":
            become_candidate(member, why)
            _ask(member)
        else:
            become_leader(member, why)
            begin_term(member)
    elif refused >= member.quorum:
        why = _("{refused} of {all} members are against it").format(refused=refused, all=len(member.voters))
        become_follower(member, member.term, "", why)
