"""The page of the kernel's answers tells of all reality tests that there are, and of no other."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from docutils import nodes

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book" / "_ext"))

from reality import bullets, outcome, sentence, skips

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "tests" / "reality").glob("test_reality_*.py"))
RECORD = json.loads((ROOT / "book" / "files" / "measured-reality.json").read_text("utf-8"))


def written_in(path: Path) -> Iterator[ast.FunctionDef]:
    tree = ast.parse(path.read_text("utf-8"))
    return (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def parameters(test: ast.FunctionDef) -> set[str]:
    return {argument.arg for argument in test.args.args}


def asking(path: Path) -> set[str]:
    return {test.name for test in written_in(path) if "compared" in parameters(test)}


def test_the_record_holds_every_test_that_asks_and_no_other():
    recorded = {file["file"]: set(file["tests"]) for file in RECORD["files"]}
    assert recorded == {path.name: asking(path) for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_whoever_asks_the_kernel_notes_what_is_compared(path):
    asks = {test.name for test in written_in(path) if {"kernel", "measure"} & parameters(test)}
    assert asks <= asking(path)
    assert asking(path)


def test_the_record_tells_what_each_file_is_about():
    written = {path.name: ast.get_docstring(ast.parse(path.read_text("utf-8"))) for path in FILES}
    assert {file["file"]: file["about"] for file in RECORD["files"]} == written


def test_each_recorded_test_passed_or_has_a_reason():
    for file in RECORD["files"]:
        for name, test in file["tests"].items():
            assert test["failed"] == 0, name
            assert test["passed"] + test["skipped"] > 0, name
            assert bool(test["values"]) == bool(test["passed"]), name
            assert bool(test["reasons"]) == bool(test["skipped"]), name


def test_the_page_has_a_row_for_each_recorded_test(site):
    rows = site["reality.html"].soup.select("table.reality tbody tr")
    told = [row.select_one("td").get_text(" ", strip=True) for row in rows]
    wanted = [sentence(name) for file in RECORD["files"] for name, test in file["tests"].items()]
    assert len(told) == len(wanted)
    for text, start in zip(told, wanted, strict=True):
        assert text.startswith(start)


def test_a_skipped_test_is_told_with_its_reason():
    test = {"passed": 1, "failed": 0, "skipped": 2, "values": 0, "reasons": ["no overlayfs"]}
    found = skips({"files": [{"tests": {"test_a_rule": test}}]})
    assert found == ["A rule: no overlayfs"]
    assert outcome(test) == "1 passed, 2 skipped"
    assert isinstance(bullets(found), nodes.bullet_list)
    assert bullets([]).astext() == "Every test could be run."
