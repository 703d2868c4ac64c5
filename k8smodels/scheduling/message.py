"""The sentences that a pod which fits nowhere gets in its event.

References
----------
pkg/scheduler/framework/types.go: FitError.Error (v1.37)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from k8smodels.scheduling.decision import Rejection

NO_NODES = "no nodes available to schedule pods"


def fit_error(rejections: Iterable[Rejection], nodes: int) -> str:
    """How many of `nodes` nodes were refused for what reason.

    A node with two reasons counts for both, and the counts are sorted as text, so that 10 comes before 2.

    Examples
    --------
    >>> full = Rejection("NodeResourcesFit", "Unschedulable", ("Insufficient cpu", "Insufficient memory"))
    >>> fit_error([full, full], nodes=2)
    '0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient memory.'
    """
    counts = Counter(reason for rejection in rejections for reason in rejection.reasons)
    reasons = sorted(f"{count} {reason}" for reason, count in counts.items())
    found = f" {', '.join(reasons)}." if reasons else ""
    return f"0/{nodes} nodes are available:{found}"


def pre_filter_error(rejection: Rejection, nodes: int) -> str:
    """That none of `nodes` nodes was looked at, and why."""
    return f"0/{nodes} nodes are available: {', '.join(rejection.reasons)}."
