"""A real containerd does what calls of the CRI ask, on images from a registry of our own.

Request: ``{"programs": {name: path}, "port", "layouts": {repository: directory}, "pulls": [image, ...], "pause": image,
"image": image, "containers": {name: {"args", "memory_bytes", "stop_seconds"}}}``, the last two missing where there is
no limit or where the program ends by itself. Answer: what each pull moved and made; each container's states, exit
code, reason and seconds to stop; the processes of the node, also while containerd is away; the ends of sandboxes.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from agent import link_up
from cgroup import remove_named
from daemon import PATIENCE_S, TICK_S, Containerd
from registry import RegistryServer
from sandbox import Skip, call, main

RUN = Path("/run/lab")
POD, CONTAINER, NODE = 0, 1, 2
"""NamespaceMode: who shares a namespace. The lab's network is that of its node."""
FOREVER = {"args": ["/bin/sleep", "1000"]}
LEAVES_WHEN_TOLD = {"args": ["/bin/sh", "-c", "trap 'exit 9' TERM; echo ready; sleep 1000 & wait"]}
CGROUP = f"k8smodels-{time.time_ns()}"


def _until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happens() and time.monotonic() < deadline:
        time.sleep(TICK_S)


class Pod:
    """One sandbox and its containers."""

    def __init__(self, containerd: Containerd, image: str, name: str, pid_mode: int = CONTAINER) -> None:
        self.containerd, self.image, self.ids = containerd, image, dict[str, str]()
        self.config, self.logs = RUN / f"{name}.json", RUN / "logs" / name
        self.linux = {"security_context": {"namespace_options": {"network": NODE, "pid": pid_mode}}}
        document = {
            "metadata": {"name": name, "uid": name, "namespace": "default"},
            "log_directory": str(self.logs),
            "linux": {"cgroup_parent": f"/{CGROUP}-{name}", **self.linux},
        }
        self.config.write_text(json.dumps(document))
        try:
            self.id = containerd.cri("runp", str(self.config))
        except subprocess.CalledProcessError as refused:
            raise Skip(f"containerd runs no sandbox: {refused.stderr.strip()[-500:]}") from refused

    def state(self) -> str | None:
        """The sandbox's."""
        found = self.containerd.json("pods", "--id", self.id)["items"]
        return str(found[0]["state"]) if found else None

    def pid(self) -> int:
        """The process that holds the sandbox."""
        return int(self.containerd.json("inspectp", self.id)["info"]["pid"])

    def create(self, name: str, asked: Any, attempt: int = 0) -> str | None:
        """CreateContainer; the state after it."""
        resources = {"memory_limit_in_bytes": asked.get("memory_bytes", 0)}
        document = {
            "metadata": {"name": name, "attempt": attempt},
            "image": {"image": self.image},
            "command": asked["args"],
            "log_path": f"{name}-{attempt}.log",
            "linux": {"resources": resources, **self.linux},
        }
        config = RUN / f"container-{name}.json"
        config.write_text(json.dumps(document))
        self.ids[name] = self.containerd.cri("create", "--no-pull", self.id, str(config), str(self.config))
        return self.container_state(name)

    def start(self, name: str) -> str | None:
        """StartContainer; the error, None if there is none."""
        try:
            self.containerd.cri("start", self.ids[name])
        except subprocess.CalledProcessError as refused:
            return str(refused.stderr).strip()
        return None

    def status(self, name: str) -> Any:
        """ContainerStatus."""
        return self.containerd.json("inspect", self.ids[name])["status"]

    def container_state(self, name: str) -> str | None:
        """Its state, None if the runtime knows no such container."""
        found = self.containerd.json("ps", "--all", "--id", self.ids[name])["containers"]
        return str(found[0]["state"]) if found else None

    def end(self, name: str) -> list[Any]:
        """State, exit code and reason."""
        status = self.status(name)
        return [status["state"], status.get("exitCode", 0), status["reason"]]

    def container_pid(self, name: str) -> int:
        """The container's first process."""
        return int(self.containerd.json("inspect", self.ids[name])["info"]["pid"])

    def wait_ready(self, name: str) -> None:
        """Until it has said so."""
        _until(lambda: "ready" in (self.logs / f"{name}-0.log").read_text())

    def wait(self, name: str) -> None:
        """Until it has ended."""
        _until(lambda: self.container_state(name) == "CONTAINER_EXITED")


def _pull(containerd: Containerd, server: RegistryServer, image: str) -> dict[str, Any]:
    server.asked.clear()
    containerd.cri("pull", image)
    status = containerd.json("inspecti", image)["status"]
    return {"asked": sorted(server.asked), "id": status["id"], "digests": status["repoDigests"], "size": status["size"]}


