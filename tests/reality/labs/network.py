"""Builds a network of namespaces by commands, sends UDP probes through it, and says what became of each.

Request: ``{"namespaces": [...], "segments": [...], "commands": [[namespace, line], ...], "probes": [...]}``; a probe is
``{"from", "source", "to", "port", "bytes", "df"}``. Probes with ``"after"`` are sent when all others are done.
"""

import mmap
import os
import select
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from sandbox import FLAGS, Skip, call, errno_name, main
from wire import Probes, parse

PATIENCE_S = 0.35
HEADERS = {4: 28, 6: 48}
IP, IPV6 = 0, 41
OPTIONS = {
    4: {"level": IP, "discover": 10, "mtu": 14, "errors": 11, "ttl": 12, "info": 8, "ttl_seen": 2, "info_seen": 8},
    6: {"level": IPV6, "discover": 23, "mtu": 24, "errors": 25, "ttl": 51, "info": 49, "ttl_seen": 52, "info_seen": 50},
}
DO, DONT = 2, 0
SOL_PACKET, PACKET_RX_RING, ETH_P_ALL, ETHERNET_BYTES = 263, 5, 3, 14
FRAMES, FRAME_BYTES, BLOCKS = 4096, 2048, 64
PACKET_TYPE_AT = 32 + 10
"""In a frame of the ring: behind its header, in the address of the device."""


def within(namespace: str, work: Callable[[], Any]) -> Any:
    """What `work` gives in a thread that is in another network namespace."""
    box: list[Any] = []

    def run() -> None:
        fd = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
        try:
            call("setns", fd, FLAGS["net"])
            box.append(work())
        except OSError as error:
            box.append(error)
        finally:
            os.close(fd)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if isinstance(box[0], OSError):
        raise box[0]
    return box[0]


def make(names: Iterable[str]) -> None:
    """Empty namespaces that filter nothing by source and tell of every error."""
    if not Path("/proc/sys/net/ipv6").exists():
        raise Skip("this kernel has no IPv6")
    Path("/run/netns").mkdir(exist_ok=True)
    call("mount", "tmpfs", "/run/netns", "tmpfs", 0, None)
    names = list(names)
    run("", "ip", [f"netns add {name}" for name in names])
    for name in names:
        within(name, _settle)


def _settle() -> None:
    for group in ("all", "default"):
        Path(f"/proc/sys/net/ipv4/conf/{group}/rp_filter").write_text("0")
        Path(f"/proc/sys/net/ipv4/conf/{group}/send_redirects").write_text("0")
        Path(f"/proc/sys/net/ipv6/conf/{group}/accept_dad").write_text("0")
    Path("/proc/sys/net/ipv4/icmp_ratemask").write_text("0")
    burst = Path("/proc/sys/net/ipv4/icmp_msgs_burst")
    if burst.exists():  # older kernels have one for the whole machine
        burst.write_text("1000")
    Path("/proc/sys/net/ipv6/icmp/ratelimit").write_text("0")


def _hurry() -> None:
    """Give up soon on neighbours that do not answer."""
    for family in ("ipv4", "ipv6"):
        for device in Path(f"/proc/sys/net/{family}/neigh").iterdir():
            (device / "mcast_solicit").write_text("2")
            (device / "retrans_time_ms").write_text("40")


def run(namespace: str, program: str, lines: list[str]) -> None:
    """Run command lines of one program, all at once where it can."""
    if program in ("ip", "bridge"):
        inside = ["-n", namespace] if namespace else []
        _run([program, *inside, "-batch", "-"], "\n".join(lines) + "\n")
    elif program == "sysctl":
        settings = [line.split("=") for line in lines]
        missing = [key for key, _ in settings if key.startswith("net/bridge") and not Path("/proc/sys", key).exists()]
        if missing:
            raise Skip(f"no {missing[0]}: br_netfilter is not loaded")
        within(namespace, lambda: [Path("/proc/sys", key).write_text(v) for key, v in settings])
    else:
        for line in lines:
            within(namespace, lambda line=line: _run([program, *line.split()], ""))


