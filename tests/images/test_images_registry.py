"""Pulling moves what is missing, and storing keeps each thing once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from image_strategies import images

from k8smodels.images import (
    Entry,
    ImageFilesystem,
    ImageGCPolicy,
    ImageRecord,
    NodeStore,
    Registry,
    build_image,
    delete_unused_images,
    garbage_collect,
    image_layer,
)
from k8smodels.images.registry import NotFoundError, shared_layers

OS, PYTHON, APP, OTHER = (
    image_layer([Entry(name, "file", size_bytes=size)])
    for name, size in (("os", 100_000), ("python", 50_000), ("app", 1_000), ("other", 2_000))
)


@pytest.fixture
def registry() -> Registry:
    return (
        Registry()
        .push("app:1", build_image([OS, PYTHON, APP]))
        .push("app:2", build_image([OS, PYTHON, OTHER]))
        .push("other", build_image([PYTHON, OS]))
    )


def test_a_second_image_brings_only_its_own_layers(registry) -> None:
    first = NodeStore().pull(registry, "app:1")
    second = first.store.pull(registry, "app:2")
    verdicts = [(layer.verdict, layer.because) for layer in second.layers]
    assert verdicts == [("already exists", "docker.io/library/app:1")] * 2 + [("pulled", None)]
    assert second.moved_bytes < 10_000
    assert second.without_sharing_bytes > 150_000
    assert second.store.stored_bytes == first.moved_bytes + second.moved_bytes
    assert second.store.unshared_bytes == first.without_sharing_bytes + second.without_sharing_bytes


def test_in_another_order_the_blobs_are_shared_and_the_unpacked_layers_are_not(registry) -> None:
    store = NodeStore().pull(registry, "app:1").store
    pull = store.pull(registry, "other")
    assert {layer.verdict for layer in pull.layers} == {"already exists"}
    assert shared_layers(registry.resolve("app:1"), registry.resolve("other")) == 0
    assert len(pull.store.snapshots) == 5


def test_the_layers_of_a_removed_image_stay_if_another_has_them(registry) -> None:
    both = NodeStore().pull(registry, "app:1").store.pull(registry, "app:2").store
    one = both.remove("app:1")
    assert one.stored_bytes == NodeStore().pull(registry, "app:2").store.stored_bytes


def test_an_image_is_found_by_its_digest_even_when_the_tag_has_moved(registry) -> None:
    old = registry.resolve("app:1")
    moved = registry.push("app:1", build_image([OS])).push("app:old", old)
    assert moved.resolve(f"app@{old.digest}") == old
    with pytest.raises(NotFoundError, match=r"failed to resolve reference docker.io/library/nope:latest"):
        moved.resolve("nope")


@given(st.lists(images(), min_size=1, max_size=4), st.data())
def test_sharing_never_moves_or_stores_more(drawn, data) -> None:
    registry = Registry()
    for number, image in enumerate(drawn):
        registry = registry.push(f"i{number}", image)
    store, moved = NodeStore(), 0
    for name in data.draw(st.lists(st.sampled_from([f"i{n}" for n in range(len(drawn))]), max_size=6)):
        pull = store.pull(registry, name)
        assert pull.moved_bytes <= pull.without_sharing_bytes
        assert pull.store.pull(registry, name).moved_bytes == 0, "a second pull moves nothing"
        store, moved = pull.store, moved + pull.moved_bytes
    assert store.stored_bytes <= store.unshared_bytes
    assert store.stored_bytes <= registry.stored_bytes


def test_each_image_has_a_reason_to_stay_or_to_go() -> None:
    records = [
        ImageRecord("used", 10, first_detected=0, in_use=True),
        ImageRecord("pause", 10, first_detected=0, pinned=True),
        ImageRecord("young", 10, first_detected=990),
        ImageRecord("never", 10, first_detected=10),
        ImageRecord("broken", 10, first_detected=10, last_used=5),
        ImageRecord("old", 10, first_detected=10, last_used=50),
        ImageRecord("newer", 10, first_detected=10, last_used=60),
    ]
    disk = ImageFilesystem(100, 5)
    done = garbage_collect(records, ImageGCPolicy(), disk, now=1000, kubelet_started=0, removal_fails={"broken"})
    assert done.outcomes == (
        ("used", "in use"),
        ("pause", "pinned"),
        ("never", "removed for space"),
        ("young", "too young"),
        ("broken", "removal failed"),
        ("old", "removed for space"),
        ("newer", "not needed"),
    )
    assert (done.to_free_bytes, done.freed_bytes) == (15, 20)
    assert done.error == (
        "wanted to free 15 bytes, but freed 20 bytes space with errors in image deletion: cannot remove broken"
    )


def test_an_image_that_is_too_old_and_cannot_be_removed_stops_the_pass() -> None:
    records = [ImageRecord(name, 10, first_detected=0) for name in ("a", "b", "c")]
    policy = ImageGCPolicy(max_age_seconds=3600)
    done = garbage_collect(
        records, policy, ImageFilesystem(100, 0), now=9000, kubelet_started=0, removal_fails={"a", "b"}
    )
    assert done.removed == ("c",)
    assert done.error == (
        "wanted to free images older than 1h0m0s, encountered errors in image deletion: "
        "[cannot remove a, cannot remove b]"
    )


def test_under_disk_pressure_every_unused_image_goes() -> None:
    records = [ImageRecord("a", 1, first_detected=0, in_use=True), ImageRecord("b", 1, first_detected=0)]
    assert delete_unused_images(records, ImageGCPolicy(), now=1000).removed == ("b",)
