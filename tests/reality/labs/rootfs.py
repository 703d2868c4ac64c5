"""A root file system for containers."""

import shutil
from pathlib import Path

COMMANDS = ("sh", "sleep", "kill")


def make_rootfs(root: Path, busybox: str) -> None:
    """Make one of a static busybox."""
    for name in ("bin", "proc", "dev"):
        (root / name).mkdir(parents=True)
    shutil.copy(busybox, root / "bin" / "busybox")
    for name in COMMANDS:
        (root / "bin" / name).symlink_to("busybox")
