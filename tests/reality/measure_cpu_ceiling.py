"""What a full pod shows: ``python tests/reality/measure_cpu_ceiling.py [SECONDS]`` (Linux, root).

A process in a cgroup with a CPU limit gets work at a steady rate: pieces that take a CPU one millisecond each. Prints
JSON: for each rate the CPU that the work wants and the CPU that the process used, in thousandths, as metrics-server
would see it, and the share of the pieces that were done in time.
"""

import datetime as dt
import json
import os
import platform
import resource
import sys
import time
from pathlib import Path

SECONDS, LIMIT_MILLI, PERIOD_US = 10, 250, 100_000
WANTED_MILLI = (125, 250, 500, 1000)
ROOT = Path("/sys/fs/cgroup")


def limited_group() -> Path:
    """A new cgroup with the limit, of version 2 or 1."""
    quota = LIMIT_MILLI * PERIOD_US // 1000
    if (ROOT / "cgroup.controllers").exists():
        group = ROOT / "k8smodels-ceiling"
        group.mkdir()
        (group / "cpu.max").write_text(f"{quota} {PERIOD_US}")
        return group
    group = ROOT / "cpu" / "k8smodels-ceiling"
    group.mkdir()
    (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
    (group / "cpu.cfs_quota_us").write_text(str(quota))
    return group


def work(wanted_milli: int, seconds: float) -> int:
    """Do one piece of a millisecond after another, `wanted_milli` a second, until the time is over; how many."""
    start, done = time.monotonic(), 0
    while (now := time.monotonic() - start) < seconds:
        if done >= now * wanted_milli:
            time.sleep(0.002)
            continue
        until = time.thread_time() + 0.001
        while time.thread_time() < until:
            pass
        done += 1
    return done


def measured(group: Path, wanted_milli: int, seconds: float) -> dict[str, int]:
    """CPU wanted and used by a process in `group`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        (group / "cgroup.procs").write_text(str(os.getpid()))
        os.write(writing, str(work(wanted_milli, seconds)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    done = int(os.read(reading, 20))
    in_time = round(100 * done / (wanted_milli * seconds))
    return {"wanted_milli": wanted_milli, "used_milli": round(1000 * used / seconds), "done_percent": in_time}


def main() -> None:
    """Measure and print."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    group = limited_group()
    try:
        cases = [measured(group, wanted, seconds) for wanted in WANTED_MILLI]
    finally:
        group.rmdir()
    report = {
        "command": f"python tests/reality/measure_cpu_ceiling.py {seconds}",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "machine": f"{os.cpu_count()} CPUs, load {os.getloadavg()[1]:.1f} at the end",
        "limit_milli": LIMIT_MILLI,
        "cases": cases,
    }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
