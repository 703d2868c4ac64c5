"""What cgroups do to processes, on v1 or v2: weight, quota, memory limit, limit of processes, freezer, kill.

Request: arguments by the name of a measurement. Answer: what was measured for each; ``{"skip": reason}`` where a
controller is missing.
"""

import errno
import mmap
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from cgroup import Cgroup
from sandbox import Skip, main

PERIOD_US, SETTLE_S, MEASURE_S = 100_000, 0.1, 0.6
OUTRANK_WEIGHT = 10_000
"""For the parent of what is measured, so that the rest of a busy machine does not disturb it."""


def _child(group: Cgroup, work: Callable[[], Any]) -> int:
    """A process that is in the cgroup before it works, and before this returns."""
    ready, say = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            group.write("cgroup.procs", 0)
            os.write(say, b".")
            work()
        finally:
            os._exit(9)
    os.close(say)
    os.read(ready, 1)
    os.close(ready)
    return pid


def _busy(cpu: int) -> Callable[[], NoReturn]:
    def work() -> NoReturn:
        os.sched_setaffinity(0, {cpu})
        while True:
            pass

    return work


def _cpu_ns(pid: int) -> int:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def _end(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _cpus() -> list[int]:
    return sorted(os.sched_getaffinity(0))


def weights(pairs: list[list[int]]) -> list[float]:
    """Two busy loops on one CPU: the first one's part of what both get."""
    above, measured = Cgroup("cpu", "weights"), []
    above.set_weight(OUTRANK_WEIGHT)
    for number, pair in enumerate(pairs):
        groups = [Cgroup("cpu", f"{number}-{side}", above) for side in range(2)]
        for group, weight in zip(groups, pair, strict=True):
            group.set_weight(weight)
        pids = [_child(group, _busy(_cpus()[0])) for group in groups]
        time.sleep(SETTLE_S)
        before = [_cpu_ns(pid) for pid in pids]
        time.sleep(MEASURE_S)
        used = [_cpu_ns(pid) - start for pid, start in zip(pids, before, strict=True)]
        _end(*pids)
        measured.append(used[0] / sum(used))
    return measured


def quotas(cases: list[list[int]]) -> list[dict[str, float]]:
    """Busy loops under a quota: how many CPUs they keep busy, and in which part of the periods they are throttled."""
    above, measured = Cgroup("cpu", "quotas"), []
    above.set_weight(OUTRANK_WEIGHT)
    for number, (quota_us, threads) in enumerate(cases):
        group = Cgroup("cpu", str(number), above)
        group.set_weight(OUTRANK_WEIGHT)
        if group.version == 1:
            group.write("cpu.cfs_period_us", PERIOD_US)
            group.write("cpu.cfs_quota_us", quota_us)
        else:
            group.write("cpu.max", f"{quota_us} {PERIOD_US}")
        cpus = _cpus()
        pids = [_child(group, _busy(cpus[thread % len(cpus)])) for thread in range(threads)]
        time.sleep(SETTLE_S)
        before, used, start = group.numbers("cpu.stat"), sum(map(_cpu_ns, pids)), time.monotonic()
        time.sleep(MEASURE_S)
        after, used, span = group.numbers("cpu.stat"), sum(map(_cpu_ns, pids)) - used, time.monotonic() - start
        _end(*pids)
        periods = after["nr_periods"] - before["nr_periods"]
        throttled = after["nr_throttled"] - before["nr_throttled"]
        measured.append({"cpus": used / span / 1e9, "throttled": throttled / max(periods, 1)})
    return measured


def _eater(size: int, adj: int, full: int) -> Callable[[], NoReturn]:
    """Touches `size` bytes, says so on a pipe, and sleeps."""

    def work() -> NoReturn:
        Path("/proc/self/oom_score_adj").write_text(str(adj))
        memory = mmap.mmap(-1, size)
        for page in range(0, size, mmap.PAGESIZE):
            memory[page] = 1
        os.write(full, b".")
        while True:
            time.sleep(1)

    return work


def _limited(name: str, limit: int) -> Cgroup:
    group = Cgroup("memory", name)
    group.write("memory.limit_in_bytes" if group.version == 1 else "memory.max", limit)
    if group.version == 2 and (group.path / "memory.swap.max").exists():
        group.write("memory.swap.max", 0)
    return group


def memory(limit: int) -> dict[str, int]:
    """One process that wants twice the limit."""
    group = _limited("memory", limit)
    _ready, full = os.pipe()
    status = os.waitstatus_to_exitcode(os.waitpid(_child(group, _eater(2 * limit, 0, full)), 0)[1])
    v1 = group.version == 1
    kills = group.numbers("memory.oom_control" if v1 else "memory.events")["oom_kill"]
    peak = "memory.max_usage_in_bytes" if v1 else "memory.peak"
    found = {"exit_code": 128 - status if status < 0 else status, "oom_kill": kills}
    return found | ({"peak_bytes": int(group.read(peak))} if (group.path / peak).exists() else {})


def victims(limit: int, cases: list[list[list[int]]]) -> list[list[int]]:
    """Several processes, the last of which goes over the limit: the numbers of those that the kernel killed."""
    killed = []
    for number, case in enumerate(cases):
        group = _limited(f"victims-{number}", limit)
        ready, full = os.pipe()
        pids = []
        for size, adj in case:
            pids.append(_child(group, _eater(size, adj, full)))
            if len(pids) < len(case):
                os.read(ready, 1)
        deadline, dead = time.monotonic() + 5, []
        while not dead and time.monotonic() < deadline:
            dead = [place for place, pid in enumerate(pids) if os.waitpid(pid, os.WNOHANG)[0]]
            time.sleep(0.005)
        killed.append(dead)
        _end(*(pid for place, pid in enumerate(pids) if place not in dead))
    return killed


def pids(limit: int) -> dict[str, Any]:
    """A process that forks until it is refused."""
    group = Cgroup("pids", "pids")
    group.write("pids.max", limit)
    ready, say = os.pipe()

    def work() -> None:
        made = 1
        try:
            while made <= 2 * limit:
                if os.fork() == 0:
                    time.sleep(20)
                    os._exit(0)
                made += 1
            os.write(say, f"{made} 0".encode())
        except OSError as refused:
            os.write(say, f"{made} {refused.errno}".encode())

    _child(group, work)
    made, number = os.read(ready, 99).decode().split()
    return {
        "processes": int(made),
        "errno": errno.errorcode.get(int(number)),
        "events_max": group.numbers("pids.events")["max"],
    }


def freezer() -> dict[str, float]:
    """CPU time of a busy loop while it is frozen, and after."""
    try:
        group = Cgroup("freezer", "freezer")
    except Skip:
        group = Cgroup("core", "freezer")
    file, on, off = ("freezer.state", "FROZEN", "THAWED") if group.version == 1 else ("cgroup.freeze", 1, 0)
    pid = _child(group, _busy(_cpus()[0]))
    time.sleep(SETTLE_S)
    group.write(file, on)
    time.sleep(SETTLE_S)
    frozen = _cpu_ns(pid)
    time.sleep(SETTLE_S)
    still = _cpu_ns(pid)
    group.write(file, off)
    deadline = time.monotonic() + 5
    while _cpu_ns(pid) == still and time.monotonic() < deadline:
        time.sleep(0.01)
    moves = _cpu_ns(pid) > still
    _end(pid)
    return {"cpu_ns_while_frozen": still - frozen, "runs_again": moves}


def kill() -> dict[str, Any]:
    """``cgroup.kill`` of cgroup v2, on three processes."""
    group = Cgroup("core", "kill")
    if not (group.path / "cgroup.kill").exists():
        raise Skip("this kernel has no cgroup.kill (Linux 5.14)")
    children = [_child(group, lambda: time.sleep(20)) for _ in range(3)]
    before = group.numbers("cgroup.events")["populated"]
    group.write("cgroup.kill", 1)
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
    return {
        "exit_codes": [128 - code for code in codes],
        "populated": [before, group.numbers("cgroup.events")["populated"]],
    }


MEASUREMENTS: dict[str, Callable[..., Any]] = {
    "weights": weights,
    "quotas": quotas,
    "memory": memory,
    "victims": victims,
    "pids": pids,
    "freezer": freezer,
    "kill": kill,
}


def lab(request: Any) -> dict[str, Any]:
    """Every measurement that is asked for and that this machine allows."""
    found: dict[str, Any] = {"cpus": len(_cpus())}
    try:
        for name, arguments in request.items():
            try:
                found[name] = MEASUREMENTS[name](*arguments)
            except Skip as reason:
                found[name] = {"skip": str(reason)}
    finally:
        Cgroup.remove_all()
    return found


if __name__ == "__main__":
    main(lab)
