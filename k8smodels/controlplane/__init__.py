"""A whole cluster in virtual time: API server, controllers, scheduler, kubelets, and their failures.

::

    from k8smodels.controlplane import Cluster

    cluster = Cluster.of(3, cpu="4", memory="8Gi")
    cluster.create(deployment)
    cluster.run(10)
    for record in cluster.journal:
        print(record)

The cluster composes the other packages and has no rule of theirs a second time: where pods go is decided by
`k8smodels.scheduling`, what a Deployment does by `k8smodels.workloads`, what a kubelet does by `k8smodels.runtime`, who
stands behind a Service by `k8smodels.services`. Its own are the pure rules of `garbage` and `node_health`, the API
server with its versioned store, and the clock.
"""

from k8smodels.controlplane.behaviour import Behaviour, never_ready, ready_after
from k8smodels.controlplane.cluster import Cluster
from k8smodels.controlplane.journal import Journal, Record
from k8smodels.controlplane.limits import Limits, SimulationLimit
from k8smodels.controlplane.snapshot import Snapshot
from k8smodels.controlplane.status import StatusError
from k8smodels.controlplane.timing import Timing

__all__ = [
    "Behaviour",
    "Cluster",
    "Journal",
    "Limits",
    "Record",
    "SimulationLimit",
    "Snapshot",
    "StatusError",
    "Timing",
    "never_ready",
    "ready_after",
]
