"""The rules that the real kube-proxy left on a node are those of the model, but for what stands here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.service import Service
from k8smodels.kubeproxy.config import LocalDetector, ProxyConfig, ProxyNode
from k8smodels.kubeproxy.iptables.sync import full_sync
from k8smodels.kubeproxy.nftables import sync as nft
from k8smodels.kubeproxy.state import ProxyState, proxy_state
from k8smodels.netfilter.nft.read import read_nft
from k8smodels.netfilter.nft.ruleset import NftTable
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.rule import Rule

FILES = Path(__file__).resolve().parents[2] / "book" / "files"
PODS = ["10.244.0.2", "10.244.0.3", "10.244.0.4", "10.244.0.5"]
LOCAL = {"10.244.0.2", "10.244.0.4"}
AFFINITY: dict[str, Any] = {
    "sessionAffinity": "ClientIP",
    "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 10800}},
}
SERVICES: list[tuple[str, str, dict[str, Any], list[str]]] = [
    ("web", "10.96.0.10", {}, PODS),
    ("sticky", "10.96.0.11", AFFINITY, PODS),
    ("np", "10.96.0.12", {"type": "NodePort", "externalTrafficPolicy": "Cluster"}, PODS),
    ("npl", "10.96.0.13", {"type": "NodePort", "externalTrafficPolicy": "Local"}, PODS),
    ("empty", "10.96.0.14", {}, []),
    ("kubernetes", "10.96.0.1", {}, ["10.99.0.1"]),
]
NODE_PORTS = {"np": 30080, "npl": 30081}
WRITTEN_OTHERWISE = {"KUBE-PROXY-CANARY"}
"""A chain by which kube-proxy notices that somebody has flushed its rules."""


def _service(name: str, ip: str, spec: dict[str, object]) -> Service:
    port = {"name": "https" if name == "kubernetes" else "http", "port": 443 if name == "kubernetes" else 80}
    port |= {"protocol": "TCP", "nodePort": NODE_PORTS.get(name, 0)}
    base = {"type": "ClusterIP", "clusterIP": ip, "clusterIPs": [ip], "ipFamilies": ["IPv4"], "ports": [port]}
    return Service.from_json({"metadata": {"name": name, "namespace": "default"}, "spec": base | spec})


def _slice(name: str, addresses: list[str]) -> EndpointSlice:
    port = {"name": "https", "port": 6443} if name == "kubernetes" else {"name": "http", "port": 8080}
    return EndpointSlice.from_json(
        {
            "metadata": {
                "name": f"{name}-1",
                "namespace": "default",
                "labels": {"kubernetes.io/service-name": name},
            },
            "addressType": "IPv4",
            "endpoints": [
                {"addresses": [each], "nodeName": "here" if each in LOCAL else "there", "conditions": {"ready": True}}
                for each in addresses
            ],
            "ports": [port | {"protocol": "TCP"}],
        }
    )


def state(*, nfacct: bool = False, node_port_addresses: tuple[str, ...] = ()) -> ProxyState:
    return proxy_state(
        [_service(name, ip, spec) for name, ip, spec, _ in SERVICES],
        [_slice(name, addresses) for name, _, _, addresses in SERVICES],
        ProxyNode("here", ("10.99.0.2",)),
        ProxyConfig(
            LocalDetector("ClusterCIDR", "10.244.0.0/16"),
            nfacct=nfacct,
            node_port_addresses=node_port_addresses,
            service_cidrs=("10.96.0.0/16",),
        ),
    )


def _meaning(rule: Rule) -> tuple[object, ...]:
    """A rule without the order of its words, and with marks and chances in one spelling."""
    asked = set()
    for match in rule.matches:
        for name, value in match.options.items():
            asked.add((match.module, name, _value(name, value), name in match.negated))
    options = {(name, _value(name, value)) for name, value in rule.options.items()}
    return rule.chain, frozenset(asked), rule.target, frozenset(options - {("reject-with", "icmp-port-unreachable")})


def _value(name: str, value: str) -> str:
    if name == "probability":
        return f"{float(value):.6f}"
    if "mark" in name:
        return "/".join(str(int(part, 0)) for part in value.split("/"))
    return value.removesuffix("/32") if name in ("-s", "-d") else value


def test_iptables_rules_are_those_of_the_real_kube_proxy() -> None:
    real = read_tables((FILES / "kube-proxy-iptables.txt").read_text("utf-8"))
    ours = read_tables(full_sync(state(nfacct=True)).kernel.text)
    for table in ("filter", "nat"):
        theirs = {name: chain for name, chain in real.tables[table].items() if name not in WRITTEN_OTHERWISE}
        assert theirs.keys() == ours.tables[table].keys()
        for name, chain in theirs.items():
            # the kernel spells --or-mark and --xor-mark as --set-xmark, and adds a mask to lists of clients
            wanted = [_without_spelling(_meaning(rule)) for rule in chain.rules]
            got = [_without_spelling(_meaning(rule)) for rule in ours.tables[table][name].rules]
            if name in ("KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-EXTERNAL-SERVICES"):
                assert sorted(map(repr, wanted)) == sorted(map(repr, got)), name
            else:
                assert wanted == got, name


def _without_spelling(meaning: tuple[object, ...]) -> tuple[object, ...]:
    chain, asked, target, options = meaning
    kept = {each for each in asked if each[1] not in ("mask", "rsource")}  # type: ignore[attr-defined]
    kept = {
        (module, name, value, no) for module, name, value, no in kept if module not in ("tcp", "-p") or name != "-p"
    }
    return chain, frozenset(kept), target, () if target == "MARK" else options


def _elements(table: NftTable) -> dict[str, dict[tuple[str, ...], str]]:
    return {name: dict(each.elements) for name, each in table.collections.items() if each.elements}


def test_the_table_of_nftables_is_that_of_the_real_kube_proxy() -> None:
    (real,) = read_nft((FILES / "kube-proxy-nftables.txt").read_text("utf-8"))
    (ours,) = read_nft(nft.full_sync(state(node_port_addresses=("10.99.0.2/32",))).kernel.text)
    assert real.chains.keys() == ours.chains.keys()
    assert {n: (c.hook and (c.hook.kind, c.hook.name, c.hook.priority)) for n, c in real.chains.items()} == {
        n: (c.hook and (c.hook.kind, c.hook.name, c.hook.priority)) for n, c in ours.chains.items()
    }
    assert _elements(real) == _elements(ours)
    assert {name: len(chain.rules) for name, chain in real.chains.items()} == {
        name: len(chain.rules) for name, chain in ours.chains.items()
    }
    for name, chain in real.chains.items():
        assert [_words(rule.text) for rule in chain.rules] == [_words(rule.text) for rule in ours.chains[name].rules]


def _words(text: str) -> str:
    """The listing's spelling of what the commands say otherwise."""
    for said, listed in (
        ("mark set mark or ", "meta mark set meta mark | "),
        ("mark set mark xor ", "meta mark set meta mark ^ "),
        ("mark and ", "meta mark & "),
        (" != 0 ", " != 0x00000000 "),
        ("addr . port to", "to"),
        (" ,", ","),
    ):
        text = text.replace(said, listed)
    return text.replace("meta meta ", "meta ").replace("{ 10.96.0.0/16 }", "10.96.0.0/16")
