"""The kubelet's settings for the rotation of container logs.

References
----------
pkg/kubelet/logs/container_log_manager.go, NewContainerLogManager, parseMaxSize (v1.37)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from k8smodels.api.gotext import INT64_MAX, quote
from k8smodels.api.quantity import Quantity, QuantityError

DEFAULT_MAX_SIZE = "10Mi"
DEFAULT_MAX_FILES = 5

_AMOUNT = re.compile(r"[+-]?0*([0-9]*)(?:\.([0-9]*))?([KMGTPE]i)?([numkMGTPE]?)(?:[eE]([+-]?[0-9]+))?")
_POWERS = {suffix: 3 * power for power, suffix in enumerate(("n", "u", "m", "", "k", "M", "G", "T", "P", "E"), -3)}
_BINARY_BITS = {suffix: 10 * power for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), 1)}
_MOST_DIGITS = 18
_MOST_BINARY_DIGITS = 14


class RotationSettingsError(ValueError):
    """Settings with which the kubelet does not start, in its words."""


@dataclass(frozen=True, slots=True)
class LogRotatePolicy:
    """How large and how many the log files of every container may be.

    Attributes
    ----------
    max_size_bytes
        A log of at least this size is rotated; a negative number disables rotation.
    max_files
        All files of a container's log together, the current one too.
    """

    max_size_bytes: int
    max_files: int = DEFAULT_MAX_FILES

    @classmethod
    def of(
        cls, container_log_max_size: str = DEFAULT_MAX_SIZE, container_log_max_files: int = DEFAULT_MAX_FILES
    ) -> LogRotatePolicy:
        """The policy of the kubelet's ``containerLogMaxSize`` and ``containerLogMaxFiles``.

        Raises
        ------
        RotationSettingsError
            Fewer than two files, a text that is no quantity, or one that does not count bytes in whole numbers.

        Examples
        --------
        >>> LogRotatePolicy.of("10Mi", 5)
        LogRotatePolicy(max_size_bytes=10485760, max_files=5)
        """
        if container_log_max_files <= 1:
            raise RotationSettingsError(f"invalid MaxFiles {container_log_max_files}, must be > 1")
        return cls(_max_size(container_log_max_size), container_log_max_files)

    @property
    def disabled(self) -> bool:
        """Whether nothing is ever rotated."""
        return self.max_size_bytes < 0

    @property
    def max_old_files(self) -> int:
        """How many rotated files are left when one more is about to come, beside the file begun anew."""
        return max(self.max_files - 2, 0)


def _max_size(text: str) -> int:
    try:
        size = Quantity.parse(text)
    except QuantityError as error:
        problem = str(error)
    else:
        if _is_written_as_int64(text) and abs(size.value()) <= INT64_MAX:
            return size.value()
        problem = "invalid max log size"
    raise RotationSettingsError(f"failed to parse container log max size {quote(text)}: {problem}")


def _is_written_as_int64(text: str) -> bool:
    """Whether Kubernetes keeps a quantity as an integer: it goes by the writing, so ``1.5Gi`` and ``1.0`` are none.

    References
    ----------
    staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go, ParseQuantity, AsInt64 (v1.37)
    """
    match = _AMOUNT.fullmatch(text)
    if not match:
        return False
    whole, fraction, binary, decimal, exponent = (group or "" for group in match.groups())
    if binary:
        return not fraction and len(whole or "0") + _BINARY_BITS[binary] * 3 // 10 <= _MOST_BINARY_DIGITS
    power = int(exponent) if exponent else _POWERS[decimal]
    return len(fraction) <= power and len(whole or "0") + len(fraction) <= _MOST_DIGITS
