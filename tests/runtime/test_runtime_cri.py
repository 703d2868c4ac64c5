from __future__ import annotations

from itertools import pairwise

import pytest

from k8smodels.api.errors import FieldError
from k8smodels.runtime import (
    AttachRequest,
    ExecRequest,
    PortForwardRequest,
    StreamingServer,
    call_path,
    cri_versions,
    stream_steps,
)
from k8smodels.runtime.cri_methods import SERVICES
from k8smodels.runtime.stack import NEWEST, OLDEST, STACKS
from k8smodels.runtime.streaming import MAX_IN_FLIGHT, Request, StreamingError


def test_a_url_is_for_one_use_within_a_minute() -> None:
    server = StreamingServer()
    first, second = (server.url_of(ExecRequest("c", ("ls",)), now_seconds=0) for _ in range(2))
    assert server.serve(first, now_seconds=60) == ExecRequest("c", ("ls",))
    assert server.serve(first, now_seconds=60) is None
    assert server.serve(second, now_seconds=61) is None
    assert server.serve("http://127.0.0.1:39847/exec/unknown", now_seconds=0) is None


def test_at_most_a_thousand_urls_wait() -> None:
    server = StreamingServer()
    for _ in range(MAX_IN_FLIGHT):
        server.url_of(AttachRequest("c"), now_seconds=0)
    with pytest.raises(StreamingError, match="maximum number of in-flight requests exceeded"):
        server.url_of(AttachRequest("c"), now_seconds=60)
    assert server.url_of(AttachRequest("c"), now_seconds=61)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (ExecRequest("", ("ls",)), "missing required container_id"),
        (ExecRequest("c", ("ls",), tty=True), "tty and stderr cannot both be true"),
        (ExecRequest("c", ("ls",), stdout=False, stderr=False), "one of stdin, stdout, or stderr must be set"),
        (AttachRequest("c", stdout=False, stderr=False), "one of stdin, stdout, and stderr must be set"),
        (PortForwardRequest(""), "missing required pod_sandbox_id"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_in_the_words_of_the_runtime(request_: Request, message: str) -> None:
    with pytest.raises(StreamingError) as error:
        StreamingServer().url_of(request_, now_seconds=0)
    assert str(error.value) == message


def test_exec_goes_from_the_client_to_the_runtime_through_the_kubelet() -> None:
    request = ExecRequest("c1", ("sh", "-c", "a b"), tty=True, stdin=True, stderr=False)
    steps = stream_steps(request, namespace="default", pod="web", container="app")
    assert [step.what for step in steps[:3]] == [
        "/api/v1/namespaces/default/pods/web/exec"
        "?command=sh&command=-c&command=a+b&container=app&stdin=true&stdout=true&tty=true",
        "/exec/default/web/app?command=sh&command=-c&command=a+b&input=1&output=1&tty=1",
        "Exec",
    ]


def test_port_forward_is_about_the_sandbox() -> None:
    steps = stream_steps(PortForwardRequest("s1", (80,)), namespace="default", pod="web")
    assert steps[1].what == "/portForward/default/web"
    assert steps[2].what == "PortForward"
    assert steps[-1].what == "localhost:80"


def test_each_method_is_named_once() -> None:
    methods = [method.name for methods in SERVICES.values() for method in methods]
    assert len(methods) == len(set(methods)) == 43


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: f"{stack.runtime}-1.{stack.first}")
def test_each_callee_is_the_next_caller_from_the_kubelet_to_the_process(stack) -> None:  # type: ignore[no-untyped-def]
    assert all(earlier.callee == later.caller for earlier, later in pairwise(stack.hops))
    assert (stack.hops[0].caller, stack.hops[-1].callee) == ("kubelet", "process")


@pytest.mark.parametrize("minor", range(OLDEST, NEWEST + 1))
@pytest.mark.parametrize("runtime", ["docker", "containerd", "cri-o", "kata"])
def test_each_runtime_has_one_path_in_each_version(runtime: str, minor: int) -> None:
    assert call_path(runtime, f"v1.{minor}.0").runtime == runtime
    assert sum(stack.runtime == runtime and stack.first <= minor <= stack.last for stack in STACKS) == 1


def test_docker_lost_its_place_in_the_kubelet_in_1_24() -> None:
    assert call_path("docker", "1.23").hops[0].callee == "dockershim"
    assert call_path("docker", "1.23").cni_caller == "kubelet"
    assert call_path("docker", "1.24").hops[0].callee == "cri-dockerd"


def test_the_cri_has_one_version_since_1_26() -> None:
    assert [cri_versions(version) for version in ("1.22", "1.23", "1.25", "1.26")] == [
        ("v1alpha2",),
        ("v1", "v1alpha2"),
        ("v1", "v1alpha2"),
        ("v1",),
    ]


@pytest.mark.parametrize(
    ("runtime", "version"), [("rkt", "1.37"), ("docker", "1.18"), ("docker", "1.38"), ("docker", "x")]
)
def test_what_has_no_table_is_refused(runtime: str, version: str) -> None:
    with pytest.raises(FieldError):
        call_path(runtime, version)
