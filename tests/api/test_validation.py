"""Objects that the API server refuses are refused in its words."""

from __future__ import annotations

import pytest

from k8smodels.api.errors import InvalidObject
from k8smodels.api.kinds import load
from k8smodels.api.validation import validate


def refused(spec: str, kind: str = "Pod", head: str = "apiVersion: v1") -> list[str]:
    """The lines of the error that `spec` gets."""
    (item,) = load(f"{head}\nkind: {kind}\nmetadata: {{name: x}}\n{spec}")
    try:
        validate(item)
    except InvalidObject as error:
        return [str(line) for line in error.errors]
    return []


def container(text: str) -> str:
    return f"spec: {{containers: [{{name: c, image: i, {text}}}]}}"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("spec: {}", "spec.containers: Required value"),
        ("spec: {containers: [{name: c}]}", "spec.containers[0].image: Required value"),
        ("spec: {containers: [{image: i}]}", "spec.containers[0].name: Required value"),
        (
            "spec: {containers: [{name: c, image: i}, {name: c, image: i}]}",
            'spec.containers[1].name: Duplicate value: "c"',
        ),
        (
            container("resources: {requests: {cpu: -1}}"),
            'spec.containers[0].resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
        ),
        (
            container("resources: {requests: {cpu: 2}, limits: {cpu: 1}}"),
            'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
        ),
        (container("ports: [{}]"), "spec.containers[0].ports[0].containerPort: Required value"),
        (
            container("ports: [{containerPort: 70000}]"),
            "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
        ),
        (
            "spec: {containers: [{name: c, image: i}], tolerations: [{key: a, effect: Never}]}",
            'spec.tolerations[0].effect: Unsupported value: "Never": '
            'supported values: "NoExecute", "NoSchedule", "PreferNoSchedule"',
        ),
        (
            "spec: {containers: [{name: c, image: i}], "
            "topologySpreadConstraints: [{maxSkew: 0, topologyKey: z, whenUnsatisfiable: ScheduleAnyway}]}",
            "spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero",
        ),
    ],
)
def test_a_pod_is_refused_with_path_value_and_remedy(spec: str, message: str) -> None:
    assert refused(spec) == [message]


def test_a_resource_that_is_neither_standard_nor_has_a_domain_is_refused_twice() -> None:
    refusal = 'spec.containers[0].resources.requests[gpu]: Invalid value: "gpu": must be a standard resource'
    assert refused(container("resources: {requests: {gpu: 2}}")) == [
        f"{refusal} type or fully qualified",
        f"{refusal} for containers",
    ]


def test_all_errors_come_at_once() -> None:
    errors = refused("spec: {containers: [{}], tolerations: [{}]}")
    assert [line.split(":")[0] for line in errors] == [
        "spec.containers[0].name",
        "spec.containers[0].image",
        "spec.tolerations[0].operator",
    ]


def test_a_node_with_a_negative_amount_is_refused() -> None:
    assert refused('status: {allocatable: {cpu: "-4"}}', "Node") == [
        'status.allocatable[cpu]: Invalid value: "-4": must be greater than or equal to 0'
    ]


def test_a_controller_is_refused_for_its_template() -> None:
    assert refused("spec: {replicas: -1, template: {spec: {}}}", "Deployment", "apiVersion: apps/v1") == [
        "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        "spec.template.spec.containers: Required value",
    ]


def test_a_good_pod_passes() -> None:
    assert (
        refused(container("resources: {requests: {cpu: 1, example.com/gpu: 1}, limits: {cpu: 1, example.com/gpu: 1}}"))
        == []
    )
