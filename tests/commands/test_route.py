"""The way of a packet, by the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from k8smodels.commands import main
from k8smodels.commands.route import LOST


def _object(kind: str, name: str, spec: dict[str, object], status: dict[str, object]) -> dict[str, object]:
    namespace = {"namespace": "default"} if kind == "Pod" else {}
    return {
        "apiVersion": "v1",
        "kind": kind,
        "metadata": {"name": name, **namespace},
        "spec": spec,
        "status": status,
    }


@pytest.fixture
def dump(tmp_path: Path) -> str:
    items = []
    for i in (1, 2):
        address = f"192.168.0.{i}"
        block = f"10.244.{i}.0/24"
        items.append(
            _object("Node", f"n{i}", {"podCIDRs": [block]}, {"addresses": [{"type": "InternalIP", "address": address}]})
        )
        spec = {"nodeName": f"n{i}", "containers": [{"name": "c", "image": "i"}]}
        items.append(_object("Pod", f"web-{i}", spec, {"phase": "Running", "podIPs": [{"ip": f"10.244.{i}.2"}]}))
        own = {"phase": "Running", "podIPs": [{"ip": address}]}
        items.append(_object("Pod", f"proxy-{i}", spec | {"hostNetwork": True}, own))
    file = tmp_path / "cluster.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    return str(file)


def _route(dump: str, *words: str) -> int:
    return main(["route", "--cluster", dump, *words])


def test_every_hop_is_printed_with_what_decided_it(dump: str, capsys) -> None:
    assert _route(dump, "--from", "web-1", "--to", "web-2", "--mode", "vxlan") == 0
    out = capsys.readouterr().out
    assert "10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink" in out
    assert "192.168.0.1 > 192.168.0.2 ttl 64 178 B [vxlan 1 port 8472: 10.244.1.2 > 10.244.2.2 ttl 63 128 B]" in out
    assert out.count("arrived at default/") == 2


def test_a_lost_packet_is_told_with_its_reason(dump: str, capsys) -> None:
    words = ["--from", "default/web-1", "--to", "10.244.2.2", "--size", "1500", "--df", "--mode", "vxlan"]
    assert _route(dump, *words) == LOST
    assert "lost at default/web-1: 1500 bytes and not to be fragmented" in capsys.readouterr().out


def test_a_pod_on_the_host_network_sends_as_its_node(dump: str, capsys) -> None:
    assert _route(dump, "--from", "proxy-1", "--to", "n2", "--mode", "host-gw", "-o", "json") == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["from"], found["arrivedAt"]) == ("n1", "n2")
    assert found["hops"][0]["packets"][0]["source"] == "192.168.0.1"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--from", "web-9", "--to", "web-2"], '--from: Not found: "web-9"'),
        (["--from", "web-1", "--to", "nowhere"], '--to: Not found: "nowhere"'),
        (["--from", "web-1", "--to", "fd00::1"], '--to: Invalid value: "fd00::1": must be an IPv4 address'),
        (["--from", "web-1", "--to", "web-2", "--mode", "weave"], '--mode: Unsupported value: "weave"'),
        (["--from", "web-1", "--to", "web-2", "--size", "9"], "--size: Invalid value: 9: must be between 40 and 65535"),
        (["--from", "web-1", "--to", "web-2", "--mtu", "100"], "--mtu: Invalid value: 100: must be between 1280"),
        (["--from", "web-1", "--to", "web-2", "--node-prefix", "40"], "--node-prefix: Invalid value: 40"),
        (["--from", "web-1", "--to", "web-2", "--mode", "macvlan"], "pods[default/web-1].status.podIPs: Invalid value"),
    ],
)
def test_bad_input_is_one_clear_error(dump: str, capsys, words: list[str], message: str) -> None:
    assert _route(dump, *words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
