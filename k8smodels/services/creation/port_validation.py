"""What the API server refuses in the ports of a Service.

References
----------
pkg/apis/core/validation/validation.go: validateServicePort, validateService (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator

from k8smodels.api.dns_names import dns_label_problems
from k8smodels.api.errors import FieldError, duplicate, forbidden, invalid, required, unsupported
from k8smodels.api.label_syntax import label_key_problems
from k8smodels.api.service import ServicePort, ServiceSpec
from k8smodels.network.policy.validation import port_name_problems
from k8smodels.services.types import CLUSTER_IP, EXTERNAL_NAME

PROTOCOLS = ("TCP", "UDP", "SCTP")
PORT_RANGE = "must be between 1 and 65535, inclusive"


def missing_ports(spec: ServiceSpec) -> Iterator[FieldError]:
    """Only headless Services and external names can do without ports."""
    if not spec.ports and spec.cluster_ips != ("None",) and spec.type != EXTERNAL_NAME:
        yield required("spec.ports")


def port_errors(spec: ServiceSpec) -> Iterator[FieldError]:
    """What is wrong with each port by itself; several ports need names."""
    names: set[str] = set()
    for i, port in enumerate(spec.ports):
        path = f"spec.ports[{i}]"
        yield from _name_errors(port, f"{path}.name", names, needed=len(spec.ports) > 1)
        yield from _number_errors(port.port, f"{path}.port")
        if not port.protocol:
            yield required(f"{path}.protocol")
        elif port.protocol not in PROTOCOLS:
            yield unsupported(f"{path}.protocol", port.protocol, PROTOCOLS)
        if isinstance(port.target_port, int):
            yield from _number_errors(port.target_port, f"{path}.targetPort")
        else:
            for problem in port_name_problems(port.target_port):
                yield invalid(f"{path}.targetPort", port.target_port, problem)
        if port.app_protocol is not None:
            yield from qualified_name_errors(port.app_protocol, f"{path}.appProtocol")


def clashing_ports(spec: ServiceSpec) -> Iterator[FieldError]:
    """Node ports where there are none, and ports that are twice the same."""
    for i, port in enumerate(spec.ports if spec.type == CLUSTER_IP else ()):
        if port.node_port:
            yield forbidden(f"spec.ports[{i}].nodePort", "may not be used when `type` is 'ClusterIP'")
    node_ports: set[tuple[str, int]] = set()
    for i, port in enumerate(spec.ports):
        if port.node_port and (port.protocol, port.node_port) in node_ports:
            yield duplicate(f"spec.ports[{i}].nodePort", port.node_port)
        node_ports.add((port.protocol, port.node_port))
    ports: set[tuple[str, int]] = set()
    for i, port in enumerate(spec.ports):
        if (port.protocol, port.port) in ports:
            yield duplicate(f"spec.ports[{i}]", _as_go_prints(port))
        ports.add((port.protocol, port.port))


def qualified_name_errors(name: str, path: str) -> Iterator[FieldError]:
    """What is wrong with a name such as ``kubernetes.io/h2c``."""
    yield from (invalid(path, name, problem) for problem in label_key_problems(name))


def _name_errors(port: ServicePort, path: str, names: set[str], *, needed: bool) -> Iterator[FieldError]:
    if not port.name:
        if needed:
            yield required(path)
        return
    yield from (invalid(path, port.name, problem) for problem in dns_label_problems(port.name))
    if port.name in names:
        yield duplicate(path, port.name)
    names.add(port.name)


def _number_errors(number: int, path: str) -> Iterator[FieldError]:
    if not 1 <= number <= 65535:
        yield invalid(path, number, PORT_RANGE)


def _as_go_prints(port: ServicePort) -> dict[str, object]:
    """The server compares protocol and number, and prints a port that has nothing else."""
    known = {"Name": "", "Protocol": port.protocol, "AppProtocol": None}
    return {**known, "Port": port.port, "TargetPort": 0, "NodePort": 0}
