"""Adapters of the suites of container life: ``isolation/restart-backoff``, ``isolation/pod-phase``."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.api.pod import Pod
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter
from k8smodels.runtime.backoff import BackoffSettings
from k8smodels.runtime.crash_loop import crash_loop
from k8smodels.runtime.pod_phase import pod_phase
from k8smodels.runtime.restarts import should_restart
from k8smodels.runtime.timeline import seconds

_RECORDED_POD = "p_default(8f5b5b3c-0e0b-4a58-9d6b-2f7b4f0c1a2d)"
"""The pod whose container ``c0`` failed in all recordings; it is no part of their input."""


def restart_backoff(case: JSON) -> JSON:
    """The suite ``isolation/restart-backoff``."""
    settings = BackoffSettings.of(
        max_container_restart_period=case["maxContainerRestartPeriod"] or "5m",
        reduce_default_crash_loop_back_off_decay=case["reduceDefaultCrashLoopBackOffDecay"],
    )
    restarts = crash_loop(case["runsForSeconds"] or (), settings, container="c0", pod=_RECORDED_POD)
    return {
        "initialSeconds": seconds(settings.initial_ns),
        "maxSeconds": seconds(settings.max_ns),
        "restarts": [
            {
                "exitedAt": seconds(restart.exited_ns),
                "restartedAt": seconds(restart.restarted_ns),
                "waited": seconds(restart.waited_ns),
                "message": restart.message,
            }
            for restart in restarts
        ],
    }


def phase(case: JSON) -> JSON:
    """The suite ``isolation/pod-phase``."""
    pod = Pod.from_json(case["pod"])
    found = pod_phase(pod, is_terminal=case["podIsTerminal"], has_initialized=case["podHasInitialized"])
    ends = {
        status.name: status.state.terminated.exit_code
        for status in (*pod.status.init_container_statuses, *pod.status.container_statuses)
        if status.state.terminated is not None
    }
    restart = {
        container.name: should_restart(container, pod.spec, ends[container.name])
        for container in pod.all_containers
        if container.name in ends
    }
    return {"phase": found.phase, "restart": restart}


SUITES: Mapping[str, Adapter] = {
    "isolation/restart-backoff": Adapter(restart_backoff),
    "isolation/pod-phase": Adapter(phase),
}
