"""Manifests with controllers become the pods that those would make."""

from __future__ import annotations

import pytest

from k8smodels.api.errors import InvalidObject
from k8smodels.api.kinds import load
from k8smodels.api.node import node
from k8smodels.api.pod import Pod
from k8smodels.workloads import expand

TEMPLATE = (
    "selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c}]}}"
)


def made(kind: str, spec: str, version: str = "apps/v1") -> list[Pod]:
    objects = load(f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: web, namespace: shop}}\nspec: {{{spec}}}")
    return [item for item in expand(objects, [node("n1"), node("n2")]) if isinstance(item, Pod)]


@pytest.mark.parametrize("kind", ["ReplicaSet", "StatefulSet"])
def test_replicas_become_pods_that_their_controller_owns(kind: str) -> None:
    pods = made(kind, f"replicas: 3, {TEMPLATE}")
    assert [pod.name for pod in pods] == ["web-0", "web-1", "web-2"]
    assert {pod.namespace for pod in pods} == {"shop"}
    assert {
        (pod.metadata.controller.kind, pod.metadata.controller.name) for pod in pods if pod.metadata.controller
    } == {(kind, "web")}


def test_a_deployment_makes_pods_through_a_replica_set_that_selects_them() -> None:
    pods = made("Deployment", TEMPLATE)
    objects = expand(load(f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec: {{{TEMPLATE}}}"))
    assert [item.kind for item in objects] == ["Deployment", "ReplicaSet", "Pod"]
    (pod,) = pods
    assert pod.metadata.controller is not None
    assert pod.metadata.controller.kind == "ReplicaSet"
    assert objects[1].to_json()["spec"]["selector"]["matchLabels"].items() <= pod.labels.items()


def test_another_template_gives_another_replica_set() -> None:
    assert made("Deployment", TEMPLATE)[0].name != made("Deployment", TEMPLATE.replace("name: c", "name: d"))[0].name


def test_a_daemon_set_makes_one_pod_a_node_bound_by_affinity() -> None:
    pods = made("DaemonSet", TEMPLATE)
    fields = [pod.to_json()["spec"]["affinity"]["nodeAffinity"] for pod in pods]
    wanted = [
        field["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"][0]["matchFields"][0]["values"]
        for field in fields
    ]
    assert wanted == [["n1"], ["n2"]]
    assert all(pod.spec.tolerations for pod in pods)


def test_a_job_starts_no_more_pods_than_it_needs() -> None:
    assert (
        len(made("Job", "parallelism: 5, completions: 2, template: {spec: {containers: [{name: c}]}}", "batch/v1")) == 2
    )


def test_an_absurd_number_of_replicas_is_refused() -> None:
    with pytest.raises(InvalidObject, match=r"spec\.replicas: Invalid value: 1000000000: must be at most 100000 here"):
        made("Deployment", f"replicas: 1000000000, {TEMPLATE}")
