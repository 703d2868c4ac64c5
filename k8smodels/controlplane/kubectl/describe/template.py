"""Containers, volumes and tolerations: of pods, and of the templates that controllers make pods from.

Left out: mounts, ``envFrom``, and values of variables from elsewhere, which the models do not read.

References
----------
k8s.io/kubectl/pkg/describe/describe.go: describeContainers, describeStatus, DescribeProbe, DescribePodTemplate,
printTolerationsMultilineWithIndent (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.api.affinity import Toleration, TopologySpreadConstraint
from k8smodels.api.container_life import HTTPGetAction, Probe
from k8smodels.api.container_status import ContainerState, ContainerStateTerminated
from k8smodels.api.pod import Container, ContainerPort, ContainerStatus, PodTemplateSpec, ResourceList
from k8smodels.api.selectors import format_label_selector
from k8smodels.api.structure import mappings
from k8smodels.controlplane.kubectl.ages import rfc1123
from k8smodels.controlplane.kubectl.describe.volumes import volumes
from k8smodels.controlplane.kubectl.describe.writer import Writer
from k8smodels.runtime.probe_spec import default_probe


def template(out: Writer, template: PodTemplateSpec) -> None:
    """The template of a controller's pods."""
    out.line("Pod Template:")
    meta, spec = template.metadata, template.spec
    out.labels("  Labels", meta.labels)
    if meta.annotations:
        out.annotations(meta.annotations, "  Annotations")
    out.field_if("Service Account", spec.unknown.get("serviceAccountName"), 1)
    if spec.init_containers:
        containers(out, "Init Containers", spec.init_containers, space="  ")
    containers(out, "Containers", spec.containers, space="  ")
    volumes(out, spec.volumes, "  ")
    spread(out, spec.topology_spread_constraints, "  ")
    out.field_if("Priority Class Name", spec.priority_class_name, 1)
    out.labels("  Node-Selectors", spec.node_selector)
    tolerations(out, spec.tolerations, "  Tolerations")


def containers(
    out: Writer, label: str, items: Sequence[Container], statuses: Sequence[ContainerStatus] = (), space: str = ""
) -> None:
    """Containers with what they are and, where `statuses` has it, what they do."""
    by_name = {status.name: status for status in statuses}
    out.line(f"{space}{label}:" + ("" if items else " <none>"))
    for item in items:
        status = by_name.get(item.name)
        _basics(out, item, status, " " if space else "")
        _command(out, item)
        if status is not None:
            _states(out, status)
        resources(out, item.resources.limits, item.resources.requests, 2)
        _probes(out, item)
        _environment(out, item)
        _mounts(out, item)


def resources(out: Writer, limits: ResourceList, requests: ResourceList, level: int) -> None:
    """Limits and requests."""
    for title, amounts in (("Limits", limits), ("Requests", requests)):
        if amounts:
            out.line(f"{title}:", level)
        for name, amount in sorted(amounts.items()):
            out.field(name, amount, level + 1)


def tolerations(out: Writer, items: Sequence[Toleration], title: str = "Tolerations") -> None:
    """Tolerations by key."""
    out.values(title, [_toleration(item) for item in sorted(items, key=lambda item: item.key)])


def spread(out: Writer, items: Sequence[TopologySpreadConstraint], space: str = "") -> None:
    """How pods are spread."""
    if items:
        ordered = sorted(items, key=lambda item: item.topology_key)
        out.values(f"{space}Topology Spread Constraints", [_constraint(item) for item in ordered])


def _basics(out: Writer, item: Container, status: ContainerStatus | None, indent: str) -> None:
    out.line(f"{indent}{item.name}:", 1)
    if status is not None:
        out.field("Container ID", status.unknown.get("containerID", ""), 2)
    out.field("Image", item.image, 2)
    if status is not None:
        out.field("Image ID", status.unknown.get("imageID", ""), 2)
    for title, shown in (("Port", _ports(item.ports)), ("Host Port", _ports(item.ports, host=True))):
        out.field(f"{title}s" if "," in shown else title, shown or "<none>", 2)


def _ports(ports: Sequence[ContainerPort], *, host: bool = False) -> str:
    shown = []
    for port in ports:
        number = port.host_port if host else port.container_port
        name = f" ({port.name})" if port.name else ""
        shown.append(f"{number}/{port.protocol or 'TCP'}{name}")
    return ", ".join(shown)


