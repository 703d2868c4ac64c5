"""etcd as a replicated log: elections, entries, partitions, crashes, and the safety of Raft."""

from __future__ import annotations

import itertools
import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from k8smodels.api.errors import FieldError
from k8smodels.controlplane.etcd import EntryId, EtcdCluster, Proposal, Read, Timing, quorum, status_table, tolerates
from k8smodels.controlplane.etcd.log import Entry, RaftLog
from k8smodels.controlplane.etcd.member import Member, become_leader, reset
from k8smodels.controlplane.etcd.messages import AppendEntries, AppendReply, Heartbeat, Message, RequestVote
from k8smodels.controlplane.etcd.replication import begin_term
from k8smodels.controlplane.etcd.step import step


def settled(members: int = 3, seed: int = 0, **settings: object) -> EtcdCluster:
    """A cluster that has a leader."""
    cluster = EtcdCluster(members, seed, **settings)
    cluster.advance(5)
    assert cluster.leader
    return cluster


def others(cluster: EtcdCluster) -> list[str]:
    return [name for name in cluster.members if name != cluster.leader]


def term(cluster: EtcdCluster) -> int:
    return max(row.term for row in cluster.status())


@pytest.mark.parametrize(
    ("members", "majority", "failures"), [(1, 1, 0), (2, 2, 0), (3, 2, 1), (4, 3, 1), (5, 3, 2), (7, 4, 3)]
)
def test_a_fourth_member_tolerates_no_more_than_a_third(members, majority, failures):
    assert (quorum(members), tolerates(members)) == (majority, failures)


@given(st.integers(1, 1000))
def test_two_majorities_share_a_member(members):
    assert 2 * quorum(members) > members
    assert members - tolerates(members) == quorum(members)


def test_a_cluster_without_members_is_refused():
    with pytest.raises(FieldError, match="members: Invalid value: 0: must be at least 1"):
        quorum(0)
    with pytest.raises(FieldError, match="members: Invalid value: 16"):
        EtcdCluster(16)
    with pytest.raises(FieldError, match=r"members\[1\]: Duplicate value"):
        EtcdCluster(["a", "a"])


def test_an_election_timeout_of_less_than_five_heartbeats_is_refused():
    with pytest.raises(FieldError, match="election-timeout: Invalid value: 400: must be at least 5 times"):
        Timing(election_ms=400)
    with pytest.raises(FieldError, match="heartbeat-interval"):
        Timing(heartbeat_ms=0)


def test_a_first_leader_is_elected_within_two_election_timeouts():
    for seed in range(20):
        cluster = EtcdCluster(3, seed)
        cluster.advance(0.9)
        assert cluster.leader is None
        cluster.advance(4)
        assert cluster.leader


def test_one_member_alone_is_a_majority():
    cluster = settled(1)
    write = cluster.propose("a")
    assert write.ok
    assert cluster.read().values == ("a",)


def test_a_write_is_answered_once_a_majority_has_it():
    cluster = settled()
    write = cluster.propose("a")
    assert not write.answer
    assert "1 of 3 members have entry 2; 2 must" in write.reason
    cluster.wait(write)
    assert write.ok
    assert write.entry == EntryId(1, 2)
    cluster.advance(1)
    assert {cluster.values(name) for name in cluster.members} == {("a",)}


def test_a_follower_hands_a_write_to_the_leader():
    cluster = settled()
    assert cluster.wait(cluster.propose("a", others(cluster)[0])).ok


def test_without_a_majority_nothing_is_written_and_the_client_learns_so_after_seven_seconds():
    cluster = settled()
    for name in others(cluster):
        cluster.crash(name)
    write = cluster.wait(cluster.propose("a"))
    assert write.answer == "etcdserver: request timed out"
    assert write.answered_ms - write.asked_ms == 7000
    assert cluster.leader is None
    assert not write.committed


def test_a_member_without_a_leader_lets_writes_wait():
    cluster = settled()
    write = EtcdCluster(3, 1).propose("early")
    assert write.reason == "m1 knows no leader"
    cluster = EtcdCluster(3, 1)
    assert cluster.wait(cluster.propose("early")).ok


def test_a_client_that_timed_out_does_not_know_whether_its_write_counts():
    cluster = settled()
    leader, lost = cluster.leader, others(cluster)
    for name in lost:
        cluster.crash(name)
    write = cluster.wait(cluster.propose("a", leader))
    assert (write.ok, write.fate) == (False, "undecided")
    for name in lost:
        cluster.restart(name)
    cluster.advance(10)
    assert (write.ok, write.fate) == (False, "committed")


