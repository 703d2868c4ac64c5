"""Changesets and unpacking: inverse of one another, and one view whichever way it is looked at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from image_strategies import stacks, trees, without_numbers

from k8smodels.images import Entry, LayerDirectory, apply_layer, apply_layers, diff, file, file_tree, lookup, merged
from k8smodels.images.layer import Inode, sized_file
from k8smodels.images.rootfs import ApplyError


@given(trees(), trees())
def test_a_changeset_applied_to_the_old_tree_gives_the_new_one(base, changed) -> None:
    assert without_numbers(apply_layer(base, diff(base, changed))) == without_numbers(changed)


@given(trees())
def test_nothing_changed_is_an_empty_layer(tree) -> None:
    assert diff(tree, tree) == ()


@given(stacks())
def test_the_union_mount_shows_what_unpacking_gives(stack) -> None:
    tree = apply_layers(stack).tree
    directories = [LayerDirectory.of(layer) for layer in stack]
    seen = merged(directories)
    assert _contents(seen) == _contents(tree)
    for path in {*tree, "a", "a/b", "a/b/c", "c/x"}:
        found = lookup(directories, path)
        assert (found.inode and _content(found.inode)) == (_content(tree[path]) if path in tree else None)
        if found.inode and found.inode.type == "file":
            assert directories[found.layers[0]].tree[path] == found.inode


@given(stacks())
def test_every_path_knows_the_layer_it_came_from(stack) -> None:
    applied = apply_layers(stack)
    assert applied.added_by.keys() == applied.tree.keys()
    for path, inode in applied.tree.items():
        if inode.type == "file":
            assert any(entry.name == path and entry.content == inode.content for entry in stack[applied.added_by[path]])


def _contents(tree) -> dict:
    return {path: _content(inode) for path, inode in tree.items()}


def _content(inode: Inode) -> tuple[str, bytes | None]:
    return inode.type, inode.content


def test_a_new_mode_is_a_change_and_carries_the_whole_file() -> None:
    base, changed = file_tree({"bin/tool": file("x" * 9)}), file_tree({"bin/tool": file("x" * 9, 0o755)})
    assert [(entry.name, entry.size_bytes) for entry in diff(base, changed)] == [("bin/", 0), ("bin/tool", 9)]


def test_a_second_name_of_an_unchanged_file_brings_the_file_along() -> None:
    shared = Inode("file", 0o644, 1, b"h", number=1)
    layer = diff({"b": file("h")}, {"a": shared, "b": shared})
    assert [(entry.name, entry.type, entry.link) for entry in layer] == [("a", "file", ""), ("b", "hardlink", "a")]


def test_of_two_names_the_file_stays_until_the_last_is_gone() -> None:
    tree = apply_layers([[_file("a"), Entry("b", "hardlink", link="a")], [Entry(".wh.a", "file")]]).tree
    assert tree["b"].content == b"1"


def test_a_link_never_leads_out_of_the_root() -> None:
    tree = apply_layers([[Entry("out", "symlink", link="../../../etc"), _file("out/x")]]).tree
    assert sorted(tree) == ["etc", "etc/x", "out"]


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        ([("a", "file", ""), ("a/b", "file", "")], "mkparent /a: not a directory"),
        ([("a", "file", ""), ("a/b/c", "file", "")], "failed to get root path: lstat /a/b: not a directory"),
        ([("d/", "dir", ""), ("l", "hardlink", "d")], "link /d /l: operation not permitted"),
        ([("a", "file", ""), ("l", "hardlink", "a/x")], "link /a/x /l: not a directory"),
        (
            [("a", "symlink", "b"), ("b", "symlink", "a"), ("a/x", "file", "")],
            "failed to get root path: too many links",
        ),
        ([(".wh..", "file", "")], "invalid whiteout name: .wh..: invalid archive"),
        ([("d/", "dir", ""), (".wh.d", "file", "")], "failed call to UtimesNanoAt for /d: no such file or directory"),
    ],
)
def test_what_cannot_be_unpacked_is_said_as_containerd_says_it(layer, message) -> None:
    with pytest.raises(ApplyError) as refused:
        apply_layers([[], [Entry(name, kind, link=link) for name, kind, link in layer]])
    assert (str(refused.value), refused.value.layer) == (message, 1)


def test_a_lookup_tells_each_layer_that_was_asked() -> None:
    stack = [[_file("etc/a"), _file("etc/b")], [Entry("etc/.wh.a", "file")], [_file("etc/c")]]
    directories = [LayerDirectory.of(layer) for layer in stack]
    gone = lookup(directories, "etc/a")
    steps = [(step.path, step.layer, step.answer) for step in gone.steps]
    asked = [("etc/a", 2, "nothing"), ("etc/a", 1, "whiteout")]
    assert gone.inode is None
    assert steps == [("etc", 2, "dir"), ("etc", 1, "dir"), ("etc", 0, "dir"), *asked]
    assert lookup(directories, "etc/b").layers == (0,)
    assert lookup(directories, "etc").layers == (2, 1, 0)


def test_an_opaque_directory_ends_the_lookup() -> None:
    stack = [[_file("d/old")], [Entry("d/.wh..wh..opq", "file"), _file("d/new")]]
    found = lookup([LayerDirectory.of(layer) for layer in stack], "d/old")
    assert found.inode is None
    assert [(step.layer, step.answer) for step in found.steps] == [(1, "opaque dir"), (1, "nothing")]


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_name_makes_anything_but_the_one_error(name, link) -> None:
    for kind in ("file", "dir", "symlink", "hardlink"):
        try:
            tree = apply_layers([[Entry(name, kind, link=link), _file("x/y")]]).tree
        except ApplyError:
            continue
        assert not any(".." in path.split("/") or path.startswith("/") for path in tree)


def test_files_of_equal_size_are_equal_where_only_the_size_is_known() -> None:
    assert diff({"a": sized_file(5)}, {"a": sized_file(5)}) == ()
    assert len(diff({"a": sized_file(5)}, {"a": sized_file(6)})) == 1


def _file(name: str) -> Entry:
    return Entry(name, "file", 0o644, 1, b"1")
