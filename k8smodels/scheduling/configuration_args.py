"""The arguments of plugins in a configuration, decoded and checked, in the scheduler's own words.

References
----------
staging/src/k8s.io/kube-scheduler/config/v1/types.go: DecodeNestedObjects;
pkg/scheduler/apis/config/validation/validation_pluginargs.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from k8smodels.api.affinity import TopologySpreadConstraint
from k8smodels.api.errors import DecodeError, FieldError, duplicate, forbidden, invalid, required, unsupported
from k8smodels.api.label_syntax import label_key_problems
from k8smodels.api.structure import Struct, unknown_fields
from k8smodels.scheduling.args import (
    DefaultPreemptionArgs,
    InterPodAffinityArgs,
    NodeAffinityArgs,
    NodeResourcesBalancedAllocationArgs,
    NodeResourcesFitArgs,
    PodTopologySpreadArgs,
    UtilizationShapePoint,
    VolumeBindingArgs,
)
from k8smodels.scheduling.configuration_types import GROUP, VERSION, KubeSchedulerProfile

Args = Mapping[str, Struct]
"""Arguments by the plugin's name."""

TYPES: Mapping[str, type[Struct]] = {
    "DefaultPreemption": DefaultPreemptionArgs,
    "InterPodAffinity": InterPodAffinityArgs,
    "NodeAffinity": NodeAffinityArgs,
    "NodeResourcesBalancedAllocation": NodeResourcesBalancedAllocationArgs,
    "NodeResourcesFit": NodeResourcesFitArgs,
    "PodTopologySpread": PodTopologySpreadArgs,
    "VolumeBinding": VolumeBindingArgs,
}
"""What the arguments of each plugin look like. Other plugins take any, and ignore them."""

STRATEGIES = ("LeastAllocated", "MostAllocated", "RequestedToCapacityRatio")
OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
AT_LEAST_ONE = "at least one point must be specified"


def decode_args(profile: KubeSchedulerProfile, index: int, source: str) -> Args:
    """The arguments that `profile`, the one at `index`, gives to plugins that take some.

    Raises
    ------
    DecodeError
        Arguments of another type, with unknown fields or with values of the wrong type.
    """
    found = {}
    for i, item in enumerate(profile.plugin_config):
        if item.name in TYPES and item.args is not None:
            found[item.name] = _decode(item.name, item.args, f"decoding .profiles[{index}].pluginConfig[{i}]", source)
    return found


def _decode(plugin: str, value: Mapping[str, Any], where: str, source: str) -> Struct:
    kind = value.get("kind", f"{plugin}Args")
    if (kind, value.get("apiVersion", VERSION)) != (f"{plugin}Args", VERSION):
        wanted = f"args for plugin {plugin} were not of type {plugin}Args.{GROUP}"
        raise DecodeError(source, f"{where}: {wanted}, got {kind}.{GROUP}")
    try:
        args = TYPES[plugin].from_json(value)
    except FieldError as error:
        raise DecodeError(source, f"{where}: decoding args for plugin {plugin}: {error}") from None
    unknown = ", ".join(f'unknown field "{name}"' for name in unknown_fields(args))
    if unknown:
        strict = "strict decoding error"
        raise DecodeError(
            source, f"{strict}: {where}: {strict}: decoding args for plugin {plugin}: {strict}: {unknown}"
        )
    return args


def arg_errors(args: Struct) -> Iterator[FieldError]:
    """What is wrong with the arguments of a plugin."""
    return _CHECKS[type(args)](args)


def _default_preemption(args: DefaultPreemptionArgs) -> Iterator[FieldError]:
    percentage, absolute = args.min_candidate_nodes_percentage, args.min_candidate_nodes_absolute
    paths = ("minCandidateNodesPercentage", "minCandidateNodesAbsolute")
    if not 0 <= percentage <= 100:
        yield invalid(paths[0], percentage, "not in valid range [0, 100]")
    if absolute < 0:
        yield invalid(paths[1], absolute, "not in valid range [0, inf)")
    if percentage == absolute == 0:
        yield invalid(paths[0], 0, f"cannot be zero at the same time as {paths[1]}")
        yield invalid(paths[1], 0, f"cannot be zero at the same time as {paths[0]}")


def _inter_pod_affinity(args: InterPodAffinityArgs) -> Iterator[FieldError]:
    if not 0 <= args.hard_pod_affinity_weight <= 100:
        yield invalid("hardPodAffinityWeight", args.hard_pod_affinity_weight, "not in valid range [0, 100]")


def _node_affinity(args: NodeAffinityArgs) -> Iterator[FieldError]:
    affinity = args.added_affinity
    rule = affinity.required_during_scheduling_ignored_during_execution if affinity else None
    path = "addedAffinity.requiredDuringSchedulingIgnoredDuringExecution"
    for i, term in enumerate(rule.node_selector_terms if rule else ()):
        for j, item in enumerate(term.match_expressions):
            if item.operator not in OPERATORS:
                words = ", ".join(f'"{name}"' for name in OPERATORS)
                where = f"{path}.nodeSelectorTerms[{i}].matchExpressions[{j}].operator"
                yield FieldError(where, "Unsupported value", item.operator, f"supported values: {words}")


