"""Scripts by chance: calls of several processes, most of them possible, many of them refused."""

from random import Random
from typing import Any

from script_prediction import Script

NAMES = ("a", "b", "c", "d", "e", "f")
SIGNALS = ("SIGTERM", "SIGKILL", "SIGSTOP", "SIGCONT", "SIGUSR1", "SIGCHLD", None)
KINDS = ("mnt", "uts", "ipc", "net", "pid", "user", "cgroup", "time")
PATHS = (
    "/",
    ".",
    "..",
    "rootfs",
    "/rootfs",
    "/data",
    "/data/a",
    "a",
    "b",
    "/data/a/b",
    "/new",
    "new",
    "../..",
    "/proc",
    "esc/",
    "/link",
    "link/a",
)


def process_script(seed: int, length: int = 14) -> Script:
    """Forks, exits, signals and waits in nested pid namespaces."""
    random, born = Random(seed), ["init"]
    calls: list[tuple[Any, ...]] = [_fork(random, born), _fork(random, born)]
    calls += [_process_call(random, born) for _ in range(length)]
    return Script(tuple(calls))


def tree_script(seed: int, length: int = 14) -> Script:
    """Roots, mounts, paths and open directories of one process, and of its child."""
    random = Random(seed)
    calls: list[tuple[Any, ...]] = [("init", "fork", "a"), ("a", "unshare", "mnt"), ("init", "fork", "b")]
    calls += [(random.choice("aaab"), *_tree_call(random)) for _ in range(length)]
    return Script(tuple(calls))


def _fork(random: Random, born: list[str]) -> tuple[Any, ...]:
    parent, child = random.choice(born), NAMES[len(born) - 1]
    born.append(child)
    return (parent, "fork", child, *random.choice([(), (), ("pid",), ("pid", "user"), ("uts",), ("time",)]))


def _process_call(random: Random, born: list[str]) -> tuple[Any, ...]:
    caller = random.choice(born)
    others = [name for name in born if name != "init"]
    choices: list[tuple[Any, ...]] = [
        (caller, "kill", random.choice(born), random.choice(SIGNALS)),
        (caller, "kill", random.choice(born), random.choice(SIGNALS)),
        (random.choice(others), "exit", random.randrange(300)),
        (caller, "sigaction", random.choice(SIGNALS[:5]), random.choice(["ignore", "default", "handle"])),
        (random.choice(others), "sigaction", random.choice(["SIGTERM", "SIGUSR1"]), 7),
        (caller, "sigaction", "SIGCHLD", random.choice(["ignore", "default"])),
        (caller, "set_child_subreaper"),
        (random.choice(others), "unshare", random.choice(KINDS)),
        (caller, "setns", random.choice(born), random.choice(KINDS)),
        (caller, "wait"),
        (random.choice(others), "setuid", random.choice([0, 1000])),
        (caller, "write_uid_map", caller, 0, random.choice([0, 1000]), 1),
        ("init", "write_uid_map", random.choice(born), 0, random.choice([0, 1000]), 70000),
        (caller, "user_id"),
    ]
    if len(born) <= len(NAMES) and random.random() < 0.3:
        return _fork(random, born)
    return random.choice(choices)


def _tree_call(random: Random) -> tuple[Any, ...]:
    path, other = random.choice(PATHS), random.choice(PATHS)
    return random.choice(
        [
            ("mkdir", path),
            ("symlink", path, other),
            ("write", path, "new text"),
            ("read", path),
            ("listdir", path),
            ("open_directory", path),
            ("chdir", path),
            ("chdir", path),
            ("fchdir", random.choice([3, 4])),
            ("chroot", path),
            ("mount", random.choice(["tmpfs", "tmpfs", "proc"]), path, random.random() < 0.2),
            ("bind", path, other, random.random() < 0.5),
            ("umount", path, random.random() < 0.6),
            ("pivot_root", path, other),
            ("pivot_root", path, path),
            ("unshare", random.choice(["mnt", "user"])),
            ("setns", random.choice("ab"), "mnt"),
        ]
    )
