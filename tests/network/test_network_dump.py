"""A cluster's network from its objects: what counts, and what is refused."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from k8smodels.api.kinds import load
from k8smodels.network.dump import cluster_from, mode_from


def _node(name: str, ip: str, block: str, **annotations: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "annotations": annotations},
        "spec": {"podCIDR": block, "podCIDRs": [block]},
        "status": {"addresses": [{"type": "Hostname", "address": name}, {"type": "InternalIP", "address": ip}]},
    }


def _pod(name: str, node: str, ip: Any, phase: str = "Running", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "d"},
        "spec": {"nodeName": node, "containers": [{"name": "c", "image": "i"}], **spec},
        "status": {"phase": phase, "podIP": ip, "podIPs": [{"ip": ip}]},
    }


def _read(*items: dict[str, Any], **options: Any):
    return cluster_from(load(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(items)})), **options)


NODE = _node("n1", "192.168.0.1", "10.244.1.0/24")


def test_nodes_and_pods_have_the_addresses_of_their_status() -> None:
    made = _read(NODE, _pod("a", "n1", "10.244.1.2"), _pod("h", "n1", "192.168.0.1", hostNetwork=True))
    assert str(made.nodes[0].addresses[0]) == "192.168.0.1/24"
    assert str(made.nodes[0].pod_cidrs[0]) == "10.244.1.0/24"
    assert [(pod.name, pod.host_network) for pod in made.pods] == [("d/a", False), ("d/h", True)]


def test_a_finished_pod_has_given_its_address_back() -> None:
    made = _read(NODE, _pod("old", "n1", "10.244.1.2", "Succeeded"), _pod("new", "n1", "10.244.1.2"))
    assert [pod.name for pod in made.pods] == ["d/new"]


def test_a_host_port_is_read_with_its_protocol() -> None:
    container = {"name": "c", "image": "i", "ports": [{"containerPort": 80, "hostPort": 8080, "hostIP": "0.0.0.0"}]}
    rule = _read(NODE, _pod("a", "n1", "10.244.1.2", containers=[container])).pods[0].host_ports[0]
    assert (rule.protocol, rule.host_port, rule.container_port, rule.host_ip) == ("TCP", 8080, 80, None)


@pytest.mark.parametrize(
    ("annotations", "mode"),
    [
        ({"flannel.alpha.coreos.com/backend-type": "host-gw"}, "host-gw"),
        ({"projectcalico.org/IPv4Address": "1.2.3.4/24", "projectcalico.org/IPv4IPIPTunnelAddr": "1"}, "calico-ipip"),
        ({"projectcalico.org/IPv4Address": "1.2.3.4/24"}, "calico-bgp"),
        ({}, None),
    ],
)
def test_annotations_tell_how_pods_are_connected(annotations: dict[str, str], mode: str | None) -> None:
    assert mode_from(load(json.dumps(_node("n1", "192.168.0.1", "10.244.1.0/24", **annotations)))) == mode


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([NODE, _pod("a", "n1", "10.244.1.2"), _pod("b", "n1", "10.244.1.2")], "pods[d/b].status.podIPs: Duplicate"),
        ([NODE, _pod("a", "n1", "10.244.1.999")], 'pods[d/a].status.podIPs: Invalid value: "10.244.1.999": must be'),
        ([NODE, _pod("a", "n1", 7)], 'The Pod "a" is invalid: status.podIP: Invalid value: 7: must be a string'),
        ([NODE, _pod("a", "n2", "10.244.1.2")], 'pods[d/a].spec.nodeName: Invalid value: "n2": there is no such node'),
        ([NODE | {"status": {"addresses": []}}], "nodes[n1].status.addresses: Required value"),
        ([NODE | {"status": {"addresses": "x"}}], 'nodes[n1].status.addresses: Invalid value: "x": must be a list'),
        ([NODE | {"status": {"addresses": ["x"]}}], "nodes[n1].status.addresses[0]: Invalid value"),
        ([NODE | {"spec": {"podCIDRs": ["10.244.1.0"]}}], "nodes[n1].spec.podCIDRs[0]: Invalid value"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(items: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        _read(*items)
