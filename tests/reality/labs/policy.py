"""Connects network namespaces to one router, the node, loads rules of nftables there, and tries connections.

Request: ``{"node": [address, ...], "parties": {name: [address, ...]}, "ports": [[number, protocol], ...],
"rulesets": [{"rules": text, "tries": [[source, destination address, number, protocol], ...]}, ...]}``; a source is a
party, or ``null`` for the node itself. Each party listens on all ports. Answer for each try of each ruleset: whether
the source got an answer, and whether what it sent was delivered at all.
"""

import os
import select
import shutil
import socket
import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from router import connect, node, run, version
from sandbox import FLAGS, Skip, call, main

QUIET_S = 0.25
PROBE = """table inet probe {
	chain c {
		type filter hook forward priority filter; policy accept;
		ct state established,related accept
	}
}
"""
RESET = struct.pack("ii", 1, 0)  # a closed connection vanishes at once
KINDS = {"TCP": socket.SOCK_STREAM, "UDP": socket.SOCK_DGRAM}
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


def _check() -> None:
    """What this needs, tried."""
    for program in ("ip", "nft"):
        if shutil.which(program) is None:
            raise Skip(f"needs the program {program}")
    try:
        run("nft", "-f", "-", text=PROBE)
    except RuntimeError as refused:
        raise Skip(f"no nftables with connection tracking: {str(refused).splitlines()[0]}") from refused


def _listeners(ports: Sequence[Sequence[Any]]) -> Iterator[socket.socket]:
    for number, protocol in ports:
        for family in FAMILIES.values():
            made = socket.socket(family, KINDS[protocol])
            if family == socket.AF_INET6:
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            made.bind(("", number))
            if protocol == "TCP":
                made.listen(128)
            made.setblocking(False)
            yield made


class Tries:
    """The connections of one ruleset, all at once."""

    def __init__(self, listeners: Sequence[socket.socket]) -> None:
        self.poll = select.poll()
        self.listeners = {each.fileno(): each for each in listeners}
        for descriptor in self.listeners:
            self.poll.register(descriptor, select.POLLIN)
        self.open: dict[int, tuple[int, socket.socket]] = {}
        self.accepted: list[socket.socket] = []
        self.delivered: set[int] = set()
        self.answered: set[int] = set()

    def start(self, index: int, address: str, own: str, number: int, protocol: str, own_port: int) -> None:
        made = socket.socket(FAMILIES[version(address)], KINDS[protocol])
        made.setblocking(False)
        made.bind((own, own_port))
        if protocol == "TCP":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        made.connect_ex((address, number))
        if protocol == "UDP":
            made.send(str(index).encode())
        self.open[made.fileno()] = (index, made)
        self.poll.register(made.fileno(), select.POLLIN if protocol == "UDP" else select.POLLOUT)

    def finish(self) -> None:
        """Until nothing has happened for a while."""
        while found := self.poll.poll(QUIET_S * 1000):
            for descriptor, _events in found:
                if descriptor in self.listeners:
                    self._serve(self.listeners[descriptor])
                else:
                    self._end(descriptor)
        for _index, left in self.open.values():
            left.close()
        for left in self.accepted:
            left.close()

    def _serve(self, listener: socket.socket) -> None:
        if listener.type == socket.SOCK_DGRAM:
            text, client = listener.recvfrom(64)
            self.delivered.add(int(text))
            listener.sendto(text, client)
        else:
            self.accepted.append(listener.accept()[0])

    def _end(self, descriptor: int) -> None:
        index, made = self.open.pop(descriptor)
        self.poll.unregister(descriptor)
        if made.type == socket.SOCK_DGRAM:
            made.recv(64)
            self.answered.add(index)
        elif made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
            self.answered.add(index)
            self.delivered.add(index)
        made.close()


def lab(request: Any) -> dict[str, Any]:
    """All rulesets, one after another."""
    _check()
    node(request["node"])
    parties: Mapping[str, Sequence[str]] = request["parties"]
    inside = {name: connect(number, each) for number, (name, each) in enumerate(parties.items())}
    inside[""] = os.open("/proc/self/ns/net", os.O_RDONLY)
    addresses = {**parties, "": request["node"]}
    listeners: list[socket.socket] = []
    for descriptor in inside.values():
        call("setns", descriptor, FLAGS["net"])
        listeners += _listeners(request["ports"])
    answers, own_port, start = [], 20_000, time.monotonic()
    for each in request["rulesets"]:
        call("setns", inside[""], FLAGS["net"])
        run("nft", "-f", "-", text=each["rules"])
        tries = Tries(listeners)
        for index, (source, address, number, protocol) in sorted(enumerate(each["tries"]), key=lambda t: t[1][0] or ""):
            own_port += 1  # never twice, so that no connection is taken for an earlier one
            own = next(own for own in addresses[source or ""] if version(own) == version(address))
            call("setns", inside[source or ""], FLAGS["net"])
            tries.start(index, address, own, number, protocol, own_port)
        tries.finish()
        answers.append([[i in tries.answered, i in tries.delivered] for i in range(len(each["tries"]))])
    return {"answers": answers, "seconds": time.monotonic() - start}


if __name__ == "__main__":
    main(lab)
