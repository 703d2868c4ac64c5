"""The scheduler: which node a pod gets, and why not the others.

The default profile of kube-scheduler v1.37. `schedule` decides for one pod, `place` for one after another::

    from k8smodels.api.node import node
    from k8smodels.api.pod import pod
    from k8smodels.scheduling import Cluster, schedule

    decision = schedule(pod("web", requests={"cpu": "500m"}), Cluster.of([node("n1", cpu="4")]))

`queue` holds the pods that wait, `configuration` reads profiles from a KubeSchedulerConfiguration. Not modelled:
devices (dynamic resource allocation), pod groups, extenders, and what `plugins` lists.
"""

from k8smodels.scheduling.cluster import AlreadyExists, Cluster
from k8smodels.scheduling.cycle import place, schedule
from k8smodels.scheduling.decision import Candidate, Decision, NodeResult, PluginScore, Preemption, Rejection, Round
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.pod_info import PodInfo
from k8smodels.scheduling.profile import DEFAULT, Profile

__all__ = [
    "DEFAULT",
    "AlreadyExists",
    "Candidate",
    "Cluster",
    "Decision",
    "NodeInfo",
    "NodeResult",
    "PluginScore",
    "PodInfo",
    "Preemption",
    "Profile",
    "Rejection",
    "Round",
    "place",
    "schedule",
]
