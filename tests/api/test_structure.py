"""Objects read and written again lose nothing, and say where they are wrong."""

from __future__ import annotations

import pytest

from k8smodels.api.errors import FieldError, InvalidObject
from k8smodels.api.kinds import dump, load
from k8smodels.api.meta import Unstructured
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.structure import json_name, unknown_fields

POD = """
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: main
    image: nginx
    livenessProbe: {httpGet: {path: /, port: 80}}
    resources: {requests: {cpu: 500m}}
  tolerations:
  - {key: gpu, operator: Exists, effect: NoExecute, tolerationSeconds: 0}
"""


@pytest.mark.parametrize(
    ("attribute", "key"),
    [
        ("node_name", "nodeName"),
        ("host_ip", "hostIP"),
        ("cluster_ip", "clusterIP"),
        ("pod_cidr", "podCIDR"),
        ("uid", "uid"),
    ],
)
def test_names_follow_the_api(attribute: str, key: str) -> None:
    assert json_name(attribute) == key


def test_fields_that_no_class_models_are_written_again() -> None:
    (pod,) = load(POD)
    assert pod.to_json()["spec"]["containers"][0]["livenessProbe"] == {"httpGet": {"path": "/", "port": 80}}
    assert load(dump([pod])) == [pod]


def test_a_zero_is_not_an_empty_field() -> None:
    (pod,) = load(POD)
    assert pod.to_json()["spec"]["tolerations"][0]["tolerationSeconds"] == 0


def test_null_is_an_absent_field() -> None:
    assert Pod.from_json({"spec": {"nodeName": None}}) == Pod.from_json({"spec": {}})


def test_an_unknown_selector_differs_from_an_empty_one() -> None:
    constraint = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}
    nil = Pod.from_json({"spec": {"topologySpreadConstraints": [constraint]}})
    empty = Pod.from_json({"spec": {"topologySpreadConstraints": [constraint | {"labelSelector": {}}]}})
    assert nil.spec.topology_spread_constraints[0].label_selector is None
    assert empty.spec.topology_spread_constraints[0].label_selector is not None
    assert empty.to_json()["spec"]["topologySpreadConstraints"][0]["labelSelector"] == {}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            {"spec": {"containers": [{}, {"image": 3}]}},
            "spec.containers[1].image: Invalid value: 3: must be a string (quote it)",
        ),
        ({"spec": {"containers": {}}}, "spec.containers: Invalid value: {}: must be a list"),
        ({"spec": {"hostNetwork": "yes"}}, 'spec.hostNetwork: Invalid value: "yes": must be true or false'),
        ({"spec": {"priority": True}}, "spec.priority: Invalid value: true: must be an integer"),
        (
            {"spec": {"nodeSelector": {"disk": 1}}},
            "spec.nodeSelector[disk]: Invalid value: 1: must be a string (quote it)",
        ),
        ({"spec": []}, "spec: Invalid value: []: must be an object (PodSpec)"),
    ],
)
def test_a_wrong_type_is_named_with_its_path(value: object, message: str) -> None:
    with pytest.raises(FieldError) as caught:
        Pod.from_json(value)
    assert str(caught.value) == message


def test_a_bad_quantity_is_named_with_its_resource() -> None:
    with pytest.raises(InvalidObject) as caught:
        load(POD.replace("500m", "1x"))
    assert str(caught.value) == (
        'The Pod "web" is invalid: spec.containers[0].resources.requests[cpu]: Invalid value: "1x": '
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    )


def test_spelling_mistakes_are_found_and_other_fields_of_the_api_are_not() -> None:
    (pod,) = load(POD.replace("resources:", "resource:"))
    assert unknown_fields(pod) == ["spec.containers[0].resource"]


def test_a_repr_shows_what_is_set() -> None:
    assert repr(Pod.from_json({"spec": {"nodeName": "n1"}})) == "Pod(spec=PodSpec(node_name='n1'))"


def test_an_object_of_an_unknown_kind_is_kept_whole() -> None:
    text = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nsize: 3\n"
    (widget,) = load(text, keep_unknown=True)
    assert isinstance(widget, Unstructured)
    assert (widget.name, widget.to_json()["size"]) == ("w", 3)


def test_a_list_counts_as_its_items() -> None:
    items = '{"metadata": {"name": "n1"}}, {"metadata": {"name": "n2"}}'
    nodes = load(f'{{"apiVersion": "v1", "kind": "NodeList", "items": [{items}]}}')
    assert [(type(node), node.name) for node in nodes] == [(Node, "n1"), (Node, "n2")]
    nested = load(f"apiVersion: v1\nkind: List\nitems:\n- {POD.strip().replace(chr(10), chr(10) + '  ')}")
    assert nested == load(POD)
