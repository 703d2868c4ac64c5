"""Scripts about namespaces: each is run by the model and by the kernel."""

from collections.abc import Mapping

from script_prediction import Script

KINDS = ("mnt", "uts", "ipc", "net", "pid", "user", "cgroup", "time")
_BORN = (("init", "fork", "app"),)


def _pod(*shared: str) -> Script:
    """A pause process holds what a pod's containers share; each container has the other kinds for itself."""
    own = [kind for kind in ("mnt", "pid") if kind not in shared]
    return Script(
        (
            ("init", "fork", "pause", "net", "ipc", "uts", *[kind for kind in shared if kind == "pid"]),
            ("pause", "sethostname", "web-0"),
            ("pause", "connect", "127.0.0.1", 8080),
            ("pause", "link_up", "lo"),
            ("pause", "fork", "app", *own),
            ("pause", "fork", "side", *own),
            ("app", "listen", 8080),
            ("side", "connect", "127.0.0.1", 8080),
            ("side", "listen", 8080),
            ("init", "listen", 8080),
            ("side", "hostname"),
            ("app", "mount", "tmpfs", "/data"),
            ("app", "write", "/data/own", "text"),
            ("side", "read", "/data/own"),
            ("app", "msgget", 42),
            ("side", "msgget", 42),
            ("init", "msgget", 42),
            ("side", "mount", "proc", "/proc"),
            ("side", "listdir", "/proc"),
            ("side", "kill", "app", None),
            ("pause", "kill", "app", "SIGKILL"),
            ("side", "connect", "127.0.0.1", 8080),
            ("pause", "wait"),
            ("pause", "fork", "again", *own),
            ("again", "listen", 8080),
            ("side", "connect", "127.0.0.1", 8080),
        )
    )


NAMESPACES: Mapping[str, Script] = {
    **{f"a child in a new {kind}": Script((("init", "fork", "child", kind),)) for kind in KINDS},
    **{f"unshare {kind}": Script((*_BORN, ("app", "unshare", kind), ("app", "fork", "child"))) for kind in KINDS},
    "a pod": _pod(),
    "a pod that shares its process namespace": _pod("pid"),
    "ps reads the proc that is mounted": Script(
        (
            ("init", "fork", "app", "pid", "mnt"),
            ("app", "listdir", "/proc"),
            ("app", "mount", "proc", "/proc"),
            ("app", "listdir", "/proc"),
            ("init", "listdir", "/proc"),
        )
    ),
    "a day later": Script(
        (
            *_BORN,
            ("app", "shift_clocks", 86400),
            ("app", "unshare", "time"),
            ("app", "shift_clocks", 86400),
            ("app", "uptime"),
            ("app", "fork", "child"),
            ("child", "uptime"),
            ("app", "shift_clocks", 1),
            ("init", "uptime"),
        )
    ),
    "root inside, nobody outside": Script(
        (
            *_BORN,
            ("app", "setuid", 1000),
            ("app", "chroot", "/rootfs"),
            ("app", "unshare", "uts"),
            ("app", "unshare", "user"),
            ("app", "user_id"),
            ("app", "write_uid_map", "app", 0, 0, 1),
            ("app", "write_uid_map", "app", 0, 1000, 1),
            ("app", "user_id"),
            ("app", "write_uid_map", "app", 0, 1000, 1),
            ("app", "sethostname", "mine"),
            ("app", "unshare", "uts"),
            ("app", "sethostname", "mine"),
            ("app", "kill", "init", "SIGTERM"),
            ("app", "mount", "tmpfs", "/data"),
            ("app", "unshare", "mnt"),
            ("app", "mount", "tmpfs", "/data"),
            ("app", "umount", "/data"),
            ("app", "umount", "/proc"),
            ("init", "hostname"),
        )
    ),
    "no way up": Script(
        (
            ("init", "fork", "app", "pid"),
            ("app", "setns", "init", "pid"),
            ("app", "setns", "init", "uts"),
            ("app", "fork", "child", "pid"),
            ("app", "setns", "child", "pid"),
            ("app", "fork", "third"),
            ("app", "unshare", "pid"),
        )
    ),
}