def test_an_entry_of_a_leader_that_was_cut_off_gives_way():
    cluster = settled()
    old = cluster.leader
    cluster.partition({old})
    lost = cluster.propose("lost", old)
    cluster.advance(5)
    assert cluster.leader not in (None, old)
    assert cluster.wait(cluster.propose("kept")).ok
    cluster.heal()
    cluster.advance(3)
    assert lost.fate == "overwritten"
    assert {cluster.values(name) for name in cluster.members} == {("kept",)}
    assert any("drops 1 entry" in each.what for each in cluster.transitions if each.member == old)


def test_a_leader_that_hears_from_no_majority_steps_down():
    cluster = settled()
    old = cluster.leader
    cluster.partition({old})
    cluster.advance(2.5)
    row = next(each for each in cluster.status() if each.member == old)
    assert (row.role in ("follower", "pre-candidate"), row.errors) == (True, ("etcdserver: no leader",))


def test_a_read_needs_a_majority_and_a_serializable_one_may_be_behind():
    cluster = settled()
    old = cluster.leader
    cluster.wait(cluster.propose("a"))
    cluster.advance(1)
    cluster.partition({old})
    cluster.advance(4)
    cluster.wait(cluster.propose("b"))
    assert cluster.values(old) == ("a",)
    assert cluster.wait(cluster.read(old)).answer == "etcdserver: request timed out"
    assert cluster.wait(cluster.read()).values == ("a", "b")


def test_a_member_that_was_cut_off_disturbs_nobody_with_pre_vote():
    cluster = settled()
    away, before = others(cluster)[0], term(cluster)
    cluster.partition({away})
    cluster.advance(30)
    cluster.heal()
    cluster.advance(5)
    assert term(cluster) == before


def test_without_pre_vote_it_comes_back_with_a_later_term_and_forces_an_election():
    cluster = settled(timing=Timing(pre_vote=False))
    away, before = others(cluster)[0], term(cluster)
    cluster.partition({away})
    cluster.advance(30)
    cluster.heal()
    cluster.advance(5)
    assert term(cluster) > before + 5
    assert cluster.leader


def test_a_member_with_a_shorter_log_is_not_elected():
    cluster = settled(seed=2)
    behind = others(cluster)[0]
    cluster.crash(behind)
    cluster.wait(cluster.propose("a"))
    cluster.crash(cluster.leader)
    cluster.restart(behind)
    cluster.advance(10)
    assert cluster.leader not in (None, behind)
    assert cluster.values(behind) == ("a",)


def test_a_restarted_member_has_its_log_and_catches_up():
    cluster = settled(5)
    away = others(cluster)[0]
    for value in "abc":
        cluster.wait(cluster.propose(value))
    cluster.advance(1)
    cluster.crash(away)
    for value in "def":
        cluster.wait(cluster.propose(value))
    assert cluster.values(away) == ("a", "b", "c")
    cluster.restart(away)
    cluster.advance(3)
    assert cluster.values(away) == tuple("abcdef")


def test_clients_of_a_member_that_crashes_lose_their_connection():
    cluster = settled()
    follower = others(cluster)[0]
    write = cluster.propose("a", follower)
    cluster.crash(follower)
    assert write.answer == "rpc error: code = Unavailable"
    assert cluster.propose("b", follower).reason == f"{follower} does not run"
    cluster.advance(2)
    assert write.committed or write.entry is None


def test_a_request_that_is_too_large_is_refused():
    assert settled().propose("x" * 2_000_000).answer == "etcdserver: request is too large"


def test_members_that_are_not_named_are_one_more_group():
    cluster = EtcdCluster(5)
    cluster.partition({"m1", "m2"})
    assert cluster.groups == (frozenset({"m1", "m2"}), frozenset({"m3", "m4", "m5"}))
    cluster.heal()
    assert len(cluster.groups) == 1


def test_wrong_names_are_refused():
    cluster = EtcdCluster(3)
    with pytest.raises(FieldError, match='Unsupported value: "m9"'):
        cluster.partition({"m9"})
    with pytest.raises(FieldError, match='Duplicate value: "m1"'):
        cluster.partition({"m1"}, {"m1", "m2"})
    for call in (cluster.crash, cluster.restart, cluster.read, cluster.log):
        with pytest.raises(FieldError, match='member: Unsupported value: "m9"'):
            call("m9")
    for seconds in (-1, float("nan"), 1e9):
        with pytest.raises(FieldError, match="seconds: Invalid value"):
            cluster.advance(seconds)
    with pytest.raises(FieldError, match="delayMs"):
        EtcdCluster(3, delay_ms=(9, 3))


