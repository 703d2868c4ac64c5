"""Which plugins a scheduler runs, in which order, and how much the score of each counts.

References
----------
pkg/scheduler/apis/config/v1/default_plugins.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from k8smodels.api.structure import Struct
from k8smodels.scheduling import args
from k8smodels.scheduling.framework import FilterPlugin, Plugin, ScorePlugin
from k8smodels.scheduling.plugins import (
    ImageLocality,
    InterPodAffinity,
    NodeAffinity,
    NodeName,
    NodePorts,
    NodeResourcesBalancedAllocation,
    NodeResourcesFit,
    NodeUnschedulable,
    NodeVolumeLimits,
    PodTopologySpread,
    TaintToleration,
    VolumeBinding,
    VolumeRestrictions,
    VolumeZone,
)


@dataclass(frozen=True)
class Profile:
    """A set of plugins.

    Attributes
    ----------
    plugins
        The plugins with their weights, in the order in which they are asked. Weights count for scores only.
    preempts
        Whether a pod that fits nowhere may push out less important ones (DefaultPreemption).
    filter_names, score_names
        The plugins that filter, and those that score, in their own order; None for all that can, in the order given.

    Examples
    --------
    >>> packing = DEFAULT.with_args("NodeResourcesFit", {"scoringStrategy": {"type": "MostAllocated"}})
    >>> packing.plugin("NodeResourcesFit").args.scoring_strategy.type
    'MostAllocated'
    """

    plugins: tuple[tuple[Plugin, int], ...]
    preempts: bool = True
    filter_names: tuple[str, ...] | None = None
    score_names: tuple[str, ...] | None = None

    @cached_property
    def filters(self) -> tuple[FilterPlugin, ...]:
        """The plugins that refuse nodes."""
        return tuple(plugin for plugin, _ in self._named(self.filter_names) if isinstance(plugin, FilterPlugin))

    @cached_property
    def scorers(self) -> tuple[tuple[ScorePlugin, int], ...]:
        """The plugins that score nodes, with their weights."""
        named = self._named(self.score_names)
        return tuple((plugin, weight) for plugin, weight in named if isinstance(plugin, ScorePlugin))

    def _named(self, names: tuple[str, ...] | None) -> tuple[tuple[Plugin, int], ...]:
        if names is None:
            return self.plugins
        entries = {plugin.name: (plugin, weight) for plugin, weight in self.plugins}
        return tuple(entries[name] for name in names if name in entries)

    def plugin(self, name: str) -> Any:
        """The plugin of that name.

        Raises
        ------
        KeyError
            The profile has none.
        """
        for plugin, _ in self.plugins:
            if plugin.name == name:
                return plugin
        raise KeyError(name)

    def only(self, *names: str) -> Profile:
        """The profile reduced to the plugins `names`, each of weight 1, without preemption."""
        return Profile(tuple((plugin, 1) for plugin, _ in self.plugins if plugin.name in names), preempts=False)

    def with_weights(self, **weights: int) -> Profile:
        """The profile with other weights for the scores of some plugins, by name."""
        return replace(self, plugins=tuple((plugin, weights.get(plugin.name, w)) for plugin, w in self.plugins))

    def with_args(self, name: str, value: Mapping[str, Any]) -> Profile:
        """The profile with arguments for the plugin `name`, as under ``pluginConfig[].args`` of a configuration.

        Raises
        ------
        KeyError
            The profile has no such plugin, or it takes no arguments.
        FieldError
            The arguments have the wrong form.
        """
        changed = replace(self.plugin(name), args=_ARGS[name].from_json(value))
        return replace(self, plugins=tuple((changed if old.name == name else old, w) for old, w in self.plugins))


_ARGS: Mapping[str, type[Struct]] = {
    "NodeAffinity": args.NodeAffinityArgs,
    "NodeResourcesFit": args.NodeResourcesFitArgs,
    "NodeResourcesBalancedAllocation": args.NodeResourcesBalancedAllocationArgs,
    "VolumeBinding": args.VolumeBindingArgs,
    "PodTopologySpread": args.PodTopologySpreadArgs,
    "InterPodAffinity": args.InterPodAffinityArgs,
}

DEFAULT = Profile(
    (
        (NodeName(), 0),
        (NodeUnschedulable(), 0),
        (TaintToleration(), 3),
        (NodeAffinity(), 2),
        (NodePorts(), 0),
        (NodeResourcesFit(), 1),
        (VolumeRestrictions(), 0),
        (NodeVolumeLimits(), 0),
        (VolumeBinding(), 1),
        (VolumeZone(), 0),
        (PodTopologySpread(), 2),
        (InterPodAffinity(), 2),
        (NodeResourcesBalancedAllocation(), 1),
        (ImageLocality(), 1),
    )
)
"""The profile ``default-scheduler`` of Kubernetes v1.37, as far as it is modelled (see `plugins`)."""
