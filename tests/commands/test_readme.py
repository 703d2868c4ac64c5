"""What the README shows in Python runs, and does what its remarks say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def test_quantities_are_rounded_as_the_remark_says() -> None:
    first = EXAMPLES[0]
    code, remark = first.strip().splitlines()[-1].split("#")
    names: dict[str, object] = {}
    exec(first, names)
    assert str(eval(code, names)) == remark.split(":")[0].strip()


def test_the_simulated_cluster_replaces_the_pods_of_a_dead_node(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    exec(EXAMPLES[1], {})
    pods, chain = capsys.readouterr().out.split("READINESS GATES\n")[1].rsplit("<none>\n", 1)
    assert pods.count("Terminating") == 3
    assert sum(" Running " in line and "node-1" not in line for line in pods.splitlines()) == 10
    assert "patch Node/node-1 (Ready is Unknown" in chain.splitlines()[0]
    assert "create Pod/web-" in chain.splitlines()[-1]
