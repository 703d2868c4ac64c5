"""A KubeSchedulerConfiguration, as it is written.

References
----------
staging/src/k8s.io/kube-scheduler/config/v1/types.go; pkg/scheduler/apis/config/v1/defaults.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, ClassVar

from k8smodels.api.structure import Struct, json_name, struct

GROUP = "kubescheduler.config.k8s.io"
VERSION = f"{GROUP}/v1"
KIND = "KubeSchedulerConfiguration"


@struct
class PluginEntry(Struct):
    """A plugin by name; a `weight` of 0 counts as 1."""

    name: str = ""
    weight: int = 0


@struct
class PluginSet(Struct):
    """Changes to the plugins of a point: which to add or weigh anew, which to leave out (``*`` for all defaults)."""

    enabled: tuple[PluginEntry, ...] = ()
    disabled: tuple[PluginEntry, ...] = ()


@struct
class Plugins(Struct):
    """Changes to the plugins, by extension point; `multi_point` stands for all points that a plugin implements."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"placementGenerate", "placementScore", "podGroupPostFilter"})

    pre_filter: PluginSet = PluginSet()
    filter: PluginSet = PluginSet()
    post_filter: PluginSet = PluginSet()
    reserve: PluginSet = PluginSet()
    pre_score: PluginSet = PluginSet()
    score: PluginSet = PluginSet()
    pre_bind: PluginSet = PluginSet()
    bind: PluginSet = PluginSet()
    post_bind: PluginSet = PluginSet()
    permit: PluginSet = PluginSet()
    pre_enqueue: PluginSet = PluginSet()
    queue_sort: PluginSet = PluginSet()
    multi_point: PluginSet = PluginSet()

    def at(self, point: str) -> PluginSet:
        """The changes at the extension point of that name, e.g. ``postFilter``."""
        found: PluginSet = getattr(self, _ATTRIBUTES[point])
        return found


POINTS: tuple[str, ...] = tuple(
    "preFilter filter postFilter reserve preScore score preBind bind postBind permit preEnqueue queueSort".split()
)
"""The extension points, in the order in which the scheduler fills them."""

_ATTRIBUTES = {json_name(field.name): field.name for field in fields(Plugins)}


@struct
class PluginConfig(Struct):
    """Arguments of a plugin."""

    name: str = ""
    args: Mapping[str, Any] | None = None


@struct
class KubeSchedulerProfile(Struct):
    """One scheduler: the pods that name it in ``spec.schedulerName`` are placed by its plugins."""

    scheduler_name: str = ""
    percentage_of_nodes_to_score: int | None = None
    plugins: Plugins = Plugins()
    plugin_config: tuple[PluginConfig, ...] = ()


@struct
class KubeSchedulerConfiguration(Struct):
    """The file that ``kube-scheduler --config`` reads. Without profiles it has the one of ``default-scheduler``."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "apiVersion kind leaderElection clientConnection enableProfiling enableContentionProfiling extenders"
        " delayCacheUntilActive healthzBindAddress metricsBindAddress".split()
    )

    parallelism: int = 16
    percentage_of_nodes_to_score: int | None = None
    pod_initial_backoff_seconds: int = 1
    pod_max_backoff_seconds: int = 10
    profiles: tuple[KubeSchedulerProfile, ...] = ()
