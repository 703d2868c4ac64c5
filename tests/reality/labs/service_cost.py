"""Loads rules of many Services on a node, and takes the time that a connection to one of them needs.

Request: ``{"node": [address], "parties": {"client": [address], "backend": [address]}, "port": number, "tool": tool,
"full": text, "change": text, "targets": {name: [address, port]}, "connections": number}``. Answer: the seconds that
loading all rules and one change took, and for each target the microseconds of each connection.
"""

import os
import socket
import struct
import time
from typing import Any

from kube_proxy import LOADERS, why_not
from router import connect, node, run
from sandbox import FLAGS, Skip, call, main

RESET = struct.pack("ii", 1, 0)
WARM_UP = 30


def _one(listener: socket.socket, address: str, port: int) -> float:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    start = time.perf_counter()
    made.connect((address, port))
    taken = time.perf_counter() - start
    accepted = listener.accept()[0]
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    accepted.close()
    made.close()
    return taken * 1e6


def _seconds(tool: str, text: str) -> float:
    """Rules that are there are kept: kube-proxy does not flush."""
    command = LOADERS[tool] if tool == "nft" else (*LOADERS[tool], "--noflush")
    start = time.perf_counter()
    run(*command, text=text)
    return time.perf_counter() - start


def lab(request: Any) -> dict[str, Any]:
    """One tool, one number of Services."""
    reason = why_not(request["tool"])
    if reason:
        raise Skip(reason)
    node(request["node"])
    inside = {name: connect(number, each) for number, (name, each) in enumerate(request["parties"].items())}
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    call("setns", inside["backend"], FLAGS["net"])
    listener = socket.socket()
    listener.bind(("", request["port"]))
    listener.listen(512)
    call("setns", home, FLAGS["net"])
    seconds = {"all": _seconds(request["tool"], request["full"]), "one": _seconds(request["tool"], request["change"])}
    call("setns", inside["client"], FLAGS["net"])
    taken = {}
    for name, (address, port) in request["targets"].items():
        for _ in range(WARM_UP):
            _one(listener, address, port)
        taken[name] = [_one(listener, address, port) for _ in range(request["connections"])]
    return {"seconds": seconds, "microseconds": taken}


if __name__ == "__main__":
    main(lab)
