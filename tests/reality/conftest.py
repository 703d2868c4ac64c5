"""A lab that the machine cannot run skips its tests, with the kernel's reason."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import reality_harness


@pytest.fixture(scope="session")
def measure() -> Callable[..., dict[str, Any]]:
    """Run a lab once."""

    def measured(lab: str, request: object = None) -> dict[str, Any]:
        try:
            return reality_harness.measure(lab, request)
        except reality_harness.CannotMeasure as reason:
            pytest.skip(str(reason))

    return measured


@pytest.fixture(scope="session")
def programs() -> Callable[..., dict[str, str]]:
    """Find programs."""

    def found(*names: str) -> dict[str, str]:
        try:
            return reality_harness.find_programs(*names)
        except reality_harness.CannotMeasure as reason:
            pytest.skip(str(reason))

    return found


@pytest.fixture
def compared(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Note what a test compares, for the page of the kernel's answers: how many values, and one of them.

    `by` tells who said what the kernel's answer is held against, if it is no model.
    """

    def note(values: int, what: object, kernel: object, said: object, by: str = "model") -> None:
        example = {"what": str(what), "kernel": _short(kernel), "said": _short(said), "by": by}
        record_property("compared", {"values": values, **example})

    return note


def _short(value: object) -> str:
    """A value as text, with numbers cut to three digits after the point."""
    return re.sub(r"\d+\.\d{4,}", lambda number: f"{float(number[0]):.3f}", str(value))
