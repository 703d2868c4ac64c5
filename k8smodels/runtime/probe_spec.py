"""A probe as it is written: what the API server fills in and what it refuses.

Left out: the form of header names.

References
----------
pkg/apis/core/v1/defaults.go: SetDefaults_Probe, SetDefaults_HTTPGetAction; pkg/apis/core/validation/validation.go:
validateProbe, validateLivenessProbe, validateReadinessProbe, validateStartupProbe, validateInitContainers (v1.37)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from k8smodels.api.container_life import ExecAction, GRPCAction, HTTPGetAction, Probe, TCPSocketAction
from k8smodels.api.errors import FieldError, forbidden, invalid, required, unsupported
from k8smodels.api.pod import Container, Pod
from k8smodels.api.structure import json_name

KINDS = ("liveness", "readiness", "startup")
"""The kinds of probes, in the order in which the API server checks them."""

Action = ExecAction | HTTPGetAction | TCPSocketAction | GRPCAction
"""A way to ask."""

_ONLY = "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"  # codespell:ignore
_NOT_NEGATIVE = "must be greater than or equal to 0"
_TIMES = ("initial_delay_seconds", "timeout_seconds", "period_seconds", "success_threshold", "failure_threshold")


def probe_of(container: Container, kind: str) -> Probe | None:
    """The container's probe of that kind, with defaults filled in."""
    found: Probe | None = getattr(container, f"{kind}_probe")
    return found and default_probe(found)


def default_probe(probe: Probe) -> Probe:
    """`probe` as the API server stores it: 1 s timeout, every 10 s, 1 success, 3 failures.

    Examples
    --------
    >>> default_probe(Probe()).period_seconds
    10
    """
    http = probe.http_get
    return replace(
        probe,
        timeout_seconds=probe.timeout_seconds or 1,
        period_seconds=probe.period_seconds or 10,
        success_threshold=probe.success_threshold or 1,
        failure_threshold=probe.failure_threshold or 3,
        http_get=http and replace(http, path=http.path or "/", scheme=http.scheme or "HTTP"),
    )


def probe_errors(pod: Pod) -> Iterator[FieldError]:
    """What the API server refuses in the probes of `pod`; the probes need not have their defaults yet."""
    for i, container in enumerate(pod.spec.containers):
        for kind in KINDS:
            probe = probe_of(container, kind)
            if probe is not None:
                yield from errors_of(probe, kind, f"spec.containers[{i}].{kind}Probe")
    for i, container in enumerate(pod.spec.init_containers):
        for kind in KINDS:
            path = f"spec.initContainers[{i}].{kind}Probe"
            probe = probe_of(container, kind)
            if probe is not None and not container.is_sidecar:
                yield forbidden(path, "may not be set for init containers without restartPolicy=Always")
            elif probe is not None:
                yield from errors_of(probe, kind, path)


def errors_of(probe: Probe, kind: str, path: str) -> Iterator[FieldError]:
    """What the API server refuses in one probe that has its defaults."""
    yield from _handler(probe, path)
    for attribute in _TIMES:
        if getattr(probe, attribute) < 0:
            yield invalid(f"{path}.{json_name(attribute)}", getattr(probe, attribute), _NOT_NEGATIVE)
    grace, grace_path = probe.termination_grace_period_seconds, f"{path}.terminationGracePeriodSeconds"
    if grace is not None and grace <= 0:
        yield invalid(grace_path, grace, "must be greater than 0")
    if kind == "readiness" and grace is not None:
        yield invalid(grace_path, grace, "must not be set for readinessProbes")
    if kind != "readiness" and probe.success_threshold != 1:
        yield invalid(f"{path}.successThreshold", probe.success_threshold, "must be 1")


def _handler(probe: Probe, path: str) -> Iterator[FieldError]:
    """Exactly one way to ask."""
    ways: dict[str, Action | None] = {
        "exec": probe.exec,
        "httpGet": probe.http_get,
        "tcpSocket": probe.tcp_socket,
        "grpc": probe.grpc,
    }
    given = {name: action for name, action in ways.items() if action is not None}
    if not given:
        yield required(path, "must specify a handler type")
        return
    first, *others = given
    yield from _action(given[first], f"{path}.{first}")
    for name in others:
        yield forbidden(f"{path}.{name}", "may not specify more than 1 handler type")


def _action(action: Action, path: str) -> Iterator[FieldError]:
    match action:
        case ExecAction():
            if not action.command:
                yield required(f"{path}.command")
        case HTTPGetAction():
            yield from _http(action, path)
        case TCPSocketAction():
            yield from _port(action.port, f"{path}.port")
        case GRPCAction():
            yield from _port(action.port, f"{path}.port")
            if action.mode not in (None, "Plaintext", "TLS"):
                yield unsupported(f"{path}.mode", action.mode, ("Plaintext", "TLS"))


def _http(action: HTTPGetAction, path: str) -> Iterator[FieldError]:
    yield from _port(action.port, f"{path}.port")
    if action.scheme not in ("HTTP", "HTTPS"):
        yield unsupported(f"{path}.scheme", action.scheme, ("HTTP", "HTTPS"))
    if action.protocol is None:
        return
    if action.protocol not in ("HTTP1", "HTTP2"):
        yield unsupported(f"{path}.protocol", action.protocol, ("HTTP1", "HTTP2"))
    elif action.protocol == "HTTP2" and action.scheme != "HTTP":
        yield invalid(f"{path}.protocol", action.protocol, "is only supported with HTTP (H2C)")
    elif action.protocol == "HTTP2" and action.host:
        yield invalid(f"{path}.host", action.host, 'must be empty when `protocol` is "HTTP2"')


def _port(port: int | str, path: str) -> Iterator[FieldError]:
    """A port's number, or the name of a port of the container."""
    if isinstance(port, int):
        if not 1 <= port <= 65535:
            yield invalid(path, port, "must be between 1 and 65535, inclusive")
        return
    if len(port) > 15:
        yield invalid(path, port, "must be no more than 15 bytes")
    if not re.fullmatch(r"[-a-z0-9]+", port):
        yield invalid(path, port, _ONLY)
    if not re.search(r"[a-z]", port):
        yield invalid(path, port, "must contain at least one letter (a-z)")
    if "--" in port:
        yield invalid(path, port, "must not contain consecutive hyphens")
    if port.startswith("-") or port.endswith("-"):
        yield invalid(path, port, "must not begin or end with a hyphen")
