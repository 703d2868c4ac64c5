"""Real plugins, run as a runtime runs them, with the same results as the simulated ones.

They change the network of the machine that they run on, so they belong into a network namespace of their own; on
Linux, as root.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from k8smodels.api.errors import invalid
from k8smodels.network.cni.cache import Cache
from k8smodels.network.cni.call import Answer, Call
from k8smodels.network.cni.config import NetworkConfigList
from k8smodels.network.cni.libcni import Outcome, perform
from k8smodels.network.cni.runtime_conf import RuntimeConf

DEFAULT_SECONDS = 10.0
"""How long a plugin may take."""
MOST_OUTPUT_BYTES = 1 << 20
"""How much a plugin may write into one file, its output among them."""


class RealPlugins:
    """The programs in directories of this machine.

    Parameters
    ----------
    cni_path
        The directories, joined by colons: ``/opt/cni/bin``.
    seconds
        How long one of them may take.

    Raises
    ------
    FieldError
        This is not Linux, or one of the directories is none.
    """

    def __init__(self, cni_path: str, seconds: float = DEFAULT_SECONDS) -> None:
        if sys.platform != "linux":
            raise invalid("cni_path", cni_path, "plugins change the network of Linux; this is another system")
        self.directories = [Path(name) for name in cni_path.split(":")]
        for directory in self.directories:
            if not (directory.is_absolute() and directory.is_dir()):
                raise invalid("cni_path", cni_path, "must be absolute paths of directories, joined by colons")
        self.seconds = seconds

    def has(self, plugin: str) -> bool:
        """Whether there is a program of that name."""
        return self._program(plugin) is not None

    def execute(self, call: Call) -> Answer:
        """Run a program: nothing of this process's environment reaches it but ``PATH``."""
        program = self._program(call.plugin)
        if program is None:
            return Answer(1, stderr=f"{call.plugin}: no such program")
        # files instead of pipes: what the program starts may outlive it, and would keep a pipe open
        with TemporaryFile() as stdin, TemporaryFile() as stdout, TemporaryFile() as stderr:
            stdin.write(json.dumps(dict(call.stdin)).encode())
            stdin.seek(0)
            try:
                code = self._run(program, call, stdin, stdout, stderr)
            except OSError as error:
                return Answer(1, stderr=f"{call.plugin}: {error.strerror}")
            if code is None:
                return Answer(1, stderr=f"{call.plugin}: killed after {self.seconds:g} s")
            return Answer(code, _text(stdout), _text(stderr))

    def _run(self, program: Path, call: Call, stdin: IO[bytes], stdout: IO[bytes], stderr: IO[bytes]) -> int | None:
        """The exit code; none if the time was up."""
        import resource  # other systems lack it

        env = {**call.env, "PATH": os.environ.get("PATH", os.defpath)}
        process = subprocess.Popen(  # noqa: S603 - the reader names the directory
            [str(program)], stdin=stdin, stdout=stdout, stderr=stderr, env=env, start_new_session=True
        )
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (MOST_OUTPUT_BYTES, MOST_OUTPUT_BYTES))
        try:
            return process.wait(self.seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return None

    def _program(self, plugin: str) -> Path | None:
        files = (directory / plugin for directory in self.directories)
        return next((file for file in files if file.is_file()), None)


def run_real(
    network: NetworkConfigList,
    command: str,
    cni_path: str,
    runtime: RuntimeConf,
    cache: Cache | None = None,
    *,
    seconds: float = DEFAULT_SECONDS,
    valid_attachments: Sequence[tuple[str, str]] = (),
) -> Outcome:
    """`perform` with real plugins; the cache stays in memory.

    Raises
    ------
    FieldError
        As `RealPlugins` does.
    ExecError
        There is no such command. A failed operation is an `Outcome` with an error.
    """
    plugins = RealPlugins(cni_path, seconds)
    return perform(command, network, runtime, plugins, cache, path=cni_path, valid_attachments=valid_attachments)


def _text(output: IO[bytes]) -> str:
    output.seek(0)
    return output.read(MOST_OUTPUT_BYTES).decode(errors="replace")
