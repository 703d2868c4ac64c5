from __future__ import annotations

import json
from pathlib import Path

import pytest

from k8smodels.conformance import run_file

GOLDEN = Path(__file__).parents[1] / "golden"
FILES = sorted(GOLDEN.rglob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_models_answer_as_kubernetes_did(path: Path) -> None:
    report = run_file(path)
    assert report.ok, "\n".join(report.lines())
    assert len(report.known) * 50 < report.total, "known differences stay under one case in fifty"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_file_stands_where_its_suite_says(path: Path) -> None:
    document = json.loads(path.read_bytes())
    assert document["suite"] == path.relative_to(GOLDEN).with_suffix("").as_posix()
    names = [case["name"] for case in document["cases"]]
    assert len(names) == len(set(names))
