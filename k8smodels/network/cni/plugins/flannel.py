"""flannel: writes the configuration of another plugin, usually bridge, from what the node's daemon knows, and runs it.

The daemon (``flanneld``) gets the node's pod CIDR and leaves it in a file; carrying packets between nodes is its
work, not the plugin's.

References
----------
github.com/flannel-io/cni-plugin: flannel.go, flannel_linux.go (read at 6f13a99d, 084d30bd)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from k8smodels.network.cni.addresses import parse_cidr
from k8smodels.network.cni.effects import delete_file, write_file
from k8smodels.network.cni.execution import Execution, PluginError, Program
from k8smodels.network.cni.plugins.fields import objects, section, word
from k8smodels.network.cni.result import Result
from k8smodels.network.cni.spec import CniError

SUBNET_FILE = "/run/flannel/subnet.env"
_DATA_DIR = "/var/lib/cni/flannel"


def subnet_env(network: str, subnet: str, mtu: int, *, ip_masq: bool = True) -> str:
    """What flanneld writes: the pods' network, the node's part of it, the MTU, and whether it masquerades itself."""
    lines = (network, subnet, mtu, "true" if ip_masq else "false")
    names = ("FLANNEL_NETWORK", "FLANNEL_SUBNET", "FLANNEL_MTU", "FLANNEL_IPMASQ")
    return "".join(f"{name}={value}\n" for name, value in zip(names, lines, strict=True))


def add(run: Execution) -> Result | None:
    """Run the plugin that `delegate_config` describes, and remember how, for DEL."""
    config = delegate_config(run)
    run.do(write_file(_scratch_path(run), json.dumps(config)))
    try:
        return run.delegate(config["type"], "ADD", config)
    except (PluginError, CniError) as error:
        raise PluginError(f"failed to delegate add: {error}") from None


def delegate_config(run: Execution) -> dict[str, Any]:
    """The configuration of the plugin that does the work.

    Raises
    ------
    PluginError
        The daemon's file is missing or incomplete, or ``delegate`` sets what flannel sets.
    """
    env = _subnet_env(run)
    given = dict(section(run.config, "delegate"))
    if "type" in given and not isinstance(given["type"], str):
        raise PluginError("'delegate' dictionary, if present, must have (string) 'type' field")
    for name in ("name", "ipam"):
        if name in given:
            raise PluginError(f"'delegate' dictionary must not have '{name}' field, it'll be set by flannel")
    runtime = section(run.config, "runtimeConfig")
    defaults: dict[str, Any] = {
        "type": "bridge",
        "ipMasq": env["FLANNEL_IPMASQ"] != "true",
        "mtu": int(env["FLANNEL_MTU"]),
    }
    config = {**defaults, **given, **({"runtimeConfig": runtime} if runtime else {})}
    if config["type"] == "bridge":
        config.setdefault("isGateway", True)
    version = {"cniVersion": word(run.config, "cniVersion")} if run.config.get("cniVersion") else {}
    return {**config, **version, "name": word(run.config, "name"), "ipam": _ipam(run, env)}


def _ipam(run: Execution, env: Mapping[str, str]) -> dict[str, Any]:
    """Addresses from the node's part; the pods' whole network is reached through the gateway."""
    own = section(run.config, "ipam")
    subnets = [env[name] for name in ("FLANNEL_SUBNET", "FLANNEL_IPV6_SUBNET") if name in env]
    networks = [env[name] for name in ("FLANNEL_NETWORK", "FLANNEL_IPV6_NETWORK") if name in env]
    routes = [*objects(own, "routes"), *({"dst": network} for network in networks)]
    return {"type": "host-local", **own, "ranges": [[{"subnet": subnet}] for subnet in subnets], "routes": routes}


def _subnet_env(run: Execution) -> dict[str, str]:
    path = word(run.config, "subnetFile", SUBNET_FILE)
    if path not in run.node.files:
        raise PluginError(f"open {path}: no such file or directory")
    env = dict(line.split("=", 1) for line in run.node.files[path].splitlines() if "=" in line)
    pairs = (("FLANNEL_NETWORK", "FLANNEL_IPV6_NETWORK"), ("FLANNEL_SUBNET", "FLANNEL_IPV6_SUBNET"))
    missing = [name for pair in pairs if not set(pair) & env.keys() for name in pair]
    missing += [name for name in ("FLANNEL_MTU", "FLANNEL_IPMASQ") if name not in env]
    if missing:
        raise PluginError(f"{path} is missing {', '.join(missing)}")
    if not env["FLANNEL_MTU"].isdecimal():
        raise PluginError(f'strconv.ParseUint: parsing "{env["FLANNEL_MTU"]}": invalid syntax')
    networks = {name: str(parse_cidr(env[name]).network) for pair in pairs for name in pair if name in env}
    return {**env, **networks}


def _scratch_path(run: Execution) -> str:
    return f"{word(run.config, 'dataDir', _DATA_DIR)}/{run.call.container_id}"


def delete(run: Execution) -> None:
    """Run the same plugin as ADD did; if that is not known any more, there is nothing to do."""
    path = _scratch_path(run)
    if path not in run.node.files:
        return
    config = json.loads(run.node.files[path])
    run.delegate(config["type"], "DEL", config)
    run.do(delete_file(path))


FLANNEL = Program("flannel", {"ADD": add, "DEL": delete})
