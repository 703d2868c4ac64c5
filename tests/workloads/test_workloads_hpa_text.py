"""What the API server refuses and what kubectl prints of autoscalers, against the real code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.api.errors import InvalidObject
from k8smodels.views.scaling import HPAEvent, described, hpa_listing
from k8smodels.workloads.autoscaling.validation import stored

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "recorded_hpa.json").read_text("utf-8"))["cases"]
AGES = {130: "2m10s", 45: "45s"}


@pytest.mark.parametrize("case", [case for case in CASES if "error" in case], ids=lambda case: case["name"])
def test_the_api_servers_errors(case: dict[str, Any]) -> None:
    with pytest.raises(InvalidObject) as refused:
        stored(HorizontalPodAutoscaler.from_json(case["hpa"]))
    wanted = case["error"].removeprefix("[").removesuffix("]")
    assert sorted(wanted.split(", ")) == sorted(", ".join(map(str, refused.value.errors)).split(", "))


@pytest.mark.parametrize("case", [case for case in CASES if "get" in case], ids=lambda case: case["name"])
def test_kubectls_words(case: dict[str, Any]) -> None:
    hpa = stored(HorizontalPodAutoscaler.from_json(case["hpa"]))
    events = [HPAEvent(each["Type"], each["Reason"], AGES[each["Seconds"]], each["Message"]) for each in case["events"]]
    assert hpa_listing([hpa], "130m") == _trimmed(case["get"])
    assert described(hpa, events) == _trimmed(case["describe"])


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines())
