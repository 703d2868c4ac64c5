"""What the containers of a pod share, where they clash, and what outlives a restart.

::

    from k8smodels.api.pod import pod
    from k8smodels.isolation.machine import boot
    from k8smodels.pods import namespaces_of, run_pod

    web = pod("web", image="nginx")
    [(each.kind, each.mode) for each in namespaces_of(web)[0].memberships]
    run_pod(boot(), web).sees("main").processes  # number 1 is the container itself
"""

from k8smodels.pods.namespaces import ContainerNamespaces, Membership, hostname, namespaces_of, shared
from k8smodels.pods.ports import HostPortConflict, Listening, host_port_conflicts, listen_on_declared_ports
from k8smodels.pods.sandbox import RunningPod, View, reap, run_pod, start_container, view
from k8smodels.pods.survival import Event, Fate, Owner, Thing, fate, fates
from k8smodels.pods.validation import validate_pod_sharing
from k8smodels.pods.volumes import Place, SeenAt, place_of, seen_elsewhere

__all__ = [
    "ContainerNamespaces",
    "Event",
    "Fate",
    "HostPortConflict",
    "Listening",
    "Membership",
    "Owner",
    "Place",
    "RunningPod",
    "SeenAt",
    "Thing",
    "View",
    "fate",
    "fates",
    "host_port_conflicts",
    "hostname",
    "listen_on_declared_ports",
    "namespaces_of",
    "place_of",
    "reap",
    "run_pod",
    "seen_elsewhere",
    "shared",
    "start_container",
    "validate_pod_sharing",
    "view",
]
