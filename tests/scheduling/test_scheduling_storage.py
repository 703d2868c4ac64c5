from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storage_objects import (
    IMMEDIATE,
    LOCAL,
    N0,
    N1,
    PUBLISHING,
    WAITING,
    ZONE,
    annotated,
    claim,
    decide,
    reasons,
    room,
    using,
    volume,
)

from k8smodels.api.errors import InvalidObject
from k8smodels.api.kinds import dump, load
from k8smodels.api.meta import KubernetesObject, ObjectMeta, OwnerReference
from k8smodels.api.pod import Pod, Volume, pod
from k8smodels.api.quantity import Quantity
from k8smodels.api.selectors import LabelSelector, LabelSelectorRequirement
from k8smodels.api.storage import (
    BETA_STORAGE_CLASS,
    SELECTED_NODE,
    ObjectReference,
    PersistentVolumeClaim,
    PersistentVolumeClaimStatus,
    PersistentVolumeStatus,
    TopologySelectorLabelRequirement,
    TopologySelectorTerm,
)
from k8smodels.api.volume_sources import EphemeralVolumeSource
from k8smodels.scheduling import DEFAULT, AlreadyExists, Cluster, place, schedule
from k8smodels.scheduling.decision import VolumeBindings
from k8smodels.scheduling.plugins.volume_binding import storage_score
from k8smodels.scheduling.plugins.volume_matching import find_matching_volume, mismatch

NO_VOLUME = "node(s) didn't find available persistent volumes to bind"
NOT_REACHABLE = "node(s) didn't match PersistentVolume's node affinity"
NO_SPACE = "node(s) did not have enough free storage"


def test_a_claim_gets_the_smallest_volume_that_the_node_can_reach() -> None:
    volumes = [volume("big", "9Gi", on="n0"), volume("fit", "3Gi", on="n0"), volume("small", "1Gi", on="n0")]
    decision = decide(using("c"), LOCAL, claim("c", "2Gi"), *volumes)
    assert reasons(decision) == {"n0": (), "n1": (NO_VOLUME,)}
    assert decision.volumes == VolumeBindings({"c": "fit"})


def test_the_smaller_claim_chooses_first() -> None:
    claims = [claim("large", "2Gi"), claim("small", "1Gi")]
    decision = decide(using("large", "small"), LOCAL, *claims, volume("v2", "2Gi"), volume("v3", "3Gi"))
    assert decision.volumes.static == {"small": "v2", "large": "v3"}


