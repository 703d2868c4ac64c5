"""Throughput and time of an answer between two namespaces of a network that is built first.

Request: that of the lab ``network`` without probes, and ``from``, ``to``, ``address``, ``devices`` (whose offloads are
to be switched off). Answer: ``{"gbit_per_s", "answer_us"}``.
"""

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import statistics
import struct
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from network import build, make, within
from sandbox import Skip, main

SECONDS, ANSWERS, SMALL, PORT = 0.6, 2000, b"." * 32, 9100
SIOCETHTOOL = 0x8946
SET_TSO, GET_GSO, SET_GSO, SET_GRO = 0x1F, 0x23, 0x24, 0x2C


def _ethtool(device: str, command: int) -> int:
    """Set to 0, or get, one value of a device."""
    value = ctypes.create_string_buffer(struct.pack("II", command, 0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCETHTOOL, struct.pack("16sQ", device.encode(), ctypes.addressof(value)))
    return int(struct.unpack("II", value.raw[:8])[1])


def _offloads_off(device: str) -> None:
    for command in (SET_TSO, SET_GSO, SET_GRO):
        with contextlib.suppress(OSError):  # a device without the offload refuses to be without it
            _ethtool(device, command)
    if _ethtool(device, GET_GSO):
        raise Skip(f"the offloads of {device} cannot be switched off")


def _serve(namespace: str, work: Callable[[socket.socket], None]) -> int:
    """A process that does `work` with the first connection to `PORT` in a namespace."""
    listener: socket.socket = within(namespace, lambda: socket.create_server(("", PORT)))
    pid = os.fork()
    if pid == 0:
        try:
            work(listener.accept()[0])
        finally:
            os._exit(0)
    listener.close()
    return pid


def _connect(request: dict[str, Any]) -> socket.socket:
    made: socket.socket = within(request["from"], lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    made.settimeout(5)
    made.connect((request["address"], PORT))
    return made


def _count(tell: int, stream: socket.socket) -> None:
    """How many Gbit/s come in."""
    room, total, start = bytearray(1 << 20), 0, time.perf_counter()
    while size := stream.recv_into(room):
        total += size
    os.write(tell, str(total * 8 / (time.perf_counter() - start) / 1e9).encode())


def _echo(stream: socket.socket) -> None:
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while data := stream.recv(64):
        stream.sendall(data)


def throughput(request: dict[str, Any]) -> float:
    """Gbit/s of one TCP stream, counted by the receiver."""
    told, tell = os.pipe()
    pid = _serve(request["to"], partial(_count, tell))
    with _connect(request) as stream:
        blob, end = bytes(1 << 20), time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            stream.sendall(blob)
    os.waitpid(pid, 0)
    return float(os.read(told, 99))


def answer(request: dict[str, Any]) -> float:
    """Median of microseconds from 32 bytes sent to 32 bytes received."""
    pid, times = _serve(request["to"], _echo), []
    with _connect(request) as stream:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(ANSWERS):
            start = time.perf_counter()
            stream.sendall(SMALL)
            stream.recv(64)
            times.append((time.perf_counter() - start) * 1e6)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return statistics.median(times[ANSWERS // 5 :])


def lab(request: Any) -> dict[str, Any]:
    """Build and measure."""
    make([*request["namespaces"], *request["segments"]])
    build(request["commands"])
    for namespace, device in request["devices"]:
        within(namespace, partial(_offloads_off, device))
    return {"gbit_per_s": round(throughput(request), 3), "answer_us": round(answer(request), 2)}


if __name__ == "__main__":
    main(lab)
