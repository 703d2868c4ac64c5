"""Listings of namespaces are read as ls prints them, and what is no listing is refused with its line."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.errors import FieldError
from k8smodels.isolation.machine import KINDS, boot, clone, ns_links, parse_ns_listing, same_view, shared_kinds
from k8smodels.views.isolation import ls_text

LINE = "lrwxrwxrwx 1 root root 0 Nov 25 10:59 net -> net:[4026531833]"


def test_a_terminal_quotes_the_target_and_a_file_does_not() -> None:
    quoted = LINE.replace("net:[4026531833]", "'net:[4026531833]'")
    assert parse_ns_listing(LINE) == parse_ns_listing(quoted) == {"net": 4026531833}


def test_prompt_total_and_empty_lines_are_passed_over() -> None:
    assert parse_ns_listing(f"# ls -l /proc/1/ns\ntotal 0\n\n{LINE}\r\n") == {"net": 4026531833}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "listing: Required value: paste what `ls -l /proc/PID/ns` prints"),
        ("total 0", "listing: Required value: paste what `ls -l /proc/PID/ns` prints"),
        ("hello", 'listing, line 1: Invalid value: "hello": must end like `net -> net:[4026531833]`'),
        (f"{LINE}\n{LINE}", 'listing, line 2: Duplicate value: "net": must be the listing of one process'),
        (
            "net -> ipc:[1]",
            'listing, line 1: Invalid value: "net -> ipc:[1]": must point to a namespace of its own kind',
        ),
        ("x" * 401, "listing, line 1: Too long: may not be more than 400 characters"),
        ("\n".join(["x"] * 41), "listing: Too many: 41: must have at most 40 lines, the listing of one process"),
        (
            "ls: cannot read symbolic link '/proc/1/ns/net': Permission denied",
            "listing, line 1: Forbidden: the kernel hid the links: run ls as root, or on a process of yours",
        ),
    ],
)
def test_what_is_no_listing_is_refused_and_the_line_is_named(text: str, error: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 (its text is compared)
        parse_ns_listing(text)
    assert str(refused.value) == error


def test_an_unknown_kind_is_refused_with_the_kinds_that_exist() -> None:
    with pytest.raises(ValueError, match='Unsupported value: "disk": supported values: mnt, uts, ipc'):
        parse_ns_listing("disk -> disk:[1]")


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(FieldError):
        assert parse_ns_listing(text)


def test_a_kind_that_one_listing_lacks_is_not_judged() -> None:
    assert shared_kinds({"net": 1, "time": 2}, {"net": 1}) == {"net": True}


@given(st.sets(st.sampled_from(KINDS)))
def test_listings_of_the_model_say_what_its_processes_share(own: set[str]) -> None:
    machine, app = clone(boot(), 1, *own)
    read = [parse_ns_listing(ls_text(pid, ns_links(machine, pid))) for pid in (1, app)]
    assert read == [ns_links(machine, 1), ns_links(machine, app)]
    assert shared_kinds(*read) == same_view(machine, 1, app)
