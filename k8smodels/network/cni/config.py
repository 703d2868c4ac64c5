"""Network configurations: a ``.conflist`` names a network and the plugins that make it, one after another.

References
----------
github.com/containernetworking/cni v1.3.0: libcni/conf.go
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from k8smodels.api.gotext import quote
from k8smodels.api.structure import JSON
from k8smodels.network.cni.gojson import JSONError, decode, decode_object, go_type, kind, type_error
from k8smodels.network.cni.spec import CURRENT_VERSION, VersionError, parse_version

_LIST = "error parsing configuration list"
_ONE = "error parsing configuration"


class ConfigError(ValueError):
    """A configuration that libcni does not read; the text is libcni's."""


@dataclass(frozen=True, slots=True)
class PluginConfig:
    """One plugin's part of a network.

    Attributes
    ----------
    type
        The name of the program.
    name, cni_version
        Usually empty: the list's own are injected.
    capabilities
        What the plugin says it can do with values that differ from pod to pod, such as ``portMappings``.
    document
        The whole JSON object, with the plugin's own fields.
    """

    type: str
    name: str
    cni_version: str
    capabilities: Mapping[str, bool]
    document: Mapping[str, JSON]

    def with_values(self, values: Mapping[str, JSON]) -> PluginConfig:
        """The same with fields set: libcni's ``InjectConf``."""
        return plugin_config({**self.document, **values})


@dataclass(frozen=True, slots=True)
class NetworkConfigList:
    """A network.

    Attributes
    ----------
    name, cni_version
        What every plugin is given as its own. The version is the newest that libcni knows of those offered.
    plugins
        In the order of ADD; DEL goes backwards.
    disable_check, disable_gc
        Whether CHECK and GC do nothing.
    load_only_inlined_plugins
        Whether the directory named after the network is not looked at.
    text
        What was read.
    """

    name: str
    cni_version: str
    plugins: tuple[PluginConfig, ...]
    disable_check: bool = False
    disable_gc: bool = False
    load_only_inlined_plugins: bool = False
    text: str = ""


def plugin_config(document: JSON) -> PluginConfig:
    """One plugin's configuration from its JSON.

    Raises
    ------
    ConfigError
        It has no type, or a field that all plugins share has the wrong one.
    """
    try:
        fields = _checked(document)
    except JSONError as error:
        raise ConfigError(f"{_ONE}: {error}") from None
    if not fields.get("type"):
        raise ConfigError(f"{_ONE}: missing 'type'")
    kind_of, name, version = (fields.get(key) or "" for key in ("type", "name", "cniVersion"))
    return PluginConfig(kind_of, name, version, fields.get("capabilities") or {}, fields)


def plugin_config_from_text(text: str) -> PluginConfig:
    """One plugin's configuration from a file's text, as ``.conf`` files have it.

    Raises
    ------
    ConfigError
        As `plugin_config` does, or the text is no JSON.
    """
    try:
        document = decode(text)
    except JSONError as error:
        raise ConfigError(f"{_ONE}: {error}") from None
    return plugin_config(document)


def network_config_list(text: str) -> NetworkConfigList:
    """The network that a ``.conflist`` file's text describes.

    Raises
    ------
    ConfigError
        libcni would not read it.
    """
    try:
        document = decode_object(text)
    except JSONError as error:
        raise ConfigError(f"{_LIST}: {error}") from None
    if "name" not in document:
        raise ConfigError(f"{_LIST}: no name")
    if not isinstance(document["name"], str):
        raise ConfigError(f"{_LIST}: invalid name type {go_type(document['name'])}")
    version = _version(document)
    no_check, no_gc, only = (_flag(document, key) for key in ("disableCheck", "disableGC", "loadOnlyInlinedPlugins"))
    return NetworkConfigList(document["name"], version, tuple(_plugins(document, only)), no_check, no_gc, only, text)


def _checked(document: JSON) -> Mapping[str, JSON]:
    """The object, whose common fields have the right types."""
    if document is not None and not isinstance(document, dict):
        raise JSONError(f"json: cannot unmarshal {kind(document)} into Go value of type types.PluginConf")
    for name, value in (document or {}).items():
        if value is None:
            continue
        if name in ("cniVersion", "name", "type") and not isinstance(value, str):
            raise type_error(value, f"PluginConf.{name}", "string")
        if name == "capabilities":
            _check_capabilities(value)
        if name == "prevResult" and not isinstance(value, dict):
            raise type_error(value, "PluginConf.prevResult", "map[string]interface {}")
        if name == "ipam":
            _check_ipam(value)
    return document or {}


def _check_capabilities(value: JSON) -> None:
    if not isinstance(value, dict):
        raise type_error(value, "PluginConf.capabilities", "map[string]bool")
    for able in value.values():
        if able is not None and not isinstance(able, bool):
            raise type_error(able, "PluginConf.capabilities", "bool")


def _check_ipam(value: JSON) -> None:
    if not isinstance(value, dict):
        raise type_error(value, "PluginConf.ipam", "types.IPAM")
    if value.get("type") is not None and not isinstance(value["type"], str):
        raise type_error(value["type"], "PluginConf.ipam.type", "string")


def _version(document: Mapping[str, JSON]) -> str:
    """The newest offered version that is not newer than libcni; without ``cniVersions`` the one that is set."""
    version = document.get("cniVersion", "")
    if not isinstance(version, str):
        raise ConfigError(f"{_LIST}: invalid cniVersion type {go_type(version)}")
    if "cniVersions" not in document:
        return version
    offered = document["cniVersions"]
    if not isinstance(offered, list):
        raise ConfigError(f"{_LIST}: invalid type for cniVersions: []interface {{}}")
    known = [entry for i, entry in enumerate(offered) if _is_known(entry, i)]
    try:
        if version and parse_version(version) <= parse_version(CURRENT_VERSION):
            known.append(version)
    except VersionError as error:
        raise ConfigError(f"{_LIST}: invalid cniVersion {version}: {error}") from None
    return max(known, key=parse_version, default=version)


def _is_known(entry: JSON, index: int) -> bool:
    if not isinstance(entry, str):
        raise ConfigError(f"{_LIST}: invalid type for cniVersions index {index}: {go_type(entry)}")
    try:
        return parse_version(entry) <= parse_version(CURRENT_VERSION)
    except VersionError as error:
        raise ConfigError(f"{_LIST}: invalid cniVersions entry {entry} at index {index}: {error}") from None


def _flag(document: Mapping[str, JSON], key: str) -> bool:
    """A switch, which may be written as text."""
    value = document.get(key, False)
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise ConfigError(f"{_LIST}: invalid type {go_type(value)} for {key}")
    if value.lower() not in ("true", "false"):
        raise ConfigError(f"{_LIST}: invalid value {quote(value.lower())} for {key}")
    return value.lower() == "true"


def _plugins(document: Mapping[str, JSON], only_inlined: bool) -> Iterator[PluginConfig]:
    if "plugins" not in document:
        if only_inlined:
            raise ConfigError(f"{_LIST}: `loadOnlyInlinedPlugins` is true, and no 'plugins' key")
        return
    plugins = document["plugins"]
    if not isinstance(plugins, list):
        raise ConfigError(f"{_LIST}: invalid 'plugins' type {go_type(plugins)}")
    if not plugins:
        raise ConfigError(f"{_LIST}: no plugins in list")
    for i, plugin in enumerate(plugins):
        try:
            yield plugin_config(plugin)
        except ConfigError as error:
            raise ConfigError(f"failed to parse plugin config {i}: {error}") from None
