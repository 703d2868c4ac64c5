"""The machines of a simulated cluster: their addresses, and those of their pods."""

from __future__ import annotations

from dataclasses import replace

from k8smodels.api.node import Node

POD_CIDR = "10.128.0.0/9"
"""Where the addresses of all pods are."""


def machine(item: Node, number: int) -> Node:
    """`item` with what a kubelet reports of itself and its machine, where it says nothing of that."""
    info = {
        "architecture": "amd64",
        "containerRuntimeVersion": "containerd://2.2.0",
        "kubeletVersion": "v1.37.2",
        "operatingSystem": "linux",
    }
    address = f"10.0.{1 + number // 250}.{1 + number % 250}"
    addresses = [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": item.name}]
    reported = {"addresses": addresses, "nodeInfo": info, **item.status.unknown}
    return replace(item, status=replace(item.status, unknown=reported))


def pod_cidr(number: int) -> str:
    """The part of the cluster's range that the node of that number gets."""
    if number < 256:
        return f"10.244.{number}.0/24"
    return f"10.{128 + number // 256}.{number % 256}.0/24"


def node_address(item: Node) -> str:
    """The node's own address, as its kubelet reports it."""
    addresses = item.status.unknown.get("addresses", ())
    return next((str(each["address"]) for each in addresses if each.get("type") == "InternalIP"), "")
