"""Names of kinds: in paths, in messages, and on kubectl's command line.

References
----------
pkg/registry: the `ShortNames` and `Categories` of each storage (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from k8smodels.api.meta import KubernetesObject, Unstructured


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind as the API serves it.

    Attributes
    ----------
    kind, group
        e.g. ``Deployment`` and ``apps``; the core group is empty.
    plural
        Its name in paths.
    short_names
        What kubectl takes for it besides singular and plural.
    namespaced
        Whether its objects live in namespaces.
    """

    kind: str
    group: str
    plural: str
    short_names: tuple[str, ...] = ()
    namespaced: bool = True

    @property
    def qualified(self) -> str:
        """Plural and group, as messages name it: ``deployments.apps``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def singular(self) -> str:
        """Kind and group in lower case, as kubectl answers: ``deployment.apps``."""
        return f"{self.kind.lower()}.{self.group}" if self.group else self.kind.lower()


_RESOURCES = (
    Resource("Pod", "", "pods", ("po",)),
    Resource("Node", "", "nodes", ("no",), namespaced=False),
    Resource("Namespace", "", "namespaces", ("ns",), namespaced=False),
    Resource("Service", "", "services", ("svc",)),
    Resource("ConfigMap", "", "configmaps", ("cm",)),
    Resource("Secret", "", "secrets"),
    Resource("ServiceAccount", "", "serviceaccounts", ("sa",)),
    Resource("PersistentVolumeClaim", "", "persistentvolumeclaims", ("pvc",)),
    Resource("PersistentVolume", "", "persistentvolumes", ("pv",), namespaced=False),
    Resource("Event", "", "events", ("ev",)),
    Resource("Deployment", "apps", "deployments", ("deploy",)),
    Resource("ReplicaSet", "apps", "replicasets", ("rs",)),
    Resource("StatefulSet", "apps", "statefulsets", ("sts",)),
    Resource("DaemonSet", "apps", "daemonsets", ("ds",)),
    Resource("Job", "batch", "jobs"),
    Resource("CronJob", "batch", "cronjobs", ("cj",)),
    Resource("HorizontalPodAutoscaler", "autoscaling", "horizontalpodautoscalers", ("hpa",)),
    Resource("EndpointSlice", "discovery.k8s.io", "endpointslices"),
    Resource("PodDisruptionBudget", "policy", "poddisruptionbudgets", ("pdb",)),
    Resource("Lease", "coordination.k8s.io", "leases"),
)

RESOURCES: Mapping[str, Resource] = {resource.kind: resource for resource in _RESOURCES}
"""What this API server serves, by kind."""

BY_WORD: Mapping[str, Resource] = {
    word: resource
    for resource in _RESOURCES
    for word in (resource.kind.lower(), resource.plural, resource.qualified, resource.singular, *resource.short_names)
}
"""The same by every word that kubectl takes for it."""


def kind_of(item: KubernetesObject) -> str:
    """The kind of `item`, also of one that no model reads."""
    return str(item.content.get("kind", "")) if isinstance(item, Unstructured) else item.kind


def resource_of(item: KubernetesObject) -> Resource:
    """How the API serves the kind of `item`; one that it does not know gets a plural by the usual rule."""
    kind = kind_of(item)
    if kind in RESOURCES:
        return RESOURCES[kind]
    version = str(item.content.get("apiVersion", "")) if isinstance(item, Unstructured) else item.api_version
    plural = f"{kind.lower()[:-1]}ies" if kind.endswith("y") else f"{kind.lower()}s"
    return Resource(kind, version.rpartition("/")[0], plural)
