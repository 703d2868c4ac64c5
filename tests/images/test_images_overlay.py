"""The container's own layer: what is copied into it, what hides, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from image_strategies import PATHS, stacks

from k8smodels.images import Entry, LayerDirectory, OverlayMount, sized_file
from k8smodels.images.layer import parents
from k8smodels.images.overlay import MountError

MIB = 1024 * 1024
BASE = (Entry("etc/a", "file", size_bytes=MIB), Entry("etc/b", "file", size_bytes=3), Entry("data/x", "file"))


@pytest.fixture
def mount() -> OverlayMount:
    return OverlayMount.of([BASE])


def test_one_changed_byte_copies_the_whole_file(mount) -> None:
    done = mount.write("etc/a", sized_file(MIB))
    assert done.copied_up_bytes == MIB
    assert done.mount.upper_bytes == MIB
    assert done.mount.lower == mount.lower
    assert done.mount.write("etc/a", "x").copied_up_bytes == 0, "the second time it is there"


def test_a_new_container_of_the_same_image_takes_no_space(mount) -> None:
    assert mount.upper_bytes == 0


def test_a_deleted_lower_file_leaves_a_whiteout(mount) -> None:
    after = mount.delete("etc/a").mount
    assert after.upper.whiteouts == {"etc/a"}
    assert "etc/a" not in after.merged
    assert "etc/a" in after.lower[0].tree


def test_a_file_of_the_upper_layer_alone_is_deleted_without_a_trace(mount) -> None:
    after = mount.write("etc/new", "x").mount.delete("etc/new").mount
    assert after.upper.whiteouts == frozenset()
    assert "etc/new" not in after.merged


def test_a_directory_made_where_one_was_deleted_is_opaque(mount) -> None:
    after = mount.delete_all("etc").mount.mkdir("etc").mount
    assert after.upper.opaque == {"etc"}
    assert [path for path in after.merged if path.startswith("etc")] == ["etc"]


def test_a_lower_directory_cannot_be_renamed_but_a_file_can(mount) -> None:
    refused = mount.rename("data", "data2")
    assert (refused.errno, refused.error, refused.mount) == ("EXDEV", "Invalid cross-device link", mount)
    moved = mount.rename("etc/a", "etc/z")
    assert moved.copied_up_bytes == MIB
    assert {"etc/z"} == {path for path in moved.mount.merged if path in ("etc/a", "etc/z")}
    assert moved.mount.upper.whiteouts == {"etc/a"}


def test_a_directory_of_the_upper_layer_can_be_renamed_with_what_is_in_it(mount) -> None:
    made = mount.mkdir("new").mount.write("new/f", "x").mount
    renamed = made.rename("new", "other")
    assert renamed.errno is None
    assert {"other", "other/f"} <= renamed.mount.merged.keys()
    assert "new" not in renamed.mount.merged


def test_a_renamed_directory_is_opaque_where_its_new_parent_is_merged(mount) -> None:
    renamed = mount.mkdir("new").mount.rename("new", "etc/other")
    assert renamed.mount.upper.opaque == {"etc/other"}
    assert [change.effect for change in renamed.changes] == ["removed", "directory copied up", "moved", "opaque"]


def test_a_renamed_directory_gets_no_mark_in_a_directory_of_the_upper_layer_alone(mount) -> None:
    made = mount.mkdir("new").mount.mkdir("box").mount
    assert made.rename("new", "box/new").mount.upper.opaque == frozenset()


def test_a_renamed_directory_keeps_the_marks_of_those_in_it(mount) -> None:
    made = mount.mkdir("box").mount.mkdir("new").mount.rename("new", "marked").mount
    inside = made.rename("marked", "box/marked").mount
    assert inside.upper.opaque == {"box/marked"}
    assert inside.rename("box", "crate").mount.upper.opaque == {"crate", "crate/marked"}


def test_without_an_upper_layer_everything_is_read_only(mount) -> None:
    readonly = OverlayMount(mount.lower, upper=None)
    tried = [readonly.write("x", "1"), readonly.delete("etc/a"), readonly.mkdir("d"), readonly.rename("etc/a", "b")]
    assert {outcome.errno for outcome in [*tried, readonly.delete_all("etc")]} == {"EROFS"}
    assert readonly.lookup("etc/a").inode is not None


@pytest.mark.parametrize(
    ("operation", "arguments", "errno"),
    [
        ("write", ("etc", "x"), "EISDIR"),
        ("write", ("nope/x", "x"), "ENOENT"),
        ("write", ("etc/b/x", "x"), "ENOTDIR"),
        ("delete", ("etc",), "ENOTEMPTY"),
        ("delete", ("nope",), "ENOENT"),
        ("delete", ("etc/b/x",), "ENOTDIR"),
        ("delete", ("etc/b/x/y",), "ENOTDIR"),
        ("delete", ("nope/x",), "ENOENT"),
        ("delete_all", ("etc/b/x",), "ENOTDIR"),
        ("mkdir", ("etc",), "EEXIST"),
        ("rename", ("etc/b/x", "z"), "ENOTDIR"),
        ("rename", ("nope", "etc/b/x"), "ENOTDIR"),
        ("rename", ("nope/x", "etc/b/x"), "ENOENT"),
        ("rename", ("etc/b", "etc/b/x"), "ENOTDIR"),
        ("rename", ("etc", "etc/below"), "EINVAL"),
        ("rename", ("etc/a", "etc/b"), "EEXIST"),
    ],
)
def test_what_the_kernel_refuses_changes_nothing(mount, operation, arguments, errno) -> None:
    outcome = getattr(mount, operation)(*arguments)
    assert (outcome.errno, outcome.mount, outcome.changes) == (errno, mount, ())


def test_the_kernel_stacks_500_lower_layers_and_no_more() -> None:
    assert OverlayMount((LayerDirectory(),) * 500)
    with pytest.raises(MountError, match="must have at most 500 items"):
        OverlayMount((LayerDirectory(),) * 501)


@given(stacks(), st.lists(st.tuples(st.sampled_from(("write", "mkdir", "delete", "delete_all")), PATHS), max_size=6))
def test_operations_do_to_the_view_what_they_do_to_a_plain_directory(stack, operations) -> None:
    mount = OverlayMount.of(stack)
    for name, path in operations:
        before = mount.merged
        outcome = getattr(mount, name)(path, *(["new"] if name == "write" else []))
        after = outcome.mount.merged
        assert outcome.mount.lower == mount.lower
        if outcome.errno:
            assert after == before
        elif name in ("delete", "delete_all"):
            assert after == {p: i for p, i in before.items() if p != path and not p.startswith(f"{path}/")}
        else:
            assert after == before | {path: after[path]}
            assert all(above in after for above in parents(path))
        mount = outcome.mount
