from __future__ import annotations

from typing import Any

import pytest

from k8smodels.api.defaults import default_pod
from k8smodels.api.pod import Pod
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.requests import is_extended, is_scalar, scored_requests

Json = dict[str, Any]


def container(name: str = "c", **more: Any) -> Json:
    return {"name": name, "resources": {"requests": more.pop("requests", {}), "limits": more.pop("limits", {})}, **more}


def info(*containers: Json, init: tuple[Json, ...] = (), status: Json | None = None, **spec: Any) -> PodInfo:
    body = {"containers": list(containers), "initContainers": list(init), **spec}
    return PodInfo.of(Pod.from_json({"metadata": {"name": "p"}, "spec": body, "status": status or {}}))


def test_containers_add_up() -> None:
    pod = info(container(requests={"cpu": "250m"}), container("d", requests={"cpu": "1", "memory": "1Gi"}))
    assert pod.requests == {"cpu": 1250, "memory": 1 << 30}


def test_fractions_of_a_thousandth_are_rounded_up_once_for_the_pod() -> None:
    assert info(container(requests={"cpu": "100u"}), container("d", requests={"cpu": "200u"})).requests == {"cpu": 1}


def test_init_containers_count_one_at_a_time() -> None:
    init = (container("i", requests={"cpu": "2"}), container("j", requests={"cpu": "3"}))
    assert info(container(requests={"cpu": "1"}), init=init).requests == {"cpu": 3000}


def test_a_sidecar_counts_beside_what_starts_after_it() -> None:
    sidecar = container("s", requests={"cpu": "1"}, restartPolicy="Always")
    init = (container("i", requests={"cpu": "3"}), sidecar, container("j", requests={"cpu": "3"}))
    assert info(container(requests={"cpu": "1"}), init=init).requests == {"cpu": 4000}
    assert info(container(requests={"cpu": "1"}), init=init[:2]).requests == {"cpu": 3000}


def test_overhead_comes_on_top() -> None:
    assert info(container(requests={"cpu": "1"}), overhead={"cpu": "100m"}).requests == {"cpu": 1100}


def test_a_request_defaults_to_the_limit() -> None:
    assert info(container(limits={"cpu": "2"})).requests == {"cpu": 2000}
    assert info(container(limits={"cpu": "2"}, requests={"cpu": "1"})).requests == {"cpu": 1000}


def test_a_request_of_the_pod_replaces_the_sum_of_that_resource() -> None:
    pod = info(container(requests={"cpu": "1", "memory": "1Gi"}), resources={"requests": {"cpu": "3"}})
    assert pod.requests == {"cpu": 3000, "memory": 1 << 30}


def test_a_limit_of_the_pod_is_its_request_where_no_container_requests() -> None:
    pod = info(container(requests={"memory": "1Gi"}), resources={"limits": {"cpu": "3", "memory": "4Gi"}})
    assert pod.requests == {"cpu": 3000, "memory": 1 << 30}


def test_the_pods_limits_are_completed_from_containers_that_are_all_limited() -> None:
    spec = {"containers": [container(limits={"memory": "1Gi"})], "resources": {"requests": {"cpu": "3"}}}
    resources = default_pod(Pod.from_json({"spec": spec})).spec.resources
    assert resources
    assert {name: str(amount) for name, amount in resources.limits.items()} == {"memory": "1Gi"}


def test_the_score_of_a_pending_pod_ignores_what_the_pod_requests_as_a_whole() -> None:
    pod = info(container(), resources={"requests": {"cpu": "3"}})
    assert scored_requests(pod.pod) == {"cpu": 100, "memory": 200 << 20}
    assert pod.non_zero_requests == {"cpu": 3000, "memory": 200 << 20}


def test_each_container_without_a_request_counts_a_little_when_scored() -> None:
    pod = info(container(), container("d", requests={"cpu": "0", "memory": "1Gi"}))
    assert pod.requests == {"cpu": 0, "memory": 1 << 30}
    assert pod.non_zero_requests == {"cpu": 100, "memory": (200 << 20) + (1 << 30)}


@pytest.mark.parametrize(
    ("pending", "cpu"),
    [({}, 4000), ({"type": "PodResizePending", "reason": "Infeasible"}, 3000)],
    ids=["resize", "infeasible"],
)
def test_a_pod_that_is_being_resized_counts_the_largest_size(pending: Json, cpu: int) -> None:
    status = {
        "conditions": [pending] if pending else [],
        "containerStatuses": [
            {"name": "c", "allocatedResources": {"cpu": "2"}, "resources": {"requests": {"cpu": "3"}}}
        ],
    }
    assert info(container(requests={"cpu": "4"}), status=status).requests == {"cpu": cpu}


def test_a_pod_resized_as_a_whole_counts_the_largest_size() -> None:
    status = {"resources": {"requests": {"cpu": "3"}}, "allocatedResources": {"cpu": "2"}}
    pod = info(container(), resources={"requests": {"cpu": "1"}}, status=status)
    assert pod.requests["cpu"] == 3000


@pytest.mark.parametrize(
    ("resource", "scalar", "extended"),
    [
        ("cpu", False, False),
        ("example.com/gpu", True, True),
        ("hugepages-2Mi", True, False),
        ("attachable-volumes-csi", True, False),
        ("kubernetes.io/batch-cpu", True, False),
        ("requests.example.com/gpu", False, False),
        ("gpu", False, False),
    ],
)
def test_kinds_of_resources(resource: str, scalar: bool, extended: bool) -> None:
    assert (is_scalar(resource), is_extended(resource)) == (scalar, extended)


def test_on_the_hosts_network_each_port_is_a_host_port() -> None:
    ports = [{"containerPort": 80}, {"containerPort": 81, "hostPort": 90}]
    pod = info(container(ports=ports), hostNetwork=True)
    assert pod.host_ports == {("0.0.0.0", "TCP", 80), ("0.0.0.0", "TCP", 90)}


def test_label_keys_are_merged_with_the_pods_own_values() -> None:
    term = {"labelSelector": {}, "topologyKey": "zone", "matchLabelKeys": ["app", "none"], "mismatchLabelKeys": ["rev"]}
    rules = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    labels = {"app": "web", "rev": "2"}
    body = {"metadata": {"name": "p", "labels": labels}, "spec": {"affinity": rules, "containers": [container()]}}
    (merged,) = PodInfo.of(Pod.from_json(body)).required_affinity
    assert str(merged.selector) == "app in (web),rev notin (2)"
