from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.errors import FieldError
from k8smodels.logs.rotation import MAX_FILES, Sizes, all_logs, rotate
from k8smodels.logs.rotation_policy import LogRotatePolicy, RotationSettingsError

NOW = datetime(2026, 3, 1, 10)
ROTATED = st.builds("0.log.2026010{}-000000{}".format, st.integers(1, 9), st.sampled_from(["", ".gz", ".tmp"]))
DIRECTORIES = st.dictionaries(ROTATED, st.integers(0, 9), max_size=12)


@given(DIRECTORIES, st.integers(2, 6), st.lists(st.integers(0, 200), max_size=8))
def test_a_rotation_leaves_no_more_files_than_allowed(old: Sizes, max_files: int, writes: list[int]) -> None:
    policy, files = LogRotatePolicy(100, max_files), {**old, "0.log": 0}
    for i, size in enumerate(writes):
        grown = (files["0.log"] or 0) + size
        done = rotate("0.log", {**files, "0.log": grown}, policy, NOW + timedelta(seconds=10 * i))
        files = dict(done.files)
        assert done.rotated == (grown >= 100)
        if done.rotated:
            assert len(files) <= max_files
            assert set(all_logs("0.log", files)) == set(files), "what nobody needs is gone"
            assert files[all_logs("0.log", files)[-2]] == grown, "the newest rotated file keeps every byte"


@given(DIRECTORIES, st.integers(2, 6))
def test_what_goes_is_older_than_what_stays(old: Sizes, max_files: int) -> None:
    before = all_logs("0.log", old)[:-1]
    done = rotate("0.log", {**old, "0.log": 1}, LogRotatePolicy(1, max_files), NOW)
    kept = [file.removesuffix(".gz") for file in all_logs("0.log", done.files)[:-2]]
    assert kept == [file.removesuffix(".gz") for file in before][len(before) - len(kept) :]


def test_every_change_has_its_reason() -> None:
    files: Sizes = {
        "0.log": 7,
        "0.log.20260101-000000.gz": 1,
        "0.log.20260102-000000": 1,
        "0.log.20260103-000000.tmp": 1,
    }
    done = rotate("0.log", files, LogRotatePolicy(5, 3), NOW)
    assert done.reason == "7 bytes reach the 5 of containerLogMaxSize"
    assert [(change.verb, change.file, change.to) for change in done.changes] == [
        ("remove", "0.log.20260103-000000.tmp", ""),
        ("remove", "0.log.20260101-000000.gz", ""),
        ("compress", "0.log.20260102-000000", "0.log.20260102-000000.gz"),
        ("rename", "0.log", "0.log.20260301-100000"),
        ("reopen", "0.log", ""),
    ]
    assert all(change.reason for change in done.changes)


def test_of_two_rotations_in_a_second_the_second_file_counts_as_compressed_already() -> None:
    policy = LogRotatePolicy(1, 5)
    first = rotate("0.log", {"0.log": 3}, policy, NOW)
    grown = {**first.files, "0.log": 4}
    second = rotate("0.log", grown, policy, NOW)
    assert second.files == {"0.log.20260301-100000.gz": None, "0.log.20260301-100000": 4, "0.log": 0}
    assert all_logs("0.log", second.files) == ("0.log.20260301-100000.gz", "0.log")


def test_a_log_that_is_missing_is_begun() -> None:
    begun = rotate("0.log", {}, LogRotatePolicy(1, 5), NOW)
    assert (begun.files, begun.rotated) == ({"0.log": 0}, False)
    assert [change.verb for change in begun.changes] == ["create"]
    assert rotate("0.log", {}, LogRotatePolicy(0, 5), NOW).files == {"0.log.20260301-100000": 0, "0.log": 0}


def test_other_logs_of_the_directory_are_left_alone() -> None:
    done = rotate("1.log", {"0.log": 9, "0.log.x": 9, "10.log": 9, "1.log": 9}, LogRotatePolicy(1, 2), NOW)
    assert done.files == {"0.log": 9, "0.log.x": 9, "10.log": 9, "1.log.20260301-100000": 9, "1.log": 0}


def test_a_negative_size_disables_rotation() -> None:
    done = rotate("0.log", {"0.log": 10**12}, LogRotatePolicy.of("-1", 5), NOW)
    assert (done.rotated, done.reason) == (False, "a negative containerLogMaxSize disables rotation")


@pytest.mark.parametrize("size", ["1.5Gi", "1.0", "100m", "1000m", "100Ti", "9999999999999999999"])
def test_a_size_must_be_written_as_a_whole_number(size: str) -> None:
    with pytest.raises(RotationSettingsError) as refused:
        LogRotatePolicy.of(size)
    assert str(refused.value) == f'failed to parse container log max size "{size}": invalid max log size'


@pytest.mark.parametrize(
    ("size", "size_bytes"), [("10Mi", 10485760), ("1.5k", 1500), ("1e3", 1000), ("0", 0), ("007", 7), ("1Ti", 2**40)]
)
def test_a_size_is_read_as_bytes(size: str, size_bytes: int) -> None:
    assert LogRotatePolicy.of(size).max_size_bytes == size_bytes


def test_a_directory_is_bounded() -> None:
    with pytest.raises(FieldError, match=f"must have at most {MAX_FILES} items"):
        rotate("0.log", {str(i): 0 for i in range(MAX_FILES + 1)}, LogRotatePolicy(1), NOW)
    with pytest.raises(FieldError, match=r"files\[0.log\]: Invalid value: -1"):
        rotate("0.log", {"0.log": -1}, LogRotatePolicy(1), NOW)
