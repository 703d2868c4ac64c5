from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.errors import FieldError
from k8smodels.logs.paths import (
    CONTAINER_LOGS_DIRECTORY,
    MAX_FILE_NAME_BYTES,
    LogLinkError,
    container_id_of,
    container_log_path,
    container_logs_directory,
    log_link,
    pod_logs_directory,
)

NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
IDS = st.text("0123456789abcdef", min_size=6, max_size=64)


@given(namespace=NAMES, pod=NAMES, container=NAMES, container_id=IDS)
def test_a_link_that_fits_gives_the_container_back(namespace: str, pod: str, container: str, container_id: str) -> None:
    link = log_link(namespace, pod, container, container_id)
    name = link.removeprefix(f"{CONTAINER_LOGS_DIRECTORY}/")
    assert len(name) <= MAX_FILE_NAME_BYTES
    if len(f"{pod}_{namespace}_{container}-{container_id}.log") <= MAX_FILE_NAME_BYTES:
        assert container_id_of(link) == container_id


def test_a_restart_writes_another_file_of_the_same_directory() -> None:
    directory = container_logs_directory("shop", "web-0", "u1", "app", root="/logs")
    assert directory == "/logs/shop_web-0_u1/app"
    assert [f"{pod_logs_directory('shop', 'web-0', 'u1', '/logs')}/{container_log_path('app', n)}" for n in (0, 1)] == [
        f"{directory}/0.log",
        f"{directory}/1.log",
    ]


def test_a_file_that_is_no_link_to_a_log_tells_no_container() -> None:
    with pytest.raises(LogLinkError, match=r'"web-abcdef.txt" doesn\'t end with ".log"'):
        container_id_of("web-abcdef.txt")


@pytest.mark.parametrize("name", ["", ".", "..", "../../etc", "a/b", "a\0"])
def test_no_name_leads_out_of_the_directory_of_logs(name: str) -> None:
    for build in (
        lambda: pod_logs_directory(name, "web", "u"),
        lambda: container_logs_directory("shop", "web", "u", name),
        lambda: container_log_path(name, 0),
        lambda: log_link("shop", "web", "app", name),
    ):
        with pytest.raises(FieldError, match="must be the name of one file"):
            build()


def test_a_container_does_not_start_a_negative_number_of_times() -> None:
    with pytest.raises(FieldError, match="restartCount: Invalid value: -1: must be greater than or equal to 0"):
        container_log_path("app", -1)
