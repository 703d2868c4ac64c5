"""Amounts of resources as readers read them."""

from __future__ import annotations

from k8smodels.i18n import _

__all__ = ["percent", "resource_amount", "resource_unit"]

_GI = 1024**3


def resource_amount(resource: str, amount: int) -> str:
    """`amount` without its unit: CPUs from thousandths, memory in Gi from bytes, anything else as it is.

    Examples
    --------
    >>> resource_amount("cpu", 3500), resource_amount("memory", 512 * 1024**2), resource_amount("pods", 7)
    ('3.5', '0.5', '7')
    """
    if resource == "cpu":
        return short(amount / 1000)
    if resource in ("memory", "ephemeral-storage") or resource.startswith("hugepages-"):
        return short(amount / _GI)
    return str(amount)


def resource_unit(resource: str) -> str:
    """The unit that `resource_amount` counts in; empty where it is the resource itself."""
    if resource == "cpu":
        return _("cpu")
    if resource in ("memory", "ephemeral-storage") or resource.startswith("hugepages-"):
        return "Gi"
    return resource


def percent(part: int, whole: int) -> int:
    """`part` of `whole` in whole percent, at least 1 for any part, 0 for none, 100 at most."""
    if part <= 0 or whole <= 0:
        return 0
    return min(100, max(1, round(100 * part / whole)))


def short(number: float) -> str:
    """With two places at most."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
