"""Mounts layers with overlayfs, works on them, and tells what is seen and what the upper layer holds.

Request: ``{"images": {name: {"layers": [layer, ...], "calls": [[name, ...], ...]}}, "most": n,
"copy_up_bytes": n}``; a layer is
``{"tree": {path: text or null for a directory}, "whiteouts": [path], "opaque": [path]}``, the lowest first. Answer for
each: the merged tree, the errno of each call, the merged tree and the upper layer after them; and whether `most` and
one more lower layers can be mounted; and what is in the upper layer after one byte of a lower file of `copy_up_bytes`
was changed in place.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox import MNT_DETACH, Skip, call, errno_name, main

OPAQUE = "trusted.overlay.opaque"
Layer = Mapping[str, Any]


def _make(layer: Layer, where: Path) -> None:
    where.mkdir()
    for path, text in sorted(layer["tree"].items()):
        if text is None:
            (where / path).mkdir()
        else:
            (where / path).write_text(text)
    for path in layer["whiteouts"]:
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        os.mknod(where / path, stat.S_IFCHR, os.makedev(0, 0))
    for path in layer["opaque"]:
        os.setxattr(where / path, OPAQUE, b"y")


def _seen(where: Path) -> dict[str, Any]:
    """A tree as `_make` reads it; where it is the upper layer, with its marks."""
    found: dict[str, Any] = {"tree": {}, "whiteouts": [], "opaque": []}
    for above, directories, files in os.walk(where):
        for name in directories + files:
            full = Path(above) / name
            path = str(full.relative_to(where))
            try:
                status = full.lstat()
            except FileNotFoundError:
                continue  # in a directory of one layer only, overlayfs lists a whiteout, and finds nothing there
            if stat.S_ISCHR(status.st_mode) and status.st_rdev == 0:
                found["whiteouts"].append(path)
                continue
            found["tree"][path] = None if stat.S_ISDIR(status.st_mode) else full.read_text()
            if OPAQUE in os.listxattr(full):
                found["opaque"].append(path)
    return {key: sorted(value) if isinstance(value, list) else value for key, value in found.items()}


def _mount(target: Path, options: str) -> None:
    call("mount", "overlay", str(target), "overlay", 0, options)


def _do(root: Path, name: str, *args: str) -> str | None:
    paths = [root / arg for arg in args]
    try:
        if name == "write":
            paths[0].write_text(args[1])
        elif name == "mkdir":
            paths[0].mkdir()
        elif name == "delete":
            paths[0].rmdir() if paths[0].is_dir() else paths[0].unlink()
        else:
            paths[0].rename(paths[1])
    except OSError as refused:
        return errno_name(refused)
    return None


def _image(where: Path, layers: list[Layer], calls: list[list[str]]) -> dict[str, Any]:
    where.mkdir()
    for number, layer in enumerate(layers):
        _make(layer, where / str(number))
    for name in ("upper", "work", "merged"):
        (where / name).mkdir()
    lower = ":".join(str(where / str(number)) for number in reversed(range(len(layers))))
    try:
        _mount(where / "merged", f"lowerdir={lower},upperdir={where}/upper,workdir={where}/work,redirect_dir=off")
    except OSError as refused:
        raise Skip(f"no overlayfs: {refused.strerror}") from refused
    before = _seen(where / "merged")["tree"]
    errnos = [_do(where / "merged", *each) for each in calls]
    after = _seen(where / "merged")["tree"]
    call("umount2", str(where / "merged"), MNT_DETACH)
    return {"merged": before, "errnos": errnos, "after": after, "upper": _seen(where / "upper")}


def _copy_up(where: Path, size_bytes: int) -> dict[str, int]:
    """Change one byte of a lower file, and look at the upper layer."""
    for name in ("lower", "upper", "work", "merged"):
        (where / name).mkdir(parents=True)
    (where / "lower" / "big").write_bytes(b"x" * size_bytes)
    _mount(where / "merged", f"lowerdir={where}/lower,upperdir={where}/upper,workdir={where}/work,metacopy=off")
    with (where / "merged" / "big").open("r+b") as file:
        written = file.write(b"y")
    call("umount2", str(where / "merged"), MNT_DETACH)
    status = (where / "upper" / "big").lstat()
    return {"written_bytes": written, "upper_bytes": status.st_size, "on_disk_bytes": status.st_blocks * 512}


def _mountable(where: Path, count: int) -> bool:
    where.mkdir()
    os.chdir(where)
    for number in range(count):
        Path(str(number)).mkdir()
    Path("merged").mkdir()
    try:
        _mount(Path("merged"), "lowerdir=" + ":".join(map(str, range(count))))
    except OSError:
        return False
    call("umount2", "merged", MNT_DETACH)
    return True


def lab(request: Any) -> dict[str, Any]:
    """All images on one tmpfs, which vanishes with the sandbox."""
    root = Path("/tmp")
    call("mount", "tmpfs", str(root), "tmpfs", 0, None)
    images = {
        name: _image(root / str(number), image["layers"], image["calls"])
        for number, (name, image) in enumerate(request["images"].items())
    }
    most = request["most"]
    copy_up = _copy_up(root / "copy-up", request["copy_up_bytes"])
    return {
        "images": images,
        "copy_up": copy_up,
        "mountable": [_mountable(root / f"n{count}", count) for count in (most, most + 1)],
    }


if __name__ == "__main__":
    main(lab)
