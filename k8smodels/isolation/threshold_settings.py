"""Reading eviction thresholds from a KubeletConfiguration.

The kubelet's defaults are in `DEFAULT_EVICTION_HARD`; nothing here adds them by itself.

Left out: ``containerfs`` thresholds, which the kubelet replaces by those of ``nodefs`` or ``imagefs``; percentages in
hexadecimal or ``nan``, which it takes.

References
----------
pkg/kubelet/eviction/helpers.go: ParseThresholdConfig; pkg/kubelet/eviction/defaults_linux.go (v1.37)
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from k8smodels.api.durations import parse_duration
from k8smodels.api.gotext import quote
from k8smodels.api.quantity import Quantity
from k8smodels.isolation.eviction_thresholds import NODE_CONDITIONS, Amount, Threshold

DEFAULT_EVICTION_HARD: Mapping[str, str] = {
    "memory.available": "100Mi",
    "nodefs.available": "10%",
    "nodefs.inodesFree": "5%",
    "imagefs.available": "15%",
    "imagefs.inodesFree": "5%",
}

_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_LARGEST_FLOAT32 = float.fromhex("0x1.fffffep+127")


class ThresholdError(ValueError):
    """A setting that the kubelet refuses, in its own words."""


def parse_thresholds(
    *,
    hard: Mapping[str, str] | None = None,
    soft: Mapping[str, str] | None = None,
    soft_grace_period: Mapping[str, str] | None = None,
    minimum_reclaim: Mapping[str, str] | None = None,
    enforce_node_allocatable: Iterable[str] = (),
) -> tuple[Threshold, ...]:
    """The thresholds of a kubelet configuration, hard ones first, by signal.

    Parameters
    ----------
    hard, soft, soft_grace_period, minimum_reclaim
        ``evictionHard``, ``evictionSoft``, ``evictionSoftGracePeriod``, ``evictionMinimumReclaim``.
    enforce_node_allocatable
        ``pods`` in it applies the hard threshold of memory to the cgroup of all pods as well.

    Raises
    ------
    ThresholdError, QuantityError, DurationError
        What the kubelet would not start with.
    """
    hard_ones = list(_statements(hard or {}))
    soft_ones = list(_statements(soft or {}))
    graces = {_known(signal): _grace_period(text) for signal, text in sorted((soft_grace_period or {}).items())}
    reclaims = {signal: _min_reclaim(signal, text) for signal, text in sorted((minimum_reclaim or {}).items())}
    for threshold in soft_ones:
        if threshold.signal not in graces:
            problem = f"grace period must be specified for the soft eviction threshold {threshold.signal}"
            raise ThresholdError(problem)
    soft_ones = [replace(threshold, grace_period_ns=graces[threshold.signal]) for threshold in soft_ones]
    found = [replace(item, min_reclaim=reclaims.get(item.signal)) for item in (*hard_ones, *soft_ones)]
    copies = list(_allocatable(found)) if "pods" in enforce_node_allocatable else []
    return (*found, *copies)


def _allocatable(thresholds: Iterable[Threshold]) -> Iterator[Threshold]:
    for threshold in thresholds:
        if threshold.signal == "memory.available" and threshold.is_hard:
            yield replace(threshold, signal="allocatableMemory.available")


def _statements(statements: Mapping[str, str]) -> Iterator[Threshold]:
    for signal, text in sorted(statements.items()):
        amount = _threshold_value(_known(signal), text)
        if amount is not None:
            yield Threshold(signal, amount)


def _known(signal: str) -> str:
    if signal not in NODE_CONDITIONS:
        raise ThresholdError(f"unsupported eviction signal {signal}")
    return signal


def _threshold_value(signal: str, text: str) -> Amount | None:
    """The limit that `text` means; None for ``0%`` and ``100%``, which switch a threshold off."""
    if text in ("0%", "100%"):
        return None
    if text.endswith("%"):
        fraction = _percentage(text)
        if fraction < 0:
            raise ThresholdError(f"eviction percentage threshold {signal} must be >= 0%: {text}")
        if fraction > 1:
            raise ThresholdError(f"eviction percentage threshold {signal} must be <= 100%: {text}")
        return Amount(None, fraction)
    quantity = Quantity.parse(text)
    if quantity.sign <= 0:
        raise ThresholdError(f"eviction threshold {signal} must be positive: {quantity}")
    return Amount(quantity)


def _min_reclaim(signal: str, text: str) -> Amount:
    _known(signal)
    if text.endswith("%"):
        fraction = _percentage(text)
        if fraction <= 0:
            raise ThresholdError(f"eviction percentage minimum reclaim {signal} must be positive: {text}")
        return Amount(None, fraction)
    quantity = Quantity.parse(text)
    if quantity.sign < 0:
        raise ThresholdError(f"negative eviction minimum reclaim specified for {signal}")
    return Amount(quantity)


def _grace_period(text: str) -> int:
    period = parse_duration(text)
    if period < 0:
        raise ThresholdError(f"invalid eviction grace period specified: {text}, must be a positive value")
    return period


def _percentage(text: str) -> float:
    number = text.rstrip("%")
    if not _DECIMAL.fullmatch(number):
        raise ThresholdError(f"strconv.ParseFloat: parsing {quote(number)}: invalid syntax")
    if abs(float(number)) > _LARGEST_FLOAT32:
        raise ThresholdError(f"strconv.ParseFloat: parsing {quote(number)}: value out of range")
    return _float32(_float32(float(number)) / 100)


def _float32(number: float) -> float:
    """The nearest number of 32 bits."""
    nearest: float = struct.unpack("f", struct.pack("f", number))[0]
    return nearest
