"""The rules of kube-proxy for files of Services, by the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from k8smodels.commands import main
from k8smodels.netfilter.nft.read import read_nft
from k8smodels.netfilter.read import read_tables

OBJECTS = """\
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  clusterIPs: [10.96.0.10]
  ipFamilies: [IPv4]
  ports: [{name: http, port: 80, targetPort: 8080, nodePort: 30080, protocol: TCP}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.244.1.4], nodeName: node-1, conditions: {ready: true}}]
ports: [{name: http, port: 8080, protocol: TCP}]
---
apiVersion: v1
kind: Node
metadata: {name: node-1}
status: {addresses: [{type: InternalIP, address: 192.168.0.11}]}
"""


@pytest.fixture
def objects(tmp_path: Path) -> str:
    path = tmp_path / "cluster.yaml"
    path.write_text(OBJECTS)
    return str(path)


def test_iptables_rules_can_be_read_again(objects: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proxy", "--mode", "iptables", "--node", "node-1", objects]) == 0
    tables = read_tables(capsys.readouterr().out)
    assert any("10.244.1.4:8080" in rule.text for chain in tables.tables["nat"].values() for rule in chain.rules)


def test_nftables_rules_can_be_read_again(objects: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proxy", "--node", "node-1", "--cluster-cidr", "10.244.0.0/16", objects]) == 0
    (table,) = read_nft(capsys.readouterr().out)
    assert ("tcp", "30080") in table.collections["service-nodeports"].elements


def test_ipvs_servers_sets_and_rules_are_printed(objects: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["proxy", "--mode", "ipvs", "--scheduler", "wlc", "--node", "node-1", objects]) == 0
    out = capsys.readouterr().out
    assert "-A -t 10.96.0.10:80 -s wlc\n-a -t 10.96.0.10:80 -r 10.244.1.4:8080 -m -w 1\n" in out
    assert "-A -t 192.168.0.11:30080 -s wlc" in out
    assert "add KUBE-NODE-PORT-TCP 30080 -exist" in out
    read_tables(out[out.index("*filter") :])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--node", "node-9"], 'error: --node: Invalid value: "node-9": it is not in the files; give its addresses'),
        (["--node", "node-1", "--family", "IPv6"], 'error: --node: Invalid value: "node-1": it has no IPv6 address'),
        (
            ["--node", "node-1", "--cluster-cidr", "10.0.0.0"],
            "error: --cluster-cidr: Invalid value: '10.0.0.0' is no CIDR",
        ),
        (["--node", "node-1", "--node-ip", "x"], "error: --node-ip: Invalid value: 'x' is no IP address"),
    ],
)
def test_bad_input_is_one_line_and_code_2(
    objects: str, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["proxy", *words, objects]) == 2
    err = capsys.readouterr().err
    assert err.startswith(message)
    assert err.count("\n") == 1


def test_files_without_a_service_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "node.yaml"
    path.write_text(OBJECTS.split("---\n")[2])
    assert main(["proxy", "--node", "node-1", str(path)]) == 2
    assert "no Service; give the output of: kubectl get services,endpointslices" in capsys.readouterr().err
