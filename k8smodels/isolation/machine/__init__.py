"""A machine with processes, namespaces, users and a file tree, and the kernel's rules for them.

A system call is a function from a machine and the caller to a new machine; what the kernel refuses raises `Refused`
with the kernel's errno. Processes are named by their number in the first pid namespace::

    from k8smodels.isolation.machine import boot, clone, visible

    machine, app = clone(boot(), 1, "pid", "mnt", "net")
    [line.pid for line in visible(machine, app)]  # [1]: the container sees itself as number 1
    [line.pid for line in visible(machine, 1)]  # [1, 2]: the node sees both

`scripts.run` makes a list of calls and keeps each step. What is left out stands in the modules; ``tests/reality``
runs the same lists on a real kernel.
"""

from k8smodels.isolation.machine.capabilities import (
    capable,
    drop_capabilities,
    setuid,
    user_id,
    write_uid_map,
)
from k8smodels.isolation.machine.errors import Panic, Refused
from k8smodels.isolation.machine.escapes import after_pivot_root, chroot_escape, descriptor_escape
from k8smodels.isolation.machine.files import Directory, File, Symlink
from k8smodels.isolation.machine.life import (
    Ended,
    clone,
    execve,
    exit_process,
    fork,
    set_child_subreaper,
    wait,
)
from k8smodels.isolation.machine.machine import Machine, boot
from k8smodels.isolation.machine.membership import setns, unshare
from k8smodels.isolation.machine.mounts import bind, mount, umount
from k8smodels.isolation.machine.namespaces import KINDS, Kind
from k8smodels.isolation.machine.ns_listing import ns_links, parse_ns_listing, shared_kinds
from k8smodels.isolation.machine.paths import PathStep, Resolved, resolve
from k8smodels.isolation.machine.processes import Process, WaitStatus
from k8smodels.isolation.machine.resources import (
    cgroup_path,
    connect,
    enter_cgroup,
    hostname,
    ipc_keys,
    link_up,
    listen,
    msgget,
    sethostname,
    shift_clocks,
    uptime,
)
from k8smodels.isolation.machine.roots import chdir, chroot, fchdir, pivot_root
from k8smodels.isolation.machine.scripts import Call, Scene, Step, run
from k8smodels.isolation.machine.signals import Permission, can_signal, kill, sigaction
from k8smodels.isolation.machine.tree import close, listdir, mkdir, open_directory, read, symlink, write
from k8smodels.isolation.machine.visibility import Seen, ps, same_view, visible

__all__ = [
    "KINDS",
    "Call",
    "Directory",
    "Ended",
    "File",
    "Kind",
    "Machine",
    "Panic",
    "PathStep",
    "Permission",
    "Process",
    "Refused",
    "Resolved",
    "Scene",
    "Seen",
    "Step",
    "Symlink",
    "WaitStatus",
    "after_pivot_root",
    "bind",
    "boot",
    "can_signal",
    "capable",
    "cgroup_path",
    "chdir",
    "chroot",
    "chroot_escape",
    "clone",
    "close",
    "connect",
    "descriptor_escape",
    "drop_capabilities",
    "enter_cgroup",
    "execve",
    "exit_process",
    "fchdir",
    "fork",
    "hostname",
    "ipc_keys",
    "kill",
    "link_up",
    "listdir",
    "listen",
    "mkdir",
    "mount",
    "msgget",
    "ns_links",
    "open_directory",
    "parse_ns_listing",
    "pivot_root",
    "ps",
    "read",
    "resolve",
    "run",
    "same_view",
    "set_child_subreaper",
    "sethostname",
    "setns",
    "setuid",
    "shared_kinds",
    "shift_clocks",
    "sigaction",
    "symlink",
    "umount",
    "unshare",
    "uptime",
    "user_id",
    "visible",
    "wait",
    "write",
    "write_uid_map",
]
