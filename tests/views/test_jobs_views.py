"""Lengths of time and lines as kubectl prints them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from k8smodels.api.batch import Job
from k8smodels.api.times import parse_time
from k8smodels.views.jobs import human_duration, job_line

NOW = parse_time("2026-03-04T00:02:30Z")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "<invalid>"),
        (-1, "0s"),
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (599, "9m59s"),
        (600, "10m"),
        (10799, "179m"),
        (10800, "3h"),
        (28799, "7h59m"),
        (28800, "8h"),
        (172799, "47h"),
        (172800, "2d"),
        (176400, "2d1h"),
        (691200, "8d"),
    ],
)
def test_a_length_of_time_is_shown_as_kubectl_does(seconds: int, text: str) -> None:
    assert human_duration(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("spec", "status", "cells"),
    [
        ({"completions": 3}, {"succeeded": 1}, ["Running", "1/3"]),
        ({"parallelism": 3}, {"succeeded": 2}, ["Running", "2/1", "of", "3"]),
        ({"parallelism": 1}, {}, ["Running", "0/1"]),
        ({"completions": 1}, {"conditions": [{"type": "Suspended", "status": "True"}]}, ["Suspended", "0/1"]),
        ({"completions": 1}, {"conditions": [{"type": "Suspended", "status": "False"}]}, ["Running", "0/1"]),
        ({"completions": 1}, {"conditions": [{"type": "FailureTarget", "status": "True"}]}, ["FailureTarget", "0/1"]),
    ],
)
def test_a_job_is_listed_as_kubectl_does(spec: object, status: object, cells: list[str]) -> None:
    metadata = {"name": "j", "creationTimestamp": "2026-03-04T00:00:00Z"}
    line = job_line(Job.from_json({"metadata": metadata, "spec": spec, "status": status}), NOW).splitlines()[1]
    assert line.split() == ["j", *cells, "2m30s"]
