"""The way of a stream: who calls whom for ``kubectl exec``, ``attach`` and ``port-forward``.

References
----------
pkg/kubelet/server/server.go: InstallDebuggingHandlers; pkg/registry/core/pod/rest/subresources.go;
staging/src/k8s.io/cri-streaming/pkg/streaming/server.go (v1.37); KEP-4006 (WebSockets instead of SPDY)
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from k8smodels.i18n import _
from k8smodels.runtime.streaming import AttachRequest, ExecRequest, PortForwardRequest, Request, StreamingServer


@dataclass(frozen=True, slots=True)
class StreamStep:
    """One step.

    Attributes
    ----------
    caller, callee
        Who asks whom.
    protocol
        How.
    what
        The request, or the answer.
    why
        What it is for, in a sentence.
    """

    caller: str
    callee: str
    protocol: str
    what: str
    why: str


def stream_steps(
    request: Request, *, namespace: str, pod: str, container: str = "", server: StreamingServer | None = None
) -> tuple[StreamStep, ...]:
    """The steps of one stream through a cluster with containerd.

    Raises
    ------
    StreamingError
        A request that the runtime refuses.

    Examples
    --------
    >>> steps = stream_steps(ExecRequest("c1", ("ls",)), namespace="default", pod="web", container="app")
    >>> steps[2].what, steps[3].what.rpartition("/")[0]
    ('Exec', 'http://127.0.0.1:39847/exec')
    """
    method, url = (
        type(request).__name__.removesuffix("Request"),
        (server or StreamingServer()).url_of(request, now_seconds=0),
    )
    subresource = method.lower()
    from_client = f"/api/v1/namespaces/{namespace}/pods/{pod}/{subresource}{_query(request, container, short=False)}"
    kubelet_path = f"/{method[0].lower()}{method[1:]}/{namespace}/{pod}"
    to_kubelet = kubelet_path + (f"/{container}{_query(request, '', short=True)}" if container else "")
    stream = "TCP" if isinstance(request, PortForwardRequest) else "stdin, stdout, stderr"
    return (
        StreamStep("kubectl", "kube-apiserver", "WebSocket", from_client, _("the client asks for a connection")),
        StreamStep(
            "kube-apiserver",
            "kubelet",
            "WebSocket",
            to_kubelet,
            _("the API server asks the kubelet of the node (before v1.36, with SPDY)"),
        ),
        StreamStep("kubelet", "containerd", "gRPC (CRI)", method, _("the runtime keeps the request")),
        StreamStep("containerd", "kubelet", "gRPC (CRI)", url, _("its answer is a URL for one use within a minute")),
        StreamStep(
            "kubelet",
            "containerd",
            "SPDY",
            url,
            _("the kubelet connects the caller with that URL, and translates to SPDY, still in v1.37"),
        ),
        StreamStep("kubectl", "containerd", stream, _target(request), _("data flows through API server and kubelet")),
    )


def _target(request: Request) -> str:
    match request:
        case ExecRequest():
            return " ".join(request.cmd)
        case AttachRequest():
            return _("the container's first process")
        case PortForwardRequest():
            return ", ".join(f"localhost:{port}" for port in request.port)


def _query(request: Request, container: str, *, short: bool) -> str:
    """The query: the API server's parameters, or (`short`) the kubelet's."""
    if isinstance(request, PortForwardRequest):
        return ""
    pairs = [("command", word) for word in request.cmd] if isinstance(request, ExecRequest) else []
    pairs += [("container", container)] if container else []
    names = {"stdin": "input", "stdout": "output", "stderr": "error", "tty": "tty"}
    for name, kubelet_name in names.items():
        if getattr(request, name):
            pairs.append((kubelet_name, "1") if short else (name, "true"))
    return f"?{urlencode(pairs)}" if pairs else ""
