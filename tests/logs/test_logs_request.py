from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from k8smodels.api.errors import InvalidObject
from k8smodels.api.pod import Pod
from k8smodels.logs.read import LogOptions
from k8smodels.logs.request import NoLogsError, PodLogOptions, start_to_read
from k8smodels.logs.timestamps import ZERO, parse_timestamp

NOW = datetime(2026, 1, 2, 3, 4, 5, 500000)
ENDED = {"terminated": {"exitCode": 1, "containerID": "containerd://abc"}}
NEVER_STARTED = {"terminated": {"exitCode": 128, "reason": "StartError"}}
RUNNING: dict[str, Any] = {"running": {}}


def pod(state: dict[str, Any], last_state: dict[str, Any] | None = None, key: str = "containerStatuses") -> Pod:
    status = {"name": "app", "state": state, "lastState": last_state or {}}
    return Pod.from_json({"metadata": {"name": "web"}, "status": {key: [status]}})


@pytest.mark.parametrize(
    ("state", "last_state", "previous", "start"),
    [
        (RUNNING, {}, False, "current"),
        (RUNNING, ENDED, False, "current"),
        (RUNNING, ENDED, True, "last"),
        (ENDED, {}, False, "current"),
        ({"waiting": {"reason": "CrashLoopBackOff"}}, ENDED, False, "last"),
        ({"waiting": {"reason": "CrashLoopBackOff"}}, ENDED, True, "last"),
        (NEVER_STARTED, ENDED, False, "last"),
    ],
)
def test_a_container_that_does_not_run_shows_its_last_log(
    state: dict[str, Any], last_state: dict[str, Any], previous: bool, start: str
) -> None:
    assert start_to_read(pod(state, last_state), "app", previous=previous) == start
    assert start_to_read(pod(state, last_state, "initContainerStatuses"), "app", previous=previous) == start


@pytest.mark.parametrize(
    ("state", "last_state", "previous", "message"),
    [
        (RUNNING, {}, True, 'previous terminated container "app" in pod "web" not found'),
        (RUNNING, NEVER_STARTED, True, 'previous terminated container "app" in pod "web" not found'),
        (NEVER_STARTED, {}, False, 'container "app" in pod "web" is terminated'),
        ({"waiting": {}}, NEVER_STARTED, False, 'container "app" in pod "web" is terminated'),
        (
            {"waiting": {"reason": "ErrImagePull"}},
            {},
            False,
            'container "app" in pod "web" is waiting to start: image can\'t be pulled',
        ),
        (
            {"waiting": {"reason": "ImagePullBackOff"}},
            {},
            False,
            'container "app" in pod "web" is waiting to start: trying and failing to pull image',
        ),
        (
            {"waiting": {"reason": "ContainerCreating"}},
            {},
            False,
            'container "app" in pod "web" is waiting to start: ContainerCreating',
        ),
        ({}, {}, False, 'container "app" in pod "web" is waiting to start - no logs yet'),
    ],
)
def test_without_a_log_the_kubelet_says_why(
    state: dict[str, Any], last_state: dict[str, Any], previous: bool, message: str
) -> None:
    with pytest.raises(NoLogsError) as refused:
        start_to_read(pod(state, last_state), "app", previous=previous)
    assert str(refused.value) == message


def test_a_container_of_another_name_is_not_available() -> None:
    with pytest.raises(NoLogsError, match='container "db" in pod "web" is not available'):
        start_to_read(pod(RUNNING), "db")


def test_since_is_counted_from_now() -> None:
    options = PodLogOptions(tail_lines=0, limit_bytes=1, since_seconds=60, timestamps=True)
    assert options.log_options(NOW) == LogOptions(0, 1, parse_timestamp("2026-01-02T03:03:05.5Z"), timestamps=True)
    elsewhere = NOW.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=8)))
    assert options.log_options(elsewhere) == options.log_options(NOW)
    since = parse_timestamp("2026-01-01T00:00:00Z")
    assert PodLogOptions(since_time=since).log_options(NOW).since == since
    assert PodLogOptions(since_seconds=2**62).log_options(datetime(2, 1, 1)).since == ZERO


def test_the_api_server_refuses_every_wrong_option_at_once() -> None:
    with pytest.raises(InvalidObject) as refused:
        PodLogOptions(-1, 0, 0).log_options(NOW, "web")
    assert [str(error) for error in refused.value.errors] == [
        "tailLines: Invalid value: -1: must be greater than or equal to 0",
        "limitBytes: Invalid value: 0: must be greater than 0",
        "sinceSeconds: Invalid value: 0: must be greater than 0",
    ]
    with pytest.raises(InvalidObject, match="at most one of `sinceTime` or `sinceSeconds` may be specified"):
        PodLogOptions(since_seconds=0, since_time=ZERO).log_options(NOW, "web")
