"""Services, pods and nodes from the values that the tests change."""

from __future__ import annotations

from typing import Any

from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.service import Service

ZONES = {"node-a": "zone-1", "node-b": "zone-2"}
NODES = [
    Node.from_json({"metadata": {"name": name, "labels": {"topology.kubernetes.io/zone": zone}}})
    for name, zone in ZONES.items()
]


def service(**spec: Any) -> Service:
    """A stored Service ``ns/web`` for ``app: web``, with fields of its spec by their names in the API."""
    base = {
        "selector": {"app": "web"},
        "type": "ClusterIP",
        "clusterIP": "10.96.0.10",
        "clusterIPs": ["10.96.0.10"],
        "ipFamilies": ["IPv4"],
        "ports": [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": 8080}],
    }
    return Service.from_json({"metadata": {"name": "web", "namespace": "ns", "uid": "u-1"}, "spec": base | spec})


def pod(number: int, *, ready: bool = True, phase: str = "Running", deleted: bool = False, **spec: Any) -> Pod:
    """A pod ``web-<number>`` with one address of each family."""
    ips = [{"ip": f"10.244.{number // 250}.{number % 250 + 1}"}, {"ip": f"fd00:10::{number + 1:x}"}]
    deletion = {"deletionTimestamp": "2026-01-01T00:00:00Z"} if deleted else {}
    return Pod.from_json(
        {
            "metadata": {"name": f"web-{number}", "namespace": "ns", "labels": {"app": "web"}, **deletion},
            "spec": {"nodeName": "node-a", "containers": [{"name": "c"}], **spec},
            "status": {
                "phase": phase,
                "podIPs": ips,
                "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
            },
        }
    )


def listening(name: str, number: int, protocol: str = "TCP") -> list[dict[str, Any]]:
    """The containers of a pod that listens on a named port."""
    ports = [{"name": name, "containerPort": number, "protocol": protocol}]
    return [{"name": "c", "ports": ports}]
