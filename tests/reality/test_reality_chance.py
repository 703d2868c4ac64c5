"""Kernel and model agree on calls that nobody chose."""

from collections.abc import Callable
from typing import Any

import pytest
from script_chance import process_script, tree_script
from script_prediction import Script, comparison, differences

pytestmark = pytest.mark.reality
SEEDS = range(50)


@pytest.mark.parametrize("make", [process_script, tree_script])
def test_kernel_and_model_agree_on_random_calls(
    make: Callable[[int], Script], measure: Callable[..., dict[str, Any]], compared: Callable[..., None]
) -> None:
    scripts = {str(seed): make(seed) for seed in SEEDS}
    kernel = measure("scripts", {"scripts": {seed: script.request() for seed, script in scripts.items()}})["scripts"]
    comparisons = [comparison(script, kernel[seed]) for seed, script in scripts.items()]
    compared(sum(calls for calls, *_ in comparisons), *comparisons[0][1:])
    differing = {seed: found for seed, script in scripts.items() if (found := differences(script, kernel[seed]))}
    assert differing == {}


@pytest.mark.parametrize("make", [process_script, tree_script])
def test_random_calls_are_both_done_and_refused(make: Callable[[int], Script]) -> None:
    refused = [step["errno"] is not None for seed in SEEDS for step in make(seed).predict()]
    assert 0.1 < sum(refused) / len(refused) < 0.7
