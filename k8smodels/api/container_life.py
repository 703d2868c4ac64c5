"""What a container asks for in its life: probes, hooks, restart rules.

References
----------
staging/src/k8s.io/api/core/v1/types.go: Probe, Lifecycle, ContainerRestartRule (v1.37)
"""

from __future__ import annotations

from typing import ClassVar

from k8smodels.api.structure import Struct, struct


@struct
class EnvVar(Struct):
    """A variable of the container's environment; a value from elsewhere stays in `unknown`."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"valueFrom"})

    name: str = ""
    value: str = ""


@struct
class ExecAction(Struct):
    """A command that runs inside the container; exit code 0 is success."""

    command: tuple[str, ...] = ()


@struct
class HTTPHeader(Struct):
    """A header of a request."""

    name: str = ""
    value: str = ""


@struct
class HTTPGetAction(Struct):
    """A request; a status from 200 to 399 is success."""

    path: str = ""
    port: int | str = 0
    host: str = ""
    scheme: str = ""
    http_headers: tuple[HTTPHeader, ...] = ()
    protocol: str | None = None


@struct
class TCPSocketAction(Struct):
    """A connection; success is that it opens."""

    port: int | str = 0
    host: str = ""


@struct
class GRPCAction(Struct):
    """A call of the gRPC health service; success is the status ``SERVING``."""

    port: int = 0
    service: str | None = None
    mode: str | None = None


@struct
class SleepAction(Struct):
    """A pause."""

    seconds: int = 0


@struct
class Probe(Struct):
    """A question that the kubelet asks a container again and again. 0 stands for the API server's default."""

    exec: ExecAction | None = None
    http_get: HTTPGetAction | None = None
    tcp_socket: TCPSocketAction | None = None
    grpc: GRPCAction | None = None
    initial_delay_seconds: int = 0
    timeout_seconds: int = 0
    period_seconds: int = 0
    success_threshold: int = 0
    failure_threshold: int = 0
    termination_grace_period_seconds: int | None = None


@struct
class LifecycleHandler(Struct):
    """What a hook does."""

    exec: ExecAction | None = None
    http_get: HTTPGetAction | None = None
    tcp_socket: TCPSocketAction | None = None
    sleep: SleepAction | None = None


@struct
class Lifecycle(Struct):
    """Hooks: right after the start, and before the stop."""

    post_start: LifecycleHandler | None = None
    pre_stop: LifecycleHandler | None = None
    stop_signal: str | None = None


@struct
class ContainerRestartRuleOnExitCodes(Struct):
    """Exit codes that a rule is for: ``In`` or ``NotIn`` the `values`."""

    operator: str = ""
    values: tuple[int, ...] = ()


@struct
class ContainerRestartRule(Struct):
    """What happens on certain exit codes: ``Restart`` or ``RestartAllContainers``."""

    action: str = ""
    exit_codes: ContainerRestartRuleOnExitCodes | None = None


@struct
class PodReadinessGate(Struct):
    """A condition that somebody outside sets, and without which the pod is not ready."""

    condition_type: str = ""
