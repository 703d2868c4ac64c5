"""Services: one name and address for a set of pods, from the object to the answers of DNS.

::

    from k8smodels.api import kinds
    from k8smodels.services import ClusterDNS, Pools, answer, create_service, reconcile

    created = create_service(service, Pools.of("10.96.0.0/16"))  # defaults, addresses, node ports, or what is wrong
    slices = reconcile(created.service, pods, nodes).slices  # who stands behind it, and who does not
    answer(ClusterDNS.of([created.service, *slices]), "web.default.svc.cluster.local.", "A")

`endpoints`, `allocation`, `creation` and `dns` hold one subject each; `types` says what each type of Service adds.
"""

from k8smodels.services.allocation import AllocationError, ClusterIPs, NodePorts
from k8smodels.services.creation import Created, Pools, create_service, default_service, validate_service
from k8smodels.services.dns import ClusterDNS, KubeletDNS, ResolvConf, answer, lookup, pod_resolver
from k8smodels.services.endpoints import Reconciliation, SliceChange, readiness, reconcile
from k8smodels.services.load_balancer import with_ingress
from k8smodels.services.types import WayIn, ways_in

__all__ = [
    "AllocationError",
    "ClusterDNS",
    "ClusterIPs",
    "Created",
    "KubeletDNS",
    "NodePorts",
    "Pools",
    "Reconciliation",
    "ResolvConf",
    "SliceChange",
    "WayIn",
    "answer",
    "create_service",
    "default_service",
    "lookup",
    "pod_resolver",
    "readiness",
    "reconcile",
    "validate_service",
    "ways_in",
    "with_ingress",
]
