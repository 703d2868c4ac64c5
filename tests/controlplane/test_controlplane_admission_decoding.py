from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.meta import Unstructured
from k8smodels.controlplane.admission import ManifestError, decode, read_strictly
from k8smodels.controlplane.admission.body import MAX_STRICT_ERRORS, body_problem, parse_body
from k8smodels.controlplane.admission.fields import type_of_kind
from k8smodels.controlplane.resources import RESOURCES
from k8smodels.controlplane.status import StatusError

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}\n"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["apiVersion", "kind", "metadata", "spec", "items", "template", "replicas", "labels", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def refusal(text: str, source: str = "web.yaml") -> str:
    with pytest.raises(ManifestError) as refused:
        decode(text, source)
    return str(refused.value)


def outcome(text: str) -> str:
    try:
        return f"read {len(decode(text))}"
    except ManifestError as refused:
        return str(refused)


def test_a_spelling_mistake_is_told_with_its_path() -> None:
    text = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replica: 3}}"
    assert refusal(text) == (
        'Error from server (BadRequest): error when creating "web.yaml": Deployment in version "v1" cannot be handled'
        ' as a Deployment: strict decoding error: unknown field "spec.replica"'
    )


def test_unknown_fields_come_in_the_order_in_which_kubectl_sends_them() -> None:
    text = "{kind: ConfigMap, apiVersion: v1, metadata: {name: a, Nam: b}, zzz: 1, daten: {}}"  # codespell:ignore
    found = '"daten", unknown field "metadata.Nam", unknown field "zzz"'  # codespell:ignore
    assert refusal(text).endswith(f"strict decoding error: unknown field {found}")


def test_a_value_of_a_wrong_type_is_told_with_the_field_s_type() -> None:
    text = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: three}}"
    told = "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"
    assert refusal(text).endswith(f"cannot be handled as a Deployment: {told}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "{apiVersion: v1, kind: Foo, metadata: {name: a}}",
            'resource mapping not found for name: "a" namespace: "" from "web.yaml": no matches for kind "Foo" in'
            ' version "v1"\nensure CRDs are installed first',
        ),
        (
            "{apiVersion: v1, kind: Deployment, metadata: {name: a, namespace: shop}}",
            'resource mapping not found for name: "a" namespace: "shop" from "web.yaml": no matches for kind'
            ' "Deployment" in version "v1"\nensure CRDs are installed first',
        ),
        (
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: 3}}",
            'unable to decode "web.yaml": json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name'
            " of type string",
        ),
        (
            "{apiVersion: v1, kind: ConfigMap, metadata: x}",
            'unable to decode "web.yaml": json: cannot unmarshal string into Go struct field'
            " metadataOnlyObject.metadata of type v1.ObjectMeta",
        ),
    ],
)
def test_kubectl_refuses_before_it_sends(text: str, problem: str) -> None:
    assert refusal(text) == f"error: {problem}"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{apiVersion: v1, metadata: {name: a}}", "kind not set"),
        ("{kind: Pod, metadata: {name: a}}", "apiVersion not set"),
        ("{metadata: {name: a}}", "[apiVersion not set, kind not set]"),
        ("{apiVersion: v1, kind: 3}", "kind isn't string type"),
        ("{apiVersion: a/b/c, kind: Pod}", "unexpected GroupVersion string: a/b/c"),
        ("hello", "invalid object to validate"),
        ("[1]", "invalid object to validate"),
    ],
)
def test_a_manifest_names_kind_and_version(text: str, problem: str) -> None:
    told = "if you choose to ignore these errors, turn validation off with --validate=false"
    assert refusal(text) == f'error: error validating "web.yaml": error validating data: {problem}; {told}'


def test_a_body_without_a_file_is_told_as_the_server_tells_it() -> None:
    with pytest.raises(StatusError) as refused:
        read_strictly({"apiVersion": "v1", "kind": "Pod", "spec": {"nodeNam": "a"}})
    assert str(refused.value) == (
        'Error from server (BadRequest): Pod in version "v1" cannot be handled as a Pod: strict decoding error:'
        ' unknown field "spec.nodeNam"'
    )


def test_broken_text_is_told_with_its_line() -> None:
    assert refusal("a: b\n- c").startswith(
        "error: error parsing web.yaml: error converting YAML to JSON: yaml: line 2:"
    )


def test_a_number_is_bounded() -> None:
    assert refusal("a: " + "9" * 5000) == "error: error parsing web.yaml: a number has too many digits"


def test_a_key_that_stands_twice_is_refused() -> None:
    text = CONFIG + "data:\n  color: red\n  color: blue\n"
    assert refusal(text).endswith('line 6: mapping key "color" already defined at line 5')


def test_what_is_right_beside_a_mistake_is_kept() -> None:
    with pytest.raises(ManifestError) as refused:
        decode(f"{POD}---\n{CONFIG}dat: {{}}\n---\n{CONFIG}", "all.yaml")
    assert [item.name for item in refused.value.objects] == ["web", "settings"]
    assert len(refused.value.problems) == 1


def test_a_list_counts_as_its_items() -> None:
    pod = json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {}})
    assert [item.name for item in decode(f'{{"apiVersion": "v1", "kind": "List", "items": [{pod}, {pod}]}}')] == [
        "a",
        "a",
    ]


def test_a_kind_that_no_model_reads_is_kept_whole() -> None:
    (item,) = decode(CONFIG + "data: {color: red}\n")
    assert isinstance(item, Unstructured)
    assert item.to_json()["data"] == {"color": "red"}


def test_an_empty_text_has_no_objects() -> None:
    assert decode("# nothing\n---\n") == []


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.kind)
def test_every_served_kind_is_read_strictly(resource: Any) -> None:
    version = "v2" if resource.kind == "HorizontalPodAutoscaler" else "v1"
    name = type_of_kind(f"{resource.group}/{version}" if resource.group else version, resource.kind)
    assert name == f"{version}.{resource.kind}"
    assert body_problem(parse_body('{"metadata": {"name": "a"}}'), name) == ""
    assert body_problem(parse_body('{"sort": {}}'), name) == 'strict decoding error: unknown field "sort"'


def test_no_more_mistakes_are_told_than_the_server_tells() -> None:
    body = json.dumps({f"x{i}": 1 for i in range(1000)})
    assert body_problem(parse_body(body), "v1.Pod").count("unknown field") == MAX_STRICT_ERRORS


@pytest.mark.parametrize("number", ["9" * 400, "1e300", "-1e-300", "1.0"], ids=["long", "great", "small", "whole"])
def test_any_number_is_read_or_refused(number: str) -> None:
    text = f"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: web}}, spec: {{replicas: {number}}}}}"
    told = outcome(text)
    assert told == "read 1" if number == "1.0" else "of type int32" in told


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert outcome(text).startswith(("read", "error: "))


@given(json_values, st.sampled_from(sorted(RESOURCES)))
def test_any_object_is_read_or_refused(content: Any, kind: str) -> None:
    version = {"HorizontalPodAutoscaler": "v2"}.get(kind, "v1")
    group = RESOURCES[kind].group
    document = content if isinstance(content, dict) else {"spec": content}
    document = {"apiVersion": f"{group}/{version}" if group else version, "kind": kind} | document
    assert outcome(json.dumps(document)).startswith(("read", "error: ", "Error from server (BadRequest): "))
