"""Programs as the first process of a PID namespace of their own: how they stop, and what they leave (Linux, root).

python3 pid1.py > measured-life.json
"""

import ctypes
import datetime as dt
import json
import os
import platform
import signal
import sys
import time
from pathlib import Path

NEW_PID_NAMESPACE = 0x20000000
GRACE_SECONDS = 3

STOPS = {
    "has a handler, needs 1 s": ["sh", "-c", "trap 'sleep 1; exit 0' TERM; sleep 600 & wait"],
    "has a handler, needs 9 s": ["sh", "-c", "trap 'sleep 9; exit 0' TERM; sleep 600 & wait"],
    "has no handler": ["sleep", "600"],
    "a shell without a handler in front": ["sh", "-c", "sleep 600; echo bye"],
    "a shell that passes SIGTERM on": [
        "sh",
        "-c",
        "trap 'kill $child' TERM; sleep 600 & child=$!; wait; wait $child; exit $?",
    ],
}

ORPHANS = """
import os, time
for _ in range(5):
    child = os.fork()
    if child == 0:
        if os.fork() == 0:
            time.sleep(0.2)
        os._exit(0)
    os.waitpid(child, 0)
time.sleep(600)
"""
ZOMBIES = {
    "the program itself": [sys.executable, "-c", ORPHANS],
    "a shell in front": ["sh", "-c", f'{sys.executable} -c "$0"; exit $?', ORPHANS],
}


def in_a_namespace(argv: list[str]) -> int:
    """Start `argv` as process 1 of a new PID namespace; its number out here. Ends the calling process' own children."""
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_PID_NAMESPACE):
        raise OSError(ctypes.get_errno(), "unshare: needs root on Linux")
    first = os.fork()
    if first == 0:
        os.execvp(argv[0], argv)  # noqa: S606 (no shell is wanted)
    time.sleep(1)
    return first


def stop(argv: list[str]) -> dict[str, float]:
    """SIGTERM, the grace period, SIGKILL: how long it took, and the exit code as a runtime reports it."""
    first = in_a_namespace(argv)
    began = time.monotonic()
    os.kill(first, signal.SIGTERM)
    found, status = os.waitpid(first, os.WNOHANG)
    while not found:
        if time.monotonic() - began > GRACE_SECONDS:
            os.kill(first, signal.SIGKILL)
        time.sleep(0.01)
        found, status = os.waitpid(first, os.WNOHANG)
    code = os.waitstatus_to_exitcode(status)
    return {"seconds": round(time.monotonic() - began, 1), "exitCode": 128 - code if code < 0 else code}


def zombies(argv: list[str]) -> int:
    """How many zombies hang on process 1 of the namespace, or below it, after a second."""
    first = in_a_namespace(argv)
    count = sum(_state(pid) == "Z" for pid in _below(first))
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    return count


def _below(pid: int) -> list[int]:
    children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [found for child in children for found in _below(child)]


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _apart(measure, argv):
    """Measure in a process of its own: a process may leave its PID namespace for its children only once."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.write(writing, json.dumps(measure(argv)).encode())
        os._exit(0)
    os.close(writing)
    os.wait()
    return json.loads(os.read(reading, 1000))


if __name__ == "__main__":
    result = {
        "about": "Programs as the first process of a PID namespace: how they stop, and how many zombies they leave.",
        "command": "python3 book/files/pid1.py",
        "kernel": platform.release(),
        "machine": f"{os.cpu_count()} CPUs, {platform.system()}, Python {platform.python_version()}",
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "graceSeconds": GRACE_SECONDS,
        "stops": {name: _apart(stop, argv) for name, argv in STOPS.items()},
        "zombies": {name: _apart(zombies, argv) for name, argv in ZOMBIES.items()},
    }
    print(json.dumps(result, indent=1))
