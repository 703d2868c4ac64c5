"""etcd as the reader breaks it: members stop, the network is cut, and a client tries to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from k8smodels.controlplane.etcd import EtcdCluster, MemberStatus, quorum, status_table, tolerates
from k8smodels.i18n import _
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, join
from k8smodels.views.services import terminal
from k8smodels.views.tables import table

__all__ = ["FAULTS", "MOMENTS", "arithmetic", "broken"]

FAULTS = ("a follower stops", "the leader stops", "the leader is cut off", "a majority stops")
MOMENTS: Mapping[float, str] = {0.0: "before", 0.2: "0.2 s", 4.0: "4 s"}
_SETTLED_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Look:
    """The members at a moment, and what becomes of a write that is asked for then.

    Attributes
    ----------
    status
        Every member.
    leaders
        The members that take themselves for the leader.
    answer, reason
        The answer to the write, and why.
    took_seconds
        How long the client waited.
    """

    status: tuple[MemberStatus, ...]
    leaders: tuple[str, ...]
    answer: str
    reason: str
    took_seconds: float


def broken(members: int, fault: str, at_seconds: float) -> Frame:
    """What the members think so long after the fault, and whether a write goes through that is asked for then."""
    look = _look(members, fault, at_seconds)
    text = status_table(look.status)
    rows = [
        (_("leaders, by their own opinion"), ", ".join(look.leaders) or _("none")),
        (_("a write that is asked for now"), look.answer),
        (_("answered after"), f"{look.took_seconds:.2f} s"),
    ]
    shown = terminal(text, _("etcdctl endpoint status"))
    return Frame(join([shown, table([_("etcd"), _("now")], rows), el("p", look.reason)]), _says(look))


def _says(look: Look) -> str:
    if look.answer == "OK":
        return _("Writes go through.")
    return _("Nothing can be written: {answer}.").format(answer=look.answer)


@lru_cache(maxsize=64)
def _look(members: int, fault: str, at_seconds: float) -> Look:
    cluster = EtcdCluster(members, seed=3)
    cluster.advance(_SETTLED_SECONDS)
    if at_seconds:
        _break(cluster, fault)
        cluster.advance(at_seconds)
    status = cluster.status()
    leaders = tuple(each.member for each in status if each.role == "leader")
    asked = next(each.member for each in status if each.role != "down" and not _is_cut_off(cluster, each.member))
    start = cluster.now
    write = cluster.wait(cluster.propose("x=1", asked))
    return Look(status, leaders, write.answer, write.reason, cluster.now - start)


def _is_cut_off(cluster: EtcdCluster, member: str) -> bool:
    group = next(each for each in cluster.groups if member in each)
    return len(group) < quorum(len(cluster.members))


def _break(cluster: EtcdCluster, fault: str) -> None:
    leader = cluster.leader or cluster.members[0]
    followers = [member for member in cluster.members if member != leader]
    if fault == FAULTS[0]:
        cluster.crash(followers[0])
    elif fault == FAULTS[1]:
        cluster.crash(leader)
    elif fault == FAULTS[2]:
        cluster.partition({leader})
    else:
        for member in [leader, *followers[: quorum(len(cluster.members)) - 1]]:
            cluster.crash(member)


def arithmetic() -> Frame:
    """How many members are a majority, and how many may be lost."""
    rows = [(members, quorum(members), tolerates(members)) for members in range(1, 8)]
    head = [_("members"), _("majority"), _("may be lost")]
    return Frame(table(head, rows), _("Four bear the loss of no more members than three do."))
