"""Real plugins of CNI answer and leave what the simulated ones do."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cni_comparison import differences, measured, predicted
from cni_scenarios import CARD, DATA_DIR, SCENARIOS

pytestmark = pytest.mark.reality
PLUGINS = ("bandwidth", "bridge", "firewall", "host-local", "ipvlan", "loopback", "macvlan", "portmap", "ptp", "tuning")


@pytest.fixture(scope="module")
def cni_path() -> str:
    path = os.environ.get("CNI_PATH", "")
    if not path:
        pytest.skip("CNI_PATH names no directory of plugins; tests/reality/cni_programs.sh builds them")
    missing = [name for name in PLUGINS if not os.access(Path(path) / name, os.X_OK)]
    if missing:
        pytest.skip(f"{path} lacks the plugins {', '.join(missing)}")
    programs = [name for name in ("ip", "iptables", "ip6tables", "tc") if shutil.which(name) is None]
    if programs:
        pytest.skip(f"needs {', '.join(programs)}")
    return path


@pytest.fixture(scope="module")
def machine(cni_path: str, measure: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """What the real plugins said and left."""
    scenarios = {name: scenario.request() for name, scenario in SCENARIOS.items()}
    request = {"cni_path": cni_path, "card": CARD, "data_dir": DATA_DIR, "scenarios": scenarios}
    return dict(measure("cni", request)["scenarios"])


@pytest.mark.parametrize("name", SCENARIOS)
def test_real_and_simulated_plugins_agree(
    name: str, machine: dict[str, Any], cni_path: str, compared: Callable[..., None]
) -> None:
    answer = machine[name]
    if isinstance(answer, dict) and "skip" in answer:
        pytest.skip(answer["skip"])
    assert isinstance(answer, list), answer
    wanted, got = predicted(SCENARIOS[name], cni_path), measured(answer)
    compared(len(wanted), f"{name}: plugins that ran, with their exit codes", got[0]["ran"], wanted[0]["ran"])
    assert differences(wanted, got) == []
