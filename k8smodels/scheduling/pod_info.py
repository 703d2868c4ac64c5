"""A pod with everything that plugins ask of it, computed once.

References
----------
pkg/scheduler/framework/types.go: PodInfo; staging/src/k8s.io/kube-scheduler/framework/types.go: AffinityTerm (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from k8smodels.api.affinity import PodAffinity, PodAffinityTerm
from k8smodels.api.defaults import default_pod
from k8smodels.api.pod import ContainerPort, Pod
from k8smodels.api.resources import pod_requests
from k8smodels.api.selectors import NOTHING, Selector, as_selector
from k8smodels.scheduling.requests import Amounts, amounts, non_zero_requests

Labels = Mapping[str, str]


ALL_ADDRESSES = "0.0.0.0"  # noqa: S104 (an address to compare with, not one to listen on)


class HostPort(NamedTuple):
    """A port of a node; the address ``0.0.0.0`` stands for all of the node's."""

    ip: str
    protocol: str
    port: int

    @classmethod
    def of(cls, port: ContainerPort) -> HostPort:
        """The host port of a container's `port`."""
        return cls(port.host_ip or ALL_ADDRESSES, port.protocol or "TCP", port.host_port)


@dataclass(frozen=True, slots=True)
class AffinityTerm:
    """A term of pod affinity or anti-affinity, ready to be matched.

    Attributes
    ----------
    selector
        Which pods are meant.
    namespaces, namespace_selector
        Where they are: in one of the former, or in a namespace whose labels the latter selects.
    topology_key
        The node label whose equal values mean "near".
    weight
        1 to 100 for a wish; 0 for a hard rule.
    """

    selector: Selector
    namespaces: frozenset[str]
    namespace_selector: Selector
    topology_key: str
    weight: int = 0

    @classmethod
    def of(cls, pod: Pod, term: PodAffinityTerm, weight: int = 0) -> AffinityTerm:
        """`term` of `pod`. Without any namespaces it means those of the pod's own."""
        named = frozenset(term.namespaces)
        if not named and term.namespace_selector is None:
            named = frozenset({pod.namespace})
        selector, namespaces = as_selector(term.label_selector), as_selector(term.namespace_selector)
        return cls(selector, named, namespaces, term.topology_key, weight)

    def matches(self, pod: PodInfo, namespace_labels: Labels) -> bool:
        """Whether the term means `pod`, whose namespace has the labels `namespace_labels`."""
        if pod.namespace not in self.namespaces and not self.namespace_selector.matches(namespace_labels):
            return False
        return self.selector.matches(pod.labels)

    def resolved(self, namespaces: Mapping[str, Labels]) -> AffinityTerm:
        """The same term with the namespaces that its selector selects among `namespaces`, by name."""
        if self.namespace_selector.empty:
            return self
        selected = (name for name, labels in namespaces.items() if self.namespace_selector.matches(labels))
        return replace(self, namespaces=self.namespaces.union(selected), namespace_selector=NOTHING)


@dataclass(frozen=True)
class PodInfo:
    """A pod and what follows from it.

    Attributes
    ----------
    pod
        The pod, with the API server's defaults.
    """

    pod: Pod

    @classmethod
    def of(cls, pod: Pod) -> PodInfo:
        """`pod` as the scheduler sees it, once the API server has filled in its defaults."""
        return cls(default_pod(pod))

    @cached_property
    def key(self) -> tuple[str, str]:
        """Namespace and name: what tells pods apart."""
        return self.pod.namespace, self.pod.name

    @cached_property
    def namespace(self) -> str:
        """The pod's namespace."""
        return self.pod.namespace

    @cached_property
    def labels(self) -> Labels:
        """The pod's labels."""
        return self.pod.metadata.labels

    @cached_property
    def priority(self) -> int:
        """How important the pod is; 0 unless it says so."""
        return self.pod.spec.priority or 0

    @cached_property
    def requests(self) -> Amounts:
        """What the pod takes of its node."""
        return amounts(pod_requests(self.pod))

    @cached_property
    def non_zero_requests(self) -> Amounts:
        """The same with defaults for containers that request no CPU or memory, as nodes are scored."""
        return non_zero_requests(self.pod, pod_requests(self.pod))

    @cached_property
    def host_ports(self) -> frozenset[HostPort]:
        """The ports that the pod takes on the node, for as long as it runs."""
        init = (container for container in self.pod.spec.init_containers if container.is_sidecar)
        containers = (*init, *self.pod.spec.containers)
        ports = (port for container in containers for port in container.ports)
        return frozenset(HostPort.of(port) for port in ports if port.host_port > 0)

    @cached_property
    def required_affinity(self) -> tuple[AffinityTerm, ...]:
        """Pods that must be near."""
        return tuple(self._required(self._affinity))

    @cached_property
    def required_anti_affinity(self) -> tuple[AffinityTerm, ...]:
        """Pods that must not be near."""
        return tuple(self._required(self._anti_affinity))

    @cached_property
    def preferred_affinity(self) -> tuple[AffinityTerm, ...]:
        """Pods that should be near."""
        return tuple(self._preferred(self._affinity))

    @cached_property
    def preferred_anti_affinity(self) -> tuple[AffinityTerm, ...]:
        """Pods that should not be near."""
        return tuple(self._preferred(self._anti_affinity))

    @cached_property
    def has_affinity(self) -> bool:
        """Whether the pod has any rule or wish about other pods."""
        return self._affinity is not None or self._anti_affinity is not None

    @property
    def _affinity(self) -> PodAffinity | None:
        return self.pod.spec.affinity.pod_affinity if self.pod.spec.affinity else None

    @property
    def _anti_affinity(self) -> PodAffinity | None:
        return self.pod.spec.affinity.pod_anti_affinity if self.pod.spec.affinity else None

    def _required(self, affinity: PodAffinity | None) -> Iterable[AffinityTerm]:
        terms = affinity.required_during_scheduling_ignored_during_execution if affinity else ()
        return (AffinityTerm.of(self.pod, term) for term in terms)

    def _preferred(self, affinity: PodAffinity | None) -> Iterable[AffinityTerm]:
        wishes = affinity.preferred_during_scheduling_ignored_during_execution if affinity else ()
        return (AffinityTerm.of(self.pod, wish.pod_affinity_term, wish.weight) for wish in wishes)
