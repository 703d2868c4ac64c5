"""Which plugins a profile has at which extension point, once its changes are merged into the defaults.

References
----------
pkg/scheduler/apis/config/v1/default_plugins.go: mergePlugins;
pkg/scheduler/framework/runtime/framework.go: NewFramework, expandMultiPointPlugins, getValidScoreWeights (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from k8smodels.api.errors import aggregate_text
from k8smodels.scheduling.configuration_args import Args, arg_errors
from k8smodels.scheduling.configuration_types import POINTS, KubeSchedulerProfile, PluginEntry, PluginSet
from k8smodels.scheduling.profile import DEFAULT, Profile

_FILTERS = (
    "NodeName NodeUnschedulable TaintToleration NodeAffinity NodePorts NodeResourcesFit VolumeRestrictions"
    " NodeVolumeLimits VolumeBinding VolumeZone PodTopologySpread InterPodAffinity DynamicResources"
    " NodeDeclaredFeatures"
)
_PRE_SCORES = (
    "TaintToleration NodeAffinity NodeResourcesFit VolumeBinding PodTopologySpread InterPodAffinity"
    " NodeResourcesBalancedAllocation"
)
IMPLEMENTED: Mapping[str, frozenset[str]] = {
    "preFilter": frozenset(_FILTERS.split()),
    "filter": frozenset(_FILTERS.split()),
    "postFilter": frozenset({"DynamicResources", "DefaultPreemption"}),
    "reserve": frozenset({"VolumeBinding", "DynamicResources"}),
    "preScore": frozenset(_PRE_SCORES.split()),
    "score": frozenset(_PRE_SCORES.split()) | {"DynamicResources", "ImageLocality"},
    "preBind": frozenset({"VolumeBinding", "DynamicResources"}),
    "bind": frozenset({"DefaultBinder"}),
    "postBind": frozenset(),
    "permit": frozenset(),
    "preEnqueue": frozenset({"SchedulingGates", "DynamicResources", "DefaultPreemption"}),
    "queueSort": frozenset({"PrioritySort"}),
}
"""The plugins that can stand at each extension point. Those whose features are off by default are left out."""

_DEFAULTS = (
    "SchedulingGates PrioritySort NodeName NodeUnschedulable TaintToleration NodeAffinity NodePorts NodeResourcesFit"
    " VolumeRestrictions NodeVolumeLimits VolumeBinding VolumeZone PodTopologySpread InterPodAffinity DynamicResources"
    " DefaultPreemption NodeResourcesBalancedAllocation ImageLocality DefaultBinder NodeDeclaredFeatures"
)
_WEIGHTS = {"DynamicResources": 2} | {plugin.name: weight for plugin, weight in DEFAULT.plugins}
DEFAULT_MULTI_POINT = PluginSet(
    enabled=tuple(PluginEntry(name=name, weight=_WEIGHTS.get(name, 0)) for name in _DEFAULTS.split())
)
"""The plugins that every profile starts with."""

MAX_TOTAL_SCORE = 2**63 - 1
MAX_SCORE = 100


class ProfileError(ValueError):
    """A profile whose plugins make no scheduler, in kube-scheduler's words.

    Attributes
    ----------
    scheduler_name
        The profile.
    problem
        What is wrong with it.
    """

    def __init__(self, scheduler_name: str, problem: str) -> None:
        super().__init__(scheduler_name, problem)
        self.scheduler_name, self.problem = scheduler_name, problem

    def __str__(self) -> str:
        where = f"initializing profiles: creating profile for scheduler name {self.scheduler_name}"
        return f"{where}: {self.problem}"


def build_profile(written: KubeSchedulerProfile, args: Args) -> Profile:
    """The profile that `written`, with the decoded `args`, describes.

    Plugins that are not modelled are left out once their names are checked.

    Raises
    ------
    ProfileError
        Unknown plugins, plugins at points that they do not implement, plugins that stand twice, weights that are too
        large together, arguments that are not allowed, no way to sort or bind.
    """
    try:
        return _built(written, args)
    except _Refused as error:
        raise ProfileError(written.scheduler_name, str(error)) from None


def merge(defaults: PluginSet, changes: PluginSet) -> PluginSet:
    """`defaults` after `changes`: without what is disabled, with new weights in place, and what is new at the end."""
    disabled = {entry.name for entry in changes.disabled}
    kept = () if "*" in disabled else (entry for entry in defaults.enabled if entry.name not in disabled)
    changed = {entry.name: entry for entry in changes.enabled}
    last = {entry.name: i for i, entry in enumerate(changes.enabled)}
    enabled, replaced = [], set()
    for entry in kept:
        enabled.append(changed.get(entry.name, entry))
        if entry.name in last:
            replaced.add(last[entry.name])
    enabled += [entry for i, entry in enumerate(changes.enabled) if i not in replaced]
    return PluginSet(enabled=tuple(enabled), disabled=changes.disabled)


def expand(point: str, own: PluginSet, everywhere: PluginSet) -> tuple[str, ...]:
    """The plugins at `point`, in order: `own` ones that `everywhere` has too, the rest of `everywhere`, other own ones.

    Raises
    ------
    ValueError
        A plugin that does not exist, or stands twice.
    """
    disabled = {entry.name for entry in own.disabled}
    named = [entry.name for entry in own.enabled]
    if "*" in disabled:
        return tuple(named)
    again: list[str] = []
    rest: list[str] = []
    for entry in everywhere.enabled:
        _check_exists(point, entry.name)
        if entry.name not in IMPLEMENTED[point] or entry.name in disabled:
            continue
        if entry.name in rest:
            raise _Refused(f'plugin "{entry.name}" already registered as "{plugin_type(point)}"')
        (again if entry.name in named else rest).append(entry.name)
    first = [name for name in named if name in again]
    return (*first, *rest, *(name for name in named if name not in again))


def plugin_type(point: str) -> str:
    """The name of the interface behind an extension point: ``preFilter`` is ``PreFilterPlugin``."""
    return f"{point[0].upper()}{point[1:]}Plugin"


def score_weights(entries: Iterable[PluginEntry]) -> Mapping[str, int]:
    """The weight of each scoring plugin: that of the first of `entries` with its name; 0 counts as 1.

    Raises
    ------
    ValueError
        The sum of all scores could be too large for 64 bits. (A negative weight makes the real sum wrap around.)
    """
    weights: dict[str, int] = {}
    total = 0
    for entry in entries:
        if entry.name not in IMPLEMENTED["score"] or entry.name in weights:
            continue
        weights[entry.name] = entry.weight or 1
        if total < 0 or weights[entry.name] * MAX_SCORE > MAX_TOTAL_SCORE - total:
            raise _Refused("score plugins: total score of Score plugins could overflow")
        total += weights[entry.name] * MAX_SCORE
    return weights


class _Refused(ValueError):
    """What is wrong with the plugins of a profile."""


def _built(written: KubeSchedulerProfile, args: Args) -> Profile:
    everywhere = merge(DEFAULT_MULTI_POINT, written.plugins.multi_point)
    _check_args(args)
    for point in POINTS:
        _check_set(point, written.plugins.at(point).enabled)
    at = {point: expand(point, written.plugins.at(point), everywhere) for point in POINTS}
    _check_ends(written.scheduler_name, at)
    weights = score_weights((*written.plugins.score.enabled, *everywhere.enabled))
    used = {*at["filter"], *at["score"]}
    plugins = tuple((plugin, weights.get(plugin.name, 0)) for plugin, _ in DEFAULT.plugins if plugin.name in used)
    profile = Profile(
        plugins,
        preempts="DefaultPreemption" in at["postFilter"],
        filter_names=at["filter"],
        score_names=at["score"],
    )
    for name, value in args.items():
        if any(plugin.name == name for plugin, _ in plugins):
            profile = profile.with_args(name, value.to_json())
    return profile


def _check_args(args: Args) -> None:
    for name, value in args.items():
        errors = list(arg_errors(value))
        if errors:
            raise _Refused(f'initializing plugin "{name}": {aggregate_text(errors)}')


def _check_exists(point: str, name: str) -> None:
    if not any(name in plugins for plugins in IMPLEMENTED.values()):
        raise _Refused(f'{plugin_type(point)} "{name}" does not exist')


def _check_set(point: str, entries: Sequence[PluginEntry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        _check_exists(point, entry.name)
        if entry.name not in IMPLEMENTED[point]:
            raise _Refused(f'plugin "{entry.name}" does not extend {plugin_type(point)} plugin')
        if entry.name in seen:
            raise _Refused(f'plugin "{entry.name}" already registered as "{plugin_type(point)}"')
        seen.add(entry.name)


def _check_ends(scheduler_name: str, at: Mapping[str, Sequence[str]]) -> None:
    """A profile needs a way to sort its queue, and one to bind."""
    profile = f'profile with scheduler name "{scheduler_name}"'
    if len(at["queueSort"]) != 1:
        raise _Refused(f"only one queue sort plugin required for {profile}, but got {len(at['queueSort'])}")
    if not at["bind"]:
        raise _Refused(f"at least one bind plugin is needed for {profile}")
