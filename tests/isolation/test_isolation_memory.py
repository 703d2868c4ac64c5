from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from resource_pods import GI, MI

from k8smodels.api.errors import FieldError
from k8smodels.isolation import PidsCgroup, choose_victim, fork, run_out_of_memory
from k8smodels.isolation.memory import Process, oom_score

LIMIT = 48 * MI


@pytest.mark.parametrize(
    ("big_adj", "small_adj", "victim"),
    [(0, 0, "big"), (0, 900, "small"), (900, 0, "big"), (0, 300, "big")],
)
def test_the_kernel_kills_whom_a_real_kernel_killed(big_adj: int, small_adj: int, victim: str) -> None:
    """Linux 6.18: processes of 28 and 8 MiB in a cgroup of 48 MiB that a third one fills."""
    processes = [
        Process(name="big", rss_bytes=28 * MI, oom_score_adj=big_adj),
        Process(name="small", rss_bytes=8 * MI, oom_score_adj=small_adj),
    ]
    kill = choose_victim(processes, LIMIT, oom_group=False)
    assert kill is not None
    assert (kill.victim.name, kill.exit_code) == (victim, 137)
    assert max(kill.candidates, key=lambda candidate: candidate.points or 0).process is kill.victim


def test_a_container_dies_as_a_whole_on_cgroup_v2() -> None:
    web = [Process(name=f"web-{i}", rss_bytes=30 * MI, container="web") for i in range(2)]
    everyone = [*web, Process(name="side", rss_bytes=8 * MI, container="side")]
    together = run_out_of_memory(everyone, LIMIT)
    assert [process.name for kill in together.kills for process in kill.killed] == ["web-0", "web-1"]
    assert [process.name for process in together.survivors] == ["side"]
    alone = run_out_of_memory(everyone, LIMIT, oom_group=False)
    assert [process.name for kill in alone.kills for process in kill.killed] == ["web-1"]


def test_nothing_happens_as_long_as_all_fits() -> None:
    result = run_out_of_memory([Process(name="a", rss_bytes=LIMIT)], LIMIT)
    assert (result.kills, result.fits) == ((), True)


def test_the_protected_are_never_killed() -> None:
    kubelet = Process(name="kubelet", rss_bytes=60 * MI, oom_score_adj=-1000)
    result = run_out_of_memory([kubelet, Process(name="web", rss_bytes=MI, container="web")], LIMIT)
    assert ([kill.victim.name for kill in result.kills], result.survivors, result.fits) == (["web"], (kubelet,), False)
    assert choose_victim([kubelet], LIMIT) is None


def test_on_a_full_node_the_classes_die_in_their_order() -> None:
    """Equal use: BestEffort first, then what is far above its request, Guaranteed last."""
    adj = {"guaranteed": -997, "burstable": 750, "besteffort": 1000}
    pods = [Process(name=name, rss_bytes=2 * GI, oom_score_adj=score, container=name) for name, score in adj.items()]
    result = run_out_of_memory([*pods, Process(name="sshd", rss_bytes=MI)], 3 * GI)
    assert [kill.victim.name for kill in result.kills] == ["besteffort", "burstable"]


def test_scores_in_proc_are_two_thirds_of_the_points() -> None:
    assert oom_score(Process(name="idle", rss_bytes=0), 16 * GI) == 666
    assert oom_score(Process(name="all", rss_bytes=16 * GI), 16 * GI) == 1333
    assert oom_score(Process(name="web", rss_bytes=0, oom_score_adj=1000), 16 * GI) in (1332, 1333)
    assert oom_score(Process(name="kubelet", rss_bytes=GI, oom_score_adj=-1000), 16 * GI) == 0


PROCESSES = st.lists(
    st.builds(
        Process,
        name=st.sampled_from("abc"),
        rss_bytes=st.integers(0, 64 * MI),
        oom_score_adj=st.integers(-1000, 1000),
        container=st.sampled_from(("", "web", "side")),
    ),
    max_size=6,
)


@given(PROCESSES, st.booleans())
def test_killing_ends_with_room_or_with_the_protected_alone(processes: list[Process], group: bool) -> None:
    result = run_out_of_memory(processes, LIMIT, oom_group=group)
    killed = [process for kill in result.kills for process in kill.killed]
    assert len(killed) + len(result.survivors) == len(processes)
    assert not any(process.is_protected for process in killed)
    assert result.fits == (sum(process.rss_bytes for process in result.survivors) <= LIMIT)
    assert result.fits or all(process.is_protected for process in result.survivors)
    for kill in result.kills:
        best = max(candidate.points for candidate in kill.candidates if candidate.points is not None)
        assert any(item.process is kill.victim and item.points == best for item in kill.candidates)


def test_sizes_and_scores_have_a_range() -> None:
    with pytest.raises(FieldError, match=r"a\.rss_bytes: Invalid value: -1: must be greater than or equal to 0"):
        Process(name="a", rss_bytes=-1)
    with pytest.raises(FieldError, match=r"a\.oom_score_adj: Invalid value: 1001: must be between -1000 and 1000"):
        Process(name="a", rss_bytes=1, oom_score_adj=1001)
    with pytest.raises(FieldError, match="total_bytes: Invalid value: 0"):
        choose_victim([Process(name="a", rss_bytes=1)], 0)


def test_a_pod_has_as_many_processes_as_its_limit_allows() -> None:
    """As a real kernel did: ``pids.max`` 8 leaves 8 processes, then EAGAIN."""
    path: tuple[PidsCgroup, ...] = (PidsCgroup(name="app"), PidsCgroup(name="pod", limit=8), PidsCgroup(name="node"))
    for _ in range(8):
        path = fork(path).cgroups
    last = fork(path)
    assert (last.errno, last.refused_by) == ("EAGAIN", "pod")
    assert [(cgroup.current, cgroup.refused) for cgroup in last.cgroups] == [(8, 0), (8, 1), (8, 0)]


def test_a_limit_below_what_there_is_only_refuses() -> None:
    assert fork([PidsCgroup(name="a", current=9, limit=5)]).refused_by == "a"
    assert fork([PidsCgroup(name="a", current=9)]).errno is None
    with pytest.raises(FieldError, match=r"a\.limit: Invalid value: -1"):
        PidsCgroup(name="a", limit=-1)
