"""What many Services cost by the model agrees with the times that were measured, and with the real proxiers' lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import correlation, linear_regression

import pytest

from k8smodels.kubeproxy.cost import Cost, Mode, cost
from k8smodels.kubeproxy.state import Change
from k8smodels.netfilter.packet import Packet

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from benchmarks import kubeproxy as many  # noqa: E402

MEASURED = json.loads((ROOT / "book" / "files" / "measured-service-cost.json").read_text("utf-8"))
TOOLS: dict[str, Mode] = {"iptables-legacy": "iptables", "iptables-nft": "iptables", "nft": "nftables"}


def of(mode: Mode, services: int) -> Cost:
    """To a Pod's own address, past so many Services, whose first one gets another endpoint."""
    change = Change((), (many.endpoint_slice(0, "10.250.0.1"),))
    return cost(mode, many.state(services), Packet("10.9.9.9", "10.8.8.8", 80, iif="cni0"), change)


def test_iptables_asks_one_rule_more_for_each_service_and_nftables_none() -> None:
    small, large = of("iptables", 10), of("iptables", 110)
    assert large.rules_asked - small.rules_asked == 100
    assert of("nftables", 10).rules_asked == of("nftables", 110).rules_asked


def test_a_change_writes_a_line_for_each_service_in_iptables_and_a_few_in_nftables() -> None:
    assert of("iptables", 110).lines_written - of("iptables", 10).lines_written == 100
    assert of("nftables", 10).lines_written == of("nftables", 110).lines_written < 10


def test_as_many_lines_are_written_as_the_real_proxier_writes() -> None:
    """Counted by `tests/oracle/proxy/bench`, with one changed endpoint of 1,000 Services."""
    assert of("iptables", 1000).lines_written == 1045


@pytest.mark.parametrize("tool", TOOLS)
def test_the_measured_time_grows_as_the_rules_that_are_asked(tool: str) -> None:
    cases = [case for case in MEASURED["cases"] if case["tool"] == tool]
    times = [case["pod_us"]["median"] for case in cases]
    if TOOLS[tool] == "nftables":
        assert max(times) < 1.5 * min(times)
    else:
        asked = [of("iptables", 10).rules_asked - 10 + case["services"] for case in cases]
        assert correlation(asked, times) > 0.97
        assert linear_regression(asked, times).slope > 0
