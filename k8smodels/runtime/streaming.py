"""Exec, attach and port-forward: from a request to a URL to a stream.

The CRI's `Exec`, `Attach` and `PortForward` carry no data: the runtime keeps the request, and answers with a URL of its
own streaming server. The kubelet then connects the caller with that URL. `ExecSync`, which probes and hooks use, needs
none of this.

Not modelled: the data in the streams, certificates, terminal sizes.

References
----------
staging/src/k8s.io/cri-streaming/pkg/streaming: server.go, request_cache.go; pkg/kubelet/server/server.go: getExec,
getAttach, getPortForward (v1.37)
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from urllib.parse import urlsplit

TOKEN_LIFE_SECONDS = 60
"""How long a URL is good for; it is good for one use."""

MAX_IN_FLIGHT = 1000
"""How many URLs may wait for their use."""


class StreamingError(ValueError):
    """A request that the runtime's streaming server refuses, in its words."""


@dataclass(frozen=True, slots=True)
class ExecRequest:
    """Run a command in a container."""

    container_id: str
    cmd: tuple[str, ...]
    tty: bool = False
    stdin: bool = False
    stdout: bool = True
    stderr: bool = True


@dataclass(frozen=True, slots=True)
class AttachRequest:
    """Join the streams of a container's first process."""

    container_id: str
    stdin: bool = False
    tty: bool = False
    stdout: bool = True
    stderr: bool = True


@dataclass(frozen=True, slots=True)
class PortForwardRequest:
    """Reach ports of a sandbox: it is the pod that has the network."""

    pod_sandbox_id: str
    port: tuple[int, ...] = ()


Request = ExecRequest | AttachRequest | PortForwardRequest

_PATHS = {ExecRequest: "exec", AttachRequest: "attach", PortForwardRequest: "portforward"}


class StreamingServer:
    """The streaming server of a runtime.

    Parameters
    ----------
    base_url
        Where it listens: a local address, for the kubelet is the only caller. Unless its configuration names a port,
        containerd takes one that is free.
    seed
        Makes the tokens; a real server draws them at random.

    Examples
    --------
    >>> server = StreamingServer()
    >>> url = server.url_of(ExecRequest("c1", ("ls",)), now_seconds=0)
    >>> server.serve(url, now_seconds=1).cmd, server.serve(url, now_seconds=2)
    (('ls',), None)
    """

    def __init__(self, base_url: str = "http://127.0.0.1:39847", seed: int = 0) -> None:
        self._base_url, self._seed, self._made = base_url, seed, 0
        self._waiting: dict[str, tuple[Request, float]] = {}

    def url_of(self, request: Request, *, now_seconds: float) -> str:
        """What the runtime answers: a URL for one use within a minute.

        Raises
        ------
        StreamingError
            A request without target or streams, with a terminal and a stream of its own for errors, or one too many.
        """
        _check(request)
        live = {token: (kept, until) for token, (kept, until) in self._waiting.items() if now_seconds <= until}
        if len(live) >= MAX_IN_FLIGHT:
            raise StreamingError("maximum number of in-flight requests exceeded")
        token = self._token()
        self._waiting = {**live, token: (request, now_seconds + TOKEN_LIFE_SECONDS)}
        return f"{self._base_url}/{_PATHS[type(request)]}/{token}"

    def serve(self, url: str, *, now_seconds: float) -> Request | None:
        """The request behind `url`, whose streams begin now; None (``404 Not Found``) if it is used, old or unknown."""
        kind, _, token = urlsplit(url).path.strip("/").partition("/")
        request, until = self._waiting.pop(token, (None, 0.0))
        if request is None or now_seconds > until or _PATHS[type(request)] != kind:
            return None
        return request

    def _token(self) -> str:
        self._made += 1
        digest = hashlib.sha256(f"{self._seed}/{self._made}".encode()).digest()
        return base64.urlsafe_b64encode(digest)[:8].decode()


def _check(request: Request) -> None:
    if isinstance(request, PortForwardRequest):
        if not request.pod_sandbox_id:
            raise StreamingError("missing required pod_sandbox_id")
        return
    if not request.container_id:
        raise StreamingError("missing required container_id")
    if request.tty and request.stderr:
        raise StreamingError("tty and stderr cannot both be true")
    if not (request.stdin or request.stdout or request.stderr):
        last = "or" if isinstance(request, ExecRequest) else "and"
        raise StreamingError(f"one of stdin, stdout, {last} stderr must be set")