def _life(pod: Pod, name: str, asked: Any) -> dict[str, Any]:
    """A container from its creation to its removal."""
    states, seconds = [pod.create(name, asked)], None
    error = pod.start(name)
    if "stop_seconds" in asked:
        states.append(pod.container_state(name))
        pod.wait_ready(name)
        begin = time.monotonic()
        pod.containerd.cri("stop", "--timeout", str(asked["stop_seconds"]), pod.ids[name])
        seconds = time.monotonic() - begin
    pod.wait(name)
    state, exit_code, reason = pod.end(name)
    pod.containerd.cri("rm", pod.ids[name])
    states += [state, pod.container_state(name)]
    return {"states": states, "exit_code": exit_code, "reason": reason, "seconds": seconds, "error": error}


def _lives(pod: Pod, containers: dict[str, Any]) -> dict[str, Any]:
    """All of them at the same time."""
    with ThreadPoolExecutor(len(containers)) as pool:
        found = pool.map(lambda name: _life(pod, name, containers[name]), containers)
        return dict(zip(containers, found, strict=True))


def _process(pid: int) -> tuple[str, int]:
    """Name and parent."""
    stat = Path(f"/proc/{pid}/stat").read_text()
    return stat[stat.index("(") + 1 : stat.rindex(")")], int(stat.rpartition(")")[2].split()[1])


def _without_daemon(pod: Pod) -> dict[str, Any]:
    """Two containers; containerd is killed, one of them ends, containerd comes back."""
    pod.create("stays", FOREVER)
    pod.create("leaves", LEAVES_WHEN_TOLD)
    for name in ("leaves", "stays"):
        pod.start(name)
    pids = {name: pod.container_pid(name) for name in ("stays", "leaves")}
    sandbox, shim = pod.pid(), _process(pids["stays"])[1]
    found: dict[str, Any] = {
        "shim": _process(shim)[0],
        "parents_are_shim": {name: _process(pid)[1] == shim for name, pid in (*pids.items(), ("pause", sandbox))},
        "shim_parent_is_first": _process(shim)[1] == 1,
    }
    pod.wait_ready("leaves")
    pod.containerd.kill()
    os.kill(pids["leaves"], signal.SIGTERM)
    _until(lambda: not Path(f"/proc/{pids['leaves']}").exists())
    found["alive_without_containerd"] = sorted(name for name, pid in pids.items() if Path(f"/proc/{pid}").exists())
    pod.containerd.start()
    found["after"] = {name: pod.end(name) for name in pids}
    return found


def _restart(pod: Pod) -> list[Any]:
    """A container in the place of one that has ended: both are there."""
    pod.create("leaves", FOREVER, attempt=1)
    pod.start("leaves")
    found = pod.containerd.json("ps", "--all", "--name", "^leaves$")["containers"]
    return sorted((item["metadata"].get("attempt", 0), item["state"]) for item in found)


def _loss(pod: Pod, name: str) -> dict[str, Any]:
    """The process that holds the sandbox is killed; then the pod is stopped and removed."""
    before, pid = pod.state(), pod.container_pid(name)
    os.kill(pod.pid(), signal.SIGKILL)
    _until(lambda: pod.state() != before)
    found: dict[str, Any] = {"states": [before, pod.state()], "runs_on": Path(f"/proc/{pid}").exists()}
    pod.containerd.cri("stopp", pod.id)  # codespell:ignore stopp
    found["end"] = pod.end(name)
    pod.containerd.cri("rmp", pod.id)
    return found | {"removed": [pod.state(), pod.container_state(name)]}


def _measure(containerd: Containerd, request: Any) -> dict[str, Any]:
    server = RegistryServer(request["port"], request["layouts"])
    pulls = {image: _pull(containerd, server, image) for image in request["pulls"]}
    pod, shared = (Pod(containerd, request["image"], f"pod-{mode}", mode) for mode in (CONTAINER, POD))
    shared.create("shares", FOREVER)
    shared.start("shares")
    return {
        "pulls": pulls,
        "containers": _lives(pod, request["containers"]),
        "without_daemon": _without_daemon(pod),
        "restart": _restart(pod),
        "loss": {"own": _loss(pod, "stays"), "shared": _loss(shared, "shares")},
    }


def lab(request: Any) -> dict[str, Any]:
    """All of it, in a /run of its own."""
    call("mount", "tmpfs", "/run", "tmpfs", 0, None)
    RUN.mkdir()
    link_up("lo")
    containerd = Containerd(RUN, request["programs"], request["pause"])
    containerd.start()
    try:
        return _measure(containerd, request)
    except subprocess.CalledProcessError as refused:
        raise RuntimeError(f"{refused.cmd}: {refused.stderr}\n{containerd.log.read_text()[-2000:]}") from refused
    finally:
        containerd.kill()
        remove_named(CGROUP)


if __name__ == "__main__":
    main(lab)
