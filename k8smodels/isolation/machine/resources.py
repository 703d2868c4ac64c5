"""What the uts, ipc, net, cgroup and time namespaces give their members: names, objects, ports, views.

Not modelled: UDP, IPv6, routes between machines, address families, queues' contents.

References
----------
sethostname(2), msgget(2), bind(2), connect(2), cgroup_namespaces(7), time_namespaces(7)
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from k8smodels.i18n import _
from k8smodels.isolation.machine.capabilities import capable, require
from k8smodels.isolation.machine.errors import refuse
from k8smodels.isolation.machine.files import is_within
from k8smodels.isolation.machine.machine import Machine
from k8smodels.isolation.machine.namespaces import (
    CgroupNamespace,
    IpcNamespace,
    NetNamespace,
    TimeNamespace,
    UtsNamespace,
)
from k8smodels.isolation.machine.processes import Socket

ANY_ADDRESS = "0.0.0.0"  # noqa: S104 (the address that a program names to listen on all)
HOSTNAME_LIMIT = 64


def hostname(machine: Machine, pid: int) -> str:
    """The host name as process `pid` sees it."""
    return machine.joined(machine.process(pid), UtsNamespace).hostname


def sethostname(machine: Machine, pid: int, name: str) -> Machine:
    """Change the host name for all in the same uts namespace.

    Raises
    ------
    Refused
        EPERM without CAP_SYS_ADMIN over the namespace, EINVAL if the name is longer than 64 bytes.
    """
    process = machine.caller(pid)
    uts = machine.joined(process, UtsNamespace)
    require(machine, process, uts.owner, "CAP_SYS_ADMIN")
    if len(name.encode(errors="surrogatepass")) > HOSTNAME_LIMIT:
        refuse("EINVAL", _("a host name has at most {limit} bytes").format(limit=HOSTNAME_LIMIT))
    return machine.with_namespace(replace(uts, hostname=name))


def msgget(machine: Machine, pid: int, key: int) -> Machine:
    """Make a message queue (``IPC_CREAT | IPC_EXCL``); EEXIST if the key is taken in the ipc namespace."""
    ipc = machine.joined(machine.caller(pid), IpcNamespace)
    if key in ipc.keys:
        refuse("EEXIST", _("key {key} is taken in this ipc namespace").format(key=key))
    return machine.with_namespace(replace(ipc, keys=ipc.keys | {key}))


def ipc_keys(machine: Machine, pid: int) -> frozenset[int]:
    """The keys of the objects that process `pid` can use, as ipcs(1) lists them."""
    return machine.joined(machine.process(pid), IpcNamespace).keys


def link_up(machine: Machine, pid: int, device: str) -> Machine:
    """``ip link set DEVICE up``: its address becomes the network namespace's own.

    Raises
    ------
    Refused
        EPERM without CAP_NET_ADMIN over the namespace, ENODEV without such a device.
    """
    process = machine.caller(pid)
    net = machine.joined(process, NetNamespace)
    require(machine, process, net.owner, "CAP_NET_ADMIN")
    found = net.devices.get(device) or refuse("ENODEV", _("no device {name} here").format(name=device))
    return machine.with_namespace(replace(net, devices={**net.devices, device: replace(found, up=True)}))


def listen(machine: Machine, pid: int, port: int, address: str = ANY_ADDRESS) -> Machine:
    """bind(2) and listen(2) on a TCP port.

    Raises
    ------
    Refused
        EADDRNOTAVAIL if the address is not the network namespace's own, EACCES below 1024 without CAP_NET_BIND_SERVICE,
        EADDRINUSE if any process in the same network namespace listens there.
    """
    process = machine.caller(pid)
    net = machine.joined(process, NetNamespace)
    if not 1 <= port <= 65535:
        refuse("EINVAL", _("a port is a number from 1 to 65535"))
    if address != ANY_ADDRESS and address not in net.addresses:
        refuse("EADDRNOTAVAIL", _("{address} is no address of this network namespace").format(address=address))
    if port < 1024 and not _may_bind_low(machine, pid, net):
        refuse("EACCES", _("ports below 1024 need CAP_NET_BIND_SERVICE"))
    if any(_overlap(socket, address) for socket in _listening(machine, net.id, port)):
        refuse("EADDRINUSE", _("port {port} is taken in this network namespace").format(port=port))
    return machine.with_process(replace(process, sockets=process.sockets | {Socket(net.id, address, port)}))


def connect(machine: Machine, pid: int, address: str, port: int) -> int:
    """Which process answers a connection to one of the network namespace's own addresses.

    Raises
    ------
    Refused
        ENETUNREACH if the address is not there, as 127.0.0.1 while ``lo`` is down; ECONNREFUSED if nobody listens.
    """
    net = machine.joined(machine.caller(pid), NetNamespace)
    if address not in net.addresses:
        refuse("ENETUNREACH", _("{address} is no address of this network namespace").format(address=address))
    for process in machine.processes.values():
        if any(socket in process.sockets for socket in (Socket(net.id, a, port) for a in (address, ANY_ADDRESS))):
            return process.pid
    return refuse("ECONNREFUSED", _("nobody listens on port {port} in this network namespace").format(port=port))


def enter_cgroup(machine: Machine, pid: int, path: str) -> Machine:
    """Write the caller into a cgroup, named from the hierarchy's own root."""
    process = machine.caller(pid)
    if not path.startswith("/") or ".." in path.split("/"):
        refuse("EINVAL", _("a cgroup is named by an absolute path without .."))
    return machine.with_process(replace(process, cgroup="/" + path.strip("/")))


