"""The text of the IPVS mode's tools.

References
----------
ipvsadm(8), ipset(8): save and restore
"""

from __future__ import annotations

from collections.abc import Iterator

from k8smodels.kubeproxy.ipvs.sync import Sync

_FLAGS = {"TCP": "-t", "UDP": "-u", "SCTP": "--sctp-service"}


def ipvsadm_lines(kernel: Sync) -> Iterator[str]:
    """What ``ipvsadm --restore`` reads."""
    for server in kernel.virtual_servers:
        service = f"{_FLAGS[server.protocol]} {server.address}"
        persistent = f" -p {server.persistent_seconds}" if server.persistent_seconds else ""
        flags = " -b mh-port" if server.hashes_source_port else ""
        yield f"-A {service} -s {server.scheduler}{persistent}{flags}"
        for endpoint in server.real_servers:
            yield f"-a {service} -r {endpoint.address} -m -w 1"


def ipset_lines(kernel: Sync) -> Iterator[str]:
    """What ``ipset restore`` reads."""
    for name, entries in kernel.ip_sets.items():
        yield f"create {name} {_type(entries[0])} -exist"
        yield from (f"add {name} {entry} -exist" for entry in entries)


def _type(entry: str) -> str:
    if entry.isdigit():
        return "bitmap:port range 0-65535"
    family = "inet6" if ":" in entry.split(",", maxsplit=1)[0] else "inet"
    kind = {1: "hash:ip", 2: "hash:ip,port", 3: "hash:ip,port,ip"}[len(entry.split(","))]
    return f"{'hash:ip,port,net' if '/' in entry else kind} family {family}"
