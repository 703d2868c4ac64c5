from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from resource_pods import NODE, both, container, make_pod

from k8smodels.api.errors import FieldError
from k8smodels.isolation import Cgroup, CPUTime, node_cgroups, simulate
from k8smodels.isolation.fair_share import divide

PERIOD = 100_000


@pytest.mark.parametrize(
    ("shares", "measured"),
    [
        ((1024, 1024), (0.500, 0.498)),
        ((2048, 1024), (0.667, 0.664)),
        ((1024, 512), (0.667, 0.666)),
        ((3072, 1024), (0.750, 0.749)),
        ((102, 512), (0.166, 0.169)),
    ],
)
def test_two_busy_loops_on_one_cpu_divide_it_as_a_real_kernel_did(
    shares: tuple[int, int], measured: tuple[float, float]
) -> None:
    """Linux 6.18, both pinned to one CPU, 0.7 s; the first one's part, twice."""
    result = simulate([Cgroup(name="a", weight=shares[0]), Cgroup(name="b", weight=shares[1])], cpus=1, periods=7)
    assert all(result.cpus_used("a") == pytest.approx(part, abs=0.02) for part in measured)


@pytest.mark.parametrize(
    ("quota_ms", "threads", "cpus", "throttled_s"),
    [
        (20, 1, (0.197, 0.204), 0.64),
        (50, 1, (0.498, 0.509), 0.39),
        (100, 2, (0.995, 1.006), 0.78),
        (150, 2, (1.499, 1.534), 0.35),
    ],
)
def test_a_quota_stops_busy_threads_as_a_real_kernel_did(
    quota_ms: int, threads: int, cpus: tuple[float, float], throttled_s: float
) -> None:
    """Linux 6.18, two CPUs, 0.8 s: CPUs used at least and at most, and the throttled time."""
    result = simulate([Cgroup(name="a", quota_us=quota_ms * 1000, threads=threads)], cpus=2, periods=8)
    total = result.totals["a"]
    assert all(result.cpus_used("a") == pytest.approx(found, abs=0.04) for found in cpus)
    assert total.throttled_us / 1e6 == pytest.approx(throttled_s, abs=0.06)
    assert (total.nr_periods, total.nr_throttled) == (8, 8)


def test_the_quota_throttles_on_an_idle_machine() -> None:
    usage = simulate([Cgroup(name="a", quota_us=20_000)], cpus=64).periods[0]["a"]
    assert (usage.used_us, usage.throttled_us, usage.limited_by, usage.throttled_by) == (20_000, 80_000, "quota", "a")


def test_a_weight_matters_only_when_there_is_not_enough_for_all() -> None:
    busy = [Cgroup(name="light", weight=1), Cgroup(name="heavy", weight=10_000)]
    assert [usage.limited_by for usage in simulate(busy, cpus=2).periods[0].values()] == ["demand", "demand"]
    assert [usage.limited_by for usage in simulate(busy, cpus=1).periods[0].values()] == ["weight", "weight"]


def test_more_threads_than_cpus_are_limited_by_the_cpus() -> None:
    usage = simulate([Cgroup(name="a", threads=4)], cpus=2).periods[0]["a"]
    assert (usage.wanted_us, usage.used_us, usage.limited_by) == (400_000, 200_000, "cpus")


def test_what_a_throttled_one_leaves_goes_to_the_others() -> None:
    both_busy = [Cgroup(name="a", quota_us=20_000), Cgroup(name="b")]
    period = simulate(both_busy, cpus=1, periods=1).periods[0]
    assert (period["a"].used_us, period["a"].throttled_us, period["b"].used_us) == (20_000, 60_000, 80_000)


def test_one_thread_cannot_catch_up_on_two_cpus() -> None:
    """While the heavy one runs, the light one waits; then it is alone, but has one thread only."""
    node = [Cgroup(name="heavy", weight=99, threads=2, quota_us=160_000), Cgroup(name="light", weight=1)]
    result = simulate(node, cpus=2, periods=1)
    assert result.periods[0]["light"].used_us == pytest.approx(20_808, abs=1)
    assert result.idle_us(0) > 19_000


def test_a_request_that_needs_more_than_its_quota_takes_several_periods() -> None:
    work = (120_000, *[0] * 9)
    periods = simulate([Cgroup(name="web", quota_us=50_000, work_us=work)], cpus=1).periods
    assert [period["web"].used_us for period in periods[:4]] == [50_000, 50_000, 20_000, 0]
    assert [period["web"].is_throttled for period in periods[:4]] == [True, True, False, False]


