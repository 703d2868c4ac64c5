"""host-local as a program: the rules of `k8smodels.network.cni.host_local`, with files of the node.

References
----------
github.com/containernetworking/plugins v1.9.1: plugins/ipam/host-local/{main,dns}.go
"""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.network.cni.effects import delete_file, write_file
from k8smodels.network.cni.execution import Execution, PluginError, Program
from k8smodels.network.cni.host_local import IpamConfig, IpamError, allocate, check, ipam_config, release
from k8smodels.network.cni.leases import Leases
from k8smodels.network.cni.result import DNS, Result
from k8smodels.network.cni.spec import CURRENT_VERSION


def add(run: Execution) -> Result:
    """Take an address from each set."""
    config = ipam_config(run.config, run.call.args)
    dns = _name_servers(run, config.resolv_conf) if config.resolv_conf else DNS()
    before = leases_of(run.node.files, config)
    try:
        ips, leases = allocate(config, before, run.call.container_id, run.call.if_name)
    except IpamError as error:
        _keep(run, config, before, before if error.leases is None else error.leases)
        raise
    _keep(run, config, before, leases)
    return Result(CURRENT_VERSION, (), ips, tuple(config.routes), dns)


def delete(run: Execution) -> None:
    """Give the addresses back."""
    config = ipam_config(run.config, run.call.args)
    before = leases_of(run.node.files, config)
    _keep(run, config, before, release(before, run.call.container_id, run.call.if_name))


def check_lease(run: Execution) -> None:
    """Whether the interface has an address."""
    config = ipam_config(run.config, run.call.args)
    check(leases_of(run.node.files, config), run.call.container_id, run.call.if_name)


def leases_of(files: Mapping[str, str], config: IpamConfig) -> Leases:
    """The files of the network's directory."""
    directory = f"{config.data_dir}/{config.network}/"
    return {path.removeprefix(directory): text for path, text in files.items() if path.startswith(directory)}


def _keep(run: Execution, config: IpamConfig, before: Leases, after: Leases) -> None:
    """Write what differs."""
    directory = f"{config.data_dir}/{config.network}"
    run.do(*(delete_file(f"{directory}/{name}") for name in before if name not in after))
    changed = ((name, text) for name, text in after.items() if before.get(name) != text)
    run.do(*(write_file(f"{directory}/{name}", text) for name, text in changed))


def _name_servers(run: Execution, path: str) -> DNS:
    """What a file in the form of ``resolv.conf`` says."""
    if path not in run.node.files:
        raise PluginError(f"open {path}: no such file or directory")
    words: dict[str, list[str]] = {"nameserver": [], "domain": [], "search": [], "options": []}
    for line in run.node.files[path].splitlines():
        key, *values = line.split() or [""]
        if key in words and values:
            words[key] = values[:1] if key == "domain" else words[key] + (values[:1] if key == "nameserver" else values)
    return DNS(tuple(words["nameserver"]), "".join(words["domain"]), tuple(words["search"]), tuple(words["options"]))


HOST_LOCAL = Program("host-local", {"ADD": add, "DEL": delete, "CHECK": check_lease})
