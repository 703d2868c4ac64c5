"""Find a Chromium for the browser tests, or install Debian's.

`python tools/browser.py` prints the path of the browser and exits with 0, or says why there is none and exits with 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find() -> str | None:
    """The path of an installed Chromium or Chrome ($BROWSER_PATH goes first), or None."""
    wanted = os.environ.get("BROWSER_PATH")
    candidates = [wanted] if wanted else [shutil.which(name) or "" for name in NAMES] + list(PLACES)
    return next((path for path in candidates if path and Path(path).is_file()), None)


def can_install() -> bool:
    """Only Debian and its kin, as root: there `apt-get install chromium` is one plain step."""
    debian = Path("/etc/debian_version").is_file() and shutil.which("apt-get") is not None
    return debian and hasattr(os, "geteuid") and os.geteuid() == 0


def install() -> None:
    """Install Debian's `chromium`; what apt-get says goes to the terminal."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "--quiet", *step], check=False, env=quiet, stdin=subprocess.DEVNULL)


def ensure() -> str | None:
    """A browser's path, installed now if that is possible; None where it is not."""
    if find() is None and can_install():
        print("no browser found: installing Debian's chromium", flush=True)
        install()
    return find()


def main() -> int:
    """Print where the browser is, or what is missing."""
    path = ensure()
    print(path or "no Chromium or Chrome found: install one, or set BROWSER_PATH to it")
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
