"""How endpoints are packed into slices: what holds for all pods and all earlier states."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from service_objects import NODES, listening, pod, service

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.pod import Pod
from k8smodels.services.endpoints import Change, Reconciliation, endpoint_ports, reconcile

OWNER = service(ports=[{"name": "http", "port": 80, "targetPort": "web", "protocol": "TCP"}])
MOST = st.integers(1, 5)


@st.composite
def some_pods(draw: st.DrawFn) -> list[Pod]:
    numbers = draw(st.lists(st.integers(0, 30), unique=True, max_size=14))
    ports = st.sampled_from([8080, 9090])
    return [
        pod(
            number,
            ready=draw(st.booleans()),
            deleted=draw(st.integers(0, 5)) == 0,
            phase=draw(st.sampled_from(["Running", "Running", "Running", "Failed"])),
            containers=listening("web", draw(ports)),
        )
        for number in numbers
    ]


def stored(result: Reconciliation) -> list[EndpointSlice]:
    """The slices with the names that the API server gives them."""
    return [
        item if item.name else replace(item, metadata=replace(item.metadata, name=f"web-{i}"))
        for i, item in enumerate(result.slices)
    ]


@settings(max_examples=80, deadline=None)
@given(before=some_pods(), after=some_pods(), first=MOST, second=MOST)
def test_every_usable_pod_is_in_exactly_one_slice_of_its_ports(
    before: list[Pod], after: list[Pod], first: int, second: int
) -> None:
    old = stored(reconcile(OWNER, before, NODES, max_endpoints=first))
    result = reconcile(OWNER, after, NODES, old, second)
    found = sorted(
        (endpoint.target_ref.name, item.ports[0].port)
        for item in result.slices
        for endpoint in item.endpoints
        if endpoint.target_ref is not None
    )
    usable = [each for each in after if not each.is_finished]
    assert found == sorted((each.name, endpoint_ports(OWNER, each)[0].port) for each in usable)


@settings(max_examples=80, deadline=None)
@given(before=some_pods(), after=some_pods(), most=MOST)
def test_no_slice_takes_more_than_it_may(before: list[Pod], after: list[Pod], most: int) -> None:
    old = stored(reconcile(OWNER, before, NODES, max_endpoints=most))
    assert all(len(item.endpoints) <= most for item in reconcile(OWNER, after, NODES, old, most).slices)


@settings(max_examples=60, deadline=None)
@given(before=some_pods(), after=some_pods(), most=MOST)
def test_a_second_sync_has_nothing_to_do(before: list[Pod], after: list[Pod], most: int) -> None:
    old = stored(reconcile(OWNER, before, NODES, max_endpoints=most))
    settled = stored(reconcile(OWNER, after, NODES, old, most))
    again = reconcile(OWNER, after, NODES, settled, most)
    assert {item.change for item in again.changes} == {Change.NONE}


@settings(max_examples=60, deadline=None)
@given(before=some_pods(), after=some_pods(), most=MOST)
def test_whatever_is_written_has_a_reason(before: list[Pod], after: list[Pod], most: int) -> None:
    old = stored(reconcile(OWNER, before, NODES, max_endpoints=most))
    for item in reconcile(OWNER, after, NODES, old, most).changes:
        assert bool(item.reasons) == (item.change is not Change.NONE)


def sizes(before: list[int], pods: int, most: int) -> list[int]:
    """How many endpoints the slices have after `pods` pods came to slices of these sizes."""
    numbers = iter(range(100))
    old = []
    for i, size in enumerate(before):
        part = reconcile(service(), [pod(next(numbers)) for _ in range(size)], NODES, max_endpoints=1000)
        old.append(replace(part.slices[0], metadata=replace(part.slices[0].metadata, name=f"web-{i}")))
    return [len(item.endpoints) for item in reconcile(service(), map(pod, range(pods)), NODES, old, most).slices]


def test_what_is_left_goes_to_the_fullest_slice_that_takes_it_all() -> None:
    assert sizes([2, 3, 4], pods=10, most=4) == [2, 4, 4]
    assert sizes([2, 3, 4], pods=11, most=4) == [4, 3, 4]
    assert sizes([3, 3], pods=9, most=4) == [3, 3, 3]


def test_room_is_looked_for_again_after_each_full_slice() -> None:
    assert sorted(sizes([2], pods=7, most=4)) == [3, 4]


def test_slices_are_never_merged() -> None:
    assert sizes([2, 2], pods=4, most=4) == [2, 2]


def test_a_slice_that_would_be_deleted_is_used_again() -> None:
    old = stored(reconcile(service(), [pod(0)], NODES))
    other_port = service(ports=[{"name": "http", "port": 80, "targetPort": 9090, "protocol": "TCP"}])
    (change,) = reconcile(other_port, [pod(0)], NODES, old).changes
    assert (change.change, change.slice.name, change.slice.ports[0].port) == (Change.UPDATE, "web-0", 9090)
    assert change.reasons[:2] == ("no pod has these ports any more", "it is used again instead of a new slice")


def test_a_slice_of_an_earlier_service_of_the_same_name_is_replaced() -> None:
    old = stored(reconcile(service(), [pod(0)], NODES))
    reborn = replace(service(), metadata=replace(service().metadata, uid="u-2"))
    changes = reconcile(reborn, [pod(0)], NODES, old).changes
    assert [item.change for item in changes] == [Change.DELETE, Change.CREATE]


def test_labels_of_the_service_are_copied_and_the_controllers_own_win() -> None:
    metadata = replace(service().metadata, labels={"team": "x", "kubernetes.io/service-name": "lie"})
    old = stored(reconcile(service(), [pod(0)], NODES))
    (change,) = reconcile(replace(service(), metadata=metadata), [pod(0)], NODES, old).changes
    assert change.reasons == ("the labels of the Service changed",)
    assert change.slice.labels == {
        "team": "x",
        "kubernetes.io/service-name": "web",
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
    }
