"""What the API server refuses in a pod or a node, in its own words.

Left out: fields that no model reads (volumes' sources, probes, environment, security context) and label syntax.

References
----------
pkg/apis/core/validation/validation.go (v1.37): ValidatePodCreate, ValidatePodSpec, ValidateNode
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from k8smodels.api.affinity import (
    Affinity,
    NodeSelectorRequirement,
    NodeSelectorTerm,
    PodAffinity,
    PodAffinityTerm,
    Taint,
    Toleration,
    TopologySpreadConstraint,
)
from k8smodels.api.batch import Job
from k8smodels.api.dns_names import path_segment_problems
from k8smodels.api.errors import FieldError, InvalidObject, duplicate, forbidden, invalid, required, unsupported
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Node
from k8smodels.api.pod import Container, ContainerPort, Pod, PodSpec, ResourceList, ResourceRequirements
from k8smodels.api.rbac import API_VERSION as RBAC
from k8smodels.api.workload import Controller, ReplicationController

NOT_NEGATIVE = "must be greater than or equal to 0"
POSITIVE = "must be greater than zero"
TAINT_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_HELP = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with"
    " an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is"
    " '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_SUBDOMAIN_HELP = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and"
    " end with an alphanumeric character (e.g. 'example.com', regex used for validation is"
    r" '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_CONTAINER_RESOURCES = ("cpu", "memory", "ephemeral-storage")


def validate(item: KubernetesObject) -> None:
    """Refuse what the API server would refuse in `item`; kinds without rules here pass.

    Raises
    ------
    InvalidObject
        All errors of the object at once.
    """
    errors = list(_errors(item))
    if errors:
        raise InvalidObject(item.kind, item.name, errors)


def validate_resources(pod: Pod) -> None:
    """Refuse what the API server would refuse in the requests and limits of `pod`, whatever else it lacks.

    Raises
    ------
    InvalidObject
        All errors at once.
    """
    errors = list(_pod_resources(pod.spec, "spec"))
    if errors:
        raise InvalidObject(pod.kind, pod.name, errors)


def _errors(item: KubernetesObject) -> Iterator[FieldError]:
    yield from _name(item)
    if isinstance(item, Pod):
        yield from _pod_spec(item.spec, "spec")
    elif isinstance(item, Node):
        yield from _amounts(item.status.capacity, "status.capacity")
        yield from _amounts(item.status.allocatable, "status.allocatable")
        yield from _taints(item.spec.taints)
    elif isinstance(item, Controller | ReplicationController):
        if item.spec.replicas is not None and item.spec.replicas < 0:
            yield invalid("spec.replicas", item.spec.replicas, NOT_NEGATIVE)
        yield from _pod_spec(item.spec.template.spec, "spec.template.spec")
    elif isinstance(item, Job):
        yield from _pod_spec(item.spec.template.spec, "spec.template.spec")


def _name(item: KubernetesObject) -> Iterator[FieldError]:
    name = item.metadata.name
    if not name:
        if not item.metadata.generate_name:
            yield required("metadata.name", "name or generateName is required")
    elif item.api_version == RBAC:
        yield from (invalid("metadata.name", name, problem) for problem in path_segment_problems(name))
    elif not _SUBDOMAIN.fullmatch(name):
        yield invalid("metadata.name", name, _SUBDOMAIN_HELP)
    elif len(name) > 253:
        yield invalid("metadata.name", name, "must be no more than 253 bytes")


def _pod_spec(spec: PodSpec, path: str) -> Iterator[FieldError]:
    if not spec.containers:
        yield required(f"{path}.containers")
    seen: set[str] = set()
    for field, containers in (("initContainers", spec.init_containers), ("containers", spec.containers)):
        for i, container in enumerate(containers):
            yield from _container(container, f"{path}.{field}[{i}]", seen)
    if spec.resources is not None:
        yield from _requirements(spec.resources, f"{path}.resources")
    yield from _amounts(spec.overhead, f"{path}.overhead")
    for i, toleration in enumerate(spec.tolerations):
        yield from _toleration(toleration, f"{path}.tolerations[{i}]")
    if spec.affinity is not None:
        yield from _affinity(spec.affinity, f"{path}.affinity")
    yield from _spread(spec.topology_spread_constraints, f"{path}.topologySpreadConstraints")


def _pod_resources(spec: PodSpec, path: str) -> Iterator[FieldError]:
    for field, containers in (("initContainers", spec.init_containers), ("containers", spec.containers)):
        for i, container in enumerate(containers):
            yield from _requirements(container.resources, f"{path}.{field}[{i}].resources")
    if spec.resources is not None:
        yield from _requirements(spec.resources, f"{path}.resources")
    yield from _amounts(spec.overhead, f"{path}.overhead")


def _container(container: Container, path: str, seen: set[str]) -> Iterator[FieldError]:
    if not container.name:
        yield required(f"{path}.name")
    elif not _LABEL.fullmatch(container.name):
        yield invalid(f"{path}.name", container.name, _LABEL_HELP)
    elif container.name in seen:
        yield duplicate(f"{path}.name", container.name)
    seen.add(container.name)
    if not container.image:
        yield required(f"{path}.image")
    for i, port in enumerate(container.ports):
        yield from _port(port, f"{path}.ports[{i}]")
    yield from _requirements(container.resources, f"{path}.resources")


def _port(port: ContainerPort, path: str) -> Iterator[FieldError]:
    in_range = "must be between 1 and 65535, inclusive"
    if not port.container_port:
        yield required(f"{path}.containerPort")
    elif not 1 <= port.container_port <= 65535:
        yield invalid(f"{path}.containerPort", port.container_port, in_range)
    if port.host_port and not 1 <= port.host_port <= 65535:
        yield invalid(f"{path}.hostPort", port.host_port, in_range)
    if port.protocol and port.protocol not in ("TCP", "UDP", "SCTP"):
        yield unsupported(f"{path}.protocol", port.protocol, ("TCP", "UDP", "SCTP"))


def _requirements(resources: ResourceRequirements, path: str) -> Iterator[FieldError]:
    yield from _amounts(resources.limits, f"{path}.limits", names=True)
    yield from _amounts(resources.requests, f"{path}.requests", names=True)
    for name, amount in resources.requests.items():
        limit = resources.limits.get(name)
        if limit is not None and amount > limit:
            yield invalid(f"{path}.requests", str(amount), f"must be less than or equal to {name} limit of {limit}")
        elif limit is None and resources.limits and name not in _CONTAINER_RESOURCES:
            yield required(f"{path}.limits", "Limit must be set for non overcommitable resources")


def _amounts(amounts: ResourceList, path: str, *, names: bool = False) -> Iterator[FieldError]:
    for name, amount in amounts.items():
        if names and "/" not in name and name not in _CONTAINER_RESOURCES and not name.startswith("hugepages-"):
            yield invalid(f"{path}[{name}]", name, "must be a standard resource type or fully qualified")
            yield invalid(f"{path}[{name}]", name, "must be a standard resource for containers")
        if amount.sign < 0:
            yield invalid(f"{path}[{name}]", str(amount), NOT_NEGATIVE)
        elif "/" in name and amount.milli_value() % 1000:
            yield invalid(f"{path}[{name}]", str(amount), "must be an integer")


def _taints(taints: Sequence[Taint]) -> Iterator[FieldError]:
    seen: set[tuple[str, str]] = set()
    for i, taint in enumerate(taints):
        path = f"spec.taints[{i}]"
        if not taint.key:
            yield required(f"{path}.key")
        if not taint.effect:
            yield required(f"{path}.effect")
        elif taint.effect not in TAINT_EFFECTS:
            yield unsupported(f"{path}.effect", taint.effect, TAINT_EFFECTS)
        if (taint.key, taint.effect) in seen:
            yield duplicate(path, taint.to_json())
        seen.add((taint.key, taint.effect))


def _toleration(toleration: Toleration, path: str) -> Iterator[FieldError]:
    if not toleration.key and toleration.operator != "Exists":
        everything = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
        yield invalid(f"{path}.operator", toleration.operator, everything)
    if toleration.operator == "Exists" and toleration.value:
        yield invalid(f"{path}.operator", toleration.value, "value must be empty when `operator` is 'Exists'")
    elif toleration.operator not in ("", "Equal", "Exists"):
        yield unsupported(f"{path}.operator", toleration.operator, ("Equal", "Exists"))
    if toleration.toleration_seconds is not None and toleration.effect != "NoExecute":
        seconds = "effect must be 'NoExecute' when `tolerationSeconds` is set"
        yield invalid(f"{path}.effect", toleration.effect, seconds)
    elif toleration.effect and toleration.effect not in TAINT_EFFECTS:
        yield unsupported(f"{path}.effect", toleration.effect, TAINT_EFFECTS)


def _affinity(affinity: Affinity, path: str) -> Iterator[FieldError]:
    node = affinity.node_affinity
    if node is not None:
        hard = node.required_during_scheduling_ignored_during_execution
        here = f"{path}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
        if hard is not None and not hard.node_selector_terms:
            yield required(here, "must have at least one node selector term")
        for i, term in enumerate(hard.node_selector_terms if hard else ()):
            yield from _node_term(term, f"{here}[{i}]")
        here = f"{path}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution"
        for i, wish in enumerate(node.preferred_during_scheduling_ignored_during_execution):
            yield from _weight(wish.weight, f"{here}[{i}].weight")
            yield from _node_term(wish.preference, f"{here}[{i}].preference")
    if affinity.pod_affinity is not None:
        yield from _pod_affinity(affinity.pod_affinity, f"{path}.podAffinity")
    if affinity.pod_anti_affinity is not None:
        yield from _pod_affinity(affinity.pod_anti_affinity, f"{path}.podAntiAffinity")


def _node_term(term: NodeSelectorTerm, path: str) -> Iterator[FieldError]:
    for i, requirement in enumerate(term.match_expressions):
        yield from _node_requirement(requirement, f"{path}.matchExpressions[{i}]")


def _node_requirement(requirement: NodeSelectorRequirement, path: str) -> Iterator[FieldError]:
    operator, values = requirement.operator, requirement.values
    if operator in ("In", "NotIn"):
        if not values:
            yield required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            yield forbidden(f"{path}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    elif operator in ("Gt", "Lt"):
        if len(values) != 1:
            yield required(f"{path}.values", "must be specified single value when `operator` is 'Lt' or 'Gt'")
    else:
        yield invalid(f"{path}.operator", operator, "not a valid selector operator")


def _pod_affinity(affinity: PodAffinity, path: str) -> Iterator[FieldError]:
    for i, term in enumerate(affinity.required_during_scheduling_ignored_during_execution):
        yield from _pod_term(term, f"{path}.requiredDuringSchedulingIgnoredDuringExecution[{i}]")
    for i, wish in enumerate(affinity.preferred_during_scheduling_ignored_during_execution):
        here = f"{path}.preferredDuringSchedulingIgnoredDuringExecution[{i}]"
        yield from _weight(wish.weight, f"{here}.weight")
        yield from _pod_term(wish.pod_affinity_term, f"{here}.podAffinityTerm")


def _pod_term(term: PodAffinityTerm, path: str) -> Iterator[FieldError]:
    if not term.topology_key:
        yield required(f"{path}.topologyKey", "can not be empty")


def _weight(weight: int, path: str) -> Iterator[FieldError]:
    if not 1 <= weight <= 100:
        yield invalid(path, weight, "must be in the range 1-100")


def _spread(constraints: Sequence[TopologySpreadConstraint], path: str) -> Iterator[FieldError]:
    seen: set[tuple[str, str]] = set()
    for i, constraint in enumerate(constraints):
        here = f"{path}[{i}]"
        if constraint.max_skew <= 0:
            yield invalid(f"{here}.maxSkew", constraint.max_skew, POSITIVE)
        if not constraint.topology_key:
            yield required(f"{here}.topologyKey", "can not be empty")
        if constraint.when_unsatisfiable not in ("DoNotSchedule", "ScheduleAnyway"):
            words = ("DoNotSchedule", "ScheduleAnyway")
            yield unsupported(f"{here}.whenUnsatisfiable", constraint.when_unsatisfiable, words)
        pair = (constraint.topology_key, constraint.when_unsatisfiable)
        if pair in seen:
            yield duplicate(f"{here}.{{topologyKey, whenUnsatisfiable}}", f"{{{pair[0]}, {pair[1]}}}")
        seen.add(pair)
        if constraint.min_domains is not None and constraint.min_domains <= 0:
            yield invalid(f"{here}.minDomains", constraint.min_domains, POSITIVE)