def cgroup_path(machine: Machine, observer: int, pid: int) -> str:
    """The cgroup of process `pid` as ``/proc/PID/cgroup`` says to `observer`: from its cgroup namespace's root."""
    root = machine.joined(machine.process(observer), CgroupNamespace).root
    path = machine.process(pid).cgroup
    above = 0
    while not is_within(path, root):
        root, above = root.rpartition("/")[0] or "/", above + 1
    rest = path[len(root.rstrip("/")) :].strip("/")
    return "/" + "/".join([".."] * above + ([rest] if rest else []))


def shift_clocks(machine: Machine, pid: int, seconds: int) -> Machine:
    """Write ``/proc/PID/timens_offsets``: shift the clocks of the time namespace that the next child will be in.

    Raises
    ------
    Refused
        EACCES if a process is in the namespace already, EPERM without CAP_SYS_TIME over it, ERANGE if the clock would
        start below zero.
    """
    process = machine.caller(pid)
    namespace = cast("TimeNamespace", machine.namespaces[process.for_children["time"]])
    require(machine, process, namespace.owner, "CAP_SYS_TIME")
    if machine.uptime_s + seconds < 0:
        refuse("ERANGE", _("the clock would start below zero"))
    if any(each.namespaces["time"] == namespace.id for each in machine.processes.values()):
        refuse("EACCES", _("a process is in the time namespace already"))
    return machine.with_namespace(replace(namespace, monotonic_s=seconds, boottime_s=seconds))


def uptime(machine: Machine, pid: int) -> int:
    """Seconds since boot, as ``/proc/uptime`` says to process `pid`."""
    return machine.uptime_s + machine.joined(machine.process(pid), TimeNamespace).boottime_s


def _may_bind_low(machine: Machine, pid: int, net: NetNamespace) -> bool:
    return capable(machine, machine.process(pid), net.owner or 0, "CAP_NET_BIND_SERVICE")


def _listening(machine: Machine, net: int, port: int) -> list[Socket]:
    sockets = (socket for process in machine.processes.values() for socket in process.sockets)
    return [socket for socket in sockets if (socket.net, socket.port) == (net, port)]


def _overlap(socket: Socket, address: str) -> bool:
    return ANY_ADDRESS in (socket.address, address) or socket.address == address
