"""NetworkPolicy: which traffic of pods is allowed, and why.

::

    from k8smodels.api import kinds
    from k8smodels.network.policy import cluster_of, may_talk, reachability

    cluster = cluster_of(kinds.load_file("cluster.yaml"))
    may_talk(cluster, "shop/web", "shop/db", 5432).reasons  # which rule allows it, or which policies isolate the pod
    reachability(cluster, [5432])  # everybody with everybody

`nftables.ruleset` is what a network plugin could install for it.
"""

from k8smodels.network.policy.cluster import Cluster, HostNetwork, cluster_of
from k8smodels.network.policy.nftables import ruleset
from k8smodels.network.policy.reachability import Reachability, reachability
from k8smodels.network.policy.rules import Policy, read_policy
from k8smodels.network.policy.traffic import Connection, Party, Port
from k8smodels.network.policy.validation import validate_network_policy
from k8smodels.network.policy.verdict import Permit, Side, Verdict, judge, may_talk

__all__ = [
    "Cluster",
    "Connection",
    "HostNetwork",
    "Party",
    "Permit",
    "Policy",
    "Port",
    "Reachability",
    "Side",
    "Verdict",
    "cluster_of",
    "judge",
    "may_talk",
    "reachability",
    "read_policy",
    "ruleset",
    "validate_network_policy",
]
