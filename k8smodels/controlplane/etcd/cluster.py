"""A cluster of etcd members in virtual time.

References
----------
go.etcd.io/etcd/server/v3 v3.7.0: etcdserver/raft.go, etcdserver/v3_server.go
https://etcd.io/docs/v3.6/op-guide/failures/
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from random import Random
from typing import TypeVar

from k8smodels.api.errors import duplicate, invalid, unsupported
from k8smodels.controlplane.etcd.clients import Clients
from k8smodels.controlplane.etcd.member import Kind, Member, Timing, reset
from k8smodels.controlplane.etcd.network import Network
from k8smodels.controlplane.etcd.records import MemberStatus, Transition, member_status
from k8smodels.controlplane.etcd.requests import Proposal, Read, Request
from k8smodels.controlplane.etcd.step import step, tick
from k8smodels.i18n import _

MAX_MEMBERS = 15
"""More than anybody runs: etcd advises at most seven."""

MAX_ADVANCE_SECONDS = 86_400
"""One call moves the time by a day at most."""

_KEPT_TRANSITIONS = 10_000

AnyRequest = TypeVar("AnyRequest", bound=Request)


class EtcdCluster:
    """Members that keep one log in common, the network between them, and their clients.

    Parameters
    ----------
    members
        How many, named ``m1``, ``m2``, ...; or their names.
    seed
        Chance decides how long followers wait and how long messages take: one seed, one history.
    timing
        Heartbeats and elections.
    delay_ms
        The least and the greatest time that a message takes.

    Raises
    ------
    FieldError
        No member, too many of them, two of one name, or delays out of range.

    Examples
    --------
    >>> cluster = EtcdCluster(members=3, seed=1)
    >>> cluster.advance(3)
    >>> write = cluster.wait(cluster.propose("x=1"))
    >>> write.answer, write.committed
    ('OK', True)

    Notes
    -----
    Left out: snapshots and compaction of the log, changes of the membership, learners, the transfer of leadership,
    and the time that disks take. What a member answers or says it has written survives its crash at once.
    """

    def __init__(
        self,
        members: int | Sequence[str] = 3,
        seed: int = 0,
        *,
        timing: Timing | None = None,
        delay_ms: tuple[int, int] = (5, 15),
    ) -> None:
        names = _names(members)
        timing = timing or Timing()
        random = Random(seed)  # noqa: S311 (not for secrets)
        self._now_ms = 0
        self._members = {name: Member(name, names, timing, Random(random.random())) for name in names}  # noqa: S311
        self._down: set[str] = set()
        self._network = Network(names, delay_ms, random)
        self._ticks = {name: random.randrange(timing.heartbeat_ms) for name in names}
        self._transitions: deque[Transition] = deque(maxlen=_KEPT_TRANSITIONS)
        self._clients = Clients(self._members, self._down, timing)
        for member in self._members.values():
            reset(member, 0)

    @property
    def now(self) -> float:
        """Seconds since the cluster began."""
        return self._now_ms / 1000

    @property
    def leader(self) -> str | None:
        """The member that leads, in the latest term if an old leader has not noticed yet; None if none does."""
        leading = [each for each in self._up() if each.role == "leader"]
        return max(leading, key=lambda each: each.term).name if leading else None

    @property
    def members(self) -> tuple[str, ...]:
        """The names of all members."""
        return tuple(self._members)

    @property
    def groups(self) -> tuple[frozenset[str], ...]:
        """The members that reach each other."""
        return self._network.groups

    @property
    def transitions(self) -> tuple[Transition, ...]:
        """What happened so far, the last ten thousand records of it."""
        return tuple(self._transitions)

    def status(self) -> tuple[MemberStatus, ...]:
        """Every member now; `status_table` makes text of it."""
        return tuple(member_status(each, each.name in self._down) for each in self._members.values())

    def log(self, member: str) -> tuple[str | None, ...]:
        """The values in the log of a member, decided or not; None stands for the entry that begins a term."""
        return tuple(entry.value for entry in self._member(member).log.entries)

    def values(self, member: str) -> tuple[str, ...]:
        """What a serializable read of `member` sees: it asks nobody, and may be behind."""
        return tuple(entry.value for entry in self._member(member).applied if entry.value is not None)

    def advance(self, seconds: float) -> None:
        """Let time pass.

        Raises
        ------
        FieldError
            A negative time, or more than a day.
        """
        if not 0 <= seconds <= MAX_ADVANCE_SECONDS:
            raise invalid("seconds", seconds, f"must be between 0 and {MAX_ADVANCE_SECONDS}")
        end = self._now_ms + round(seconds * 1000)
        while self._next_ms() <= end:
            self._happen()
        self._now_ms = end
        self._clients.explain()

    def wait(self, request: AnyRequest) -> AnyRequest:
        """Let time pass until `request` is answered, which is after seven seconds at the latest; returns it."""
        while not request.answer:
            self._happen()
        return request

    def propose(self, value: str, member: str | None = None) -> Proposal:
        """Have a client write `value`.

        Parameters
        ----------
        value
            What to write.
        member
            The member that it asks; by default the leader, or the first that is up if there is none.

        Raises
        ------
        FieldError
            No such member.
        """
        proposal = self._clients.propose(value, self._asked(member), self._now_ms)
        self._settle()
        self._clients.explain()
        return proposal

    def read(self, member: str | None = None) -> Read:
        """Have a client read with the guarantee to see all writes that were answered before.

        Raises
        ------
        FieldError
            No such member.
        """
        read = self._clients.read(self._asked(member), self._now_ms)
        self._settle()
        self._clients.explain()
        return read

    def partition(self, *groups: Collection[str]) -> None:
        """Cut the network, so that only members of one group reach each other.

        Members that are not named are one more group: ``partition({"m1"})`` cuts one off.

        Raises
        ------
        FieldError
            A name that is no member's, or twice the same.
        """
        self._network.partition(groups)
        shown = " | ".join(", ".join(sorted(group)) for group in self.groups)
        self._tell("", "fault", _("the network is cut: {groups}").format(groups=shown))

    def heal(self) -> None:
        """Make the network whole again."""
        self._network.heal()
        self._tell("", "fault", _("the network is whole again"))

    def crash(self, member: str) -> None:
        """Stop a member at once; what it stored remains. Nothing happens to one that is down.

        Raises
        ------
        FieldError
            No such member.
        """
        if self._member(member).name not in self._down:
            self._down.add(member)
            self._tell(member, "fault", _("crashes"))
            self._clients.lose(member, self._now_ms)

    def restart(self, member: str) -> None:
        """Start a member that is down, with the term, the vote and the log that it stored.

        Raises
        ------
        FieldError
            No such member.
        """
        restarted = self._member(member)
        if member in self._down:
            self._down.discard(member)
            reset(restarted, restarted.term)
            restarted.role = "follower"
            self._tell(member, "fault", _("starts again with the log that it stored"))

    def _member(self, name: str) -> Member:
        if name not in self._members:
            raise unsupported("member", name, self.members)
        return self._members[name]

    def _asked(self, member: str | None) -> str:
        if member is not None:
            return self._member(member).name
        return self.leader or next((each.name for each in self._up()), self.members[0])

    def _up(self) -> list[Member]:
        return [each for each in self._members.values() if each.name not in self._down]

    def _next_ms(self) -> int:
        times = (*self._ticks.values(), self._network.next_ms(), self._clients.next_ms())
        return min(each for each in times if each is not None)

    def _happen(self) -> None:
        """Let the next thing happen: a message arrives, a client's time is up, or a heartbeat interval ends."""
        self._now_ms = now = max(self._next_ms(), self._now_ms)
        if _is_due(self._network.next_ms(), now):
            arrived = self._network.arrive()
            if arrived and arrived[0] not in self._down:
                step(self._members[arrived[0]], arrived[1])
        elif _is_due(self._clients.next_ms(), now):
            self._clients.give_up(now)
        else:
            name = min(self._ticks, key=self._ticks.__getitem__)
            self._ticks[name] += self._members[name].timing.heartbeat_ms
            if name not in self._down:
                tick(self._members[name])
        self._settle()

    def _settle(self) -> None:
        """Let clients and members act on what has changed, and pick up what members send and note."""
        self._clients.act(self._now_ms)
        for member in self._members.values():
            for to, message in member.outbox:
                self._network.send(to, message, self._now_ms)
            for kind, what, why in member.notes:
                self._tell(member.name, kind, what, why)
            member.outbox, member.notes = [], []

    def _tell(self, member: str, kind: Kind, what: str, why: str = "") -> None:
        self._transitions.append(Transition(self.now, member, kind, what, why))


def _is_due(when_ms: int | None, now_ms: int) -> bool:
    return when_ms is not None and when_ms <= now_ms


def _names(members: int | Sequence[str]) -> tuple[str, ...]:
    count = members if isinstance(members, int) else len(members)
    if not 1 <= count <= MAX_MEMBERS:
        raise invalid("members", count, f"must be between 1 and {MAX_MEMBERS}")
    names = tuple(f"m{i + 1}" for i in range(members)) if isinstance(members, int) else tuple(members)
    for i, name in enumerate(names):
        if name in names[:i]:
            raise duplicate(f"members[{i}]", name)
    return names
