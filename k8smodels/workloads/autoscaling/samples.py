"""What the metrics APIs answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


class MetricUnavailable(ValueError):
    """A metric that cannot be read or used, in Kubernetes' words."""


@dataclass(frozen=True, slots=True)
class PodSample:
    """A pod's value, an average over a window of time.

    Attributes
    ----------
    milli
        The value in thousandths: of a CPU, of a byte, of whatever the metric counts.
    at
        The end of the window.
    window
        Its length.
    """

    milli: int
    at: datetime
    window: timedelta = timedelta(seconds=30)


PodSamples = Mapping[str, PodSample]
"""Samples by name of the pod."""


@dataclass(frozen=True, slots=True)
class Samples:
    """All that can be read at a moment. Values are thousandths.

    Attributes
    ----------
    resource
        By resource (``cpu``), or by container and resource (``web/cpu``).
    pods
        By metric.
    object
        By metric: the value about the described object.
    external
        By metric: one value a series.
    """

    resource: Mapping[str, PodSamples] = field(default_factory=dict)
    pods: Mapping[str, PodSamples] = field(default_factory=dict)
    object: Mapping[str, int] = field(default_factory=dict)
    external: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def of_resource(self, name: str, container: str) -> PodSamples:
        """Samples of a resource; of one container if it has a name."""
        return _some(self.resource.get(f"{container}/{name}" if container else name), "resource")

    def of_pods(self, name: str) -> PodSamples:
        """Samples of a metric about pods."""
        return _some(self.pods.get(name), "custom")

    def of_object(self, name: str) -> int:
        """The value of a metric about an object."""
        if name not in self.object:
            raise MetricUnavailable("no metrics returned from custom metrics API")
        return self.object[name]

    def of_external(self, name: str) -> int:
        """The sum of the series of an external metric."""
        values = self.external.get(name)
        if not values:
            raise MetricUnavailable("no metrics returned from external metrics API")
        return min(sum(values), 2**63 - 1)


def _some(samples: PodSamples | None, api: str) -> PodSamples:
    if not samples:
        raise MetricUnavailable(f"no metrics returned from {api} metrics API")
    return samples
