"""How many members must agree, and how many may fail.

References
----------
https://etcd.io/docs/v3.6/faq/#why-an-odd-number-of-cluster-members
"""

from __future__ import annotations

from k8smodels.api.errors import invalid


def quorum(members: int) -> int:
    """The smallest majority: two majorities of the same members always share one.

    Raises
    ------
    FieldError
        No member at all.

    Examples
    --------
    >>> [quorum(n) for n in (1, 2, 3, 4, 5)]
    [1, 2, 2, 3, 3]
    """
    if members < 1:
        raise invalid("members", members, "must be at least 1")
    return members // 2 + 1


def tolerates(members: int) -> int:
    """How many members may fail while the rest is a majority; a fourth member helps no more than three.

    Raises
    ------
    FieldError
        No member at all.

    Examples
    --------
    >>> [tolerates(n) for n in (1, 2, 3, 4, 5)]
    [0, 0, 1, 1, 2]
    """
    return members - quorum(members)
