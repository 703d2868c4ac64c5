"""The directory of configurations, ``/etc/cni/net.d``: which file a runtime takes.

CNI itself names no default network. What is modelled is containerd's choice: the first file by name, and nothing if
that one is broken. libcni additionally reads ``<name>/*.conf`` below the directory for the plugins of a list.

References
----------
github.com/containernetworking/cni v1.3.0: libcni/conf.go, ConfFiles, NetworkConfFromFile
github.com/containerd/go-cni v1.1.13: opts.go, loadFromConfDir; cni.go, Load
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from k8smodels.network.cni.config import (
    ConfigError,
    NetworkConfigList,
    PluginConfig,
    network_config_list,
    plugin_config_from_text,
)

CONF_DIR = "/etc/cni/net.d"
EXTENSIONS = (".conf", ".conflist", ".json")


class LoadError(ValueError):
    """No network was loaded; the text is the runtime's."""


def conf_files(names: Iterable[str], extensions: Iterable[str] = EXTENSIONS) -> tuple[str, ...]:
    """The files that are considered, in order: sorted as text, so that ``10-`` stands before ``9-``."""
    wanted = tuple(extensions)
    return tuple(sorted(name for name in names if "/" not in name and _extension(name) in wanted))


def load_networks(
    files: Mapping[str, str], directory: str = CONF_DIR, max_conf_num: int = 1
) -> tuple[NetworkConfigList, ...]:
    """The networks that containerd uses of the files in a directory.

    Parameters
    ----------
    files
        The text of each file by its name; files of a directory below are ``name/file``.
    directory
        Where they are, for messages.
    max_conf_num
        How many files are read, containerd's ``max_conf_num``: 0 means all. The first network gets ``eth0``, the
        next ``eth1``.

    Raises
    ------
    LoadError
        There is none, or one of them is broken: a later file does not take its place.
    """
    names = conf_files(files)
    if not names:
        raise _load_error(f"no network config found in {directory}: cni plugin not initialized")
    chosen = names[:max_conf_num] if max_conf_num > 0 else names
    return tuple(_load(files, name, directory) for name in chosen)


def _load(files: Mapping[str, str], name: str, directory: str) -> NetworkConfigList:
    is_list = _extension(name) == ".conflist"
    try:
        return _network(files, name) if is_list else upgraded(plugin_config_from_text(files[name]))
    except ConfigError as error:
        what = "list file" if is_list else "file"
        reason = f"failed to load CNI config {what} {directory}/{name}: {error}"
        raise _load_error(f"{reason}: invalid cni config") from None


def upgraded(plugin: PluginConfig) -> NetworkConfigList:
    """The list of one plugin that a ``.conf`` file stands for.

    Raises
    ------
    ConfigError
        libcni would not read that list.
    """
    document = {"name": plugin.name, "cniVersion": plugin.cni_version, "plugins": [dict(plugin.document)]}
    return network_config_list(json.dumps(document))


def _network(files: Mapping[str, str], name: str) -> NetworkConfigList:
    """A list, with the plugins of the directory that has the network's name."""
    network = network_config_list(files[name])
    if not network.load_only_inlined_plugins:
        below = {path.removeprefix(f"{network.name}/") for path in files if path.startswith(f"{network.name}/")}
        more = (plugin_config_from_text(files[f"{network.name}/{file}"]) for file in conf_files(below, (".conf",)))
        network = replace(network, plugins=(*network.plugins, *more))
    if not network.plugins:
        raise ConfigError("no plugin configs found")
    return network


def _load_error(reason: str) -> LoadError:
    return LoadError(f"cni config load failed: {reason}: failed to load cni config")


def _extension(name: str) -> str:
    return "".join(name.rpartition(".")[1:]) if "." in name else ""
