"""An OCI runtime, runc, makes containers; the lab is their shim.

Request: ``{"programs": {"runc", "busybox": paths}, "containers": {name: {"args": [program, ...], "steps": [[call, ...],
...]}}}``. Answer for each container and step: ``status`` as ``runc state`` tells it (None: no such container), the exit
codes of ``ended`` processes by name (as a shell counts: 128 and the signal's number), and ``answer``. A signal's answer
is what it did: ``terminated``, ``stopped``, ``continued``, ``handled`` (the program printed a line) or ``ignored``.
"""

import json
import os
import signal
import subprocess
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cgroup import remove_named
from rootfs import make_rootfs
from sandbox import PR_SET_CHILD_SUBREAPER, Skip, call, main

PATIENCE_S, QUIET_S, TICK_S = 5, 0.06, 0.004
"""How long to wait for what must come; for what must not come; between two looks."""
RUN, ROOTFS = Path("/run"), Path("/run/rootfs")
CGROUP = f"k8smodels-{time.time_ns()}-"
INIT = "init"
NAMESPACES = ("pid", "ipc", "uts", "mount", "network")


def _config(args: list[str], cgroup: str) -> dict[str, Any]:
    capabilities = {kind: ["CAP_KILL"] for kind in ("bounding", "effective", "permitted")}
    return {
        "ociVersion": "1.2.0",
        "process": {
            "user": {"uid": 0, "gid": 0},
            "args": args,
            "env": ["PATH=/bin"],
            "cwd": "/",
            "capabilities": capabilities,
        },
        "root": {"path": str(ROOTFS), "readonly": True},
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs"},
        ],
        "linux": {"namespaces": [{"type": kind} for kind in NAMESPACES], "cgroupsPath": cgroup},
    }


