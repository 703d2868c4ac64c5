"""Scripts about roots and mounts: each is run by the model and by the kernel."""

from collections.abc import Mapping

from script_prediction import Script

_BORN = (("init", "fork", "app"),)


def _climb(times: int = 6) -> tuple[tuple[str, ...], ...]:
    return (*[("app", "chdir", "..")] * times, ("app", "chroot", "."), ("app", "read", "/secret"))


_PRISON = (("app", "chroot", "/rootfs"), ("app", "chdir", "/"), ("app", "read", "/secret"))
_PIVOT = (
    ("app", "unshare", "mnt"),
    ("app", "pivot_root", "/rootfs", "/rootfs"),
    ("app", "bind", "/rootfs", "/rootfs"),
    ("app", "chdir", "/rootfs"),
    ("app", "pivot_root", ".", "."),
    ("app", "umount", ".", True),
    ("app", "chdir", "/"),
)

ROOTS: Mapping[str, Script] = {
    "out of a chroot by a second one": Script(
        (*_BORN, *_PRISON, ("app", "mkdir", "/esc"), ("app", "chroot", "/esc"), *_climb())
    ),
    "no second chroot without CAP_SYS_CHROOT": Script(
        (
            *_BORN,
            *_PRISON,
            ("app", "drop_capabilities", "CAP_SYS_CHROOT"),
            ("app", "mkdir", "/esc"),
            ("app", "chroot", "/esc"),
            *_climb(),
        )
    ),
    "out of a chroot by an open directory": Script(
        (*_BORN, ("app", "open_directory", "/"), *_PRISON, ("app", "fchdir", 3), *_climb())
    ),
    "pivot_root holds": Script((*_BORN, *_PIVOT, ("app", "mkdir", "/esc"), ("app", "chroot", "/esc"), *_climb())),
    "pivot_root with an open directory": Script(
        (*_BORN, ("app", "open_directory", "/"), *_PIVOT, ("app", "fchdir", 3), *_climb())
    ),
    "pivot_root with a place for the old root": Script(
        (
            ("init", "fork", "app", "mnt"),
            ("init", "mkdir", "/rootfs/old"),
            ("app", "bind", "/rootfs", "/rootfs"),
            ("app", "pivot_root", "/rootfs", "/data"),
            ("app", "pivot_root", "/rootfs", "/rootfs/old"),
            ("app", "read", "/old/secret"),
            ("app", "umount", "/old"),
            ("app", "umount", "/old", True),
            ("app", "listdir", "/old"),
            ("init", "listdir", "/"),
        )
    ),
    "pivot_root in a chroot": Script(
        (
            *_BORN,
            ("app", "bind", "/rootfs", "/rootfs"),
            ("app", "bind", "/data", "/data"),
            ("app", "chroot", "/data"),
            ("app", "mkdir", "/inner"),
            ("app", "mount", "tmpfs", "/inner"),
            ("app", "pivot_root", "/inner", "/inner"),
            ("app", "chroot", "/a"),
            ("app", "pivot_root", "/", "/"),
        )
    ),
    "a chroot hides no process": Script(
        (
            *_BORN,
            ("app", "mkdir", "/rootfs/proc"),
            ("app", "mount", "proc", "/rootfs/proc"),
            *_PRISON,
            ("app", "listdir", "/proc"),
            ("app", "kill", "init", None),
        )
    ),
    "what may be unmounted": Script(
        (
            ("init", "fork", "app", "mnt"),
            ("app", "mount", "tmpfs", "/data"),
            ("app", "mkdir", "/data/in"),
            ("app", "mount", "tmpfs", "/data/in", True),
            ("app", "write", "/data/in/file", "text"),
            ("app", "umount", "/data"),
            ("app", "chdir", "/data/in"),
            ("app", "umount", "/data/in"),
            ("app", "umount", "/data", True),
            ("app", "chdir", ".."),
            ("app", "read", "/data/a/b"),
            ("app", "umount", "/data"),
            ("app", "umount", "/"),
            ("app", "mkdir", "/late"),
        )
    ),
}
