"""Views of Deployments draw what they are given."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from k8smodels.controlplane.pod_counts import PodCounts
from k8smodels.views.workloads import PodRow, comparison, pod_squares, rollout_chart

few = st.integers(0, 20)
series = st.lists(st.tuples(st.floats(0, 100), few, few, few, few), min_size=1, max_size=12).map(
    lambda rows: [
        PodCounts(at, old, ready, waiting, available, 0) for at, old, ready, waiting, available in sorted(rows)
    ]
)


def drawing(html: str) -> ET.Element:
    return ET.fromstring(html[: html.index("</svg>") + 6])


@given(series, st.none() | few, st.none() | few)
def test_a_chart_is_well_formed_and_stays_in_its_box(
    counts: list[PodCounts], most: int | None, least: int | None
) -> None:
    svg = drawing(rollout_chart(counts, 100, at_most=most, at_least=least, says='10 < 12 & "more"'))
    assert svg.get("aria-label") == '10 < 12 & "more"'
    for path in svg.iter("path"):
        numbers = [int(text) for text in re.findall(r"-?\d+", path.get("d") or "")]
        assert all(0 <= number <= 360 for number in numbers)


def test_limits_are_named_and_left_out_where_there_are_none() -> None:
    counts = [PodCounts(0, 10, 0, 0, 10, 0)]
    assert ">at most 13<" in rollout_chart(counts, 10, at_most=13, at_least=8, says="")
    assert "at most" not in rollout_chart(counts, 10, at_most=None, at_least=None, says="")


@given(st.lists(st.tuples(st.text(max_size=8), st.booleans(), few, few), min_size=1, max_size=4))
def test_there_is_one_square_a_pod(rows: list[tuple[str, bool, int, int]]) -> None:
    html = pod_squares([PodRow(*row) for row in rows])
    assert html.count("<rect") == sum(available + waiting for _name, _new, available, waiting in rows)


def test_a_comparison_has_a_panel_for_each_rollout() -> None:
    lines = {"old": [(0.0, 10), (1.0, 0)], "new": [(0.0, 0), (0.5, 10)]}
    assert len(comparison({"one": (lines, lines), "two": (lines, lines)}).axes) == 2