class Container:
    """One container, and the calls of a script on it."""

    def __init__(self, runc: str, name: str, args: list[str]) -> None:
        self.runc, self.name, self.bundle = runc, name, RUN / name
        self.pids: dict[str, int] = {}
        self.ended: dict[str, int] = {}
        self.bundle.mkdir()
        self.output = self.bundle / "output"
        config = _config(args, f"/{CGROUP}{name}")
        (self.bundle / "config.json").write_text(json.dumps(config))

    def do(self, name: str, *args: Any) -> dict[str, Any]:
        """One step."""
        answer = getattr(self, f"do_{name}")(*args)
        self._collect()
        return {"answer": answer, "status": self._status(), "ended": dict(self.ended)}

    def remove(self) -> None:
        """Whatever state it is in. The first process ends only when the shim has collected all others."""
        if INIT in self.pids and INIT not in self.ended:
            os.kill(self.pids[INIT], signal.SIGKILL)
            self._until(lambda: len(self.ended) == len(self.pids))
        self._runc("delete", "--force")

    def do_create(self) -> None:
        flags = ("--bundle", str(self.bundle), "--pid-file", str(self.bundle / INIT))
        try:
            self._runc("create", *flags, output=self.output)
        except subprocess.CalledProcessError as refused:
            raise Skip(f"runc creates no container: {refused.stderr.strip()[-500:]}") from refused
        self._born(INIT)

    def do_start(self) -> None:
        self._runc("start")

    def do_ready(self) -> None:
        """Wait for a line from the program."""
        self._until(lambda: self.output.stat().st_size > 0)

    def do_exec(self, name: str, *args: str) -> None:
        """A further process, which the runtime leaves to the shim."""
        self._runc("exec", "--detach", "--pid-file", str(self.bundle / name), after=args, output=self.output)
        self._born(name)

    def do_wait(self, name: str) -> int | None:
        self._until(lambda: name in self.ended)
        return self.ended.get(name)

    def do_parent_is_shim(self, name: str) -> bool:
        return int(_stat(self.pids[name])[1]) == os.getpid()

    def do_signal(self, name: str, number: int) -> str:
        """Send a signal, the first process's by the runtime, and see what it does."""
        printed, was_stopped = self.output.stat().st_size, self._is_stopped(name)
        if name == INIT:
            self._runc("kill", after=[str(number)])
        else:
            os.kill(self.pids[name], number)
        return self._reaction(name, printed, was_stopped)

    def do_signal_inside(self, number: int) -> str:
        """A further process of the container sends a signal to the first one."""
        printed = self.output.stat().st_size
        self._runc("exec", after=["kill", f"-{number}", "1"])
        return self._reaction(INIT, printed, was_stopped=False)

    def do_delete(self) -> None:
        self._runc("delete")

    def _reaction(self, name: str, printed: int, was_stopped: bool) -> str:
        signs = {
            "terminated": lambda: name in self.ended,
            "continued" if was_stopped else "stopped": lambda: self._is_stopped(name) != was_stopped,
            "handled": lambda: self.output.stat().st_size > printed,
        }
        self._until(lambda: any(sign() for sign in signs.values()), QUIET_S)
        return next((what for what, sign in signs.items() if sign()), "ignored")

    def _is_stopped(self, name: str) -> bool:
        return name not in self.ended and _stat(self.pids[name])[0] == "T"

    def _until(self, happens: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        deadline = time.monotonic() + patience_s
        while not happens() and time.monotonic() < deadline:
            time.sleep(TICK_S)
            self._collect()

    def _born(self, name: str) -> None:
        self.pids[name] = int((self.bundle / name).read_text())

    def _collect(self) -> None:
        """Ask how the container's processes have ended, as a shim does."""
        for name, pid in self.pids.items():
            if name not in self.ended:
                collected, status = os.waitpid(pid, os.WNOHANG)
                if collected:
                    self.ended[name] = _shell_code(status)

    def _status(self) -> str | None:
        try:
            return str(json.loads(self._runc("state"))["status"])
        except subprocess.CalledProcessError:
            return None

    def _runc(self, command: str, *flags: str, after: Sequence[str] = (), output: Path | None = None) -> str:
        """Run ``runc COMMAND``; its output goes to files, for a container inherits it and would keep a pipe open."""
        said, errors = output or self.bundle / "said", self.bundle / "errors"
        arguments = [self.runc, "--root", str(RUN / "state"), command, *flags, self.name, *after]
        with said.open("ab" if output else "wb") as out, errors.open("wb") as err:
            code = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=err, check=False).returncode
        if code:
            raise subprocess.CalledProcessError(code, arguments, stderr=errors.read_text())
        return said.read_text()


def _stat(pid: int) -> list[str]:
    """State, parent and what follows of a process."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _shell_code(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _as_shim(runc: str, containers: dict[str, Any]) -> dict[str, Any]:
    call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    found = {}
    for number, (name, asked) in enumerate(containers.items()):
        container = Container(runc, f"c{number}", asked["args"])
        try:
            found[name] = [container.do(*step) for step in asked["steps"]]
        finally:
            container.remove()
    return found


def lab(request: Any) -> dict[str, Any]:
    """Every container, one after the other, made by a process that is not number 1."""
    call("mount", "tmpfs", str(RUN), "tmpfs", 0, None)
    programs = request["programs"]
    make_rootfs(ROOTFS, programs["busybox"])
    answer = RUN / "answer"
    shim = os.fork()
    if shim == 0:
        try:
            answer.write_text(json.dumps({"containers": _as_shim(programs["runc"], request["containers"])}))
        except Skip as reason:
            answer.write_text(json.dumps({"skip": str(reason)}))
        except Exception:  # noqa: BLE001 (the fork must leave at once, whatever it met)
            traceback.print_exc()
        finally:
            os._exit(0)
    os.waitpid(shim, 0)
    remove_named(CGROUP)
    if not answer.exists():
        raise RuntimeError("the shim failed")
    found = json.loads(answer.read_text())
    if "skip" in found:
        raise Skip(found["skip"])
    return dict(found)


if __name__ == "__main__":
    main(lab)
