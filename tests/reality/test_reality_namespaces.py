"""The kernel answers each call of the scripts about namespaces as the model does."""

from collections.abc import Callable
from typing import Any

import pytest
from namespace_scripts import NAMESPACES
from script_prediction import comparison, differences

pytestmark = pytest.mark.reality


@pytest.fixture(scope="module")
def kernel(measure: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """What the kernel said to all of them."""
    return dict(
        measure("scripts", {"scripts": {name: script.request() for name, script in NAMESPACES.items()}})["scripts"]
    )


@pytest.mark.parametrize("name", NAMESPACES)
def test_kernel_and_model_agree(name: str, kernel: dict[str, Any], compared: Callable[..., None]) -> None:
    compared(*comparison(NAMESPACES[name], kernel[name]))
    assert differences(NAMESPACES[name], kernel[name]) == []
