"""Adapters of the suites ``cri/...``: the interface, and the calls that a kubelet makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace

from k8smodels.api.pod import Pod
from k8smodels.api.structure import json_name
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter
from k8smodels.runtime.cri_calls import Call
from k8smodels.runtime.cri_methods import SERVICES
from k8smodels.runtime.pod_event import PodEvent
from k8smodels.runtime.pod_sync import PodWorker, SyncResult
from k8smodels.runtime.simulated_runtime import SimulatedRuntime

_PULL_TIME = re.compile(r"in \S+ \(\S+ including waiting\)")


def call_sequence(case: JSON) -> JSON:
    """The suite ``cri/call-sequence``."""
    node = SimulatedRuntime(case.get("imagesOnNode") or ())
    worker, pod, out = PodWorker(node), Pod.from_json(case["pod"]), []
    for step in case["steps"]:
        if step["op"] == "setImage":
            pod = _with_image(pod, step["container"], step["image"])
        out.append({"op": step["op"], "calls": [], "events": [], **_done(step, pod, worker)})
    return out


def _done(step: JSON, pod: Pod, worker: PodWorker) -> dict[str, JSON]:
    """What one step gives beside its name; steps that happen behind the kubelet's back make no calls."""
    match step["op"]:
        case "sync":
            result = worker.sync(pod)
            return {**_recorded(result), "errors": [str(error) for error in result.errors]}
        case "kill":
            return _recorded(worker.kill(pod, grace_period_override=step.get("gracePeriodOverride")))
        case "exit":
            return {"exited": worker.runtime.exit(step["container"], step.get("exitCode", 0))}
        case "failPull":
            worker.runtime.failing_pulls.append("manifest unknown")
        case "sandboxDies":
            worker.runtime.lose_sandbox()
    return {}


def _with_image(pod: Pod, container: str, image: str) -> Pod:
    containers = (replace(item, image=image) if item.name == container else item for item in pod.spec.containers)
    return replace(pod, spec=replace(pod.spec, containers=tuple(containers)))


def _recorded(result: SyncResult) -> dict[str, JSON]:
    return {"calls": [_call(call) for call in result.calls], "events": _events(result.events)}


def _call(call: Call) -> JSON:
    """The recorded form: an empty command is null."""
    values = {json_name(field.name): getattr(call, field.name) for field in fields(call)}
    empty = {name: None for name in ("command", "args") if values.get(name) == ()}
    return {"call": type(call).__name__, **values, **empty}


def _events(events: tuple[PodEvent, ...]) -> list[str]:
    """Events as text; those of containers that are killed at the same time are in order of their text."""
    texts = [_PULL_TIME.sub("in T (T including waiting)", str(event)) for event in events]
    places = [i for i, event in enumerate(events) if event.reason == "Killing" and event.type == "Normal"]
    for i, text in zip(places, sorted(texts[i] for i in places), strict=True):
        texts[i] = text
    return texts


def api(case: JSON) -> JSON:
    """The suite ``cri/api``."""
    return [
        {
            "group": method.group,
            "method": method.name,
            "request": method.request,
            "requestFields": method.request_fields,
            "response": method.response,
            "responseFields": method.response_fields,
            "serverStreaming": method.server_streaming,
        }
        for method in SERVICES[case["service"]]
    ]


SUITES: Mapping[str, Adapter] = {
    "cri/api": Adapter(api),
    "cri/call-sequence": Adapter(call_sequence),
}
