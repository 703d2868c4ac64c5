"""Image garbage collection: which images the kubelet removes when the disk fills, or when they grow old.

References
----------
pkg/kubelet/images/image_gc_manager.go (v1.37): GarbageCollect, DeleteUnusedImages, freeOldImages, freeSpace
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

from k8smodels.api.durations import SECOND_NS, format_duration
from k8smodels.api.errors import aggregate_text
from k8smodels.api.gotext import INT64_MAX
from k8smodels.images.gc_records import (
    GarbageCollection,
    ImageFilesystem,
    ImageGCPolicy,
    ImageRecord,
    Outcome,
    format_size,
)


def eviction_order(images: Iterable[ImageRecord]) -> list[ImageRecord]:
    """Images that may go, the next one first: never used before least recently used, then the one seen first."""
    free = (image for image in images if not image.in_use and not image.pinned)
    return sorted(free, key=lambda image: (_last_used(image), image.first_detected))


def garbage_collect(
    images: Sequence[ImageRecord],
    policy: ImageGCPolicy,
    disk: ImageFilesystem,
    *,
    now: float,
    kubelet_started: float,
    removal_fails: Collection[str] = (),
) -> GarbageCollection:
    """One pass of the kubelet, which makes one every five minutes.

    Parameters
    ----------
    images
        What is on the node.
    policy
        The thresholds and ages.
    disk
        The image file system; images removed for age do not change what the pass reads of it.
    now, kubelet_started
        Seconds on the clock of the records. Ages count only once the kubelet has run for the maximum age.
    removal_fails
        Images that the runtime cannot remove.
    """
    run = _Pass(policy, now, frozenset(removal_fails))
    run.sort_out(images)
    waiting = eviction_order(images)
    if policy.max_age_seconds and now - kubelet_started > policy.max_age_seconds:
        waiting = run.free_old(waiting)
        if run.problems:
            run.leave(waiting)
            age = format_duration(round(policy.max_age_seconds * SECOND_NS))
            return run.result(
                error=f"wanted to free images older than {age}, encountered errors in image deletion: {run.aggregate()}"
            )
    if disk.capacity_bytes == 0:
        run.leave(waiting)
        return run.result(error="invalid capacity 0 on image filesystem")
    if disk.usage_percent < policy.high_threshold_percent:
        run.leave(waiting)
        return run.result()
    available = min(disk.available_bytes, disk.capacity_bytes)
    to_free = disk.capacity_bytes * (100 - policy.low_threshold_percent) // 100 - available
    freed = run.free_space(waiting, to_free)
    error = run.deletion_error(to_free, freed) or (_insufficient(disk, freed) if freed < to_free else None)
    return run.result(freed, to_free, error)


def delete_unused_images(
    images: Sequence[ImageRecord], policy: ImageGCPolicy, *, now: float, removal_fails: Collection[str] = ()
) -> GarbageCollection:
    """What eviction does under disk pressure: remove every image that may go."""
    run = _Pass(policy, now, frozenset(removal_fails))
    run.sort_out(images)
    freed = run.free_space(eviction_order(images), INT64_MAX)
    return run.result(freed, 0, run.deletion_error(INT64_MAX, freed))


class _Pass:
    """The records of a running pass."""

    def __init__(self, policy: ImageGCPolicy, now: float, removal_fails: frozenset[str]) -> None:
        self.policy, self.now, self.removal_fails = policy, now, removal_fails
        self.outcomes: dict[str, Outcome] = {}
        self.removed: list[str] = []
        self.problems: list[str] = []

    def sort_out(self, images: Iterable[ImageRecord]) -> None:
        """Note the images that are not looked at."""
        for image in images:
            if image.in_use:
                self.outcomes[image.id] = "in use"
            elif image.pinned:
                self.outcomes[image.id] = "pinned"

    def free_old(self, images: Sequence[ImageRecord]) -> list[ImageRecord]:
        """Remove what was not used for the maximum age; the others."""
        left = []
        for image in images:
            old = self.now - _last_used(image) > self.policy.max_age_seconds
            if not old or not self.remove(image, "removed for age"):
                left.append(image)
        return left

    def free_space(self, images: Sequence[ImageRecord], to_free_bytes: int) -> int:
        """Remove until so much is freed, at least one image; the bytes freed."""
        freed = 0
        for i, image in enumerate(images):
            if _last_used(image) >= self.now or self.now - image.first_detected < self.policy.min_age_seconds:
                self.outcomes[image.id] = "too young"
            elif self.remove(image, "removed for space"):
                freed += image.size_bytes
                if freed >= to_free_bytes:
                    self.leave(images[i + 1 :])
                    break
        return freed

    def remove(self, image: ImageRecord, outcome: Outcome) -> bool:
        """Ask the runtime to remove an image; whether it did."""
        if image.id in self.removal_fails:
            self.outcomes[image.id] = "removal failed"
            self.problems.append(f"cannot remove {image.id}")
            return False
        self.outcomes[image.id] = outcome
        self.removed.append(image.id)
        return True

    def leave(self, images: Iterable[ImageRecord]) -> None:
        """Note that nobody asked for these."""
        for image in images:
            self.outcomes.setdefault(image.id, "not needed")

    def aggregate(self) -> str:
        """Several errors as one text (k8s.io/apimachinery/pkg/util/errors)."""
        return aggregate_text(self.problems)

    def deletion_error(self, to_free_bytes: int, freed_bytes: int) -> str | None:
        """What the pass reports if an image could not be removed."""
        if not self.problems:
            return None
        return (
            f"wanted to free {to_free_bytes} bytes, but freed {freed_bytes} bytes space with errors in image deletion: "
            f"{self.aggregate()}"
        )

    def result(self, freed: int = 0, to_free: int = 0, error: str | None = None) -> GarbageCollection:
        """The finished pass."""
        return GarbageCollection(tuple(self.removed), tuple(self.outcomes.items()), freed, to_free, error)


def _last_used(image: ImageRecord) -> float:
    return -math.inf if image.last_used is None else image.last_used


def _insufficient(disk: ImageFilesystem, freed_bytes: int) -> str:
    return (
        f"Insufficient free disk space on the node's image filesystem ({disk.usage_percent}% of "
        f"{format_size(disk.capacity_bytes)} used). Failed to free sufficient space by deleting unused images (freed "
        f"{freed_bytes} bytes). Investigate disk usage, as it could be used by active images, logs, volumes, or other "
        "data."
    )
