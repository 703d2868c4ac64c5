"""A packet through the rules of a dump, by the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from k8smodels.commands import main

IPTABLES = """\
*nat
:PREROUTING ACCEPT [0:0]
:SVC - [0:0]
-A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j SVC
-A PREROUTING -m addrtype --dst-type LOCAL -j REDIRECT --to-ports 8080
-A SVC -m statistic --mode random --probability 0.5 -j DNAT --to-destination 10.0.0.2:8080
-A SVC -j DNAT --to-destination 10.0.0.3:8080
COMMIT
"""
NFTABLES = """\
table ip t {
    chain c {
        type nat hook prerouting priority -100; policy accept;
        ip daddr 10.96.0.10 tcp dport 80 dnat to 10.0.0.2:8080
        ip daddr 10.96.0.10 meta l4proto tcp dnat to 10.0.0.2:8080
    }
}
"""


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    return tmp_path / "rules.txt"


def trace(dump: Path, *words: str, to: str = "10.96.0.10:80/tcp") -> int:
    return main(["trace", "--rules", str(dump), "--from", "10.0.0.5", "--to", to, "--iif", "cni0", *words])


def test_each_way_is_told_with_its_chance_and_its_rules(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dump.write_text(IPTABLES)
    assert trace(dump) == 0
    out = capsys.readouterr().out
    assert out.startswith("10.0.0.5:40000 -> 10.96.0.10:80/tcp, in by cni0\n")
    assert "1/2  to 10.0.0.2:8080, source unchanged" in out
    assert "PREROUTING  nat      SVC:1 -m statistic --mode random --probability 0.5 " in out
    assert "[dice lost 1/2]" in out


def test_nftables_are_read_by_their_look(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dump.write_text(NFTABLES)
    assert trace(dump) == 0
    assert "to 10.0.0.2:8080" in capsys.readouterr().out


def test_json_tells_the_same(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dump.write_text(IPTABLES)
    assert trace(dump, "-o", "json") == 0
    first, second = json.loads(capsys.readouterr().out)
    assert [first["probability"], second["probability"]] == ["1/2", "1/2"]
    assert {first["destination"], second["destination"]} == {"10.0.0.2:8080", "10.0.0.3:8080"}


def test_what_depends_on_the_nodes_addresses_is_said(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dump.write_text(IPTABLES)
    assert trace(dump, to="192.0.2.7:80") == 0
    out = capsys.readouterr().out
    assert "if this rule matches: -A PREROUTING -m addrtype --dst-type LOCAL" in out
    assert out.endswith("The machine's own addresses are not known; --local says them.\n")
    assert trace(dump, "--local", "192.0.2.7", to="192.0.2.7:80") == 0
    assert "if this rule" not in capsys.readouterr().out


def test_a_later_packet_of_a_connection_meets_no_nat(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dump.write_text(IPTABLES)
    assert trace(dump, "--known") == 0
    assert "destination unchanged" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "to", "message"),
    [
        (IPTABLES[:-7], "10.96.0.10:80", "error: line 1: *nat: the dump is cut off"),
        (IPTABLES, "10.96.0.10:http", "error: --to: Invalid value: '10.96.0.10:http'"),
        (IPTABLES, "10.96.0.300:80", "error: --to: Invalid value: '10.96.0.300:80'"),
        (IPTABLES, "10.96.0.10:70000", "error: --to: Invalid value: '10.96.0.10:70000'"),
        (IPTABLES, "[fd00::1]:80", "error: --from: Invalid value: '10.0.0.5': must be of the family of fd00::1"),
    ],
)
def test_bad_input_is_one_line_and_code_2(
    dump: Path, text: str, to: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dump.write_text(text)
    assert trace(dump, to=to) == 2
    err = capsys.readouterr().err
    assert err.startswith(message)
    assert err.count("\n") == 1


def test_a_file_that_is_not_there_is_named(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert trace(dump) == 2
    assert "rules.txt: No such file" in capsys.readouterr().err
