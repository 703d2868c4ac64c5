"""Leases: who is alive, or who leads.

References
----------
staging/src/k8s.io/api/coordination/v1/types.go (v1.37)
"""

from __future__ import annotations

from typing import ClassVar

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.structure import Struct, struct


@struct
class LeaseSpec(Struct):
    """Who holds the lease, and since when it was renewed; times with microseconds."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"leaseTransitions", "strategy", "preferredHolder"})

    holder_identity: str = ""
    lease_duration_seconds: int | None = None
    acquire_time: str = ""
    renew_time: str = ""


@struct
class Lease(KubernetesObject):
    """A lease; each kubelet renews one of its node's name in the namespace ``kube-node-lease``."""

    api_version: ClassVar[str] = "coordination.k8s.io/v1"
    kind: ClassVar[str] = "Lease"

    spec: LeaseSpec = LeaseSpec()
