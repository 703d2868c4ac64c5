"""Results that are remembered between ADD and DEL, in files of ``/var/lib/cni/results``.

References
----------
github.com/containernetworking/cni v1.3.0: libcni/api.go, cacheAdd, getCachedResult, GetCachedAttachments
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from k8smodels.api.gotext import quote
from k8smodels.api.structure import JSON
from k8smodels.network.cni.config import NetworkConfigList
from k8smodels.network.cni.convert import as_version
from k8smodels.network.cni.result import AnyResult, ResultError
from k8smodels.network.cni.runtime_conf import RuntimeConf

CACHE_DIR = "/var/lib/cni/results"


class CacheError(ValueError):
    """A result that cannot be remembered or given back; the text is libcni's."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A pod's interface in a network, as ADD left it."""

    network: str
    runtime: RuntimeConf
    config_text: str
    result: AnyResult | None

    @property
    def container_id(self) -> str:
        """The pod's sandbox."""
        return self.runtime.container_id

    @property
    def if_name(self) -> str:
        """The pod's interface."""
        return self.runtime.if_name

    def to_json(self) -> dict[str, JSON]:
        """What the file of the cache holds."""
        runtime = self.runtime
        optional = {
            "netns": runtime.netns,
            "cniArgs": [list(pair) for pair in runtime.args],
            "capabilityArgs": dict(runtime.capability_args),
            "result": self.result and self.result.to_json(),
        }
        return {
            "kind": "cniCacheV1",
            "containerId": runtime.container_id,
            "config": base64.b64encode(self.config_text.encode()).decode(),
            "ifName": runtime.if_name,
            "networkName": self.network,
            **{name: value for name, value in optional.items() if value},
        }


Cache = Mapping[str, Attachment]
"""Attachments by the name of their file."""


def file_name(network: NetworkConfigList, runtime: RuntimeConf) -> str:
    """The file of a pod's interface in a network.

    Raises
    ------
    CacheError
        A part of the name is missing.
    """
    if not (network.name and runtime.container_id and runtime.if_name):
        names = (quote(name) for name in (network.name, runtime.container_id, runtime.if_name))
        text = "cache file path requires network name ({}), container ID ({}), and interface name ({})"
        raise CacheError(text.format(*names))
    return f"{network.name}-{runtime.container_id}-{runtime.if_name}"


def with_result(cache: Cache, network: NetworkConfigList, runtime: RuntimeConf, result: AnyResult | None) -> Cache:
    """The cache with a result more.

    Raises
    ------
    CacheError
        It has no name.
    """
    return {**cache, file_name(network, runtime): Attachment(network.name, runtime, network.text, result)}


def without(cache: Cache, network: NetworkConfigList, runtime: RuntimeConf) -> Cache:
    """The cache without a result; one that is not there is no error."""
    try:
        name = file_name(network, runtime)
    except CacheError:
        return cache
    return {key: attachment for key, attachment in cache.items() if key != name}


def cached_result(cache: Cache, network: NetworkConfigList, runtime: RuntimeConf) -> AnyResult | None:
    """What ADD gave, in the version that the network has now; none if there was no ADD.

    Raises
    ------
    CacheError
        It has no name, or cannot be had in that version.
    """
    attachment = cache.get(file_name(network, runtime))
    if attachment is None or attachment.result is None:
        return None
    try:
        return as_version(attachment.result, network.cni_version)
    except ResultError as error:
        version = quote(network.cni_version)
        raise CacheError(f"failed to convert cached result to config version {version}: {error}") from None