def _run(command: list[str], text: str) -> None:
    if shutil.which(command[0]) is None:
        raise Skip(f"needs the program {command[0]}")
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        refused = [line for line in done.stderr.splitlines() if "Command failed" not in line]
        if any("not supported" in line or "Unknown device type" in line for line in refused):
            raise Skip(f"{refused[-1]}: {text.strip() or ' '.join(command)}"[:300])
        raise RuntimeError(f"{command}: {done.stderr}\n{text}")


def build(commands: list[list[str]]) -> None:
    """Run the commands in their order; neighbours of the same namespace and program go together."""
    for (namespace, program), group in groupby(commands, lambda item: (item[0], item[1].split()[0])):
        run(namespace, program, [line.partition(" ")[2] for _, line in group])


class Sniffer:
    """What a switch sends out, by probe.

    The kernel copies each packet into a ring. A plain packet socket shares the packet's memory, and a node that puts
    fragments together and takes them apart again writes new headers there.
    """

    def __init__(self, segment: str) -> None:
        self.socket = within(segment, self._open)
        self.ring = mmap.mmap(self.socket.fileno(), FRAMES * FRAME_BYTES)

    @staticmethod
    def _open() -> socket.socket:
        made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        ring = struct.pack("IIII", FRAMES * FRAME_BYTES // BLOCKS, BLOCKS, FRAME_BYTES, FRAMES)
        made.setsockopt(SOL_PACKET, PACKET_RX_RING, ring)
        return made

    def found(self) -> dict[str, list[list[Any]]]:
        """Size, TTL, source and destination of each packet that left by a port."""
        marks, found = Probes(), {}
        for start in range(0, len(self.ring), FRAME_BYTES):
            status, _size, length, at = struct.unpack_from("LIIH", self.ring, start)
            if not status & 1:
                break
            if self.ring[start + PACKET_TYPE_AT] != socket.PACKET_OUTGOING:
                continue
            head = parse(self.ring[start + at + ETHERNET_BYTES : start + at + length])
            mark = marks.mark(head) if head else None
            if head and mark:
                found.setdefault(mark, []).append([head.size, head.ttl, head.source, head.destination])
        return found


def _socket(namespace: str, version: int) -> socket.socket:
    family, options = (socket.AF_INET, socket.AF_INET6)[version == 6], OPTIONS[version]
    made: socket.socket = within(namespace, lambda: socket.socket(family, socket.SOCK_DGRAM))
    if version == 6:
        made.setsockopt(IPV6, socket.IPV6_V6ONLY, 1)
    for option in ("ttl", "info"):
        made.setsockopt(options["level"], options[option], 1)
    made.setsockopt(options["level"], options["discover"], DONT)
    made.setblocking(False)
    return made


class Receivers:
    """A socket in each namespace, for each IP version and port: it notes what comes and answers."""

    def __init__(self, names: Iterable[str], ports: Iterable[int]) -> None:
        self.by_fd: dict[int, tuple[str, int, socket.socket]] = {}
        self.seen: dict[str, list[Any]] = {}
        for name in names:
            for version in (4, 6):
                for port in ports:
                    made = _socket(name, version)
                    made.bind(("", port))
                    self.by_fd[made.fileno()] = (name, version, made)

    def serve(self, until: float) -> None:
        """Answer until the time is over."""
        while (left := until - time.monotonic()) > 0:
            for fd in select.select(list(self.by_fd), [], [], left)[0]:
                self._answer(*self.by_fd[fd])

    def _answer(self, name: str, version: int, made: socket.socket) -> None:
        data, extra, _, peer = made.recvmsg(65535, 512)
        options = OPTIONS[version]
        seen = {kind: value for _, kind, value in extra}
        mark = data[:8].decode()
        self.seen[mark] = [name, _number(seen[options["ttl_seen"]]), peer[0]]
        info = seen[options["info_seen"]]
        # Answer from the address that was asked, by whatever device the routes say.
        info = struct.pack("I4s4s", 0, info[8:12], bytes(4)) if version == 4 else info[:16] + bytes(4)
        try:
            made.sendmsg([b"r" + data[1:]], [(options["level"], options["info_seen"], info)], 0, peer)
        except OSError as error:
            self.seen[mark].append(errno_name(error))


def _number(value: bytes) -> int:
    return int(struct.unpack("i", value[:4])[0])


class Probe:
    """One datagram on its way."""

    def __init__(self, number: int, asked: dict[str, Any]) -> None:
        self.asked, self.version = asked, 6 if ":" in asked["to"] else 4
        self.mark = f"{number:07d}"
        self.options = OPTIONS[self.version]
        self.socket = _socket(asked["from"], self.version)
        self.errno: str | None = None

    def send(self) -> None:
        """Send it; what the kernel says at once is the answer."""
        level, made = self.options["level"], self.socket
        made.setsockopt(level, self.options["discover"], DO if self.asked["df"] else DONT)
        made.setsockopt(level, self.options["errors"], 1)
        try:
            if self.asked.get("source"):
                made.bind((self.asked["source"], 0))
            made.connect((self.asked["to"], self.asked["port"]))
            made.send(f"q{self.mark}".encode().ljust(self.asked["bytes"] - HEADERS[self.version], b"."))
        except OSError as error:
            self.errno = errno_name(error)

    def told(self) -> dict[str, Any]:
        """The answer, and the ICMP error if one came."""
        found: dict[str, Any] = {"errno": self.errno, "reply": None, "icmp": None, "mtu": None}
        try:
            _, extra, _, _ = self.socket.recvmsg(0, 512, socket.MSG_ERRQUEUE)
            for _, kind, value in extra:
                if kind == self.options["errors"]:
                    found |= _icmp(value, self.version)
        except BlockingIOError:
            pass
        try:
            _, extra, _, _ = self.socket.recvmsg(65535, 512)
            found["reply"] = next(_number(value) for _, kind, value in extra if kind == self.options["ttl_seen"])
        except OSError:
            pass
        return found


def _icmp(value: bytes, version: int) -> dict[str, Any]:
    """Errno, origin, type and code of a ``sock_extended_err``, the MTU in it, and who sent it."""
    number, origin, _kind, _code, _, told = struct.unpack("IBBBBI", value[:12])
    name = errno_name(OSError(number, ""))
    if origin == 1:
        return {"errno": name, "mtu": told or None}
    sender = value[20:24] if version == 4 else value[24:40]
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    return {"icmp": [name, socket.inet_ntop(family, sender)], "mtu": told or None}


def lab(request: Any) -> dict[str, Any]:
    """Build, send, tell."""
    make([*request["namespaces"], *request["segments"]])
    build(request["commands"])
    for name in request["namespaces"]:
        within(name, _hurry)
    receivers = Receivers(request["namespaces"], {probe["port"] for probe in request["probes"]} | {9000})
    sniffers = {segment: Sniffer(segment) for segment in request["segments"]}
    probes = [Probe(number, asked) for number, asked in enumerate(request["probes"])]
    for later in (False, True):
        for probe in probes:
            if bool(probe.asked.get("after")) is later:
                probe.send()
        receivers.serve(time.monotonic() + PATIENCE_S)
    wires = {segment: sniffer.found() for segment, sniffer in sniffers.items()}
    return {"probes": [_told(probe, receivers, wires) for probe in probes]}


def _told(probe: Probe, receivers: Receivers, wires: dict[str, dict[str, list[list[Any]]]]) -> dict[str, Any]:
    def on_wire(kind: str) -> list[list[Any]]:
        return sorted([segment, *seen] for segment, found in wires.items() for seen in found.get(kind + probe.mark, ()))

    received = receivers.seen.get("q" + probe.mark)
    return probe.told() | {"received": received, "wire": on_wire("q"), "reply_wire": on_wire("r")}


if __name__ == "__main__":
    main(lab)
