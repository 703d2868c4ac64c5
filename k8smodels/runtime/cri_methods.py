"""The CRI: every method of its two services.

Groups are this project's own. Of the ``Stream…`` methods each sends the same as its list method, in parts.

References
----------
staging/src/k8s.io/cri-api/pkg/apis/runtime/v1/api.proto (v1.37)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC.

    Attributes
    ----------
    group
        ``sandbox``, ``container``, ``streaming``, ``image``, ``stats``, ``events`` or ``runtime``.
    request, response
        Names of its messages.
    server_streaming
        Whether the response is a stream of messages.
    request_fields, response_fields
        Names of the messages' fields.
    """

    group: str
    name: str
    request: str
    response: str
    server_streaming: bool
    request_fields: tuple[str, ...]
    response_fields: tuple[str, ...]


_RUNTIME_SERVICE = """
runtime Version(version) returns (version runtime_name runtime_version runtime_api_version)
sandbox RunPodSandbox(config runtime_handler) returns (pod_sandbox_id)
sandbox StopPodSandbox(pod_sandbox_id) returns ()
sandbox RemovePodSandbox(pod_sandbox_id) returns ()
sandbox PodSandboxStatus(pod_sandbox_id verbose) returns (status info containers_statuses timestamp)
sandbox ListPodSandbox(filter) returns (items)
sandbox StreamPodSandboxes(filter) streams (pod_sandboxes)
container CreateContainer(pod_sandbox_id config sandbox_config) returns (container_id)
container StartContainer(container_id) returns ()
container StopContainer(container_id timeout) returns ()
container RemoveContainer(container_id) returns ()
container ListContainers(filter) returns (containers)
container StreamContainers(filter) streams (containers)
container ContainerStatus(container_id verbose) returns (status info)
container UpdateContainerResources(container_id linux windows annotations) returns ()
container ReopenContainerLog(container_id) returns ()
streaming ExecSync(container_id cmd timeout) returns (stdout stderr exit_code)
streaming Exec(container_id cmd tty stdin stdout stderr) returns (url)
streaming Attach(container_id stdin tty stdout stderr) returns (url)
streaming PortForward(pod_sandbox_id port) returns (url)
stats ContainerStats(container_id) returns (stats)
stats ListContainerStats(filter) returns (stats)
stats StreamContainerStats(filter) streams (container_stats)
stats PodSandboxStats(pod_sandbox_id) returns (stats)
stats ListPodSandboxStats(filter) returns (stats)
stats StreamPodSandboxStats(filter) streams (pod_sandbox_stats)
runtime UpdateRuntimeConfig(runtime_config) returns ()
runtime Status(verbose) returns (status info runtime_handlers features)
runtime CheckpointContainer(container_id location timeout) returns ()
runtime CheckpointPod(pod_sandbox_id output_path container_ids options) returns ()
runtime RestorePod(checkpoint_path config runtime_handler options container_configs) returns
    (pod_sandbox_id restored_containers)
events GetContainerEvents() streams
    (container_id container_event_type created_at pod_sandbox_status containers_statuses)
stats ListMetricDescriptors() returns (descriptors)
stats ListPodSandboxMetrics() returns (pod_metrics)
stats StreamPodSandboxMetrics() streams (pod_sandbox_metrics)
runtime RuntimeConfig() returns (linux)
sandbox UpdatePodSandboxResources(pod_sandbox_id overhead resources) returns ()
"""

_IMAGE_SERVICE = """
image ListImages(filter) returns (images)
image StreamImages(filter) streams (images)
image ImageStatus(image verbose) returns (image info)
image PullImage(image auth sandbox_config) returns (image_ref)
image RemoveImage(image) returns ()
image ImageFsInfo() returns (image_filesystems container_filesystems)
"""

_ODD_MESSAGES = {"GetContainerEvents": ("GetEventsRequest", "ContainerEventResponse")}
_METHOD = re.compile(r"(\w+) (\w+)\(([^)]*)\) (returns|streams)\s+\(([^)]*)\)")


def _methods(table: str) -> tuple[Method, ...]:
    return tuple(_method(*row) for row in _METHOD.findall(table))


def _method(group: str, name: str, request_fields: str, how: str, response_fields: str) -> Method:
    request, response = _ODD_MESSAGES.get(name, (f"{name}Request", f"{name}Response"))
    fields = tuple(request_fields.split()), tuple(response_fields.split())
    return Method(group, name, request, response, how == "streams", *fields)


SERVICES: Mapping[str, tuple[Method, ...]] = {
    "RuntimeService": _methods(_RUNTIME_SERVICE),
    "ImageService": _methods(_IMAGE_SERVICE),
}
"""The methods of each service, in the order of api.proto."""
