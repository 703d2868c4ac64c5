"""EndpointSlices: which pods stand behind a Service, and what each may be used for.

::

    from k8smodels.services.endpoints import reconcile

    result = reconcile(service, pods, nodes)
    result.slices  # what kube-proxy and DNS read
    result.left_out  # the pods that are no endpoints, with the reason
"""

from k8smodels.services.endpoints.change import Change, SliceChange
from k8smodels.services.endpoints.groups import LeftOut
from k8smodels.services.endpoints.pods import Readiness, readiness, selected_pods
from k8smodels.services.endpoints.ports import endpoint_ports, find_port
from k8smodels.services.endpoints.reconciler import Reconciliation, reconcile

__all__ = [
    "Change",
    "LeftOut",
    "Readiness",
    "Reconciliation",
    "SliceChange",
    "endpoint_ports",
    "find_port",
    "readiness",
    "reconcile",
    "selected_pods",
]
