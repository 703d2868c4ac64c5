"""What a cluster tells of itself.

References
----------
go.etcd.io/etcd/server/v3 v3.7.0: etcdserver/api/v3rpc/maintenance.go: Status
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from k8smodels.controlplane.etcd.member import Kind, Member, Role


@dataclass(frozen=True, slots=True)
class Transition:
    """Something that happened.

    Attributes
    ----------
    seconds
        When, in the cluster's time.
    member
        To whom; empty for the network.
    kind
        A change of role, a vote, a change of the log, a commit, or a fault.
    what, why
        In words; `why` may be empty.
    """

    seconds: float
    member: str
    kind: Kind
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class MemberStatus:
    """One member now.

    Attributes
    ----------
    member
        Its name.
    role
        What it does; ``down`` after a crash.
    leader
        Whom it follows; empty if it knows no leader.
    term
        The last term that it heard of.
    last_index, commit_index, applied_index
        The end of its log, and up to where it knows entries as decided and has applied them.
    errors
        As ``etcdctl endpoint status`` lists them.
    """

    member: str
    role: Role | Literal["down"]
    leader: str
    term: int
    last_index: int
    commit_index: int
    applied_index: int
    errors: tuple[str, ...] = ()


def member_status(member: Member, down: bool) -> MemberStatus:
    """What `member` is like now."""
    errors = () if down or member.leader else ("etcdserver: no leader",)
    return MemberStatus(
        member=member.name,
        role="down" if down else member.role,
        leader="" if down else member.leader,
        term=member.term,
        last_index=member.log.last.index,
        commit_index=member.commit,
        applied_index=len(member.applied),
        errors=errors,
    )


def status_table(rows: Iterable[MemberStatus]) -> str:
    """Text like that of ``etcdctl endpoint status -w table``, with the columns that concern the log.

    As there, ``RAFT INDEX`` is the index up to which the member knows entries as decided.
    """
    head = ("ENDPOINT", "ROLE", "RAFT TERM", "RAFT INDEX", "RAFT APPLIED INDEX", "ERRORS")
    lines = [head, *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    text = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    return "\n".join([rule, text[0], rule, *text[1:], rule])


def _cells(row: MemberStatus) -> tuple[str, ...]:
    numbers = map(str, (row.term, row.commit_index, row.applied_index))
    return (row.member, row.role, *numbers, ", ".join(row.errors))
