"""What the API server fills in when a pod is created.

Only fields that a model reads. Left out: what admission plugins add (priorities of classes, service accounts, the
tolerations for nodes that are not ready).

References
----------
pkg/apis/core/v1/defaults.go: SetDefaults_Pod, SetDefaults_PodSpec; pkg/registry/core/pod/strategy.go: PrepareForCreate;
pkg/api/pod/util.go: DefaultPodLevelResources (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from k8smodels.api.affinity import Affinity, PodAffinity, PodAffinityTerm, TopologySpreadConstraint
from k8smodels.api.pod import Container, ContainerPort, Pod, ResourceList, ResourceRequirements
from k8smodels.api.resources import NONE, aggregate, is_hugepages, is_pod_level_resource
from k8smodels.api.selectors import LabelSelector, LabelSelectorRequirement

Labels = Mapping[str, str]


def default_pod(pod: Pod) -> Pod:
    """`pod` as the API server stores it. Defaulting twice changes nothing more.

    Examples
    --------
    >>> from k8smodels.api.pod import pod
    >>> str(default_pod(pod("web", limits={"cpu": "2"})).spec.containers[0].resources.requests["cpu"])
    '2'
    """
    spec, labels = pod.spec, pod.labels
    filled = replace(
        spec,
        containers=tuple(_container(container, spec.host_network) for container in spec.containers),
        init_containers=tuple(_container(container, spec.host_network) for container in spec.init_containers),
        restart_policy=spec.restart_policy or "Always",
        scheduler_name=spec.scheduler_name or "default-scheduler",
        affinity=spec.affinity and _affinity(spec.affinity, labels),
        topology_spread_constraints=tuple(_constraint(item, labels) for item in spec.topology_spread_constraints),
    )
    pod = replace(pod, spec=filled)
    return replace(pod, spec=replace(filled, resources=_pod_level(pod))) if filled.resources else pod


def _container(container: Container, host_network: bool) -> Container:
    resources = container.resources
    if resources.limits:
        resources = replace(resources, requests={**resources.limits, **resources.requests})
    ports = tuple(_port(port, host_network) for port in container.ports)
    return replace(container, resources=resources, ports=ports)


def _port(port: ContainerPort, host_network: bool) -> ContainerPort:
    """On the host's network each container port is a host port."""
    host_port = port.host_port or (port.container_port if host_network else 0)
    return replace(port, protocol=port.protocol or "TCP", host_port=host_port)


def _affinity(affinity: Affinity, labels: Labels) -> Affinity:
    near, away = affinity.pod_affinity, affinity.pod_anti_affinity
    return replace(
        affinity,
        pod_affinity=near and _pod_affinity(near, labels),
        pod_anti_affinity=away and _pod_affinity(away, labels),
    )


def _pod_affinity(affinity: PodAffinity, labels: Labels) -> PodAffinity:
    required = affinity.required_during_scheduling_ignored_during_execution
    preferred = affinity.preferred_during_scheduling_ignored_during_execution
    return replace(
        affinity,
        required_during_scheduling_ignored_during_execution=tuple(_term(term, labels) for term in required),
        preferred_during_scheduling_ignored_during_execution=tuple(
            replace(wish, pod_affinity_term=_term(wish.pod_affinity_term, labels)) for wish in preferred
        ),
    )


def _term(term: PodAffinityTerm, labels: Labels) -> PodAffinityTerm:
    selector = _with_label_keys(term.label_selector, "In", term.match_label_keys, labels)
    return replace(term, label_selector=_with_label_keys(selector, "NotIn", term.mismatch_label_keys, labels))


def _constraint(constraint: TopologySpreadConstraint, labels: Labels) -> TopologySpreadConstraint:
    selector = _with_label_keys(constraint.label_selector, "In", constraint.match_label_keys, labels)
    return replace(constraint, label_selector=selector)


def _with_label_keys(
    selector: LabelSelector | None, operator: str, keys: Iterable[str], labels: Labels
) -> LabelSelector | None:
    """`selector` narrowed by the pod's own values of the labels `keys`; keys that the pod lacks are ignored."""
    if selector is None:
        return None
    own = (LabelSelectorRequirement(key=key, operator=operator, values=(labels[key],)) for key in keys if key in labels)
    new = tuple(expression for expression in own if expression not in selector.match_expressions)
    return replace(selector, match_expressions=selector.match_expressions + new) if new else selector


def _pod_level(pod: Pod) -> ResourceRequirements | None:
    """``spec.resources`` of the pod, completed from its containers and from its limits."""
    resources = pod.spec.resources
    if resources is None or not (resources.requests or resources.limits):
        return resources
    limits = {**_hugepage_limits(pod, resources), **resources.limits}
    summed = aggregate(pod, lambda container: container.resources.requests)
    shared = {name: amount for name, amount in summed.items() if name in ("cpu", "memory")}
    from_limits = {name: limit for name, limit in limits.items() if is_pod_level_resource(name)}
    requests = {**from_limits, **shared, **resources.requests}
    return replace(resources, requests=requests, limits={**_summed_limits(pod, requests), **limits})


def _hugepage_limits(pod: Pod, resources: ResourceRequirements) -> ResourceList:
    limits = aggregate(pod, lambda container: container.resources.limits)
    return {name: limit for name, limit in limits.items() if is_hugepages(name) and name not in resources.requests}


def _summed_limits(pod: Pod, requests: ResourceList) -> ResourceList:
    """The containers' limits together, of resources that each container limits and the pod requests."""
    containers = [*pod.all_containers]
    limits = aggregate(pod, lambda container: container.resources.limits) if containers else NONE
    return {
        name: max(limit, requests[name])
        for name, limit in limits.items()
        if is_pod_level_resource(name) and name in requests and all(name in c.resources.limits for c in containers)
    }
