"""A sequence is a list of messages, with arrows for the eye."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from k8smodels.views.sequence import COLUMNS, Actor, Message, sequence

ACTORS = (Actor("kubelet", "node"), Actor("containerd", "ctr"), Actor("shim", "proc"))
MESSAGES = (
    Message("kubelet", "containerd", "`RunPodSandbox` <b>", "0 s"),
    Message("containerd", "shim", "start", aside=True),
    Message("shim", "kubelet", "done"),
    Message("kubelet", "kubelet", "waits"),
)


def rows(now: int):
    return BeautifulSoup(sequence(ACTORS, MESSAGES, now), "html.parser").select("ol.seq > li")


def test_each_message_names_both_ends_and_what_is_said() -> None:
    assert [row.select_one(".d").get_text() for row in rows(0)][:2] == [
        "kubelet → containerd RunPodSandbox <b>",
        "containerd → shim start",
    ]


def test_the_message_of_the_step_is_marked_and_later_ones_are_dimmed() -> None:
    found = rows(1)
    assert [row.get("class") for row in found] == [None, ["now"], ["later"], ["later"]]
    assert [row.get("aria-current") for row in found] == [None, "step", None, None]


def test_arrows_go_from_column_to_column_and_are_for_the_eye_only() -> None:
    lines = [row.select("path")[0]["d"] for row in rows(0)]
    assert lines[:3] == ["M30 12H90", "M90 12H150", "M150 12H30"]
    assert all(row.svg["aria-hidden"] == "true" for row in rows(0))
    assert [len(row.select("path.w")) for row in rows(0)] == [0, 2, 0, 0]


def test_a_stranger_and_too_many_actors_are_refused() -> None:
    with pytest.raises(ValueError, match="kubelet → nobody: not among the actors kubelet, containerd, shim"):
        sequence(ACTORS, [Message("kubelet", "nobody", "?")], 0)
    with pytest.raises(ValueError, match=f"at most {COLUMNS} actors, not 7"):
        sequence([Actor(str(i), "node") for i in range(7)], [], 0)
