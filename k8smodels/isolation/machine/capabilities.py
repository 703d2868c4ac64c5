"""Who may do what: users, user namespaces and capabilities.

Modelled are effective capabilities; a process of root keeps them over execve(2), any other loses them.
Not modelled: bounding, inheritable and ambient sets, file capabilities, groups, real and saved user ids, securebits.

References
----------
capabilities(7), user_namespaces(7); security/commoncap.c, cap_capable; kernel/user_namespace.c, map_write (Linux 6.18)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.i18n import _
from k8smodels.isolation.machine.errors import refuse
from k8smodels.isolation.machine.machine import Machine
from k8smodels.isolation.machine.namespaces import UidRange, UserNamespace
from k8smodels.isolation.machine.processes import CAPABILITIES, Process

UID_LIMIT = 2**32 - 1
"""User ids are smaller than this one."""


def capable(machine: Machine, process: Process, user_namespace: int, capability: str) -> bool:
    """Whether `process` has a capability over what a user namespace owns.

    It counts in the process's own user namespace and those below. The user who made a namespace has all capabilities
    in it from the namespace around it.
    """
    own = process.namespaces["user"]
    at: int | None = user_namespace
    while at is not None:
        if at == own:
            return capability in process.capabilities
        namespace = machine.namespaces[at]
        if namespace.owner == own and isinstance(namespace, UserNamespace) and namespace.creator == process.uid:
            return True
        at = namespace.owner
    return False


def require(machine: Machine, process: Process, user_namespace: int | None, capability: str) -> None:
    """Refuse with EPERM what needs a capability that the process lacks there."""
    own = process.namespaces["user"]
    if not capable(machine, process, user_namespace or own, capability):
        elsewhere = _("needs {capability} in the user namespace to which this belongs")
        reason = _("needs {capability} in its own user namespace") if user_namespace in (None, own) else elsewhere
        refuse("EPERM", reason.format(capability=capability))


def drop_capabilities(machine: Machine, pid: int, *capabilities: str) -> Machine:
    """capset(2): give capabilities up, as a container runtime does before it starts the program."""
    process = machine.caller(pid)
    if unknown := set(capabilities) - CAPABILITIES:
        refuse("EINVAL", _("no such capability here: {names}").format(names=", ".join(sorted(map(str, unknown)))))
    return machine.with_process(replace(process, capabilities=process.capabilities - set(capabilities)))


def user_id(machine: Machine, pid: int) -> int:
    """getuid(2): the process's user as its own user namespace calls it."""
    process = machine.process(pid)
    return machine.joined(process, UserNamespace).inside(process.uid)


def setuid(machine: Machine, pid: int, uid: int) -> Machine:
    """Become another user, named as in the own user namespace. Leaving root gives up every capability.

    Raises
    ------
    Refused
        EINVAL for an id without a place in the map, EPERM without CAP_SETUID.
    """
    process = machine.caller(pid)
    namespace = machine.joined(process, UserNamespace)
    target = namespace.outside(uid)
    if target is None:
        refuse("EINVAL", _("user {uid} has no place in this user namespace's map").format(uid=uid))
    if target != process.uid:
        require(machine, process, namespace.id, "CAP_SETUID")
    leaves_root = namespace.inside(process.uid) == 0 and uid != 0
    kept = frozenset[str]() if leaves_root else process.capabilities
    return machine.with_process(replace(process, uid=target, capabilities=kept))


def write_uid_map(machine: Machine, writer: int, target: int, inside: int, outside: int, count: int) -> Machine:
    """Write the one line of ``/proc/TARGET/uid_map``; ids `outside` are those of the namespace around the target's.

    Raises
    ------
    Refused
        EINVAL for a range that is empty or too large; EPERM if the map is written already, if an id is not mapped
        outside, or if `writer` may not: without CAP_SETUID around, it may map only itself, and only in a namespace of
        its own making.
    """
    process, namespace = machine.caller(writer), machine.joined(machine.process(target), UserNamespace)
    if count < 1 or min(inside, outside) < 0 or max(inside, outside) + count > UID_LIMIT:
        refuse("EINVAL", _("a range holds 1 to {limit} ids").format(limit=UID_LIMIT))
    if namespace.uid_map or namespace.owner is None:
        refuse("EPERM", _("the map of a user namespace is written once"))
    if process.namespaces["user"] not in (namespace.id, namespace.owner):
        refuse("EPERM", _("only a process in the namespace or in the one around it writes the map"))
    require(machine, process, namespace.id, "CAP_SYS_ADMIN")
    around = machine.namespaces[namespace.owner]
    first = around.outside(outside) if isinstance(around, UserNamespace) else None
    last = around.outside(outside + count - 1) if isinstance(around, UserNamespace) else None
    if first is None or last is None or last - first != count - 1:
        refuse("EPERM", _("the namespace around has no such users"))
    itself_only = count == 1 and first == process.uid == namespace.creator
    if not itself_only:
        require(machine, process, namespace.owner, "CAP_SETUID")
    return machine.with_namespace(replace(namespace, uid_map=(UidRange(inside, first, count),)))


def after_execve(machine: Machine, process: Process) -> frozenset[str]:
    """The capabilities that are left after execve(2) of an ordinary file."""
    is_root = machine.joined(process, UserNamespace).inside(process.uid) == 0
    return process.capabilities if is_root else frozenset()