def test_one_seed_one_history():
    def history(seed: int) -> list[object]:
        cluster = EtcdCluster(5, seed)
        cluster.advance(4)
        cluster.partition({cluster.leader})
        cluster.propose("a")
        cluster.advance(10)
        return [cluster.transitions, cluster.status()]

    assert history(7) == history(7)
    assert history(7) != history(8)


def test_every_transition_says_when_who_and_what():
    cluster = settled()
    cluster.crash("m1")
    assert cluster.transitions[-1].what == "crashes"
    times = [each.seconds for each in cluster.transitions]
    assert times == sorted(times)
    assert all(each.what and (each.why or each.kind == "fault") for each in cluster.transitions)


def test_the_table_reads_like_that_of_etcdctl():
    cluster = settled(seed=1)
    cluster.crash("m1")
    lines = status_table(cluster.status()).splitlines()
    assert lines[1].split("|")[1:4] == [" ENDPOINT ", " ROLE     ", " RAFT TERM "]
    assert "| m1       | down     |" in lines[3]


def test_a_late_message_does_not_shorten_a_log():
    log = RaftLog()
    assert log.match([Entry(1, 1, "a"), Entry(1, 2, "b")]) == 0
    assert log.match([Entry(1, 1, "a")]) == 0
    assert log.last == EntryId(1, 2)
    assert log.match([Entry(2, 2, "c")]) == 1
    assert log.last == EntryId(2, 2)


def test_a_log_of_a_later_term_is_more_up_to_date_than_a_longer_one():
    log = RaftLog()
    log.match([Entry(1, 1, "a"), Entry(1, 2, "b")])
    assert log.is_up_to_date(EntryId(2, 1))
    assert log.is_up_to_date(EntryId(1, 2))
    assert not log.is_up_to_date(EntryId(1, 1))


def test_five_minutes_of_three_members_take_less_than_two_seconds():
    cluster, begin = settled(), time.perf_counter()
    cluster.advance(300)
    assert time.perf_counter() - begin < 2


def member(*entries: Entry, term: int = 0) -> Member:
    """The member m1 of three, with these entries in its log."""
    made = Member("m1", ("m1", "m2", "m3"), Timing(), random.Random(0), term=term)
    made.log.match(entries)
    reset(made, term)
    return made


def answers(made: Member) -> list[Message]:
    sent, made.outbox = [message for _, message in made.outbox], []
    return sent


def test_a_member_votes_once_a_term():
    voter = member()
    step(voter, RequestVote(1, "m2", EntryId(0, 0), pre=False))
    step(voter, RequestVote(1, "m3", EntryId(0, 0), pre=False))
    step(voter, RequestVote(1, "m2", EntryId(0, 0), pre=False))
    assert [reply.granted for reply in answers(voter)] == [True, False, True]
    assert voter.voted_for == "m2"


def test_a_vote_is_remembered_over_a_crash():
    cluster = settled()
    follower = others(cluster)[0]
    cluster.crash(follower)
    cluster.restart(follower)
    assert cluster._members[follower].voted_for == cluster.leader


def test_a_pre_vote_changes_neither_term_nor_vote():
    voter = member(term=3)
    step(voter, RequestVote(4, "m2", EntryId(0, 0), pre=True))
    step(voter, RequestVote(4, "m3", EntryId(0, 0), pre=True))
    assert [reply.granted for reply in answers(voter)] == [True, True]
    assert (voter.term, voter.voted_for) == (3, "")


def test_nobody_votes_while_it_hears_from_a_leader():
    voter = member(term=1)
    step(voter, Heartbeat(1, "m2", 0, 0))
    answers(voter)
    step(voter, RequestVote(9, "m3", EntryId(8, 8), pre=False))
    assert answers(voter) == []
    assert voter.term == 1


def test_an_entry_of_a_former_term_is_decided_only_with_one_of_the_own_term():
    leader = member(Entry(1, 1, None), Entry(2, 2, "a"), term=4)
    become_leader(leader, "elected")
    begin_term(leader)
    step(leader, AppendReply(4, "m2", 2))
    assert leader.commit == 0
    step(leader, AppendReply(4, "m2", 3))
    assert leader.commit == 3


def test_a_reply_of_a_follower_that_was_cut_off_tells_an_old_leader_of_the_later_term():
    follower = member(term=5)
    step(follower, Heartbeat(3, "m2", 0, 0))
    (reply,) = answers(follower)
    assert reply.term == 5


