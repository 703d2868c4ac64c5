from __future__ import annotations

import pytest
from hypothesis import given
from resource_pods import GI, both, container, make_pod, pods

from k8smodels.api.errors import FieldError
from k8smodels.api.pod import Pod
from k8smodels.isolation import oom_score_adj, pod_qos, qos_class


def test_equal_requests_and_limits_of_cpu_and_memory_make_guaranteed() -> None:
    assert qos_class(make_pod(container(**both(cpu="1", memory="1Gi")))) == "Guaranteed"
    assert qos_class(make_pod(container(requests={"cpu": "1000m"}, limits={"cpu": "1"}))) == "Burstable"


def test_a_pod_that_asks_for_nothing_is_best_effort() -> None:
    assert qos_class(make_pod(container())) == "BestEffort"
    assert qos_class(make_pod(container(requests={"cpu": "0", "memory": "0"}))) == "BestEffort"
    assert qos_class(make_pod(container(requests={"ephemeral-storage": "1Gi", "example.com/gpu": "1"}))) == "BestEffort"


def test_one_container_of_another_class_makes_burstable() -> None:
    guaranteed = container("a", **both(cpu="1", memory="1Gi"))
    assert qos_class(make_pod(guaranteed, container("b"))) == "Burstable"
    assert qos_class(make_pod(container("b"), init=(guaranteed,))) == "Burstable"


def test_resources_of_the_whole_pod_decide_instead_of_its_containers() -> None:
    found = pod_qos(make_pod(container(requests={"cpu": "1"}), resources=both(cpu="2", memory="2Gi")))
    assert (found.qos_class, found.source) == ("Guaranteed", "spec.resources")


def test_the_reasons_name_each_container_and_resource() -> None:
    found = pod_qos(make_pod(container(**both(cpu="1")), init=(container("i"),)))
    reasons = [(entry.path, entry.resource, entry.qos_class) for entry in found.resources]
    assert reasons == [
        ("spec.initContainers[0].resources", "cpu", "BestEffort"),
        ("spec.initContainers[0].resources", "memory", "BestEffort"),
        ("spec.containers[0].resources", "cpu", "Guaranteed"),
        ("spec.containers[0].resources", "memory", "BestEffort"),
    ]


def test_a_class_in_the_status_stays() -> None:
    assert qos_class(make_pod(container(), status={"qosClass": "Guaranteed"})) == "Guaranteed"
    with pytest.raises(
        FieldError, match=r'status\.qosClass: Unsupported value: "Best": supported values: "BestEffort"'
    ):
        qos_class(make_pod(container(), status={"qosClass": "Best"}))


@given(pods())
def test_every_pod_has_a_class_and_a_class_that_all_agree_on(pod: Pod) -> None:
    found = pod_qos(pod)
    classes = {entry.qos_class for entry in found.resources}
    assert found.qos_class == (classes.pop() if len(classes) == 1 else "Burstable")


@given(pods())
def test_oom_scores_keep_the_order_of_the_classes(pod: Pod) -> None:
    scores = [oom_score_adj(pod, item, 16 * GI) for item in pod.all_containers]
    match qos_class(pod):
        case "Guaranteed":
            assert set(scores) == {-997}
        case "BestEffort":
            assert set(scores) == {1000}
        case _:
            assert all(3 <= score <= 999 for score in scores)


def test_a_request_of_a_tenth_of_the_memory_leaves_900_points() -> None:
    pod = make_pod(container(requests={"memory": "1Gi"}))
    assert oom_score_adj(pod, pod.spec.containers[0], 10 * GI) == 900


def test_a_sidecar_is_never_worse_off_than_the_smallest_container() -> None:
    side = container("s", requests={"memory": "64Mi"}, restartPolicy="Always")
    pod = make_pod(container(requests={"memory": "4Gi"}), init=(side,))
    assert oom_score_adj(pod, pod.spec.init_containers[0], 16 * GI) == 750


def test_only_node_critical_pods_are_protected_like_guaranteed_ones() -> None:
    for name, score in (("system-node-critical", -997), ("system-cluster-critical", 1000)):
        pod = make_pod(container(), priority=2_000_001_000, priorityClassName=name)
        assert oom_score_adj(pod, pod.spec.containers[0], GI) == score


def test_a_node_without_memory_has_no_scores() -> None:
    pod = make_pod(container())
    with pytest.raises(FieldError, match="memory_capacity_bytes: Invalid value: 0: must be greater than zero"):
        oom_score_adj(pod, pod.spec.containers[0], 0)
