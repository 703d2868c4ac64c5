"""A lab that the machine cannot run skips its tests, with the kernel's reason."""

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
