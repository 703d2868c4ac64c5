"""Which configuration the kubelet took while it ran the plugins itself, with dockershim.

The words that libcni puts into a warning are those of its version 1.3.0, not of the one from 2020.

References
----------
pkg/kubelet/dockershim/network/cni/cni.go (v1.19), getDefaultCNINetwork
github.com/containernetworking/cni: libcni/api.go, ValidateNetworkList
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from k8smodels.network.cni.call import PLUGIN_DIR, find_problem
from k8smodels.network.cni.config import (
    ConfigError,
    NetworkConfigList,
    network_config_list,
    plugin_config_from_text,
)
from k8smodels.network.cni.directory import CONF_DIR, conf_files, upgraded


@dataclass(frozen=True, slots=True)
class DefaultNetwork:
    """The kubelet's choice.

    Attributes
    ----------
    file, network
        What it took; empty and none if it took nothing.
    skipped
        The files before it, each with the kubelet's warning.
    error
        Why there is no network; empty if there is one.
    """

    file: str
    network: NetworkConfigList | None
    skipped: Mapping[str, str]
    error: str = ""


def default_network(
    files: Mapping[str, str], installed: Collection[str], directory: str = CONF_DIR, path: str = PLUGIN_DIR
) -> DefaultNetwork:
    """The first file by name that can be read and whose plugins are all there; others are skipped with a warning.

    Parameters
    ----------
    files
        The text of each file by its name.
    installed
        The plugins in `path`.
    directory
        Where the files are, for messages.
    path
        The directory of plugins, for messages.
    """
    skipped: dict[str, str] = {}
    names = conf_files(files)
    for name in names:
        try:
            network = _read(files[name], name, directory)
        except ConfigError as error:
            skipped[name] = str(error)
            continue
        problem = _missing(network, installed, path)
        if not problem:
            return DefaultNetwork(name, network, skipped)
        skipped[name] = f"Error validating CNI config list {network.text}: {problem}"
    reason = "no valid networks found" if names else "no networks found"
    return DefaultNetwork("", None, skipped, f"{reason} in {directory}")


def _read(text: str, name: str, directory: str) -> NetworkConfigList:
    is_list = name.endswith(".conflist")
    try:
        network = network_config_list(text) if is_list else upgraded(plugin_config_from_text(text))
    except ConfigError as error:
        what = "config list file" if is_list else "config file"
        raise ConfigError(f"Error loading CNI {what} {directory}/{name}: {error}") from None
    if not network.plugins:
        raise ConfigError(f"CNI config list {text} has no networks, skipping")
    return network


def _missing(network: NetworkConfigList, installed: Collection[str], path: str) -> str:
    """What is not installed, in libcni's words; empty if nothing is missing."""
    problems = (find_problem(plugin.type, lambda name: name in installed, path) for plugin in network.plugins)
    found = " ".join(problem for problem in problems if problem)
    return f"[{found}]" if found else ""
