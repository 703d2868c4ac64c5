"""Adapter of the suite ``controlplane/raft``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from k8smodels.conformance.report import JSON
from k8smodels.controlplane.etcd import Entry, EntryId, Timing
from k8smodels.controlplane.etcd.election import stand
from k8smodels.controlplane.etcd.member import Member, reset
from k8smodels.controlplane.etcd.messages import (
    AppendEntries,
    AppendReply,
    Heartbeat,
    HeartbeatReply,
    Message,
    RequestVote,
    VoteReply,
)
from k8smodels.controlplane.etcd.replication import append
from k8smodels.controlplane.etcd.step import step


def raft(case: JSON) -> JSON:
    """The suite ``controlplane/raft``."""
    member = _member(case)
    return [_after(member, message) for message in case["messages"]]


def _member(case: JSON) -> Member:
    voters = tuple(_name(i + 1) for i in range(case["members"]))
    member = Member(_name(1), voters, Timing(pre_vote=case["preVote"]), Random(0))  # noqa: S311 (not for secrets)
    member.log.match(_entries(0, case["log"]))
    reset(member, case["term"])
    member.voted_for, member.commit = _name(case["vote"]), case["commit"]
    return member


def _after(member: Member, message: JSON) -> JSON:
    if message["type"] == "campaign":
        stand(member, "")
    elif message["type"] == "propose":
        if member.role == "leader":
            append(member, "", 0)
    else:
        step(member, _READ[message["type"]](message))
    sent = [(int(to[1:]), _told(each)) for to, each in member.outbox]
    member.outbox.clear()
    return {
        "role": member.role,
        "term": member.term,
        "vote": _number(member.voted_for),
        "leader": _number(member.leader),
        "commit": member.commit,
        "log": [entry.term for entry in member.log.entries],
        "sent": [told | {"to": to} for to, told in sorted(sent, key=lambda each: each[0]) if told],
    }


def _name(number: int) -> str:
    return f"m{number}" if number else ""


def _number(name: str) -> int:
    return int(name[1:]) if name else 0


def _entries(after: int, terms: list[int]) -> tuple[Entry, ...]:
    return tuple(Entry(term, after + i + 1, "") for i, term in enumerate(terms))


def _place(message: JSON) -> EntryId:
    return EntryId(message.get("logTerm", 0), message.get("index", 0))


def _head(message: JSON) -> tuple[int, str]:
    return message.get("term", 0), _name(message["from"])


_READ: Mapping[str, Callable[[JSON], Message]] = {
    "requestVote": lambda each: RequestVote(*_head(each), _place(each), each.get("pre", False)),
    "voteReply": lambda each: VoteReply(*_head(each), not each.get("reject", False), each.get("pre", False)),
    "append": lambda each: AppendEntries(
        *_head(each), _place(each), _entries(each.get("index", 0), each.get("entries", [])), each.get("commit", 0)
    ),
    "heartbeat": lambda each: Heartbeat(*_head(each), each.get("commit", 0), 0),
    "appendReply": lambda each: AppendReply(*_head(each), each.get("index", 0)),
}


def _told(message: Message) -> dict[str, JSON]:
    """A message in the form of the recorded ones, without what is zero; nothing for those that are not recorded."""
    told: dict[str, JSON] = {"term": message.term}
    match message:
        case RequestVote(last=last, pre=pre):
            told |= {"type": "requestVote", "pre": pre, "index": last.index, "logTerm": last.term}
        case VoteReply(granted=granted, pre=pre):
            told |= {"type": "voteReply", "pre": pre, "reject": not granted}
        case AppendReply(index=index, hint=None):
            told |= {"type": "appendReply", "index": index}
        case AppendReply(index=index, hint=EntryId() as hint):
            told |= {"type": "appendReply", "index": index, "reject": True}
            told |= {"hint": hint.index, "hintTerm": hint.term}
        case HeartbeatReply():
            told |= {"type": "heartbeatReply"}
        case _:
            return {}
    return {key: value for key, value in told.items() if value}
