"""What is wrong with a network configuration, field by field, before any plugin is run.

Real runtimes notice such mistakes one at a time, and many only when a pod starts. The rules here are those of libcni
and of the plugins that there are models of; a plugin that is not known is taken as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from k8smodels.api.errors import FieldError, invalid, required, unsupported
from k8smodels.api.structure import JSON
from k8smodels.network.cni.addresses import AddressError
from k8smodels.network.cni.gojson import JSONError, decode
from k8smodels.network.cni.plugins import PROGRAMS
from k8smodels.network.cni.ranges import RangeError, given_ranges, range_set
from k8smodels.network.cni.spec import VERSIONS, CniError, at_least, validate_network_name

_BOOLEANS = ("isGateway", "isDefaultGateway", "ipMasq", "hairpinMode", "promiscMode", "forceAddress", "snat")
_MADE_BY_RUNTIME = ("prevResult", "runtimeConfig")


def network_errors(text: str) -> tuple[FieldError, ...]:
    """Everything that is wrong with the text of a ``.conflist`` file; empty if nothing is.

    The path of a text that is no JSON, or no object, is empty.
    """
    try:
        document = decode(text)
    except JSONError as error:
        return (invalid("", text, f"must be JSON: {error}"),)
    if not isinstance(document, dict):
        return (invalid("", document, "must be an object with the fields cniVersion, name and plugins"),)
    return (*_head_errors(document), *_plugins_errors(document))


def _head_errors(document: Mapping[str, JSON]) -> Iterator[FieldError]:
    name, version = document.get("name"), document.get("cniVersion")
    if name is None:
        yield required("name", "the network's name")
    elif not isinstance(name, str):
        yield invalid("name", name, "must be text")
    else:
        try:
            validate_network_name(name)
        except CniError:
            yield invalid("name", name, "must begin with a letter or digit, then letters, digits, '_', '.' and '-'")
    if version is None and "cniVersions" not in document:
        yield required("cniVersion", "without it plugins answer in version 0.1.0")
    elif version is not None and version not in VERSIONS:
        yield unsupported("cniVersion", version, VERSIONS)


def _plugins_errors(document: Mapping[str, JSON]) -> Iterator[FieldError]:
    plugins = document.get("plugins")
    if plugins is None:
        if "type" in document:
            yield required("plugins", "an object with a type alone belongs into a .conf file")
        else:
            yield required("plugins", "at least one plugin")
    elif not isinstance(plugins, list) or not plugins:
        yield invalid("plugins", plugins, "must be a list of at least one plugin")
    else:
        for i, plugin in enumerate(plugins):
            yield from (error.within(f"plugins[{i}]") for error in _plugin_errors(document, plugin, i))


def _plugin_errors(network: Mapping[str, JSON], plugin: JSON, index: int) -> Iterator[FieldError]:
    if not isinstance(plugin, dict):
        yield invalid("", plugin, "must be an object with a type")
        return
    type_ = plugin.get("type")
    if type_ is None:
        yield required("type", "the name of a program in a directory of CNI_PATH")
    elif not isinstance(type_, str) or not type_ or "/" in type_:
        yield invalid("type", type_, "must be the name of a program, without a directory")
    else:
        yield from _version_errors(network, type_)
        if index == 0 and type_ in ("portmap", "bandwidth", "firewall", "tuning"):
            yield invalid("type", type_, "must not be the first plugin: it changes what another one made")
    yield from _value_errors(plugin)
    if plugin.get("ipam") is not None:
        yield from (error.within("ipam") for error in _ipam_errors(plugin["ipam"]))


def _version_errors(network: Mapping[str, JSON], plugin: str) -> Iterator[FieldError]:
    version = network.get("cniVersion")
    known = PROGRAMS.get(plugin)
    if known is not None and version in VERSIONS and not at_least(version, known.versions[0]):
        yield invalid("type", plugin, f"does not know version {version}: it needs {known.versions[0]} or newer")


def _value_errors(plugin: Mapping[str, JSON]) -> Iterator[FieldError]:
    capabilities = plugin.get("capabilities") or {}
    if not isinstance(capabilities, dict):
        yield invalid("capabilities", capabilities, "must be an object of true and false")
    else:
        for name, able in capabilities.items():
            if not isinstance(able, bool):
                yield invalid(f"capabilities.{name}", able, "must be true or false")
    for name in _BOOLEANS:
        if plugin.get(name) is not None and not isinstance(plugin[name], bool):
            yield invalid(name, plugin[name], "must be true or false")
    for name in _MADE_BY_RUNTIME:
        if name in plugin:
            yield FieldError(name, "Forbidden", detail="the runtime sets it")


def _ipam_errors(ipam: JSON) -> Iterator[FieldError]:
    if not isinstance(ipam, dict):
        yield invalid("", ipam, "must be an object with a type")
        return
    if not ipam.get("type"):
        yield required("type", "the program that gives addresses, such as host-local")
    if ipam.get("type") != "host-local":
        return
    ranges = ipam.get("ranges") or ()
    if not ranges and ipam.get("subnet") is None:
        yield required("ranges", "sets of ranges: [[{subnet}]]")
    if not isinstance(ranges, list | tuple):
        yield invalid("ranges", ranges, "must be a list of sets of ranges: [[{subnet}]]")
        return
    old = [("", [ipam])] if ipam.get("subnet") is not None else []
    for path, documents in (*old, *((f"ranges[{i}]", item) for i, item in enumerate(ranges))):
        try:
            range_set(given_ranges(documents))
        except (AddressError, JSONError, RangeError) as error:
            yield invalid(path or "subnet", documents if path else ipam["subnet"], str(error))
