"""tuning: sets the kernel's switches and an interface's properties in the pod, and puts the latter back.

What is left out: the length of the transmit queue, all-multicast, and a list of settings that are allowed.

References
----------
github.com/containernetworking/plugins v1.9.1: plugins/meta/tuning/tuning.go
"""

from __future__ import annotations

import json
from dataclasses import replace

from k8smodels.api.gotext import quote
from k8smodels.network.cni.effects import change_link, delete_file, set_sysctl, write_file
from k8smodels.network.cni.execution import Execution, PluginError, Program
from k8smodels.network.cni.node import Link
from k8smodels.network.cni.plugins.attaching import require_previous
from k8smodels.network.cni.plugins.fields import checked_mac, checked_mtu, flag, number, section, word
from k8smodels.network.cni.result import Result

_DATA_DIR = "/run/cni/tuning"
_NOT_MODELLED = ("txQLen", "allmulti", "args")


def add(run: Execution) -> Result:
    """Write the settings, remember what the interface was like, and change it."""
    previous = require_previous(run)
    run.pod()
    for key in section(run.config, "sysctl"):
        run.do(set_sysctl(run.call.netns, _sysctl_key(run, key), word(section(run.config, "sysctl"), key)))
    mac, mtu, promiscuous = _wanted(run)
    if not (mac or mtu or promiscuous):
        return previous
    link = _link(run)
    _remember(run, link)
    _change(run, mac, mtu, promiscuous)
    name = run.call.if_name
    interfaces = tuple(replace(item, mac=mac) if mac and item.name == name else item for item in previous.interfaces)
    return replace(previous, interfaces=interfaces)


def _wanted(run: Execution) -> tuple[str, int, bool]:
    """The hardware address, the MTU and promiscuity that are asked for."""
    mac = word(section(run.config, "runtimeConfig"), "mac") or word(run.config, "mac")
    return checked_mac(mac) if mac else "", number(run.config, "mtu"), flag(run.config, "promisc")


def _sysctl_key(run: Execution, key: str) -> str:
    """The setting's name; ``IFNAME`` in it stands for the pod's interface."""
    parts = key.replace(".", "/").replace("IFNAME", run.call.if_name, 1)
    if not parts.startswith("net/") or ".." in key.split("/"):
        raise PluginError(f"invalid net sysctl key: {quote(parts)}")
    return parts.replace("/", ".")


def _link(run: Execution) -> Link:
    link = run.pod().link(run.call.if_name)
    if link is None:
        raise PluginError(f"failed to get {quote(run.call.if_name)}: Link not found")
    return link


def _change(run: Execution, mac: str, mtu: int, promiscuous: bool | None) -> None:
    pod, name = run.call.netns, run.call.if_name
    if mac:
        run.do(change_link(pod, name, f"address {mac}", lambda link: replace(link, mac=mac)))
    if promiscuous is not None and promiscuous != _link(run).promiscuous:
        words = f"promisc {'on' if promiscuous else 'off'}"
        run.do(change_link(pod, name, words, lambda link: replace(link, promiscuous=promiscuous)))
    if mtu:
        checked_mtu(mtu if mtu > 0 else 1, 0, "")
        run.do(change_link(pod, name, f"mtu {mtu}", lambda link: replace(link, mtu=mtu)))


def _backup_path(run: Execution) -> str:
    directory = word(run.config, "dataDir", _DATA_DIR)
    return f"{directory}/{run.call.container_id}_{run.call.if_name}.json"


def _remember(run: Execution, link: Link) -> None:
    mac, mtu, promiscuous = _wanted(run)
    before = {
        **({"mac": link.mac} if mac else {}),
        **({"promisc": link.promiscuous} if promiscuous else {}),
        **({"mtu": link.mtu} if mtu else {}),
    }
    run.do(write_file(_backup_path(run), json.dumps(before, indent=1)))


def delete(run: Execution) -> None:
    """Put the interface back as it was; settings of the kernel go with the namespace."""
    path = _backup_path(run)
    netns = run.node.namespaces.get(run.call.netns)
    if netns is None or netns.link(run.call.if_name) is None or path not in run.node.files:
        return
    before = json.loads(run.node.files[path])
    _change(run, before.get("mac", ""), before.get("mtu", 0), before.get("promisc"))
    run.do(delete_file(path))


def check(run: Execution) -> None:
    """Whether settings and properties are as they were set."""
    require_previous(run)
    sysctls = run.pod().sysctls
    for key, value in section(run.config, "sysctl").items():
        found = sysctls.get(_sysctl_key(run, key), "")
        if found != value:
            name = key.replace(".", "/").replace("IFNAME", run.call.if_name, 1)
            raise PluginError(f"Error: Tuning configured value of {name} is {value}, current value is {found}")
    mac, mtu, _ = _wanted(run)
    link = _link(run)
    if mac and mac != link.mac:
        raise PluginError(
            f"Error: Tuning configured Ethernet of {run.call.if_name} is {mac}, current value is {link.mac}"
        )
    if mtu and mtu != link.mtu:
        raise PluginError(f"Error: Tuning configured MTU of {run.call.if_name} is {mtu}, current value is {link.mtu}")


TUNING = Program("tuning", {"ADD": add, "DEL": delete, "CHECK": check}, not_modelled=_NOT_MODELLED)
