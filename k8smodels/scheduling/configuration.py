"""Profiles from a real KubeSchedulerConfiguration.

Not modelled: extenders, and connections and leader election, which change no decision. A plugin counts as a filter or a
score by its place in `filter` and `score`; ``preFilter``, ``preScore`` and the later points only have their names
checked.

References
----------
cmd/kube-scheduler/app/options/configfile.go; pkg/scheduler/apis/config/scheme; pkg/scheduler/profile (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from k8smodels.api.errors import DecodeError, FieldError
from k8smodels.api.pod import Pod
from k8smodels.api.structure import unknown_fields
from k8smodels.api.yaml_text import read_documents
from k8smodels.scheduling.configuration_args import decode_args
from k8smodels.scheduling.configuration_plugins import build_profile
from k8smodels.scheduling.configuration_types import GROUP, KIND, POINTS, VERSION, KubeSchedulerConfiguration
from k8smodels.scheduling.configuration_validation import MAX_INT32, validate_configuration
from k8smodels.scheduling.profile import Profile

DEFAULT_SCHEDULER = "default-scheduler"

_SCHEME = "pkg/runtime/scheme.go:111"


@dataclass(frozen=True)
class SchedulerConfiguration:
    """What a configuration says.

    Attributes
    ----------
    profiles
        The profiles by scheduler name.
    pod_initial_backoff_seconds, pod_max_backoff_seconds
        The first and the longest wait after a failure.
    percentage_of_nodes_to_score
        How many of the nodes to look for, as far as the file says so. The model looks at all.
    """

    profiles: Mapping[str, Profile]
    pod_initial_backoff_seconds: int
    pod_max_backoff_seconds: int
    percentage_of_nodes_to_score: int | None = None

    def profile_for(self, pod: Pod) -> Profile | None:
        """The profile that places `pod`; None if it waits for another scheduler."""
        return self.profiles.get(pod.spec.scheduler_name or DEFAULT_SCHEDULER)


def load_configuration(text: str, source: str = "input") -> SchedulerConfiguration:
    """The profiles that the YAML or JSON `text` describes.

    Parameters
    ----------
    text
        A file for ``kube-scheduler --config``.
    source
        What to call it in errors.

    Raises
    ------
    DecodeError
        It is no such configuration: another kind or version, unknown fields, values of the wrong type.
    ConfigurationError
        Its values are not allowed.
    ProfileError
        Its plugins make no scheduler.

    Examples
    --------
    >>> configuration = load_configuration('''
    ... apiVersion: kubescheduler.config.k8s.io/v1
    ... kind: KubeSchedulerConfiguration
    ... profiles:
    ... - schedulerName: packing
    ...   plugins:
    ...     score:
    ...       disabled: [{name: "*"}]
    ...       enabled: [{name: NodeResourcesFit, weight: 5}]
    ... ''')
    >>> [(plugin.name, weight) for plugin, weight in configuration.profiles["packing"].scorers]
    [('NodeResourcesFit', 5)]
    """
    written = with_default_profile(decode(text, source))
    args = [decode_args(profile, i, source) for i, profile in enumerate(written.profiles)]
    validate_configuration(written, args)
    profiles = {
        profile.scheduler_name: build_profile(profile, own) for profile, own in zip(written.profiles, args, strict=True)
    }
    return SchedulerConfiguration(
        profiles,
        written.pod_initial_backoff_seconds,
        written.pod_max_backoff_seconds,
        written.percentage_of_nodes_to_score,
    )


def decode(text: str, source: str = "input") -> KubeSchedulerConfiguration:
    """The configuration as it is written, with nothing but its form checked.

    Raises
    ------
    DecodeError
        It is no such configuration.
    """
    documents = read_documents(text, source)
    if len(documents) != 1 or not isinstance(documents[0], Mapping):
        raise DecodeError(source, f"one {KIND} is wanted")
    document: Mapping[str, Any] = documents[0]
    _check_type(document, text, source)
    try:
        found = KubeSchedulerConfiguration.from_json(document)
    except FieldError as error:
        raise DecodeError(source, str(error)) from None
    unknown = unknown_fields(found)
    if unknown:
        fields = ", ".join(f'unknown field "{name}"' for name in unknown)
        raise DecodeError(source, f"strict decoding error: {fields}")
    _check_weights(found, source)
    return found


def with_default_profile(written: KubeSchedulerConfiguration) -> KubeSchedulerConfiguration:
    """`written` with a profile if it has none, and a name for the profile if there is only one."""
    profiles = written.profiles or KubeSchedulerConfiguration.from_json({"profiles": [{}]}).profiles
    if len(profiles) == 1 and not profiles[0].scheduler_name:
        profiles = (replace(profiles[0], scheduler_name=DEFAULT_SCHEDULER),)
    return replace(written, profiles=profiles)


def _check_type(document: Mapping[str, Any], text: str, source: str) -> None:
    kind, version = document.get("kind"), document.get("apiVersion")
    for name, value in (("Kind", kind), ("apiVersion", version)):
        if not value:
            raise DecodeError(source, f"Object '{name}' is missing in '{text}'")
    if (kind, version) == (KIND, VERSION):
        return
    if version == VERSION and str(kind).endswith("Args"):
        raise DecodeError(source, f"couldn't decode as {KIND}, got {GROUP}/v1, Kind={kind}: ")
    raise DecodeError(source, f'no kind "{kind}" is registered for version "{version}" in scheme "{_SCHEME}"')


def _check_weights(found: KubeSchedulerConfiguration, source: str) -> None:
    """Refuse weights that do not fit into the API's 32 bits."""
    for profile in found.profiles:
        for point in (*POINTS, "multiPoint"):
            for entry in profile.plugins.at(point).enabled:
                if not -MAX_INT32 - 1 <= entry.weight <= MAX_INT32:
                    field = f"Plugin.profiles.plugins.{point}.enabled.weight of type int32"
                    problem = f"json: cannot unmarshal number {entry.weight} into Go struct field {field}"
                    raise DecodeError(source, problem)
