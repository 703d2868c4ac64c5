"""How long a container has between the wish that it end and SIGKILL.

References
----------
pkg/kubelet/kuberuntime/kuberuntime_container.go: setTerminationGracePeriod, killContainer;
pkg/apis/core/v1/defaults.go: SetDefaults_PodSpec (v1.37)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.api.pod import Container, Pod

MINIMUM_SECONDS = 2
"""Every container gets this much, even if the grace period is over or 0."""

DEFAULT_SECONDS = 30
"""`terminationGracePeriodSeconds` that the API server fills in."""


def with_default_grace(pod: Pod) -> Pod:
    """`pod` with the grace period that the API server would give it."""
    if pod.spec.termination_grace_period_seconds is not None:
        return pod
    return replace(pod, spec=replace(pod.spec, termination_grace_period_seconds=DEFAULT_SECONDS))


def grace_period_seconds(pod: Pod, container: Container, failed_probe: str = "") -> int:
    """The grace period of `container`.

    The period of the deletion goes first; then, if a liveness or startup probe is the reason, the probe's own; then
    the pod's.
    """
    if pod.metadata.deletion_grace_period_seconds is not None:
        return pod.metadata.deletion_grace_period_seconds
    if pod.spec.termination_grace_period_seconds is None:
        return MINIMUM_SECONDS
    probe = {"liveness": container.liveness_probe, "startup": container.startup_probe}.get(failed_probe)
    if probe is not None and probe.termination_grace_period_seconds is not None:
        return probe.termination_grace_period_seconds
    return pod.spec.termination_grace_period_seconds
