"""How many pods a rolling update may have too many, and how many too few.

References
----------
pkg/controller/deployment/util/deployment_util.go: ResolveFenceposts, MaxSurge, MaxUnavailable, MinAvailable (v1.37)
"""

from __future__ import annotations

from typing import NamedTuple

from k8smodels.api.intstr import IntOrString, scaled_value
from k8smodels.api.workload import DeploymentSpec, RollingUpdateDeployment


class Fenceposts(NamedTuple):
    """Limits of a rolling update, in pods."""

    surge: int
    unavailable: int


def resolve_fenceposts(max_surge: IntOrString | None, max_unavailable: IntOrString | None, replicas: int) -> Fenceposts:
    """The limits as numbers: surge rounds up, unavailable rounds down.

    If both came out as 0 the update could never move, so that one pod may then be unavailable.

    Raises
    ------
    IntOrStringError
        Text that is no percentage.

    Examples
    --------
    >>> resolve_fenceposts("25%", "25%", 10)
    Fenceposts(surge=3, unavailable=2)
    >>> resolve_fenceposts(0, "10%", 5)
    Fenceposts(surge=0, unavailable=1)
    """
    surge = scaled_value(0 if max_surge is None else max_surge, replicas, round_up=True)
    unavailable = scaled_value(0 if max_unavailable is None else max_unavailable, replicas, round_up=False)
    return Fenceposts(surge, unavailable or int(surge == 0))


def max_surge(spec: DeploymentSpec) -> int:
    """Pods that may exist beyond `spec.replicas`: none without a rolling update."""
    return _fenceposts(spec).surge if is_rolling_update(spec) else 0


def max_unavailable(spec: DeploymentSpec) -> int:
    """Pods that may be missing from `spec.replicas`: never more than there are."""
    replicas = spec.wanted_replicas
    if not is_rolling_update(spec) or replicas == 0:
        return 0
    return min(_fenceposts(spec).unavailable, replicas)


def min_available(spec: DeploymentSpec) -> int:
    """Pods that a rolling update keeps available; 0 without one."""
    return spec.wanted_replicas - max_unavailable(spec) if is_rolling_update(spec) else 0


def is_rolling_update(spec: DeploymentSpec) -> bool:
    """Whether old and new pods run side by side, as they do by default."""
    return spec.strategy.type in ("", "RollingUpdate")


def _fenceposts(spec: DeploymentSpec) -> Fenceposts:
    limits = spec.strategy.rolling_update or RollingUpdateDeployment()
    surge = "25%" if limits.max_surge is None else limits.max_surge
    unavailable = "25%" if limits.max_unavailable is None else limits.max_unavailable
    return resolve_fenceposts(surge, unavailable, spec.wanted_replicas)