def test_idle_periods_do_not_count() -> None:
    total = simulate([Cgroup(name="a", quota_us=50_000, work_us=(10_000, 0))], cpus=1).totals["a"]
    assert str(total) == "usage_usec 50000\nnr_periods 5\nnr_throttled 0\nthrottled_usec 0\n"


def test_children_divide_what_their_parent_gets() -> None:
    group = Cgroup(name="g", weight=100, children=(Cgroup(name="x", weight=300), Cgroup(name="y", weight=100)))
    period = simulate([group, Cgroup(name="z", weight=100)], cpus=1).periods[0]
    assert [period[name].used_us for name in "gxyz"] == [50_000, 37_500, 12_500, 50_000]


def test_a_parents_quota_stops_all_below_it() -> None:
    group = Cgroup(name="g", quota_us=40_000, children=(Cgroup(name="x"), Cgroup(name="y")))
    period = simulate([group], cpus=2, periods=1).periods[0]
    assert (period["g"].throttled_us, period["x"].throttled_us) == (160_000, 0)
    assert (period["x"].limited_by, period["x"].throttled_by, period["x"].used_us) == ("quota", "g", 20_000)


def test_a_parent_is_limited_by_the_quotas_below_it_if_by_nothing_else() -> None:
    throttled = Cgroup(name="x", quota_us=20_000)
    for other, cpus, limit in (
        (Cgroup(name="y", work_us=(5_000,)), 2, "quota"),
        (Cgroup(name="y", threads=4), 2, "cpus"),
    ):
        usage = simulate([Cgroup(name="g", children=(throttled, other))], cpus=cpus).periods[0]["g"]
        assert (usage.limited_by, usage.throttled_by) == (limit, "x" if limit == "quota" else None)


def test_pods_compete_by_the_kubelets_weights() -> None:
    pods = [
        make_pod(container(**both(cpu="1", memory="1Gi")), name="guaranteed"),
        make_pod(container(requests={"cpu": "250m"}), name="burstable"),
        make_pod(container(), name="besteffort"),
    ]
    result = simulate(node_cgroups(pods, NODE), cpus=1)
    used = {name: result.cpus_used(f"default/{name}") for name in ("guaranteed", "burstable", "besteffort")}
    assert used == {name: pytest.approx(part / 50, abs=1e-4) for name, part in zip(used, (39, 10, 1), strict=True)}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"weight": 0}, "a.weight: Invalid value: 0: must be between 1 and 262144, inclusive"),
        ({"quota_us": 999}, "a.quota_us: Invalid value: 999: must be at least 1000, or None"),
        ({"threads": -1}, "a.threads: Invalid value: -1: must be between 0 and 10000, inclusive"),
        ({"work_us": (-5,)}, r"a.work_us: Invalid value: \[-5\]: must be numbers from 0"),
        ({"work_us": ()}, r"a.work_us: Invalid value: \[\]"),
        ({"children": (Cgroup(name="b"),), "work_us": (1,)}, "a.work_us: Forbidden: may not be set beside children"),
    ],
)
def test_the_kernel_takes_no_such_cgroup(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(FieldError, match=message):
        Cgroup(name="a", **wrong)  # type: ignore[arg-type]


def test_a_simulation_has_bounds() -> None:
    deep = Cgroup(name="0")
    for i in range(1, 20):
        deep = Cgroup(name=str(i), children=(deep,))
    for cgroups, more, message in (
        ([], {"cpus": 0}, "cpus: Invalid value: 0"),
        ([], {"cpus": 1, "periods": 10**9}, "periods: Invalid value"),
        ([], {"cpus": 1, "period_us": 1}, "period_us: Invalid value: 1"),
        ([Cgroup(name="a"), Cgroup(name="a")], {"cpus": 1}, 'cgroups.name: Duplicate value: "a"'),
        ([Cgroup(name=str(i)) for i in range(600)], {"cpus": 1}, "cgroups: Invalid value: 501: must be at most 500"),
        ([deep], {"cpus": 1}, "must be at most 16 levels deep"),
    ):
        with pytest.raises(FieldError, match=message):
            simulate(cgroups, **more)


@given(st.integers(0, 10**6), st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 10**6)), max_size=8))
def test_a_division_gives_all_that_is_wanted_and_there(capacity: int, claims: list[tuple[int, int]]) -> None:
    weights, wanted = [weight for weight, _ in claims], [want for _, want in claims]
    parts = divide(capacity, weights, wanted)
    assert sum(parts) == min(capacity, sum(wanted))
    assert all(0 <= part <= want for part, want in zip(parts, wanted, strict=True))


