"""How entries get from the leader into the logs of a majority, and are decided by that.

References
----------
go.etcd.io/raft/v3 v3.7.0: raft.go: appendEntry, maybeSendAppend, handleAppendEntries, handleHeartbeat, maybeCommit,
stepLeader, tickHeartbeat
Ongaro and Ousterhout, 5.3 and 5.4.2
"""

from __future__ import annotations

from k8smodels.controlplane.etcd.log import Entry, EntryId
from k8smodels.controlplane.etcd.member import Member, become_follower
from k8smodels.controlplane.etcd.messages import AppendEntries, AppendReply, Heartbeat, HeartbeatReply
from k8smodels.controlplane.etcd.reads import begin_early_reads, confirm_reads
from k8smodels.i18n import _, ngettext


def begin_term(member: Member) -> None:
    """Write an empty entry of the own term: with it the entries of former leaders are decided, too."""
    append(member, None, 0)


def append(member: Member, value: str | None, request: int) -> None:
    """Take an entry into the leader's log and send it to the others."""
    entry = Entry(member.term, member.log.last.index + 1, value, request)
    member.log.append(entry)
    member.taken.append(entry)
    _commit_by_majority(member)
    for name in member.others:
        _send_entries(member, name)


def _send_entries(member: Member, name: str) -> None:
    progress = member.progress[name]
    previous = EntryId(member.log.term(progress.next - 1) or 0, progress.next - 1)
    entries = member.log.after(previous.index)
    progress.next = member.log.last.index + 1
    member.send(name, AppendEntries(member.term, member.name, previous, entries, member.commit))


def lead(member: Member) -> None:
    """One more heartbeat interval as a leader.

    A leader that hears from no majority for an election timeout steps down: another one may lead by now.
    """
    member.elapsed += 1
    if member.elapsed >= member.timing.election_ticks:
        member.elapsed = 0
        active = 1 + sum(progress.active for progress in member.progress.values())
        if active < member.quorum:
            why = _("it heard from {active} of {all} members for {ms} ms, itself included")
            why = why.format(active=active, all=len(member.voters), ms=member.timing.election_ms)
            become_follower(member, member.term, "", why)
            return
        for progress in member.progress.values():
            progress.active = False
    send_heartbeats(member)


def send_heartbeats(member: Member) -> None:
    """Say that one leads still, and how far each follower may apply its log."""
    for name, progress in member.progress.items():
        commit = min(progress.match, member.commit)
        member.send(name, Heartbeat(member.term, member.name, commit, member.read_number))


def take_entries(member: Member, message: AppendEntries) -> None:
    """Put a leader's entries into the log if the log agrees with the leader's up to them."""
    hear_leader(member, message.sender)
    previous, reply_to = message.previous, message.sender
    if previous.index < member.commit:
        member.send(reply_to, AppendReply(member.term, member.name, member.commit))
        return
    if member.log.term(previous.index) != previous.term:
        hint = member.log.guess_match(previous.index, previous.term)
        member.send(reply_to, AppendReply(member.term, member.name, previous.index, hint))
        what = _("refuses entries after {index}").format(index=previous.index)
        member.note("log", what, _("its log does not agree with the leader's there"))
        return
    dropped = member.log.match(message.entries)
    if dropped:
        what = ngettext("drops {count} entry of its log", "drops {count} entries of its log", dropped)
        member.note(
            "log",
            what.format(count=dropped),
            _("{leader} has others there, and these were never decided").format(leader=reply_to),
        )
    last = previous.index + len(message.entries)
    commit_to(member, min(message.commit, last))
    member.send(reply_to, AppendReply(member.term, member.name, last))


def take_heartbeat(member: Member, message: Heartbeat) -> None:
    """Hear that a leader leads."""
    hear_leader(member, message.sender)
    commit_to(member, message.commit)
    member.send(message.sender, HeartbeatReply(member.term, member.name, message.read))


def hear_leader(member: Member, leader: str) -> None:
    """Follow the sender of a message that only a leader sends: there is one in a term."""
    if member.role != "follower" or member.leader != leader:
        become_follower(member, member.term, leader, _("it hears from the leader of this term"))
    member.elapsed = 0


def take_append_reply(member: Member, message: AppendReply) -> None:
    """Learn how far a follower's log agrees, or where to look for that."""
    if member.role != "leader":
        return
    progress = member.progress[message.sender]
    progress.active = True
    if message.hint is not None:
        if message.index > progress.match:
            guess = member.log.guess_match(message.hint.index, message.hint.term).index
            progress.next = max(min(message.index, guess + 1), progress.match + 1)
            _send_entries(member, message.sender)
        return
    if message.index <= progress.match:
        return
    progress.match, progress.next = message.index, max(progress.next, message.index + 1)
    if _commit_by_majority(member):
        for name in member.others:
            _send_entries(member, name)


def take_heartbeat_reply(member: Member, message: HeartbeatReply) -> None:
    """Learn that a follower is there; send it again what it may have missed."""
    if member.role != "leader":
        return
    progress = member.progress[message.sender]
    progress.active = True
    if progress.match < member.log.last.index:
        progress.next = progress.match + 1
        _send_entries(member, message.sender)
    confirm_reads(member, message.sender, message.read)


def _commit_by_majority(member: Member) -> bool:
    """Decide what a majority has in its log, if its last entry is of the leader's own term.

    An entry of a former term may be in a majority of logs and still give way to another leader's; only with one of the
    own term on top it cannot.
    """
    matches = sorted([member.log.last.index, *(each.match for each in member.progress.values())], reverse=True)
    index = matches[member.quorum - 1]
    if index <= member.commit or member.log.term(index) != member.term:
        return False
    commit_to(member, index)
    begin_early_reads(member, lambda: send_heartbeats(member))
    return True


def commit_to(member: Member, index: int) -> None:
    """Count the entries up to `index` as decided, and apply them."""
    if index <= member.commit:
        return
    member.applied += member.log.entries[member.commit : index]
    member.commit = index
    if member.role == "leader":
        why = _("{quorum} of {all} members have it").format(quorum=member.quorum, all=len(member.voters))
    else:
        why = _("{leader} says that it is decided").format(leader=member.leader)
    member.note("commit", _("has committed up to {index}").format(index=index), why)
