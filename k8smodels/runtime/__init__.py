"""Containers in time: how the kubelet and the runtime start, watch, restart and stop them.

`pod_life` lets a pod live and gives a timeline, `terminate_pod` its end, `run_probes` the questions that the kubelet
asks, `crash_loop` the waits of a container that fails, `pod_columns` what ``kubectl get pods`` shows. `PodWorker` makes
the calls of the CRI that one sync makes, with `SimulatedRuntime` as the runtime; `cri_methods` lists the interface,
`call_path` who calls whom on a node. Below lie `signals`, `exit_codes`, `processes` and `shim`: what the kernel does::

    from k8smodels.api.pod import pod
    from k8smodels.runtime import job, pod_life

    life = pod_life(pod("web", image="nginx:1.27"), {"main": job(seconds=1, exit_code=1)}, until_seconds=60)

All time is virtual. What each model leaves out stands in its module.
"""

from k8smodels.runtime.backoff import Backoff, BackoffSettings
from k8smodels.runtime.conditions import pod_conditions
from k8smodels.runtime.crash_loop import Restart, crash_loop, crash_loop_timeline
from k8smodels.runtime.exit_codes import ExitCode, explain_exit_code
from k8smodels.runtime.pod_columns import PodColumns, pod_columns
from k8smodels.runtime.pod_life import PodLife, pod_life
from k8smodels.runtime.pod_phase import PhaseResult, pod_phase
from k8smodels.runtime.pod_sync import PodWorker, SyncResult
from k8smodels.runtime.probe_results import Answer, ProbeResult
from k8smodels.runtime.probe_spec import probe_errors
from k8smodels.runtime.probes import ProbeTimeline, run_probes
from k8smodels.runtime.processes import Process, ProcessTree
from k8smodels.runtime.programs import Program, Run, job
from k8smodels.runtime.restarts import should_restart
from k8smodels.runtime.shim import node_processes, start_container
from k8smodels.runtime.signals import effect
from k8smodels.runtime.simulated_runtime import SimulatedRuntime
from k8smodels.runtime.stack import call_path, cri_versions
from k8smodels.runtime.stream_steps import stream_steps
from k8smodels.runtime.streaming import AttachRequest, ExecRequest, PortForwardRequest, StreamingServer
from k8smodels.runtime.termination import Termination, terminate_pod
from k8smodels.runtime.timeline import Happening

__all__ = [
    "Answer",
    "AttachRequest",
    "Backoff",
    "BackoffSettings",
    "ExecRequest",
    "ExitCode",
    "Happening",
    "PhaseResult",
    "PodColumns",
    "PodLife",
    "PodWorker",
    "PortForwardRequest",
    "ProbeResult",
    "ProbeTimeline",
    "Process",
    "ProcessTree",
    "Program",
    "Restart",
    "Run",
    "SimulatedRuntime",
    "StreamingServer",
    "SyncResult",
    "Termination",
    "call_path",
    "crash_loop",
    "crash_loop_timeline",
    "cri_versions",
    "effect",
    "explain_exit_code",
    "job",
    "node_processes",
    "pod_columns",
    "pod_conditions",
    "pod_life",
    "pod_phase",
    "probe_errors",
    "run_probes",
    "should_restart",
    "start_container",
    "stream_steps",
    "terminate_pod",
]