@given(st.integers(0, 10**6), st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 10**6)), max_size=8))
def test_whoever_wants_more_has_no_less_by_weight_than_anyone(capacity: int, claims: list[tuple[int, int]]) -> None:
    weights, wanted = [weight for weight, _ in claims], [want for _, want in claims]
    parts = divide(capacity, weights, wanted)
    for part, weight, want in zip(parts, weights, wanted, strict=True):
        if part < want:
            assert all(
                (part + len(parts)) * other_weight >= (other - len(parts)) * weight
                for other, other_weight in zip(parts, weights, strict=True)
            )


QUOTAS = st.none() | st.integers(1_000, 300_000)
WORK = st.none() | st.lists(st.integers(0, 300_000), min_size=1, max_size=3).map(tuple)


@st.composite
def nodes(draw: st.DrawFn) -> CPUTime:
    names = iter(range(100))

    def made(depth: int) -> Cgroup:
        name, weight, quota = f"g{next(names)}", draw(st.integers(1, 10_000)), draw(QUOTAS)
        if depth and draw(st.booleans()):
            children = tuple(made(depth - 1) for _ in range(draw(st.integers(1, 3))))
            return Cgroup(name=name, weight=weight, quota_us=quota, children=children)
        threads, work = draw(st.integers(0, 4)), draw(WORK)
        return Cgroup(name=name, weight=weight, quota_us=quota, threads=threads, work_us=work)

    cgroups = [made(2) for _ in range(draw(st.integers(1, 4)))]
    return simulate(cgroups, cpus=draw(st.integers(1, 4)), periods=4)


@settings(max_examples=150, deadline=None)
@given(nodes())
def test_nobody_uses_more_than_the_quota_the_threads_or_the_node_allow(result: CPUTime) -> None:
    for i, period in enumerate(result.periods):
        assert 0 <= result.idle_us(i) <= result.cpus * PERIOD
        for cgroup in result.cgroups:
            usage = period[cgroup.name]
            assert 0 <= usage.used_us <= usage.wanted_us
            assert usage.used_us <= (cgroup.quota_us or usage.used_us)
            assert 0 <= usage.throttled_us <= result.cpus * PERIOD
            if cgroup.children:
                assert usage.used_us == sum(period[child.name].used_us for child in cgroup.children)


@settings(max_examples=150, deadline=None)
@given(nodes())
def test_every_limit_has_its_reason(result: CPUTime) -> None:
    by_name = {cgroup.name: cgroup for cgroup in result.cgroups}
    for period in result.periods:
        for usage in period.values():
            assert (usage.limited_by == "demand") == (usage.used_us == usage.wanted_us)
            if usage.limited_by == "quota":
                assert usage.throttled_by is not None
                assert period[usage.throttled_by].used_us == by_name[usage.throttled_by].quota_us
            if usage.is_throttled:
                assert usage.throttled_us > 0
                assert usage.limited_by == "quota"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10_000), st.integers(1, 4)), min_size=1, max_size=6), st.integers(1, 8))
def test_no_cpu_is_idle_while_a_thread_waits_for_one(busy: list[tuple[int, int]], cpus: int) -> None:
    cgroups = [Cgroup(name=str(i), weight=weight, threads=threads) for i, (weight, threads) in enumerate(busy)]
    result = simulate(cgroups, cpus=cpus, periods=1)
    running = min(sum(threads for _, threads in busy), cpus)
    assert result.idle_us(0) == (cpus - running) * PERIOD


@settings(max_examples=100, deadline=None)
@given(nodes())
def test_without_a_throttled_one_a_cpu_is_idle_only_when_all_work_is_done(result: CPUTime) -> None:
    for i, period in enumerate(result.periods):
        unfinished = [usage for usage in period.values() if usage.limited_by == "weight"]
        if unfinished and not any(usage.is_throttled for usage in period.values()):
            leaves = [
                cgroup for cgroup in result.cgroups if cgroup.is_leaf and period[cgroup.name].limited_by == "weight"
            ]
            assert all(period[leaf.name].used_us < leaf.threads * PERIOD for leaf in leaves)
            assert result.idle_us(i) < result.cpus * PERIOD
