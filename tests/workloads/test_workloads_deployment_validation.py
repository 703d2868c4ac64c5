"""Refusals of Deployments, word for word as pkg/apis/apps/validation/validation.go (v1.37) has them."""

from __future__ import annotations

from typing import Any

import pytest

from k8smodels.api.errors import InvalidObject
from k8smodels.api.workload import Deployment
from k8smodels.workloads.deployment.validation import validate_deployment, validate_deployment_update

PATH = "spec.strategy.rollingUpdate"


def deployment(**spec: Any) -> Deployment:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "web:1"}]}}
    fields = {"selector": {"matchLabels": {"app": "web"}}, "template": template}
    return Deployment.from_json({"metadata": {"name": "web"}, "spec": fields | spec})


def limits(surge: Any, unavailable: Any) -> dict[str, Any]:
    return {"strategy": {"rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}}


@pytest.mark.parametrize(
    "spec",
    [{}, limits("200%", "100%"), limits(0, 1), limits("0%", "1%"), {"strategy": {"type": "Recreate"}}, {"replicas": 0}],
)
def test_what_the_api_server_takes(spec: dict[str, Any]) -> None:
    validate_deployment(deployment(**spec))


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (limits(0, 0), f"{PATH}.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"),
        (limits("0%", "0%"), f'{PATH}.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'),
        (limits(1, "101%"), f'{PATH}.maxUnavailable: Invalid value: "101%": must not be greater than 100%'),
        (limits(-1, 1), f"{PATH}.maxSurge: Invalid value: -1: must be greater than or equal to 0"),
        (limits("x", 1), "a valid percent string must be a numeric string followed by an ending '%'"),
        ({"replicas": -1}, "spec.replicas: Invalid value: -1: must be greater than or equal to 0"),
        ({"selector": None}, "spec.selector: Required value"),
        ({"selector": {}}, "spec.selector: Invalid value: {}: empty selector is invalid for deployment"),
        (
            {"selector": {"matchLabels": {"app": "x"}}},
            'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
        ),
        ({"strategy": {"type": "Canary"}}, 'spec.strategy: Unsupported value: "Canary"'),
        (
            {"strategy": {"type": "Recreate", "rollingUpdate": {"maxSurge": 1}}},
            "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
        ),
        (
            {"minReadySeconds": 600},
            "spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds",
        ),
        ({"revisionHistoryLimit": -1}, "spec.revisionHistoryLimit: Invalid value: -1: must be greater"),
    ],
)
def test_what_the_api_server_refuses(spec: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidObject) as refused:
        validate_deployment(deployment(**spec))
    assert words in str(refused.value)


def test_a_selector_stays_for_ever() -> None:
    other = {"matchLabels": {"app": "shop"}}
    labels = {"metadata": {"labels": {"app": "shop"}}, "spec": {"containers": [{"name": "c", "image": "web:1"}]}}
    with pytest.raises(InvalidObject) as refused:
        validate_deployment_update(deployment(selector=other, template=labels), deployment())
    assert (
        str(refused.value) == 'The Deployment "web" is invalid: spec.selector: Invalid value: '
        '{"matchLabels":{"app":"shop"}}: field is immutable'
    )
    validate_deployment_update(deployment(replicas=3), deployment())