@pytest.mark.parametrize(
    "change",
    [
        {"storage_class_name": "fast"},
        {"volume_mode": "Block"},
        {"access_modes": ("ReadOnlyMany",)},
        {"volume_attributes_class_name": "gold"},
        {"claim_ref": ObjectReference(namespace="default", name="other")},
        {"claim_ref": ObjectReference(namespace="elsewhere", name="c")},
        {"capacity": {"storage": Quantity.parse("1023Mi")}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_volume_that_differs_in_one_thing_is_not_taken(change: dict[str, Any]) -> None:
    fitting = volume("v")
    assert find_matching_volume(claim("c"), [fitting], N0) == fitting
    assert find_matching_volume(claim("c"), [replace(fitting, spec=replace(fitting.spec, **change))], N0) is None


def test_a_volume_of_just_the_size_is_large_enough() -> None:
    assert find_matching_volume(claim("c", "1Gi"), [volume("v", "1024Mi")], N0) is not None


@pytest.mark.parametrize("phase", ["Pending", "Released", "Failed", ""])
def test_only_an_available_volume_is_taken(phase: str) -> None:
    assert (
        find_matching_volume(claim("c"), [replace(volume("v"), status=PersistentVolumeStatus(phase=phase))], N0) is None
    )


def test_a_volume_that_is_being_deleted_is_not_taken() -> None:
    gone = replace(volume("v"), metadata=ObjectMeta(name="v", deletion_timestamp="2025-01-01T00:00:00Z"))
    assert find_matching_volume(claim("c"), [gone], N0) is None


def test_the_selector_of_a_claim_chooses_among_volumes() -> None:
    gold = replace(volume("gold"), metadata=ObjectMeta(name="gold", labels={"tier": "gold"}))
    wanted = claim("c", selector=LabelSelector(match_labels={"tier": "gold"}))
    assert find_matching_volume(wanted, [volume("plain", "1Gi"), gold], N0) == gold
    broken = LabelSelector(match_expressions=(LabelSelectorRequirement(key="tier", operator="Like"),))
    assert find_matching_volume(claim("c", selector=broken), [gold], N0) is None


def test_a_reserved_volume_wins_over_a_smaller_one_and_rules_out_all_others() -> None:
    reserved = volume("v", "9Gi", on="n0", claim_ref=ObjectReference(namespace="default", name="c"))
    volumes = [volume("small", "1Gi"), reserved]
    assert find_matching_volume(claim("c"), volumes, N0) == reserved
    assert find_matching_volume(claim("c"), volumes, N1) is None


def test_a_claim_of_the_same_name_with_another_uid_is_another_claim() -> None:
    old = volume("v", claim_ref=ObjectReference(namespace="default", name="c", uid="old"))
    wanted = replace(claim("c"), metadata=ObjectMeta(name="c", uid="new"))
    assert find_matching_volume(wanted, [old], N0) is None


sizes = st.integers(1, 6)


@settings(deadline=None, max_examples=100)
@given(
    st.lists(sizes, min_size=1, max_size=3), st.lists(st.tuples(sizes, st.sampled_from(["", "n0", "n1"])), max_size=4)
)
def test_what_is_bound_fits_and_is_bound_once(claims: list[int], volumes: list[tuple[int, str]]) -> None:
    wanted = [claim(f"c{i}", f"{size}Gi") for i, size in enumerate(claims)]
    there = [volume(f"v{i}", f"{size}Gi", on=on) for i, (size, on) in enumerate(volumes)]
    decision = decide(using(*(item.name for item in wanted)), LOCAL, *wanted, *there)
    if decision.node is None:
        return
    bound = decision.volumes.static
    assert set(bound) == {item.name for item in wanted}
    assert len(set(bound.values())) == len(bound)
    for name, chosen in bound.items():
        assert volumes[int(chosen[1:])][0] >= claims[int(name[1:])]
        assert volumes[int(chosen[1:])][1] in ("", decision.node)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(sizes, st.sampled_from(["", "n0", "n1"])), min_size=1, max_size=5), sizes)
def test_a_volume_more_never_loses_a_node_for_one_claim(volumes: list[tuple[int, str]], size: int) -> None:
    there = [volume(f"v{i}", f"{size}Gi", on=on) for i, (size, on) in enumerate(volumes)]
    fewer, more = (
        {result.node for result in decide(using("c"), LOCAL, claim("c", f"{size}Gi"), *some).feasible}
        for some in (there[:-1], there)
    )
    assert fewer <= more


def test_what_finds_no_volume_is_made_where_the_class_allows() -> None:
    only_z1 = TopologySelectorTerm(
        match_label_expressions=(TopologySelectorLabelRequirement(key=ZONE, values=("z1", "z2")),)
    )
    decision = decide(using("c"), replace(WAITING, allowed_topologies=(only_z1,)), claim("c", item="fast"))
    assert reasons(decision) == {"n0": (NO_VOLUME,), "n1": ()}
    assert decision.volumes == VolumeBindings(provision=("c",))
    assert decision.to_json()["volumes"] == {"static": {}, "provision": ["c"]}


def test_an_empty_topology_term_matches_no_node() -> None:
    decision = decide(
        using("c"), replace(WAITING, allowed_topologies=(TopologySelectorTerm(),)), claim("c", item="fast")
    )
    assert reasons(decision) == {"n0": (NO_VOLUME,), "n1": (NO_VOLUME,)}


def test_a_selected_node_pins_the_claim() -> None:
    pinned = annotated(claim("c", item="fast"), **{SELECTED_NODE: "n1"})
    decision = decide(using("c"), WAITING, pinned)
    assert reasons(decision) == {"n0": (NO_VOLUME,), "n1": ()}
    assert decision.volumes == VolumeBindings(provision=("c",))


def test_room_counts_only_if_the_driver_tells_of_it() -> None:
    objects = [WAITING, claim("c", "2Gi", "fast"), room("a", "n0", capacity="1Gi")]
    assert reasons(decide(using("c"), *objects)) == {"n0": (), "n1": ()}
    assert reasons(decide(using("c"), PUBLISHING, *objects)) == {"n0": (NO_SPACE,), "n1": (NO_SPACE,)}


def test_the_largest_volume_counts_rather_than_the_room() -> None:
    rooms = [room("a", "n0", capacity="9Gi", maximum_volume_size="1Gi"), room("b", "n1", maximum_volume_size="2Gi")]
    decision = decide(using("c"), PUBLISHING, WAITING, claim("c", "2Gi", "fast"), *rooms)
    assert reasons(decision) == {"n0": (NO_SPACE,), "n1": ()}


def test_room_without_a_topology_is_nowhere() -> None:
    nowhere = replace(room("a", "n0", capacity="9Gi"), node_topology=None)
    decision = decide(using("c"), PUBLISHING, WAITING, claim("c", "2Gi", "fast"), nowhere)
    assert reasons(decision) == {"n0": (NO_SPACE,), "n1": (NO_SPACE,)}


def test_the_node_with_more_room_left_scores_higher() -> None:
    rooms = [room("a", "n0", capacity="4Gi"), room("b", "n1", capacity="10Gi")]
    decision = decide(using("c"), PUBLISHING, WAITING, claim("c", "2Gi", "fast"), *rooms)
    scores = {
        result.node: score.raw
        for result in decision.nodes
        for score in result.scores
        if score.plugin == "VolumeBinding"
    }
    assert scores == {"n0": 50, "n1": 80}


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abc"), st.tuples(st.integers(0, 2**40), st.integers(0, 2**40)), max_size=3))
def test_the_score_of_storage_lies_between_0_and_100(amounts: dict[str, tuple[int, int]]) -> None:
    assert 0 <= storage_score(amounts, DEFAULT.plugin("VolumeBinding").args.shape) <= 100


@pytest.mark.parametrize(
    ("objects", "plugin", "reason"),
    [
        ([], "VolumeRestrictions", 'persistentvolumeclaim "c" not found'),
        ([claim("c", volume="gone")], "VolumeZone", 'persistentvolume "gone" not found'),
        ([claim("c", item="now"), IMMEDIATE], "VolumeBinding", "pod has unbound immediate PersistentVolumeClaims"),
        ([claim("c", item="nope")], "VolumeBinding", "pod has unbound immediate PersistentVolumeClaims"),
        (
            [claim("c", item=None), WAITING],
            "VolumeBinding",
            "pod has unbound immediate PersistentVolumeClaims",
        ),
        (
            [annotated(claim("c", volume="v"), note="bound by hand"), volume("v"), LOCAL],
            "VolumeBinding",
            "pod has unbound immediate PersistentVolumeClaims",
        ),
        (
            [replace(claim("c", volume="v"), status=PersistentVolumeClaimStatus(phase="Lost"))],
            "VolumeBinding",
            'persistentvolumeclaim "c" bound to non-existent persistentvolume "v"',
        ),
        (
            [replace(claim("c"), metadata=ObjectMeta(name="c", deletion_timestamp="2025-01-01T00:00:00Z")), LOCAL],
            "VolumeBinding",
            'persistentvolumeclaim "c" is being deleted',
        ),
    ],
    ids=[
        "missing claim",
        "missing volume",
        "immediate",
        "unknown class",
        "no class",
        "not complete",
        "lost",
        "deleting",
    ],
)
def test_a_claim_that_cannot_be_used_rules_out_all_nodes(
    objects: list[KubernetesObject], plugin: str, reason: str
) -> None:
    decision = decide(using("c"), *objects)
    assert decision.pre_filter is not None
    assert (decision.pre_filter.plugin, decision.pre_filter.reasons) == (plugin, (reason,))
    assert decision.event_message == f"0/2 nodes are available: {reason}. not found"


def test_a_bound_volume_that_is_gone_is_told_node_by_node_without_volume_zone() -> None:
    cluster = Cluster.of([N0, claim("c", volume="gone")])
    decision = schedule(using("c"), cluster, DEFAULT.only("VolumeBinding"))
    assert reasons(decision) == {"n0": ("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)",)}


@pytest.mark.parametrize(
    ("objects", "reason"),
    [
        ([], 'persistentvolumeclaim "c" not found'),
        ([claim("c", item="")], "PersistentVolumeClaim had no pv name and storageClass name"),
        ([claim("c", item="nope")], 'storageclass.storage.k8s.io "nope" not found'),
        ([claim("c", item="now"), IMMEDIATE], "PersistentVolume had no name"),
    ],
)
def test_volume_zone_by_itself_tells_of_unbound_claims(objects: list[KubernetesObject], reason: str) -> None:
    decision = schedule(using("c"), Cluster.of([N0, *objects]), DEFAULT.only("VolumeZone"))
    assert decision.pre_filter is not None
    assert decision.pre_filter.reasons == (reason,)


def test_both_problems_of_a_node_are_reported() -> None:
    objects = [claim("bound", volume="v"), volume("v", on="n1"), claim("free"), LOCAL, volume("w", on="n1")]
    assert reasons(decide(using("bound", "free"), *objects)) == {"n0": (NO_VOLUME, NOT_REACHABLE), "n1": ()}


def ephemeral(name: str, **owner: Any) -> tuple[Pod, PersistentVolumeClaim]:
    """A pod with an ephemeral volume, and the claim for it."""
    waiting = pod("p", volumes=(Volume(name=name, ephemeral=EphemeralVolumeSource()),))
    reference = OwnerReference(kind="Pod", name="p", controller=True, **owner)
    made = claim(f"p-{name}", item="fast")
    return waiting, replace(made, metadata=replace(made.metadata, owner_references=(reference,)))


def test_an_ephemeral_volume_waits_for_its_claim() -> None:
    waiting, made = ephemeral("scratch")
    reason = 'waiting for ephemeral volume controller to create the persistentvolumeclaim "p-scratch"'
    assert decide(waiting, WAITING).message == f"0/2 nodes are available: {reason}."
    assert decide(waiting, WAITING, made).volumes == VolumeBindings(provision=("p-scratch",))


def test_the_claim_of_an_ephemeral_volume_must_be_the_pods_own() -> None:
    waiting, made = ephemeral("scratch", uid="another pod of that name")
    waiting = replace(waiting, metadata=replace(waiting.metadata, uid="this pod"))
    reason = "PVC default/p-scratch was not created for pod default/p (pod is not owner)"
    assert decide(waiting, WAITING, made).message == f"0/2 nodes are available: {reason}."


def test_the_old_annotation_of_the_class_wins_over_the_field() -> None:
    assert annotated(claim("c", item="fast"), **{BETA_STORAGE_CLASS: "local"}).storage_class == "local"


def test_pods_placed_one_after_another_share_no_volume() -> None:
    cluster = Cluster.of(
        [N0, N1, LOCAL, claim("a"), claim("b"), claim("c"), volume("v0", on="n0"), volume("v1", on="n1")]
    )
    decisions, after = place([using(name, name=name) for name in "abc"], cluster)
    assert [decision.node for decision in decisions] == ["n0", "n1", None]
    assert {item.name: (item.spec.volume_name, item.status.phase) for item in after.storage.claims} == {
        "a": ("v0", "Bound"),
        "b": ("v1", "Bound"),
        "c": ("", ""),
    }
    assert [item.spec.claim_ref.name for item in after.storage.volumes if item.spec.claim_ref] == ["a", "b"]


def test_a_claim_of_the_same_name_elsewhere_keeps_out_of_it() -> None:
    other = replace(claim("c"), metadata=ObjectMeta(name="c", namespace="other"))
    (decision,), after = place([using("c")], Cluster.of([N0, LOCAL, claim("c"), other, volume("v")]))
    assert decision.volumes.static == {"c": "v"}
    assert {item.namespace: item.spec.volume_name for item in after.storage.claims} == {"default": "v", "other": ""}


def test_the_second_pod_of_a_claim_follows_the_first() -> None:
    cluster = Cluster.of([N0, N1, WAITING, claim("c", item="fast")])
    first, second = using("c", name="first", requests={"cpu": "3"}), using("c", name="second", requests={"cpu": "3"})
    (one, other), _ = place([first, second], cluster)
    assert one.node == "n0"
    assert reasons(other) == {"n0": ("Insufficient cpu",), "n1": (NO_VOLUME,)}


def test_a_bound_pod_schedules_again_to_where_its_volume_is() -> None:
    cluster = Cluster.of([N0, N1, LOCAL, claim("c"), volume("v", on="n1")])
    (decision,), after = place([using("c")], cluster)
    again = schedule(using("c", name="again"), after)
    assert (decision.node, again.node, again.volumes) == ("n1", "n1", VolumeBindings())


YAML = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: ""
  volumeMode: Filesystem
  resources: {requests: {storage: 1Gi}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: nfs}
spec:
  capacity: {storage: 1Gi}
  nfs: {server: a, path: /}
  claimRef: {namespace: default, name: data}
---
apiVersion: storage.k8s.io/v1
kind: CSINode
metadata: {name: n0}
spec: {drivers: [{name: csi.example.com, nodeID: i-1, topologyKeys: [], allocatable: {count: 0}}]}
"""


def test_storage_is_read_and_written_without_loss() -> None:
    objects = load(YAML)
    assert load(dump(objects)) == objects
    assert "storageClassName: ''" in dump(objects)
    assert "count: 0" in dump(objects)
    assert "path: /" in dump(objects)


@pytest.mark.parametrize(
    ("item", "resource"),
    [
        (claim("c"), "persistentvolumeclaims"),
        (WAITING, "storageclasses.storage.k8s.io"),
        (room("c", "n0"), "csistoragecapacities.storage.k8s.io"),
    ],
    ids=lambda item: getattr(item, "kind", item),
)
def test_two_objects_of_one_name_are_refused_in_the_api_servers_words(item: KubernetesObject, resource: str) -> None:
    with pytest.raises(AlreadyExists) as refused:
        Cluster.of([item, item])
    assert str(refused.value) == f'{resource} "{item.name}" already exists'


def test_a_size_that_is_no_quantity_is_refused_in_the_api_servers_words() -> None:
    with pytest.raises(InvalidObject) as refused:
        load(YAML.replace("storage: 1Gi}}", "storage: lots}}"))
    assert 'spec.resources.requests[storage]: Invalid value: "lots"' in str(refused.value)


def test_a_pod_without_claims_has_no_points_for_storage_anywhere() -> None:
    decision = decide(pod("p"), PUBLISHING, WAITING, room("a", "n0", capacity="9Gi"))
    scores = [score for result in decision.nodes for score in result.scores if score.plugin == "VolumeBinding"]
    assert [(score.raw, score.weight) for score in scores] == [(0, 1), (0, 1)]


@given(
    size=st.sampled_from(["1Gi", "5Gi"]),
    modes=st.sampled_from([("ReadWriteOnce",), ("ReadWriteOnce", "ReadWriteMany")]),
    item=st.sampled_from(["local", "fast"]),
    on=st.sampled_from(["", "n0", "n1"]),
    mode=st.sampled_from(["", "Block"]),
    phase=st.sampled_from(["Available", "Released"]),
    owner=st.sampled_from([None, "c", "other"]),
)
def test_a_volume_that_is_passed_over_has_a_field_that_does_not_fit(size, modes, item, on, mode, phase, owner) -> None:
    reference = ObjectReference(namespace="default", name=owner) if owner else None
    asked = claim("c", "2Gi", access_modes=("ReadWriteMany",))
    offered = volume("v", size, item, on, access_modes=modes, volume_mode=mode, claim_ref=reference)
    offered = replace(offered, status=PersistentVolumeStatus(phase=phase))
    assert (find_matching_volume(asked, [offered], N0) is None) == (mismatch(offered, asked, N0) is not None)
