from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.intstr import IntOrStringError
from k8smodels.api.workload import DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment
from k8smodels.workloads.deployment.fenceposts import max_surge, max_unavailable, min_available, resolve_fenceposts

limits = st.integers(0, 20) | st.integers(0, 100).map(lambda percent: f"{percent}%")


def spec(replicas: int, surge: int | str, unavailable: int | str, kind: str = "") -> DeploymentSpec:
    rolling = RollingUpdateDeployment(max_surge=surge, max_unavailable=unavailable)
    return DeploymentSpec(replicas=replicas, strategy=DeploymentStrategy(type=kind, rolling_update=rolling))


@given(limits, limits, st.integers(0, 50))
def test_a_rolling_update_can_always_move(surge: int | str, unavailable: int | str, replicas: int) -> None:
    assert sum(resolve_fenceposts(surge, unavailable, replicas)) > 0


@given(limits, limits, st.integers(0, 50))
def test_no_more_pods_may_be_missing_than_there_are(surge: int | str, unavailable: int | str, replicas: int) -> None:
    asked = spec(replicas, surge, unavailable)
    assert 0 <= max_unavailable(asked) <= replicas
    assert min_available(asked) + max_unavailable(asked) == replicas


def test_recreate_knows_no_limits() -> None:
    asked = spec(4, 1, 1, "Recreate")
    assert (max_surge(asked), max_unavailable(asked), min_available(asked)) == (0, 0, 0)


def test_limits_that_are_not_set_are_a_quarter() -> None:
    assert (max_surge(DeploymentSpec(replicas=10)), max_unavailable(DeploymentSpec(replicas=10))) == (3, 2)


def test_text_that_is_no_percentage_is_refused() -> None:
    with pytest.raises(IntOrStringError, match="string is not a percentage"):
        resolve_fenceposts("", 1, 3)
