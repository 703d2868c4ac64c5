"""Which pods stand behind a Service, and what a slice says of each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from service_objects import NODES, listening, pod, service

from k8smodels.api.endpoint_slice import Endpoint
from k8smodels.api.errors import FieldError
from k8smodels.api.pod import Pod
from k8smodels.services.endpoints import Change, Reconciliation, find_port, readiness, reconcile


def addresses(result: Reconciliation) -> list[list[str]]:
    return [[endpoint.addresses[0] for endpoint in item.endpoints] for item in result.slices]


def only(result: Reconciliation) -> Endpoint:
    (item,) = result.slices
    (endpoint,) = item.endpoints
    return endpoint


@pytest.mark.parametrize(
    ("state", "publish", "ready", "serving", "reason"),
    [
        ({}, False, True, True, "the pod's condition Ready is True"),
        ({"ready": False}, False, False, False, "the pod's condition Ready is not True"),
        ({"deleted": True}, False, False, True, "the pod is terminating"),
        ({"deleted": True, "ready": False}, False, False, False, "the pod is terminating"),
        ({"ready": False}, True, True, False, "the Service publishes addresses that are not ready"),
    ],
)
def test_new_connections_go_to_ready_pods_that_stay(
    state: dict[str, Any], publish: bool, ready: bool, serving: bool, reason: str
) -> None:
    owner = service(publishNotReadyAddresses=publish)
    found = readiness(pod(0, **state), owner)
    assert (found.ready, found.serving, found.reason) == (ready, serving, reason)
    conditions = only(reconcile(owner, [pod(0, **state)], NODES)).conditions
    assert (conditions.ready, conditions.serving) == (ready, serving)


def test_a_pod_that_is_no_endpoint_is_left_out_with_its_reason() -> None:
    without_address = Pod.from_json({**pod(1).to_json(), "status": {"phase": "Pending"}})
    result = reconcile(service(), [pod(0, phase="Succeeded"), without_address, pod(2)], NODES)
    assert {item.pod: item.reason for item in result.left_out} == {
        "web-0": "the pod has finished: its phase is Succeeded",
        "web-1": "the pod has no address yet",
    }
    assert list(result.readiness) == ["web-2"]
    assert result.error == ""


def test_only_pods_of_the_namespace_with_the_labels_are_selected() -> None:
    stranger = replace(pod(1), metadata=replace(pod(1).metadata, namespace="other"))
    unlabelled = replace(pod(2), metadata=replace(pod(2).metadata, labels={}))
    assert addresses(reconcile(service(), [pod(0), stranger, unlabelled], NODES)) == [["10.244.0.1"]]


def test_a_pod_on_an_unknown_node_is_skipped_and_the_sync_fails() -> None:
    result = reconcile(service(), [pod(0), pod(1, nodeName="gone")], NODES)
    assert addresses(result) == [["10.244.0.1"]]
    assert result.error == "skipping Pod web-1 for Service ns/web: Node gone Not Found"


def test_errors_of_two_families_are_told_once() -> None:
    both = service(ipFamilies=["IPv4", "IPv6"])
    result = reconcile(both, [pod(0, nodeName="gone"), pod(1, nodeName="lost")], NODES)
    assert result.error == (
        "[skipping Pod web-0 for Service ns/web: Node gone Not Found,"
        " skipping Pod web-1 for Service ns/web: Node lost Not Found]"
    )


def test_each_family_has_slices_of_its_own() -> None:
    result = reconcile(service(ipFamilies=["IPv4", "IPv6"]), [pod(0)], NODES)
    assert [item.address_type for item in result.slices] == ["IPv4", "IPv6"]
    assert addresses(result) == [["10.244.0.1"], ["fd00:10::1"]]


def test_a_named_port_is_looked_up_in_containers_then_in_sidecars() -> None:
    port = service(ports=[{"port": 80, "targetPort": "web"}]).spec.ports[0]
    sidecar = [{**listening("web", 15001)[0], "name": "proxy", "restartPolicy": "Always"}]
    assert find_port(pod(0, initContainers=sidecar), port) == 15001
    assert find_port(pod(0, containers=listening("web", 8080), initContainers=sidecar), port) == 8080
    assert find_port(pod(0, initContainers=listening("web", 1)), port) is None
    assert find_port(pod(0, containers=listening("web", 8080, "UDP")), port) is None


def test_pods_with_other_numbers_for_a_named_port_are_in_another_slice() -> None:
    owner = service(ports=[{"name": "http", "port": 80, "targetPort": "web", "protocol": "TCP"}])
    pods = [pod(i, containers=listening("web", number)) for i, number in enumerate((8080, 9090, 8080))]
    result = reconcile(owner, pods, NODES)
    assert addresses(result) == [["10.244.0.1", "10.244.0.3"], ["10.244.0.2"]]
    assert [[port.port for port in item.ports] for item in result.slices] == [[8080], [9090]]


def test_a_host_name_counts_only_below_the_pods_own_subdomain() -> None:
    assert only(reconcile(service(), [pod(0, hostname="web-0", subdomain="web")], NODES)).hostname == "web-0"
    assert only(reconcile(service(), [pod(0, hostname="web-0", subdomain="db")], NODES)).hostname is None


@pytest.mark.parametrize(
    ("wanted", "zones", "nodes"),
    [("PreferSameZone", ["zone-1"], []), ("PreferClose", ["zone-1"], []), ("PreferSameNode", ["zone-1"], ["node-a"])],
)
def test_a_traffic_distribution_becomes_hints(wanted: str, zones: list[str], nodes: list[str]) -> None:
    hints = only(reconcile(service(trafficDistribution=wanted), [pod(0)], NODES)).hints
    assert hints is not None
    assert ([zone.name for zone in hints.for_zones], [node.name for node in hints.for_nodes]) == (zones, nodes)


def test_an_unready_endpoint_has_no_hints() -> None:
    assert only(reconcile(service(trafficDistribution="PreferSameZone"), [pod(0, ready=False)], NODES)).hints is None


def test_a_wish_that_is_withdrawn_removes_the_hints() -> None:
    before = reconcile(service(trafficDistribution="PreferSameZone"), [pod(0)], NODES).slices
    (change,) = reconcile(service(), [pod(0)], NODES, before).changes
    assert (change.change, change.reasons) == (Change.UPDATE, ("hints changed",))
    assert change.slice.endpoints[0].hints is None


def test_a_service_without_endpoints_has_one_empty_slice() -> None:
    (change,) = reconcile(service(), [], NODES).changes
    assert (change.change, change.slice.endpoints, change.slice.ports) == (Change.CREATE, (), ())
    (again,) = reconcile(service(), [], NODES, [change.slice]).changes
    assert again.change is Change.NONE


def test_slices_of_a_service_without_a_selector_are_left_alone() -> None:
    before = reconcile(service(), [pod(0)], NODES).slices
    (change,) = reconcile(service(selector={}), [pod(1)], NODES, before).changes
    assert (change.change, change.slice) == (Change.NONE, before[0])


def test_a_service_that_is_being_deleted_gets_no_new_slices() -> None:
    metadata = replace(service().metadata, deletion_timestamp="2026-01-01T00:00:00Z")
    assert reconcile(replace(service(), metadata=metadata), [pod(0)], NODES).changes == ()


def test_what_cannot_be_an_address_is_refused() -> None:
    broken = Pod.from_json({**pod(0).to_json(), "status": {"podIPs": [{"ip": "10.244.0.300"}]}})
    with pytest.raises(FieldError, match=r'status\.podIPs\[0\]\.ip: Invalid value: "10\.244\.0\.300": must be'):
        reconcile(service(), [broken], NODES)


@pytest.mark.parametrize("most", [0, -1, 1001])
def test_a_slice_takes_between_1_and_1000_endpoints(most: int) -> None:
    with pytest.raises(FieldError, match="maxEndpointsPerSlice: Invalid value"):
        reconcile(service(), [], NODES, max_endpoints=most)
