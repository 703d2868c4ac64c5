"""The kernel answers each call of the scripts about the ends of processes as the model does."""

from collections.abc import Callable
from typing import Any

import pytest
from process_scripts import PROCESSES
from script_prediction import comparison, differences

pytestmark = pytest.mark.reality


@pytest.fixture(scope="module")
def kernel(measure: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """What the kernel said to all of them."""
    return dict(
        measure("scripts", {"scripts": {name: script.request() for name, script in PROCESSES.items()}})["scripts"]
    )


@pytest.mark.parametrize("name", PROCESSES)
def test_kernel_and_model_agree(name: str, kernel: dict[str, Any], compared: Callable[..., None]) -> None:
    compared(*comparison(PROCESSES[name], kernel[name]))
    assert differences(PROCESSES[name], kernel[name]) == []
