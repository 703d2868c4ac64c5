"""Names of Services and pods: what a program in a pod asks, and what the cluster's server answers.

::

    from k8smodels.services.dns import ClusterDNS, KubeletDNS, lookup, pod_resolver

    resolver = pod_resolver(pod, KubeletDNS(cluster_dns=("10.96.0.10",)))
    print(resolver.conf)  # the pod's /etc/resolv.conf
    lookup(ClusterDNS.of(objects), "web.shop", resolver.conf).steps
"""

from k8smodels.services.dns.directory import Directory, Found, Target
from k8smodels.services.dns.lookups import Lookup, Step, lookup, resolve
from k8smodels.services.dns.record import Answer, ResourceRecord, Upstream
from k8smodels.services.dns.resolv_conf import ResolvConf, ResolvConfError, parse_resolv_conf, queries
from k8smodels.services.dns.resolver import KubeletDNS, PodResolver, pod_resolver
from k8smodels.services.dns.server import ClusterDNS, answer

__all__ = [
    "Answer",
    "ClusterDNS",
    "Directory",
    "Found",
    "KubeletDNS",
    "Lookup",
    "PodResolver",
    "ResolvConf",
    "ResolvConfError",
    "ResourceRecord",
    "Step",
    "Target",
    "Upstream",
    "answer",
    "lookup",
    "parse_resolv_conf",
    "pod_resolver",
    "queries",
    "resolve",
]
