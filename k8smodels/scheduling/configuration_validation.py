"""What kube-scheduler refuses in a configuration, in its own words.

References
----------
pkg/scheduler/apis/config/validation/validation.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8smodels.api.errors import FieldError, aggregate_text, duplicate, invalid, required
from k8smodels.scheduling.configuration_args import Args, arg_errors
from k8smodels.scheduling.configuration_types import (
    POINTS,
    VERSION,
    KubeSchedulerConfiguration,
    KubeSchedulerProfile,
)

MAX_INT32 = 2**31 - 1
REMOVED = ("AzureDiskLimits", "CinderLimits", "EBSLimits", "GCEPDLimits")
"""Plugins of earlier versions."""
WAS_INVALID = f'was invalid in version "v1" (KubeSchedulerConfiguration is version "{VERSION}")'

CHECKED_LATER = "NodeResourcesFit"
"""Its arguments are only looked at when the plugin is made: kube-scheduler looks its check up by a wrong name."""


class ConfigurationError(ValueError):
    """A configuration with values that are not allowed, printed as kube-scheduler prints it.

    Attributes
    ----------
    errors
        One `FieldError` each.
    """

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(errors)
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return aggregate_text(self.errors)


def validate_configuration(written: KubeSchedulerConfiguration, args: Sequence[Args]) -> None:
    """Refuse what kube-scheduler would refuse in `written`; `args` are the decoded arguments of each profile.

    Raises
    ------
    ConfigurationError
        All errors at once.
    """
    errors = [*_errors(written, args)]
    if errors:
        raise ConfigurationError(errors)


def _errors(written: KubeSchedulerConfiguration, args: Sequence[Args]) -> Iterator[FieldError]:
    if written.parallelism <= 0:
        yield invalid("parallelism", written.parallelism, "should be an integer value greater than zero")
    names: list[str] = []
    for i, profile in enumerate(written.profiles):
        yield from (error.within(f"profiles[{i}]") for error in _profile_errors(profile, args[i]))
        if profile.scheduler_name in names:
            # kube-scheduler means to name the other profile here, and prints an empty object.
            yield duplicate(f"profiles[{i}].schedulerName", {})
        names.append(profile.scheduler_name)
    yield from _queue_sort_errors(written.profiles)
    yield from _percentage_errors(written.percentage_of_nodes_to_score)
    initial, longest = written.pod_initial_backoff_seconds, written.pod_max_backoff_seconds
    if initial <= 0:
        yield invalid("podInitialBackoffSeconds", initial, "must be greater than 0")
    if longest < initial:
        yield invalid("podMaxBackoffSeconds", longest, "must be greater than or equal to PodInitialBackoffSeconds")


def _percentage_errors(percentage: int | None) -> Iterator[FieldError]:
    if percentage is not None and not 0 <= percentage <= 100:
        yield invalid("percentageOfNodesToScore", percentage, "not in valid range [0-100]")


def _profile_errors(profile: KubeSchedulerProfile, args: Args) -> Iterator[FieldError]:
    if not profile.scheduler_name:
        yield required("schedulerName")
    yield from _percentage_errors(profile.percentage_of_nodes_to_score)
    for point in POINTS:
        for i, entry in enumerate(profile.plugins.at(point).enabled):
            if entry.name in REMOVED:
                yield invalid(f"plugins.{point}.enabled[{i}]", entry.name, WAS_INVALID)
    names = [item.name for item in profile.plugin_config]
    for i, name in enumerate(names):
        if name in names[:i]:
            yield duplicate(f"pluginConfig[{i}]", name)
        if name in REMOVED:
            yield invalid(f"pluginConfig[{i}]", name, WAS_INVALID)
        elif name in args and name != CHECKED_LATER:
            yield from (error.within(f"pluginConfig[{i}].args") for error in arg_errors(args[name]))


def _queue_sort_errors(profiles: Sequence[KubeSchedulerProfile]) -> Iterator[FieldError]:
    """All profiles share one queue, and so one order in it."""
    first = profiles[0].plugins.queue_sort
    if len(first.enabled) > 1:
        path = "profiles[0].plugins.queueSort.Enabled"
        yield invalid(path, len(first.enabled), "only one queue sort plugin can be enabled")
    for i, profile in enumerate(profiles):
        own = profile.plugins.queue_sort
        if own != first:
            shown = {
                key: [{"Name": entry.name, "Weight": entry.weight} for entry in entries] or None
                for key, entries in (("Enabled", own.enabled), ("Disabled", own.disabled))
            }
            yield invalid(f"profiles[{i}].plugins.queueSort", shown, "must be the same for all profiles")
