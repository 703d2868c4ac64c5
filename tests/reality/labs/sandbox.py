"""A sandbox of namespaces for a lab: what a lab makes in it vanishes with it, even if it is killed.

A lab is a script: it reads one JSON object, prints one JSON object, and exits with 0; or with 77 and
``{"skip": reason}`` where the kernel does not let it run. Only cgroup directories live outside of namespaces: a lab
that makes some removes them.
"""

import ctypes
import errno
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

SKIPPED = 77
FLAGS = {
    "time": 0x80,
    "mnt": 0x20000,
    "cgroup": 0x2000000,
    "uts": 0x4000000,
    "ipc": 0x8000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}
MS_BIND, MS_REC, MS_PRIVATE, MNT_DETACH = 0x1000, 0x4000, 0x40000, 2
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
PIVOT_ROOT, GETCWD = {"x86_64": (155, 79), "aarch64": (41, 17)}.get(os.uname().machine, (None, None))
CLONE3 = 435
libc = ctypes.CDLL(None, use_errno=True)


class Skip(Exception):
    """This machine cannot run the lab; the reason is the kernel's own."""


def call(name: str, *args: Any) -> int:
    """A function of the C library; OSError if it fails."""
    result = getattr(libc, name)(*[arg.encode() if isinstance(arg, str) else arg for arg in args])
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return int(result)


def main(lab: Callable[[Any], dict[str, Any]]) -> NoReturn:
    """Run a lab in a sandbox: with the request from standard input, and the answer on standard output."""
    try:
        _enter()
        result, code = lab(json.load(sys.stdin)), 0
    except Skip as reason:
        result, code = {"skip": str(reason)}, SKIPPED
    except Exception:  # noqa: BLE001 (number 1 must leave at once, whatever the lab met)
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    print(json.dumps(result), flush=True)
    os._exit(code)


def _enter() -> None:
    """Become number 1 of new namespaces; the process that was started waits outside and passes the exit code on."""
    if sys.platform != "linux" or PIVOT_ROOT is None:
        raise Skip(f"needs Linux on x86_64 or aarch64, this is {os.uname().sysname} on {os.uname().machine}")
    if os.geteuid() != 0:
        raise Skip("needs root")
    kinds = ("mnt", "uts", "ipc", "net", "pid")
    try:
        call("unshare", sum(FLAGS[kind] for kind in kinds))
        call("mount", "none", "/", None, MS_REC | MS_PRIVATE, None)
    except OSError as refused:
        raise Skip(f"no sandbox of new namespaces: {refused.strerror}") from refused
    child = os.fork()
    if child:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)
    call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    try:
        call("mount", "proc", "/proc", "proc", 0, None)
    except OSError as refused:
        raise Skip(f"no proc in the sandbox: {refused.strerror}") from refused


def errno_name(problem: OSError) -> str:
    """The kernel's name of an error."""
    return errno.errorcode.get(problem.errno or 0, str(problem.errno))
