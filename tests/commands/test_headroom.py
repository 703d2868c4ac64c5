"""How many more replicas fit, by the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from k8smodels.commands import main

FILES = Path(__file__).parents[2] / "book" / "files"
NODES, GUESTBOOK = str(FILES / "nodes.yaml"), str(FILES / "guestbook.yaml")


def test_each_controller_is_tried_by_its_template(capsys) -> None:
    assert main(["headroom", "--cluster", NODES, GUESTBOOK, "-o", "json"]) == 0
    found = {item["name"]: item for item in json.loads(capsys.readouterr().out)}
    assert {name.partition("/")[0] for name in found} == {"Deployment"}
    for item in found.values():
        assert item["count"] == sum(item["byNode"].values()) > 0
        assert item["message"].startswith("0/4 nodes are available: ")


def test_the_count_stops_where_it_was_asked_to(capsys) -> None:
    assert main(["headroom", "--cluster", NODES, GUESTBOOK, "--most", "2"]) == 0
    out = capsys.readouterr().out
    assert "Deployment/frontend: 2 more fit\n\nNODE " in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([NODES, "--most", "0"], "--most: Invalid value: 0: must be greater than zero"),
        ([NODES], "no pod to copy"),
        (["missing.yaml"], "missing.yaml: No such file or directory"),
    ],
)
def test_bad_input_is_one_clear_error(capsys, arguments: list[str], message: str) -> None:
    assert main(["headroom", "--cluster", NODES, *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