def _balanced_allocation(args: NodeResourcesBalancedAllocationArgs) -> Iterator[FieldError]:
    names = [resource.name for resource in args.resources]
    for i, resource in enumerate(args.resources):
        if resource.name in names[:i]:
            yield duplicate(f"resources[{i}].name", resource.name)
        if resource.weight not in (0, 1):
            yield invalid(f"resources[{i}].weight", resource.weight, "must be 1")


def _fit(args: NodeResourcesFitArgs) -> Iterator[FieldError]:
    for i, name in enumerate(args.ignored_resources):
        yield from (invalid(f"ignoredResources[{i}]", name, problem) for problem in label_key_problems(name))
    for i, group in enumerate(args.ignored_resource_groups):
        if "/" in group:
            yield invalid(f"ignoredResourceGroups[{i}]", group, "resource group name can't contain '/'")
        yield from (invalid(f"ignoredResourceGroups[{i}]", group, problem) for problem in label_key_problems(group))
    strategy = args.scoring_strategy
    if strategy.type not in STRATEGIES:
        yield unsupported("scoringStrategy.type", strategy.type, STRATEGIES)
    for i, resource in enumerate(strategy.resources):
        # A weight of 0 has become 1 by now.
        if not 0 <= resource.weight <= 100:
            detail = f"resource weight of {resource.name} not in valid range (0, 100]"
            yield invalid(f"scoringStrategy.resources[{i}].weight", resource.weight, detail)
    path, ratio = "scoringStrategy.requestedToCapacityRatio", strategy.requested_to_capacity_ratio
    if strategy.type != "RequestedToCapacityRatio":
        if ratio is not None:
            yield forbidden(path, "must be nil when type is not RequestedToCapacityRatio")
    elif ratio is None:
        yield required(path, "must be specified when type is RequestedToCapacityRatio")
    else:
        yield from _shape(ratio.shape, f"{path}.shape")


def _shape(shape: Sequence[UtilizationShapePoint], path: str) -> Iterator[FieldError]:
    if not shape:
        yield required(path, AT_LEAST_ONE)
    for i in range(1, len(shape)):
        if shape[i - 1].utilization >= shape[i].utilization:
            yield invalid(f"{path}[{i}].utilization", shape[i].utilization, "values must be sorted in increasing order")
            break
    for i, point in enumerate(shape):
        if not 0 <= point.utilization <= 100:
            yield invalid(f"{path}[{i}].utilization", point.utilization, "not in valid range [0, 100]")
        if not 0 <= point.score <= 10:
            yield invalid(f"{path}[{i}].score", point.score, "not in valid range [0, 10]")


def _topology_spread(args: PodTopologySpreadArgs) -> Iterator[FieldError]:
    if args.defaulting_type not in ("System", "List"):
        words = 'supported values: "System", "List"'
        yield FieldError("defaultingType", "Unsupported value", args.defaulting_type, words)
    if args.defaulting_type == "System" and args.default_constraints:
        yield invalid("defaultingType", "System", "when .defaultConstraints are not empty")
    seen = set()
    for i, constraint in enumerate(args.default_constraints):
        yield from _constraint(constraint, f"defaultConstraints[{i}]")
        key = f"{{{constraint.topology_key}, {constraint.when_unsatisfiable}}}"
        if key in seen:
            yield duplicate(f"defaultConstraints[{i}]", key)
        seen.add(key)


def _constraint(constraint: TopologySpreadConstraint, path: str) -> Iterator[FieldError]:
    if constraint.max_skew <= 0:
        yield invalid(f"{path}.maxSkew", constraint.max_skew, "not in valid range (0, inf)")
    if not constraint.topology_key:
        yield required(f"{path}.topologyKey", "can not be empty")
    else:
        for problem in label_key_problems(constraint.topology_key):
            yield invalid(f"{path}.topologyKey", constraint.topology_key, problem)
    if not constraint.when_unsatisfiable:
        yield required(f"{path}.whenUnsatisfiable", "can not be empty")
    elif constraint.when_unsatisfiable not in ("DoNotSchedule", "ScheduleAnyway"):
        yield unsupported(
            f"{path}.whenUnsatisfiable", constraint.when_unsatisfiable, ("DoNotSchedule", "ScheduleAnyway")
        )
    if constraint.label_selector is not None:
        detail = "constraint must not define a selector, as they deduced for each pod"
        yield forbidden(f"{path}.labelSelector", detail)


def _volume_binding(args: VolumeBindingArgs) -> Iterator[FieldError]:
    if args.bind_timeout_seconds < 0:
        detail = "invalid BindTimeoutSeconds, should not be a negative value"
        yield invalid("bindTimeoutSeconds", args.bind_timeout_seconds, detail)
    yield from _shape(args.shape, "shape")


_CHECKS: Mapping[type[Struct], Callable[[Any], Iterator[FieldError]]] = {
    DefaultPreemptionArgs: _default_preemption,
    InterPodAffinityArgs: _inter_pod_affinity,
    NodeAffinityArgs: _node_affinity,
    NodeResourcesBalancedAllocationArgs: _balanced_allocation,
    NodeResourcesFitArgs: _fit,
    PodTopologySpreadArgs: _topology_spread,
    VolumeBindingArgs: _volume_binding,
}
