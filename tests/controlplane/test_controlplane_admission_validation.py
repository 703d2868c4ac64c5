from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from k8smodels.api.kinds import load
from k8smodels.api.meta import KubernetesObject, Unstructured
from k8smodels.api.pod import Pod
from k8smodels.controlplane.admission import Admission, decode
from k8smodels.controlplane.clock import Clock
from k8smodels.controlplane.resources import kind_of
from k8smodels.controlplane.status import StatusError
from k8smodels.controlplane.store import Store

RECORDED = Path(__file__).parents[1] / "golden" / "controlplane" / "validation.json"
CASES = json.loads(RECORDED.read_text("utf-8"))["cases"]
ACCEPTED = [case for case in CASES if "stored" in case["want"] and not case["input"].get("changes")]

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: nginx}]}}
"""
POD = "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: web, image: nginx}]}}"


def admitted(item: KubernetesObject) -> KubernetesObject:
    return Admission().create(item, Store(Clock(), 0))


def read(manifest: Any) -> KubernetesObject:
    (item,) = decode(manifest if isinstance(manifest, str) else json.dumps(manifest))
    return replace(item, metadata=replace(item.metadata, name=item.name or "generated", uid="1"))


def refusal(item: KubernetesObject, before: KubernetesObject | None = None) -> str:
    with pytest.raises(StatusError) as refused:
        admitted(item) if before is None else Admission().update(item, before)
    assert refused.value.code == 422
    return str(refused.value)


def test_every_admitted_object_survives_being_written_and_read() -> None:
    for case in ACCEPTED:
        stored = admitted(read(case["input"]["object"]))
        if not isinstance(stored, Unstructured):
            assert type(stored).from_json(json.loads(json.dumps(stored.to_json()))) == stored, case["name"]


def test_admitting_what_was_admitted_changes_nothing() -> None:
    for case in ACCEPTED:
        stored = admitted(read(case["input"]["object"]))
        assert admitted(stored) == stored, case["name"]
        assert Admission().update(stored, stored) is stored


def test_a_status_is_written_whatever_the_spec_is() -> None:
    before = read(POD)
    assert isinstance(before, Pod)
    broken = replace(before, spec=replace(before.spec, containers=()))
    running = replace(broken, status=replace(broken.status, phase="Running"))
    assert Admission().update(running, broken) is running


def test_all_errors_are_told_at_once_and_none_twice() -> None:
    deployment = WEB.replace("matchLabels: {app: web}", "matchLabels: {app: x}").replace(
        "spec:\n", "spec:\n  replicas: -1\n"
    )
    assert refusal(read(deployment)) == (
        'The Deployment "web" is invalid: \n'
        "* spec.replicas: Invalid value: -1: must be greater than or equal to 0\n"
        '* spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'
    )


def test_a_selector_stays_as_it_is() -> None:
    stored = admitted(read(WEB))
    changed = read(WEB.replace("app: web", "app: x"))
    assert refusal(changed, stored) == (
        'The Deployment "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"x"}}: field is immutable'
    )


def test_a_pod_on_a_lost_node_may_stay_five_minutes() -> None:
    pod = admitted(read(POD))
    assert isinstance(pod, Pod)
    assert [(each.key, each.toleration_seconds) for each in pod.spec.tolerations] == [
        ("node.kubernetes.io/not-ready", 300),
        ("node.kubernetes.io/unreachable", 300),
    ]


def test_a_toleration_may_be_added_but_not_taken_away() -> None:
    pod = admitted(read(POD))
    assert isinstance(pod, Pod)
    more = replace(pod.spec.tolerations[0], key="example.com/busy")
    longer = replace(pod.spec.tolerations[0], toleration_seconds=600)
    added = replace(pod, spec=replace(pod.spec, tolerations=(longer, pod.spec.tolerations[1], more)))
    assert Admission().update(added, pod) == added
    taken = replace(pod, spec=replace(pod.spec, tolerations=pod.spec.tolerations[:1]))
    told = "existing toleration can not be modified except its tolerationSeconds"
    assert refusal(taken, pod) == f'The Pod "web" is invalid: spec.tolerations: Forbidden: {told}'


def test_too_many_annotations_are_refused() -> None:
    pod = read(POD)
    big = replace(pod, metadata=replace(pod.metadata, annotations={"note": "x" * (256 * 1024)}))
    told = "metadata.annotations: Too long: may not be more than 262144 bytes"
    assert refusal(big) == f'The Pod "web" is invalid: {told}'


def test_no_finalizer_comes_to_what_is_being_deleted() -> None:
    pod = read(POD)
    going = replace(pod, metadata=replace(pod.metadata, deletion_timestamp="2026-01-01T00:00:00Z"))
    held = replace(going, metadata=replace(going.metadata, finalizers=("example.com/wait",)))
    told = "no new finalizers can be added if the object is being deleted, found new finalizers"
    assert refusal(held, going) == (
        f'The Pod "web" is invalid: metadata.finalizers: Forbidden: {told} []string{{"example.com/wait"}}'
    )


def test_an_immutable_config_map_keeps_its_data() -> None:
    text = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {color: red}, immutable: true}"
    stored = admitted(read(text))
    told = "Forbidden: field is immutable when `immutable` is set"
    changed = read(text.replace("red", "blue").replace("true", "false"))
    assert refusal(changed, stored) == f'The ConfigMap "a" is invalid: \n* immutable: {told}\n* data: {told}'


def test_a_suspended_job_may_still_change_where_its_pods_run() -> None:
    job = """
    {apiVersion: batch/v1, kind: Job, metadata: {name: sum}, spec: {suspend: true, template: {spec: {
      restartPolicy: Never, containers: [{name: sum, image: busybox}]}}}}
    """
    stored: Any = admitted(read(job))
    template = stored.spec.template
    moved = replace(template, spec=replace(template.spec, node_selector={"disk": "ssd"}))
    changed = replace(stored, spec=replace(stored.spec, template=moved))
    assert Admission().update(changed, stored) == changed
    runs = replace(stored, spec=replace(stored.spec, suspend=False))
    changed = replace(changed, spec=replace(changed.spec, suspend=False))
    told = "spec.template: Invalid value: {…}: field is immutable"
    assert refusal(changed, runs) == f'The Job "sum" is invalid: {told}'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: 5}", "data: Invalid value: 5: must be a map"),
        ("{apiVersion: v1, kind: Secret, metadata: {name: a}, data: [5]}", "data: Invalid value: [5]: must be a map"),
        (
            "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {selector: x}}",
            'spec.selector: Invalid value: "x": must be an object (LabelSelector)',
        ),
        (
            "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {selector: {matchLabels: [x]}}}",
            'spec.selector.matchLabels: Invalid value: ["x"]: must be a map',
        ),
    ],
)
def test_what_nobody_has_read_strictly_is_refused_as_well(text: str, told: str) -> None:
    (item,) = load(text, keep_unknown=True)
    assert refusal(item) == f'The {kind_of(item)} "a" is invalid: {told}'
