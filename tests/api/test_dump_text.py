"""A dump is read item by item, and means the same as when it is read whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.dump_text import read_dump
from k8smodels.api.errors import DecodeError
from k8smodels.api.kinds import dump, load
from k8smodels.api.node import node
from k8smodels.api.yaml_text import MAX_MANIFEST_BYTES, read_documents, write_documents

PLENTY = 10**9
TAIL = 'kind: List\nmetadata:\n  resourceVersion: ""\n'


def as_kubectl_prints(items: list[object]) -> str:
    return "apiVersion: v1\nitems:\n" + write_documents([items]) + TAIL


def read(text: str) -> tuple[list[object], list[int]]:
    steps: list[int] = []
    return read_dump(text, "input", max_bytes=PLENTY, advance=steps.append), steps


def test_a_list_is_read_item_by_item_and_tells_how_far_it_is() -> None:
    items = [{"kind": "Pod", "text": "a\n- b\n"}, {"kind": "Node"}]
    text = as_kubectl_prints(items)
    found, steps = read(text)
    assert found == items
    assert len(steps) == len(items) + 1
    assert sum(steps) == len(text)


names = st.text("abc-:# \n&*'\"|>é", max_size=6)
values = st.recursive(
    names | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=2),
    max_leaves=5,
)


@given(st.lists(st.dictionaries(names, values, min_size=1, max_size=3), min_size=1, max_size=4))
def test_items_mean_the_same_as_the_whole(items: list[object]) -> None:
    found, _ = read(as_kubectl_prints(items))
    assert found == items


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: v1\nitems:\n- &a {x: 1}\n- *a\n" + TAIL,
        "apiVersion: v1\nitems:\n- {x: 1}\nother: 1\n" + TAIL,
        "apiVersion: v1\nitems:\n- {x: 1}\n---\nkind: Pod\n",
        "apiVersion: v1\nkind: List\nitems:\n- {x: 1}\n",
        '{"kind": "List", "items": [{"x": 1}]}',
        "",
    ],
)
def test_text_of_another_form_is_read_whole(text: str) -> None:
    found, steps = read(text)
    assert found == read_documents(text)
    assert sum(steps) == len(text)


def test_a_broken_item_is_named_by_its_line_in_the_file() -> None:
    with pytest.raises(DecodeError, match=r"^input: error converting YAML to JSON: yaml: line 5: "):
        read("apiVersion: v1\nitems:\n- x: 1\n- x: [1\n" + TAIL)


def test_a_key_twice_is_refused_in_a_dump_too() -> None:
    with pytest.raises(DecodeError, match='line 5: mapping key "x" already defined at line 4'):
        read("apiVersion: v1\nitems:\n- y: 1\n- x: 1\n  x: 2\n" + TAIL)


def test_deep_nesting_is_refused_in_a_dump_too() -> None:
    with pytest.raises(DecodeError, match="exceeded max"):
        read("[" * 100_000)


def test_a_large_dump_gives_the_same_objects_as_a_small_one() -> None:
    nodes = [node(f"n{i}", cpu="4") for i in range(3)]
    padded = as_kubectl_prints([item.to_json() for item in nodes]) + " " * MAX_MANIFEST_BYTES
    assert load(padded, max_bytes=PLENTY) == load(dump(nodes)) == nodes
