"""Pictures are the same at every run, and two of them on one page do not get in each other's way."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("matplotlib")

from k8smodels.explore.show import picture
from k8smodels.views.figures import growth


def ids(svg: str) -> set[str]:
    return set(re.findall(r' id="([^"]+)"', svg))


def drawn(top: float) -> str:
    return picture(growth([1, 10], {"a": [1.0, top]}, x="x", y="y"), alt="a line", title="A line").svg


def test_a_picture_is_the_same_at_every_run() -> None:
    assert drawn(2.0) == drawn(2.0)


def test_two_pictures_share_no_id() -> None:
    first, second = drawn(2.0), drawn(3.0)
    assert ids(first)
    assert not ids(first) & ids(second)


def test_what_a_picture_refers_to_is_in_it_and_nothing_else_has_an_id() -> None:
    svg = drawn(2.0)
    assert set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg)) == ids(svg)
