"""containerd in a sandbox, and the CRI by crictl."""

import json
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox import Skip

PATIENCE_S, TICK_S = 10, 0.02
CONFIG = """version = 3
root = "{run}/root"
state = "{run}/state"
disabled_plugins = [
  "io.containerd.nri.v1.nri", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing",
]
[grpc]
  address = "{socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "{run}/opt"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "{pause}"
[plugins."io.containerd.cri.v1.images".registry]
  config_path = "{run}/certs.d"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  disable_apparmor = true
"""


class Containerd:
    """A containerd with everything below `run`; its sandboxes run the image `pause`."""

    def __init__(self, run: Path, programs: Mapping[str, str], pause: str) -> None:
        self.socket, self.config, self.log = run / "containerd.sock", run / "config.toml", run / "log"
        self.config.write_text(CONFIG.format(run=run, socket=self.socket, pause=pause))
        self.programs = programs
        where = [str(Path(path).parent) for path in programs.values()]
        self.environment = {**os.environ, "PATH": os.pathsep.join([*where, os.environ["PATH"]])}
        self._speak_http(run / "certs.d", pause.partition("/")[0])

    def start(self) -> None:
        """Start it, and wait until the CRI answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs["containerd"], "--config", str(self.config)],
                stdout=log,
                stderr=log,
                env=self.environment,
            )
        deadline = time.monotonic() + PATIENCE_S
        while not (self.socket.exists() and self._ready()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Skip(f"containerd does not start: {self.log.read_text()[-500:]}")
            time.sleep(TICK_S)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait()
        self.socket.unlink()

    def cri(self, *arguments: str) -> str:
        """What ``crictl ARGUMENTS`` prints; CalledProcessError with its message if it fails."""
        command = [
            self.programs["crictl"],
            "--runtime-endpoint",
            f"unix://{self.socket}",
            "--timeout",
            "20s",
            *arguments,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=self.environment)
        return done.stdout.strip()

    def json(self, command: str, *arguments: str) -> Any:
        """The same, parsed."""
        return json.loads(self.cri(command, "--output", "json", *arguments))

    @staticmethod
    def _speak_http(directory: Path, registry: str) -> None:
        (directory / registry).mkdir(parents=True)
        (directory / registry / "hosts.toml").write_text(f'server = "http://{registry}"\n')

    def _ready(self) -> bool:
        try:
            self.cri("version")
        except subprocess.CalledProcessError:
            return False
        return True
