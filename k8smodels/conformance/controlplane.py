"""Adapters of the suites ``controlplane/...``."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.conformance.admission import EMPTY_POLICIES, decoding, validation
from k8smodels.conformance.garbage import garbage_collection
from k8smodels.conformance.node_lifecycle import node_lifecycle, zone
from k8smodels.conformance.raft import raft
from k8smodels.conformance.suites import Adapter

SUITES: Mapping[str, Adapter] = {
    "controlplane/decoding": Adapter(decoding),
    "controlplane/garbage-collection": Adapter(garbage_collection),
    "controlplane/node-lifecycle": Adapter(node_lifecycle),
    "controlplane/raft": Adapter(raft),
    "controlplane/validation": Adapter(validation, known=(EMPTY_POLICIES,)),
    "controlplane/zone-state": Adapter(zone),
}
