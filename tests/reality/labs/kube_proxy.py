"""Loads rules of kube-proxy on a node that routes between network namespaces, and counts where connections arrive.

Request: ``{"node": [address, ...], "parties": {name: [address]}, "backends": [name, ...], "port": number,
"tools": {tool: [text, ...]}, "tries": [[source, address, port, count], ...], "outside": name}``. A source is a party,
or ``null`` for the node itself; each backend listens on the port. A tool is ``iptables-legacy``, ``iptables-nft`` or
``nft``; each text is loaded by itself. Answer: by tool, for each text, for each try, how many connections arrived as
``backend source``, or ended as ``refused`` or ``silent``; or, for a tool that the kernel has not, why.
"""

import errno
import os
import select
import shutil
import socket
import struct
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from router import connect, node, run
from sandbox import FLAGS, Skip, call, main

QUIET_S = 0.15
RESET = struct.pack("ii", 1, 0)  # a closed connection vanishes at once
LOADERS = {
    "iptables-legacy": ("iptables-legacy-restore",),
    "iptables-nft": ("iptables-nft-restore",),
    "nft": ("nft", "-f", "-"),
}
EMPTY = "".join(f"*{table}\nCOMMIT\n" for table in ("filter", "nat"))
LOCALNET = ("all", "lo")


def why_not(tool: str) -> str:
    """The kernel's reason against a tool; empty if it can be used."""
    if shutil.which(LOADERS[tool][0]) is None:
        return f"needs the program {LOADERS[tool][0]}"
    probe = "add table ip probe\ndelete table ip probe\n" if tool == "nft" else EMPTY
    done = subprocess.run(LOADERS[tool], input=probe, capture_output=True, text=True, check=False)
    return done.stderr.strip().splitlines()[0] if done.returncode else ""


def _load(tool: str, text: str) -> None:
    run(*LOADERS[tool], text=text)


def _unload(tool: str) -> None:
    if tool == "nft":
        run("nft", "flush", "ruleset")
    else:
        run(*LOADERS[tool], text=EMPTY)


def _listen(namespace: int, port: int) -> socket.socket:
    call("setns", namespace, FLAGS["net"])
    made = socket.socket()
    made.bind(("", port))
    made.listen(1024)
    made.setblocking(False)
    return made


class Attempt:
    """Connections from one place to one address, all at once."""

    def __init__(self, backends: dict[str, socket.socket]) -> None:
        self.poll = select.poll()
        self.backends = {each.fileno(): (name, each) for name, each in backends.items()}
        for descriptor in self.backends:
            self.poll.register(descriptor, select.POLLIN)
        self.open: dict[int, socket.socket] = {}
        self.arrived = 0
        self.accepted: list[socket.socket] = []
        self.counts: Counter[str] = Counter()

    def start(self, address: str, port: int) -> None:
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        made.setblocking(False)
        code = made.connect_ex((address, port))
        if code in (0, errno.EINPROGRESS):
            self.open[made.fileno()] = made
            self.poll.register(made.fileno(), select.POLLOUT)
        else:
            self.counts[errno.errorcode[code]] += 1
            made.close()

    def finish(self) -> dict[str, int]:
        """Until all have ended, or nothing has happened for a while."""
        connected = 0
        while (self.open or connected > self.arrived) and (found := self.poll.poll(QUIET_S * 1000)):
            for descriptor, _events in found:
                if descriptor in self.backends:
                    self._accept(*self.backends[descriptor])
                elif descriptor in self.open:
                    connected += self._end(descriptor)
        self.counts["silent"] += len(self.open)
        for left in (*self.open.values(), *self.accepted):
            left.close()
        return {what: count for what, count in self.counts.items() if count}

    def _accept(self, name: str, listener: socket.socket) -> None:
        made, (source, _port) = listener.accept()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.accepted.append(made)
        self.arrived += 1
        self.counts[f"{name} {source}"] += 1

    def _end(self, descriptor: int) -> bool:
        made = self.open.pop(descriptor)
        self.poll.unregister(descriptor)
        code = made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            self.counts["refused" if code == errno.ECONNREFUSED else errno.errorcode[code]] += 1
            made.close()
        else:
            self.accepted.append(made)
        return not code


def _tries(tries: Sequence[Sequence[Any]], inside: dict[str, int], backends: dict[str, socket.socket]) -> list[Any]:
    answers = []
    for source, address, port, count in tries:
        attempt = Attempt(backends)
        call("setns", inside[source or ""], FLAGS["net"])
        for _ in range(count):
            attempt.start(address, port)
        answers.append(attempt.finish())
    call("setns", inside[""], FLAGS["net"])
    return answers


def lab(request: Any) -> dict[str, Any]:
    """All tools, all texts, all tries."""
    for program in ("ip", "nft"):
        if shutil.which(program) is None:
            raise Skip(f"needs the program {program}")
    node(request["node"])
    inside = {name: connect(number, each) for number, (name, each) in enumerate(request["parties"].items())}
    inside[""] = os.open("/proc/self/ns/net", os.O_RDONLY)
    outside = list(request["parties"]).index(request["outside"])
    # without a default route the node would say "unreachable" before any rule is asked
    run("ip", "route", "add", "default", "dev", f"cable{outside}")
    # refusals are ICMP messages, of which the kernel sends only so many a second
    Path("/proc/sys/net/ipv4/icmp_ratelimit").write_text("0")
    for device in LOCALNET:
        Path(f"/proc/sys/net/ipv4/conf/{device}/route_localnet").write_text("1")
    backends = {name: _listen(inside[name], request["port"]) for name in request["backends"]}
    call("setns", inside[""], FLAGS["net"])
    answers: dict[str, Any] = {}
    for tool, texts in request["tools"].items():
        reason = why_not(tool)
        if reason:
            answers[tool] = reason
            continue
        answers[tool] = []
        for text in texts:
            _load(tool, text)
            answers[tool].append(_tries(request["tries"], inside, backends))
            _unload(tool)
    return {"answers": answers}


if __name__ == "__main__":
    main(lab)
