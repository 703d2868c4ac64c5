"""What image garbage collection looks at, and what it answers.

References
----------
pkg/kubelet/images/image_gc_manager.go (v1.37): ImageGCPolicy, imageRecord, NewImageGCManager, formatSize
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal[
    "in use", "pinned", "too young", "removed for age", "removed for space", "removal failed", "not needed"
]

DEFAULT_MIN_AGE_SECONDS = 120.0

_UNITS = ((1024**4, "TiB"), (1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB"))


class ImageGCPolicyError(ValueError):
    """Thresholds that the kubelet refuses, in its words."""


@dataclass(frozen=True, slots=True)
class ImageGCPolicy:
    """When to collect, and how much.

    Attributes
    ----------
    high_threshold_percent
        The usage of the image file system that starts a collection.
    low_threshold_percent
        The usage to come down to.
    min_age_seconds
        An image first seen less than this ago stays.
    max_age_seconds
        An image unused for longer goes even if there is room; 0 switches that off.
    """

    high_threshold_percent: int = 85
    low_threshold_percent: int = 80
    min_age_seconds: float = DEFAULT_MIN_AGE_SECONDS
    max_age_seconds: float = 0

    def __post_init__(self) -> None:
        high, low = self.high_threshold_percent, self.low_threshold_percent
        for name, percent in (("HighThresholdPercent", high), ("LowThresholdPercent", low)):
            if not 0 <= percent <= 100:
                raise ImageGCPolicyError(f"invalid {name} {percent}, must be in range [0-100]")
        if low > high:
            raise ImageGCPolicyError(f"LowThresholdPercent {low} can not be higher than HighThresholdPercent {high}")


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """What the kubelet remembers of an image on its node. Times are seconds of one clock.

    Attributes
    ----------
    id
        The image.
    size_bytes
        Its size as the runtime tells it; layers shared with other images are counted in each.
    first_detected
        When the kubelet saw it first.
    last_used
        When a container of it was seen last; None if never since the kubelet started.
    in_use
        Whether a container of it exists now.
    pinned
        Whether the runtime protects it (the pause image).
    """

    id: str
    size_bytes: int
    first_detected: float
    last_used: float | None = None
    in_use: bool = False
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class GarbageCollection:
    """What a pass did and why.

    Attributes
    ----------
    removed
        Images in the order they were removed.
    outcomes
        Each image with what became of it: those in use and pinned first, then in the order of eviction.
    freed_bytes
        What the removals for space freed, by the images' sizes.
    to_free_bytes
        What was to be freed; 0 if the disk is below the high threshold.
    error
        What the pass reports, None if it succeeded.
    """

    removed: tuple[str, ...]
    outcomes: tuple[tuple[str, Outcome], ...]
    freed_bytes: int = 0
    to_free_bytes: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ImageFilesystem:
    """The disk that holds the images."""

    capacity_bytes: int
    available_bytes: int

    @property
    def usage_percent(self) -> int:
        """How full it is; a part of a percent counts as a whole one."""
        return 100 - min(self.available_bytes, self.capacity_bytes) * 100 // self.capacity_bytes


def format_size(size_bytes: int) -> str:
    """A size as the kubelet's messages print it.

    Examples
    --------
    >>> format_size(100 * 1024**3), format_size(1000)
    ('100.0 GiB', '1000 B')
    """
    for factor, unit in _UNITS:
        if size_bytes >= factor:
            return f"{size_bytes / factor:.1f} {unit}"
    return f"{size_bytes} B"