def _command(out: Writer, item: Container) -> None:
    for title, words in (("Command", item.command), ("Args", item.args)):
        if words:
            out.line(f"{title}:", 2)
        for word in words:
            for line in word.split("\n"):
                out.line(line, 3)


def _states(out: Writer, status: ContainerStatus) -> None:
    _state(out, "State", status.state)
    if status.last_state.terminated is not None:
        _state(out, "Last State", status.last_state)
    out.field("Ready", status.ready, 2)
    out.field("Restart Count", status.restart_count, 2)


def _state(out: Writer, title: str, state: ContainerState) -> None:
    if state.running is not None:
        out.field(title, "Running", 2)
        out.field("Started", rfc1123(state.running.started_at), 3)
    elif state.terminated is not None and state.waiting is None:
        out.field(title, "Terminated", 2)
        _end(out, state.terminated)
    else:
        out.field(title, "Waiting", 2)
        if state.waiting is not None:
            out.field_if("Reason", state.waiting.reason, 3)


def _end(out: Writer, ended: ContainerStateTerminated) -> None:
    out.field_if("Reason", ended.reason, 3)
    out.field_if("Message", ended.message, 3)
    out.field("Exit Code", ended.exit_code, 3)
    if ended.signal > 0:
        out.field("Signal", ended.signal, 3)
    out.field("Started", rfc1123(ended.started_at), 3)
    out.field("Finished", rfc1123(ended.finished_at), 3)


def _probes(out: Writer, item: Container) -> None:
    probes = {"Liveness": item.liveness_probe, "Readiness": item.readiness_probe, "Startup": item.startup_probe}
    for title, probe in probes.items():
        if probe is not None:
            out.field(title, _probe(default_probe(probe)), 2)


def _probe(probe: Probe) -> str:
    times = (
        f"delay={probe.initial_delay_seconds}s timeout={probe.timeout_seconds}s period={probe.period_seconds}s"
        f" successThreshold={probe.success_threshold} failureThreshold={probe.failure_threshold}"
    )
    if probe.exec is not None:
        return f"exec [{' '.join(probe.exec.command)}] {times}"
    if probe.http_get is not None:
        return f"http-get {_url(probe.http_get)} {times}"
    if probe.tcp_socket is not None:
        return f"tcp-socket {probe.tcp_socket.host}:{probe.tcp_socket.port} {times}"
    if probe.grpc is not None:
        return f"grpc <pod>:{probe.grpc.port} {probe.grpc.service or ''} {times}"
    return f"unknown {times}"


def _url(action: HTTPGetAction) -> str:
    host = f"[{action.host}]" if ":" in action.host else action.host
    slash = "" if action.path.startswith("/") or not action.path else "/"
    return f"{(action.scheme or 'HTTP').lower()}://{host}:{action.port}{slash}{action.path}"


def _environment(out: Writer, item: Container) -> None:
    out.line("Environment:" + ("" if item.env else "\t<none>"), 2)
    for variable in item.env:
        first, *rest = variable.value.split("\n")
        out.field(variable.name, first, 3)
        for line in rest:
            out.line(f"\t{line}", 3)


def _mounts(out: Writer, item: Container) -> None:
    mounts = mappings(item.unknown.get("volumeMounts"))
    out.line("Mounts:" + ("" if mounts else "\t<none>"), 2)
    for mount in sorted(mounts, key=lambda mount: str(mount.get("mountPath", ""))):
        flags = "ro" if mount.get("readOnly") else "rw"
        if mount.get("subPath"):
            flags += f',path="{mount["subPath"]}"'
        out.line(f"{mount.get('mountPath', '')} from {mount.get('name', '')} ({flags})", 3)


def _toleration(item: Toleration) -> str:
    value = f"={item.value}" if item.value else ""
    effect = f":{item.effect}" if item.effect else ""
    exists = "op=Exists" if item.operator == "Exists" and not item.value else ""
    space = " " if exists and (item.key or item.effect) else ""
    seconds = "" if item.toleration_seconds is None else f" for {item.toleration_seconds}s"
    return f"{item.key}{value}{effect}{space}{exists}{seconds}"


def _constraint(item: TopologySpreadConstraint) -> str:
    selector = "" if item.label_selector is None else f" for selector {format_label_selector(item.label_selector)}"
    shown = f"{item.topology_key}:{item.when_unsatisfiable} when max skew {item.max_skew} is exceeded"
    return shown + selector
