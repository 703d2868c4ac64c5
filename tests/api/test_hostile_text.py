"""Text from readers gets one clear error, in bounded time."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.errors import DecodeError, InvalidObject
from k8smodels.api.kinds import load, load_file
from k8smodels.api.yaml_text import MAX_MANIFEST_BYTES, read_documents, write_documents

LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1", "input: error converting YAML to JSON: yaml: line 1: expected ',' or ']', but got '<stream end>'"),
        (
            "\ta: 1",
            "input: error converting YAML to JSON: yaml: line 1: found character '\\t' that cannot start any token",
        ),
        (
            "a: 1\nb: 2\na: 3",
            'input: error converting YAML to JSON: yaml: line 3: mapping key "a" already defined at line 1',
        ),
        ('{"a": 1, "a": 2}', 'input: error converting YAML to JSON: yaml: mapping key "a" already defined'),
        ("a: &x [*x]", "input: error converting YAML to JSON: yaml: line 1: anchor value contains itself"),
        (LAUGHS, "input: error converting YAML to JSON: yaml: document contains excessive aliasing"),
        ("[" * 5000, "input: error converting YAML to JSON: yaml: exceeded max depth of 100"),
        ("- " * 500 + "x", "input: error converting YAML to JSON: yaml: exceeded max depth of 100"),
        ("a: .nan", "input: error converting YAML to JSON: yaml: nan is not a JSON number"),
        ("- 1", "input: a Kubernetes object is a map with apiVersion and kind, not a list"),
        ("a: 1", "input: Object 'Kind' is missing in '{'a': 1}'"),
        ("kind: Pod", "input: Object 'apiVersion' is missing in '{'kind': 'Pod'}'"),
    ],
)
def test_broken_text_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(DecodeError) as caught:
        load(text)
    assert str(caught.value) == message


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DecodeError, match=r'no matches for kind "Foo" in version "v1"; known here: .*Pod \(v1\)'):
        load("apiVersion: v1\nkind: Foo")


def test_python_objects_are_never_made(tmp_path: Path) -> None:
    target = tmp_path / "made"
    with pytest.raises(DecodeError, match="could not determine a constructor"):
        load(f'!!python/object/apply:os.mkdir ["{target}"]')
    assert not target.exists()


def test_ten_megabytes_are_refused_at_once() -> None:
    began = time.perf_counter()
    with pytest.raises(DecodeError, match=f"Request entity too large: limit is {MAX_MANIFEST_BYTES}"):
        load("x" * 10_000_000)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("content", "message"), [(b"\xff\xfe", "not UTF-8 text: byte 0 is 0xff"), (None, "No such file or directory")]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "pod.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DecodeError) as caught:
        load_file(path)
    assert str(caught.value) == f"{path}: {message}"


def test_yaml_is_read_as_kubectl_reads_it() -> None:
    text = "date: 2020-11-08\nports: 22:80\nmode: 0644\nyes: no\n1: one"
    assert read_documents(text) == [{"date": "2020-11-08", "ports": "22:80", "mode": 420, "true": False, "1": "one"}]


@given(st.text(max_size=200))
def test_any_text_gives_objects_or_one_clear_error(text: str) -> None:
    with contextlib.suppress(DecodeError, InvalidObject):
        load(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), json_values, min_size=1, max_size=4))
def test_what_is_written_is_read_again(value: dict[str, object]) -> None:
    assert read_documents(write_documents([value])) == [value]
