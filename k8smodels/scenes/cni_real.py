"""Runs ADD with real plugins: a ``.conflist`` on standard input, what came of it on standard output.

It is a program for a network and a mount namespace of its own (see `cni_own.run_apart`); it makes a card and a pod in
them, and hides the machine's directories that plugins write into.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from k8smodels.network.cni import Answer, Call, RealPlugins, network_config_list, perform
from k8smodels.scenes.cni import NETNS, runtime_conf

SET_UP = (
    "mount -t tmpfs tmpfs /run",
    "mount -t tmpfs tmpfs /var/lib",
    f"ip netns add {NETNS.rpartition('/')[2]}",
    "ip netns add outside",
    "ip link add eth0 type veth peer name eth0 netns outside",
    "ip -n outside link set eth0 up",
    "ip addr add 192.168.0.1/24 dev eth0",
    "ip link set eth0 up",
    "ip route add default via 192.168.0.9",
)


class TimedPlugins(RealPlugins):
    """Real plugins, and how long each run took: `took` has names and milliseconds."""

    def __init__(self, cni_path: str) -> None:
        super().__init__(cni_path)
        self.took: list[tuple[str, int]] = []

    def execute(self, call: Call) -> Answer:
        """Run a program."""
        begin = time.monotonic()
        answer = super().execute(call)
        self.took.append((call.plugin, round(1000 * (time.monotonic() - begin))))
        return answer


def main() -> int:
    """Run it; 1 if something could not be set up, with the reason on standard error."""
    text = sys.stdin.read()
    for line in SET_UP:
        done = subprocess.run(line.split(), capture_output=True, text=True, check=False)  # noqa: S603 (fixed words)
        if done.returncode:
            print(f"{line}: {done.stderr.strip()}", file=sys.stderr)
            return 1
    path = os.environ["CNI_PATH"]
    plugins = TimedPlugins(path)
    outcome = perform("ADD", network_config_list(text), runtime_conf("hostPort 8080"), plugins, path=path)
    result = outcome.result and outcome.result.to_json()
    print(json.dumps({"error": outcome.error, "result": result, "took_ms": plugins.took}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
