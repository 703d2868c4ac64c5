"""Why a root directory alone is no prison: the classic ways out of a chroot, and the wall that holds.

chroot(2) changes one pointer of one process: where its ``/`` is. ``..`` stops only *there*. A process that stands
outside of its root, or holds a directory that is outside, meets nothing that stops it on the way up. pivot_root(2) in
a mount namespace of its own changes the tree instead: once the old root is unmounted, nothing is above.

References
----------
chroot(2), section Notes; pivot_root(2)
"""

from __future__ import annotations

from k8smodels.isolation.machine.files import File
from k8smodels.isolation.machine.machine import Machine, boot
from k8smodels.isolation.machine.scripts import Call, Step, run

CLIMB = 8
"""How often a process goes up: more than the tree is deep costs nothing, for at the top ``..`` leads to itself."""


def node_with_rootfs() -> Machine:
    """A node with a secret, and a container's root file system in ``/rootfs``."""
    return boot({"/secret": File("SECRET"), "/rootfs/app": File("program")})


def chroot_escape(drop_chroot: bool = False) -> tuple[Step, ...]:
    """Out of a chroot as root: a second chroot, to a directory below, leaves the working directory outside of the root.

    Parameters
    ----------
    drop_chroot
        Whether CAP_SYS_CHROOT is given up first: then the second chroot is refused, and the way is closed.
    """
    drop = [_app("drop_capabilities", "CAP_SYS_CHROOT")] if drop_chroot else []
    return run(node_with_rootfs(), [*_start(), *_prison(), *drop, *_second_chroot()])


def descriptor_escape() -> tuple[Step, ...]:
    """Out of a chroot without a second one: a directory that was opened before is still outside."""
    opened = _app("open_directory", "/")
    return run(node_with_rootfs(), [*_start(), opened, *_prison(), _app("fchdir", 3), *_look()])


def after_pivot_root() -> tuple[Step, ...]:
    """The first way again, where pivot_root made the root and the old tree is unmounted: nothing is above the root."""
    return run(node_with_rootfs(), [*_start(), *_pivot(), *_second_chroot()])


def _app(name: str, *args: str | int | bool) -> Call:
    return Call("app", name, args)


def _start() -> list[Call]:
    return [Call("init", "fork", ("app",))]


def _prison() -> list[Call]:
    return [_app("chroot", "/rootfs"), _app("chdir", "/")]


def _pivot() -> list[Call]:
    return [
        _app("unshare", "mnt"),
        _app("bind", "/rootfs", "/rootfs"),
        _app("chdir", "/rootfs"),
        _app("pivot_root", ".", "."),
        _app("umount", ".", True),
        _app("chdir", "/"),
    ]


def _second_chroot() -> list[Call]:
    return [_app("mkdir", "/esc"), _app("chroot", "/esc"), *_look()]


def _look() -> list[Call]:
    return [*[_app("chdir", "..")] * CLIMB, _app("chroot", "."), _app("read", "/secret")]
