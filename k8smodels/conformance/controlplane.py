"""Adapters of the suites ``controlplane/...``."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.conformance.garbage import garbage_collection
from k8smodels.conformance.node_lifecycle import node_lifecycle, zone
from k8smodels.conformance.raft import raft
from k8smodels.conformance.suites import Adapter

SUITES: Mapping[str, Adapter] = {
    "controlplane/garbage-collection": Adapter(garbage_collection),
    "controlplane/node-lifecycle": Adapter(node_lifecycle),
    "controlplane/raft": Adapter(raft),
    "controlplane/zone-state": Adapter(zone),
}
