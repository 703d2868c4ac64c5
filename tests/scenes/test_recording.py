"""A real scheduler's log, decided again: same node, same score of every plugin."""

from __future__ import annotations

from pathlib import Path

from k8smodels.scenes.recording import replay

RECORDING = Path(__file__).parents[2] / "book" / "files" / "recorded-scheduling.json"


def test_every_decision_of_the_real_scheduler_is_made_again() -> None:
    steps = replay(RECORDING)
    assert len(steps) == 20
    assert [step.decision.pod.name for step in steps if not step.same_scores] == []
    assert [step.decision.pod.name for step in steps if not step.same_choice] == []
    assert [step.message is None for step in steps].count(False) == 1
