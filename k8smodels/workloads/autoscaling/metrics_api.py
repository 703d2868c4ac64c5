"""Samples from the answers of the resource metrics API.

References
----------
pkg/controller/podautoscaler/metrics/client.go: getPodMetrics, getContainerMetrics (v1.37)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from k8smodels.api.durations import parse_duration
from k8smodels.api.errors import invalid
from k8smodels.api.pod_metrics import PodMetrics
from k8smodels.api.times import parse_time
from k8smodels.workloads.autoscaling.samples import PodSample, Samples


def samples_of(answers: Iterable[PodMetrics]) -> Samples:
    """The samples of pods, by resource, and by container and resource.

    A pod counts for a resource only if all its containers tell of it.

    Raises
    ------
    FieldError
        A time or a length of time of the wrong form.
    """
    resource: dict[str, dict[str, PodSample]] = defaultdict(dict)
    for each in answers:
        at, window = parse_time(each.timestamp, "timestamp"), _window(each)
        usages = [container.usage for container in each.containers]
        for name in set().union(*usages):
            if all(name in usage for usage in usages):
                total = sum(usage[name].milli_value() for usage in usages)
                resource[name][each.name] = PodSample(total, at, window)
        for container in each.containers:
            for name, amount in container.usage.items():
                sample = PodSample(amount.milli_value(), at, window)
                resource[f"{container.name}/{name}"][each.name] = sample
    return Samples(resource=resource)


def _window(answer: PodMetrics) -> timedelta:
    try:
        return timedelta(microseconds=parse_duration(answer.window) // 1000)
    except ValueError as error:
        raise invalid("window", answer.window, str(error)) from None
