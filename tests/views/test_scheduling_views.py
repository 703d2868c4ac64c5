"""Views say all that a decision says, in words, and escape what came from readers."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from k8smodels.api.node import node
from k8smodels.api.pod import pod
from k8smodels.scheduling import Cluster, schedule
from k8smodels.views.amounts import percent, resource_amount
from k8smodels.views.scheduling import cluster_board, decided, events, message_parts, score_table, verdicts

HOSTILE = '<img src=x onerror="alert(1)">'


def text_of(html: str) -> str:
    """What a reader without style sheets reads."""
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", html))


@pytest.fixture
def cluster() -> Cluster:
    nodes = [
        node("node-1", cpu="4", memory="8Gi"),
        node("node-2", cpu="8", memory="16Gi"),
        node("node-3", cpu="1", memory="8Gi"),
    ]
    return Cluster.of([*nodes, pod("api", requests={"cpu": "1", "memory": "2Gi"}, node_name="node-1")])


def test_a_board_tells_verdict_reason_and_numbers_in_words(cluster: Cluster) -> None:
    decision = schedule(pod("web", requests={"cpu": "2", "memory": "1Gi"}), cluster)
    text = text_of(cluster_board(decision, cluster))
    assert "node-2 8 cpu, 16 Gi chosen" in text
    assert "node-3 1 cpu, 8 Gi Insufficient cpu NodeResourcesFit" in text
    assert "api 1: 1 + 2 of 4" in text


def test_a_pod_that_is_too_large_sticks_out_only_where_its_size_is_the_reason(cluster: Cluster) -> None:
    decision = schedule(pod("web", requests={"cpu": "2"}), cluster)
    html = cluster_board(decision, cluster, resources=("cpu",))
    assert html.count(" over") == 1


def test_the_score_table_marks_the_plugin_that_decides(cluster: Cluster) -> None:
    decision = schedule(pod("web", requests={"cpu": "2", "memory": "1Gi"}), cluster)
    table = score_table(decision)
    (marked,) = re.findall(r'<tr class="on">(.*?)</tr>', table)
    assert "NodeResourcesFit" in marked
    assert f"<mark>{decision.result('node-2').total}</mark>" in table


def test_a_single_feasible_node_has_no_table(cluster: Cluster) -> None:
    decision = schedule(pod("web", requests={"cpu": "6"}), cluster)
    assert score_table(decision) == ""


def test_every_part_of_the_message_is_underlined_and_explained(cluster: Cluster) -> None:
    decision = schedule(pod("web", requests={"cpu": "16", "memory": "12Gi"}), cluster)
    html = message_parts(decision)
    assert decision.event_message in text_of(html).replace(" ,", ",").replace(" .", ".").replace("  ", " ")
    assert re.findall("<span>(.*?)</span>", html) == ["2 Insufficient memory", "3 Insufficient cpu"]
    assert html.count("<tr>") == 1 + 2


def test_a_node_that_is_too_small_when_empty_needs_another_remedy_than_a_full_one(cluster: Cluster) -> None:
    html = message_parts(schedule(pod("web", requests={"cpu": "2"}), Cluster.of([*cluster.nodes[:1], *cluster.nodes[2:],
        pod("db", requests={"cpu": "3"}, node_name="node-1")])))  # fmt: skip
    rows = re.findall("<tr>.*?</tr>", html)[1:]
    assert [("fewer neighbours" in row, "too small even without" in row) for row in rows] == [
        (True, False),
        (False, True),
    ]


def test_terminal_text_is_kubectl_s(cluster: Cluster) -> None:
    decision = schedule(pod("web", requests={"cpu": "16"}), cluster)
    assert events(decision).splitlines()[-1].split() == [
        "Warning", "FailedScheduling", "default-scheduler", *decision.event_message.split(),
    ]  # fmt: skip
    assert verdicts(decision).splitlines()[1] == "node-1   refused           NodeResourcesFit: Insufficient cpu"


def test_names_from_readers_are_escaped(cluster: Cluster) -> None:
    hostile = Cluster.of([node(HOSTILE, cpu="4", memory="8Gi"), pod(HOSTILE, requests={"cpu": "1"}, node_name=HOSTILE)])
    decision = schedule(pod(HOSTILE, requests={"cpu": "2"}), hostile)
    for html in (cluster_board(decision, hostile), score_table(decision), message_parts(decision)):
        assert "<img" not in html
    assert "<img" in decided(decision)  # plain text: the frame's owner escapes it


class _Balanced(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 (the base class gives it)
        if tag not in ("br", "wbr", "img", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_markup_is_balanced(cluster: Cluster) -> None:
    decision = schedule(pod("web", requests={"cpu": "2"}), cluster)
    parser = _Balanced()
    parser.feed(cluster_board(decision, cluster) + score_table(decision))
    assert parser.open == []


@pytest.mark.parametrize(
    ("resource", "amount", "text"),
    [("cpu", 250, "0.25"), ("cpu", 4000, "4"), ("memory", 3 * 2**29, "1.5"), ("example.com/gpu", 2, "2")],
)
def test_amounts_are_short(resource: str, amount: int, text: str) -> None:
    assert resource_amount(resource, amount) == text


def test_a_small_part_is_still_seen() -> None:
    assert [percent(0, 100), percent(1, 1000), percent(7, 3), percent(1, 0)] == [0, 1, 100, 0]
