"""How long a dump of a large cluster takes to read, beside the mere parsing of the same JSON by the standard library.

5,000 nodes with 12 images each, and 20,000 pods, as ``kubectl get nodes,pods -A`` prints them (about 40 MB).
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure
from k8smodels.api.kinds import load_file
from k8smodels.api.yaml_text import write_documents
from k8smodels.scheduling import Cluster, schedule

NODES, PODS, IMAGES = 5_000, 20_000, 12


def node(number: int) -> dict[str, Any]:
    """A node as its kubelet reports it."""
    amounts = {"cpu": "7910m", "memory": "31482292Ki", "ephemeral-storage": "76224326324", "pods": "58"}
    labels = {"kubernetes.io/hostname": f"n{number}", "topology.kubernetes.io/zone": f"zone-{number % 3}"}
    images = [{"names": [f"registry.example/app{i}:v1"], "sizeBytes": 10**8 + i} for i in range(IMAGES)]
    conditions = [
        {
            "type": kind,
            "status": status,
            "reason": f"Kubelet{kind}",
            "message": "as the kubelet says",
            "lastHeartbeatTime": "2026-11-24T00:00:00Z",
            "lastTransitionTime": "2026-10-01T00:00:00Z",
        }
        for kind, status in (("MemoryPressure", "False"), ("DiskPressure", "False"), ("Ready", "True"))
    ]
    status = {"allocatable": amounts, "capacity": amounts, "conditions": conditions, "images": images}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": f"n{number}", "labels": labels, "uid": f"node-{number:032x}"},
        "spec": {"providerID": f"example:///zone-{number % 3}/i-{number:017x}"},
        "status": status,
    }


def pod(number: int, on: str | None) -> dict[str, Any]:
    """A pod of a ReplicaSet, on a node or waiting."""
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "app-7c5d", "uid": "r-1", "controller": True}
    container = {
        "name": "app",
        "image": "registry.example/app:v1",
        "resources": {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"memory": "512Mi"}},
        "volumeMounts": [{"name": "token", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}],
    }
    spec: dict[str, Any] = {
        "containers": [container],
        "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}],
        "volumes": [{"name": "token", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}],
        "serviceAccountName": "default",
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"app-{number}",
            "namespace": "shop",
            "labels": {"app": f"a{number % 50}"},
            "uid": f"pod-{number:032x}",
            "ownerReferences": [owner],
        },
        "spec": spec | ({"nodeName": on} if on else {}),
        "status": {"phase": "Running" if on else "Pending"},
    }


def write(folder: Path) -> tuple[Path, Path]:
    """The dump as JSON and as YAML; one pod waits."""
    items = [node(i) for i in range(NODES)] + [pod(i, f"n{i % NODES}") for i in range(PODS)] + [pod(PODS, None)]
    as_json, as_yaml = folder / "cluster.json", folder / "cluster.yaml"
    as_json.write_text(json.dumps({"apiVersion": "v1", "items": items, "kind": "List", "metadata": {}}))
    as_yaml.write_text(f"apiVersion: v1\nitems:\n{write_documents([items])}kind: List\nmetadata: {{}}\n")
    return as_json, as_yaml


def answer(dump: Path) -> float:
    """Processor seconds to read `dump` and to say why its waiting pod waits."""
    start = time.process_time()
    cluster = Cluster.of(load_file(dump, keep_unknown=True))
    (waiting,) = cluster.pending
    schedule(waiting, cluster)
    return time.process_time() - start


def parse(dump: Path) -> float:
    """Processor seconds that the standard library takes for the JSON alone."""
    start = time.process_time()
    json.loads(dump.read_text())
    return time.process_time() - start


def figures() -> Iterator[Figure]:
    """Every figure of this subject."""
    with tempfile.TemporaryDirectory() as folder:
        as_json, as_yaml = write(Path(folder))
        reference = parse(as_json)
        yield Figure("dump of 5,000 nodes, 20,000 pods: JSON", answer(as_json), "s", reference, "json.loads alone")
        yield Figure("dump of 5,000 nodes, 20,000 pods: YAML", answer(as_yaml), "s", reference, "json.loads alone")