def test_a_leader_skips_a_whole_term_that_disagrees():
    follower = member(Entry(1, 1, "a"), *(Entry(2, i, "x") for i in range(2, 9)), term=3)
    step(follower, AppendEntries(3, "m2", EntryId(1, 6), (), 0))
    (reply,) = answers(follower)
    assert reply.hint == EntryId(1, 1)


def test_a_leader_that_cannot_ask_a_majority_answers_no_read():
    cluster = settled()
    cluster.partition({cluster.leader})
    read = cluster.read(cluster.leader)
    cluster.advance(0.5)
    assert not read.answer
    assert "waits for a majority to confirm" in read.reason


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["propose", "propose", "read", "partition", "heal", "crash", "restart"]),
        st.integers(0, 31),
        st.integers(0, 40),
    ),
    min_size=4,
    max_size=25,
)
DELAYS = st.sampled_from([(5, 15), (0, 0), (1, 300)])
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Watched:
    """A cluster whose safety is checked after everything that happens."""

    def __init__(self, members: int, seed: int, pre_vote: bool, delay_ms: tuple[int, int]) -> None:
        self.cluster = EtcdCluster(members, seed, timing=Timing(pre_vote=pre_vote), delay_ms=delay_ms)
        self.leaders: dict[int, str] = {}
        self.decided: list[Entry] = []
        self.writes: list[Proposal] = []
        self.reads: list[tuple[Read, set[str]]] = []

    def play(self, kind: str, which: int, events: int) -> None:
        cluster = self.cluster
        member = cluster.members[which % len(cluster.members)]
        if kind == "propose":
            self.writes.append(cluster.propose(f"v{len(self.writes)}", member))
        elif kind == "read":
            self.reads.append((cluster.read(member), {write.value for write in self.writes if write.ok}))
        elif kind == "partition":
            cluster.partition({name for i, name in enumerate(cluster.members) if which >> i & 1})
        elif kind == "heal":
            cluster.heal()
        else:
            getattr(cluster, kind)(member)
        self.check()
        for _ in range(events * 5):
            cluster._happen()
            self.check()

    def check(self) -> None:
        members = list(self.cluster._members.values())
        for member in members:
            if member.role == "leader" and member.name not in self.cluster._down:
                assert self.leaders.setdefault(member.term, member.name) == member.name, "election safety"
            if len(member.applied) > len(self.decided):
                self.decided = list(member.applied)
        for member in members:
            assert self.decided[: len(member.applied)] == member.applied, "state machine safety"
            if member.name == self.cluster.leader and member.term == max(each.term for each in members):
                assert member.log.entries[: len(self.decided)] == self.decided, "leader completeness"
        for one, other in itertools.combinations(members, 2):
            pairs = list(zip(one.log.entries, other.log.entries, strict=False))
            same = [i for i, (a, b) in enumerate(pairs) if a.term == b.term]
            assert all(a == b for a, b in pairs[: same[-1] + 1 if same else 0]), "log matching"


@given(st.sampled_from([1, 2, 3, 4, 5]), st.integers(0, 999), st.booleans(), DELAYS, STEPS)
@SLOW
def test_whatever_happens_the_log_is_safe(members, seed, pre_vote, delay_ms, steps):
    watched = Watched(members, seed, pre_vote, delay_ms)
    for each in steps:
        watched.play(*each)
    decided = {entry.value for entry in watched.decided}
    assert {write.value for write in watched.writes if write.ok} <= decided
    assert all(write.value not in decided for write in watched.writes if write.fate == "overwritten")
    assert all(known <= set(read.values) for read, known in watched.reads if read.ok)


@given(st.sampled_from([3, 5]), st.integers(0, 999), st.booleans(), STEPS)
@SLOW
def test_with_a_connected_majority_writes_go_on_and_none_is_lost(members, seed, pre_vote, steps):
    watched = Watched(members, seed, pre_vote, (5, 15))
    for each in steps:
        watched.play(*each)
    cluster = watched.cluster
    cluster.heal()
    dead = set(cluster.members[: tolerates(members)])
    for name in cluster.members:
        (cluster.crash if name in dead else cluster.restart)(name)
    cluster.advance(15)
    assert cluster.leader
    assert cluster.wait(cluster.propose("last")).ok
    seen = cluster.wait(cluster.read()).values
    assert {write.value for write in watched.writes if write.ok} <= set(seen)
