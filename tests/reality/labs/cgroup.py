"""A cgroup of version 1 or 2, whichever the machine has."""

import os
import signal
import time
from pathlib import Path
from typing import ClassVar

from sandbox import Skip

ROOT = Path("/sys/fs/cgroup")


class Cgroup:
    """A cgroup below the hierarchy of one controller."""

    made: ClassVar[list["Cgroup"]] = []

    def __init__(self, controller: str, name: str, parent: "Cgroup | None" = None) -> None:
        self.version, above = (parent.version, parent.path) if parent else _hierarchy(controller)
        self.path = above / (name if parent else f"k8smodels-{time.time_ns()}-{name}")
        if self.version == 2 and controller != "core":
            try:
                (above / "cgroup.subtree_control").write_text(f"+{controller}")
            except OSError as refused:
                raise Skip(f"{controller} cannot be given to cgroups below {above}: {refused.strerror}") from refused
        try:
            self.path.mkdir()
        except OSError as refused:
            raise Skip(f"no cgroup below {above}: {refused.strerror}") from refused
        Cgroup.made.append(self)

    def write(self, file: str, value: object) -> None:
        """Set a value."""
        (self.path / file).write_text(str(value))

    def read(self, file: str) -> str:
        """A value."""
        return (self.path / file).read_text().strip()

    def numbers(self, file: str) -> dict[str, int]:
        """A file of names and numbers."""
        return {name: int(value) for name, value in (line.split() for line in self.read(file).splitlines())}

    def set_weight(self, weight: int) -> None:
        """The weight among its siblings; on v1 shares in the same proportion."""
        if self.version == 1:
            self.write("cpu.shares", weight * 1024 // 100)
        else:
            self.write("cpu.weight", weight)

    @classmethod
    def remove_all(cls) -> None:
        """Kill what is left in them, and remove them."""
        for group in reversed(cls.made):
            deadline = time.monotonic() + 2
            while time.monotonic() < deadline and group.path.exists():
                for pid in group.read("cgroup.procs").split():
                    os.kill(int(pid), signal.SIGKILL)
                _reap()
                try:
                    group.path.rmdir()
                except OSError:
                    time.sleep(0.02)


def remove_named(prefix: str, patience_s: float = 2) -> None:
    """Kill what a runtime left in the cgroups of such names, in every hierarchy, and remove them."""
    deadline = time.monotonic() + patience_s
    for top in (*ROOT.glob(f"{prefix}*"), *ROOT.glob(f"*/{prefix}*")):
        for path, _directories, _files in os.walk(top, topdown=False):
            while not _removed(Path(path)) and time.monotonic() < deadline:
                _reap()
                time.sleep(0.02)


def _removed(group: Path) -> bool:
    for pid in (group / "cgroup.procs").read_text().split():
        os.kill(int(pid), signal.SIGKILL)
    try:
        group.rmdir()
    except OSError:
        return False
    return True


def _hierarchy(controller: str) -> tuple[int, Path]:
    """Version and root of the hierarchy that has a controller; ``core`` is cgroup v2 itself."""
    v2 = None
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        mount, kind = line.split(" - ")
        if kind.split()[0] == "cgroup" and controller in kind.split()[2].split(","):
            return 1, Path(mount.split()[4])
        if kind.split()[0] == "cgroup2":
            v2 = v2 or Path(mount.split()[4])
    if v2 and (controller == "core" or controller in (v2 / "cgroup.controllers").read_text().split()):
        return 2, v2
    raise Skip(f"neither a v1 mount nor cgroup v2 has the controller {controller}")


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
