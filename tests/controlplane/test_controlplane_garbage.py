"""Garbage collection by owner references."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.api.batch import Job
from k8smodels.api.errors import FieldError
from k8smodels.api.meta import KubernetesObject, ObjectMeta, OwnerReference, Unstructured
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.workload import ReplicaSet
from k8smodels.conformance.garbage import CollectorRun
from k8smodels.controlplane.garbage import (
    Delete,
    OwnerGraph,
    PatchOwnerReferences,
    RemoveFinalizer,
    collect,
    delete,
    identity,
    is_gone,
    look_at,
)

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)


def metadata(name: str, *owners: OwnerReference, finalizers: tuple[str, ...] = ()) -> ObjectMeta:
    return ObjectMeta(name=name, namespace="default", uid=f"uid-{name}", owner_references=owners, finalizers=finalizers)


def reference(name: str, kind: str = "ReplicaSet", *, block: bool = True, **changed: str) -> OwnerReference:
    fields = {"api_version": "apps/v1" if kind == "ReplicaSet" else "v1", "uid": f"uid-{name}"} | changed
    return OwnerReference(kind=kind, name=name, block_owner_deletion=block, **fields)


def pod(name: str, *owners: OwnerReference, **fields: tuple[str, ...]) -> Pod:
    return Pod(metadata=metadata(name, *owners, **fields))


def replica_set(name: str, *owners: OwnerReference, **fields: tuple[str, ...]) -> ReplicaSet:
    return ReplicaSet(metadata=metadata(name, *owners, **fields))


def decide(item: KubernetesObject, *others: KubernetesObject):
    return collect(item, OwnerGraph([item, *others]))


def test_an_object_without_owner_is_left_alone():
    assert decide(pod("p")).writes == ()
    assert decide(pod("p")).reason == "it has no owner"


def test_a_dependent_goes_when_its_only_owner_does_not_exist():
    decision = decide(pod("p", reference("r")))
    assert decision.writes == (Delete(identity(pod("p")), "Background"),)
    assert decision.reason == "ReplicaSet/r does not exist in namespace default"


def test_an_owner_created_anew_under_the_old_name_does_not_keep_the_dependents_of_the_first():
    decision = decide(pod("p", reference("r", uid="an-older-one")), replica_set("r"))
    assert [type(write) for write in decision.writes] == [Delete]
    assert "UID" in decision.reason


def test_an_owner_in_another_namespace_does_not_count():
    far = replace(replica_set("r"), metadata=replace(metadata("r"), namespace="other"))
    assert decide(pod("p", reference("r")), far).writes


def test_a_cluster_scoped_object_with_a_namespaced_owner_is_never_collected():
    node = Node(metadata=ObjectMeta(name="n", uid="uid-n", owner_references=(reference("r"),)))
    decision = decide(node)
    assert decision.writes == ()
    assert [each.state for each in decision.owners] == ["invalid"]


def test_an_owner_of_a_kind_that_the_server_does_not_know_keeps_the_dependent():
    owner = reference("web", "Rollout", api_version="argoproj.io/v1alpha1")
    assert decide(pod("p", owner)).writes == ()
    assert "knows no kind Rollout" in decide(pod("p", owner)).reason


def test_a_kind_is_known_once_an_object_of_it_existed():
    content = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {"name": "x", "namespace": "default"},
    }
    graph = OwnerGraph([Unstructured.from_json(content)])
    dependent = pod("p", reference("web", "Rollout", api_version="argoproj.io/v1alpha1"))
    graph.put(dependent)
    assert collect(dependent, graph).writes


def test_another_version_of_the_same_group_names_the_same_owner():
    decision = decide(pod("p", reference("r", api_version="apps/v1beta2")), replica_set("r"))
    assert [each.state for each in decision.owners] == ["solid"]


def test_a_living_owner_keeps_the_dependent_and_the_reference_to_a_lost_one_goes():
    kept = reference("b")
    decision = decide(pod("p", reference("a"), kept), replica_set("b"))
    assert decision.writes == (PatchOwnerReferences(identity(pod("p")), (kept,)),)


def test_an_owner_that_waits_does_not_keep_a_dependent():
    waiting = delete(replica_set("r"), NOW, "Foreground")
    assert decide(pod("p", reference("r")), waiting).writes == (Delete(identity(pod("p")), "Background"),)


def test_a_dependent_with_dependents_of_its_own_goes_in_the_foreground():
    waiting = delete(replica_set("top"), NOW, "Foreground")
    decision = decide(replica_set("r", reference("top")), waiting, pod("p", reference("r")))
    assert decision.writes == (Delete(identity(replica_set("r")), "Foreground"),)


def test_two_that_wait_for_each_other_do_not_hang():
    run = CollectorRun([replica_set("a", reference("b")), replica_set("b", reference("a"))])
    run.delete(identity(replica_set("a")), "Foreground")
    run.settle()
    assert len(run.gone) == 2


def test_a_waiting_owner_goes_once_nothing_blocks_it():
    waiting = delete(replica_set("r"), NOW, "Foreground")
    assert decide(waiting, pod("p", reference("r", block=False))).writes == (
        RemoveFinalizer(identity(waiting), "foregroundDeletion"),
    )
    blocked = decide(waiting, pod("p", reference("r")))
    assert blocked.writes == ()
    assert blocked.look_at == (identity(pod("p")),)


def test_an_object_that_is_being_deleted_is_not_deleted_again():
    dying = delete(pod("p", reference("r"), finalizers=("example.com/hold",)), NOW, "Background")
    assert decide(dying).writes == ()


def test_the_policy_that_a_finalizer_asks_for_is_honoured():
    for finalizer, policy in (("orphan", "Orphan"), ("foregroundDeletion", "Foreground")):
        (write,) = decide(pod("p", reference("r"), finalizers=(finalizer,))).writes
        assert write.policy == policy


@pytest.mark.parametrize(
    ("policy", "finalizers"),
    [("Foreground", ("x", "foregroundDeletion")), ("Orphan", ("x", "orphan")), ("Background", ("x",))],
)
def test_a_policy_becomes_a_finalizer_in_place_of_that_of_another_policy(policy, finalizers):
    for before in (("x",), ("x", "orphan"), ("foregroundDeletion", "x")):
        left = delete(pod("p", finalizers=before), NOW, policy)
        assert sorted(left.metadata.finalizers) == sorted(finalizers)
        assert left.metadata.deletion_timestamp == "2026-03-04T10:00:00Z"


def test_without_finalizers_an_object_is_gone_at_once():
    assert delete(pod("p"), NOW, "Background") is None
    assert delete(pod("p"), NOW) is None


def test_a_job_orphans_its_pods_unless_it_is_told_otherwise():
    job = Job(metadata=metadata("j"))
    assert delete(job, NOW).metadata.finalizers == ("orphan",)
    assert delete(job, NOW, "Background") is None


def test_a_deletion_is_counted_once():
    first = delete(pod("p", finalizers=("x",)), NOW)
    again = delete(first, NOW.replace(hour=11))
    assert again.metadata.deletion_timestamp == first.metadata.deletion_timestamp


def test_an_unknown_policy_is_refused():
    with pytest.raises(FieldError, match='Unsupported value: "background": supported values: "Background"'):
        delete(pod("p"), NOW, "background")


def test_an_object_goes_with_its_last_finalizer():
    dying = delete(pod("p", finalizers=("x",)), NOW)
    assert not is_gone(dying)
    assert is_gone(replace(dying, metadata=replace(dying.metadata, finalizers=())))
    assert not is_gone(pod("p"))


def test_the_graph_forgets_what_is_gone():
    graph = OwnerGraph([replica_set("r"), pod("p", reference("r"))])
    graph.put(pod("p"))
    assert graph.dependents(replica_set("r")) == ()
    graph.remove(identity(replica_set("r")))
    graph.remove(identity(replica_set("r")))
    assert graph.with_uid("uid-r") is None


def test_a_new_object_is_looked_at_only_if_an_owner_may_be_missing():
    graph = OwnerGraph([replica_set("r"), pod("p", reference("r")), pod("q", reference("gone"))])
    assert look_at(None, pod("p", reference("r")), graph) == ()
    assert look_at(None, pod("q", reference("gone")), graph) == (identity(pod("q")),)


POLICIES = st.sampled_from(["Background", "Foreground", "Orphan"])


@st.composite
def clusters(draw) -> list[Pod]:
    """Up to eight pods that own each other, cycles and missing owners among them; some are held."""
    names = [f"p{i}" for i in range(draw(st.integers(2, 8)))]
    owners = st.lists(st.sampled_from([*names, "missing"]), max_size=2, unique=True)
    held = st.sampled_from([(), (), (), ("example.com/hold",)])
    return [
        pod(name, *(reference(each, "Pod", block=draw(st.booleans())) for each in draw(owners)), finalizers=draw(held))
        for name in names
    ]


@given(clusters(), POLICIES, st.integers(0, 7))
@settings(max_examples=150, deadline=None)
def test_at_rest_the_collector_has_nothing_left_to_do(items, policy, which):
    run = CollectorRun(items)
    run.settle()
    run.delete(identity(items[which % len(items)]), policy)
    run.settle()
    left = [item for each in items if (item := run.graph.get(identity(each))) is not None]
    assert [decision.writes for item in left if (decision := collect(item, run.graph)).writes] == []


@given(clusters(), POLICIES)
@settings(max_examples=100, deadline=None)
def test_an_object_without_owner_is_never_collected(items, policy):
    run = CollectorRun(items)
    run.settle()
    run.delete(identity(items[0]), policy)
    run.settle()
    free = {identity(each) for each in items[1:] if not each.metadata.owner_references}
    assert not free & set(run.gone)


@given(clusters(), st.integers(0, 7))
@settings(max_examples=100, deadline=None)
def test_an_orphaning_deletion_takes_nothing_else_along(items, which):
    run = CollectorRun(items)
    run.settle()
    before = set(run.gone)
    target = identity(items[which % len(items)])
    run.delete(target, "Orphan")
    run.settle()
    assert set(run.gone) - before <= {target}


def test_a_decision_takes_time_by_the_dependents_and_not_by_the_cluster():
    pods = [pod(f"p{i}", reference(f"r{i % 1000}")) for i in range(10_000)]
    graph = OwnerGraph([*map(replica_set, (f"r{i}" for i in range(1000))), *pods])
    begin = time.perf_counter()
    for each in pods:
        collect(each, graph)
    assert time.perf_counter() - begin < 2
