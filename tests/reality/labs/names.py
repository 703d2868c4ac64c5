"""Lets the C library look names up at a server of this lab, and writes down what it asks.

Request: ``{"lookups": [{"name": name, "searches": text, "answers": {"name type": [rcode, [address]]}}], "delay_us":
number, "rounds": number}``; `searches` are the lines of resolv.conf but for the server, and what has no answer does not
exist. Each answer takes `delay_us`, as if it came over a network. Answer: for each lookup the questions of its first
round in their order, the addresses that the program got, and the milliseconds of each round.
"""

import socket
import struct
import threading
import time
from pathlib import Path
from typing import Any

from agent import link_up
from sandbox import MS_BIND, call, main

TYPES = {1: "A", 28: "AAAA"}
FILE = "/etc/resolv.conf"


class Server(threading.Thread):
    """A name server on 127.0.0.1 with the answers of one lookup."""

    def __init__(self, delay_us: int) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []
        self.delay_s = delay_us / 1e6

    def run(self) -> None:
        """Answer for ever."""
        while True:
            query, client = self.socket.recvfrom(4096)
            name, end = _name(query)
            kind = TYPES.get(struct.unpack_from(">H", query, end)[0], "?")
            self.asked.append(f"{name} {kind}")
            rcode, addresses = self.answers.get(f"{name} {kind}", ["NXDOMAIN", []])
            answer = _reply(query, end + 4, rcode, addresses)
            threading.Timer(self.delay_s, self.socket.sendto, (answer, client)).start()


def _name(query: bytes) -> tuple[str, int]:
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode())
        at += query[at] + 1
    return ".".join([*labels, ""]), at + 1


def _reply(query: bytes, end: int, rcode: str, addresses: list[str]) -> bytes:
    flags = 0x8580 | (3 if rcode == "NXDOMAIN" else 0)
    head = query[:2] + struct.pack(">HHHHH", flags, 1, len(addresses), 0, 0)
    records = (b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 30, 4) + socket.inet_aton(each) for each in addresses)
    return head + query[12:end] + b"".join(records)


def _addresses(name: str) -> list[str]:
    try:
        found = socket.getaddrinfo(name, 80, type=socket.SOCK_STREAM)
    except socket.gaierror:
        return []
    return sorted({str(each[4][0]) for each in found})


def _looked_up(server: Server, asked: dict[str, Any], rounds: int) -> dict[str, Any]:
    Path(FILE).write_text(f"nameserver 127.0.0.1\n{asked['searches']}")
    server.answers = asked["answers"]
    server.asked.clear()
    addresses = _addresses(asked["name"])
    questions, taken = list(server.asked), []
    for _ in range(rounds):
        start = time.perf_counter()
        _addresses(asked["name"])
        taken.append((time.perf_counter() - start) * 1e3)
    return {"questions": questions, "addresses": addresses, "milliseconds": taken}


def lab(request: Any) -> dict[str, Any]:
    """All lookups, one after another."""
    link_up("lo")
    call("mount", "none", "/mnt", "tmpfs", 0, None)
    own = Path("/mnt/resolv.conf")
    own.write_text("")
    call("mount", str(own), FILE, None, MS_BIND, None)
    server = Server(request["delay_us"])
    server.start()
    return {"lookups": [_looked_up(server, asked, request["rounds"]) for asked in request["lookups"]]}


if __name__ == "__main__":
    main(lab)
