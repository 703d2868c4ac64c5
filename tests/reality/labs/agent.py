"""A process that makes the system calls that it is told, one at a time, and says what came out."""

import contextlib
import ctypes
import errno
import json
import os
import signal
import socket
import struct
import time
from collections.abc import Mapping
from typing import Any

from sandbox import (
    CLONE3,
    FLAGS,
    GETCWD,
    MNT_DETACH,
    MS_BIND,
    MS_REC,
    PIVOT_ROOT,
    PR_SET_CHILD_SUBREAPER,
    errno_name,
    libc,
)
from sandbox import call as libc_call

CAPABILITIES = {
    "CAP_KILL": 5,
    "CAP_SETUID": 7,
    "CAP_NET_BIND_SERVICE": 10,
    "CAP_NET_ADMIN": 12,
    "CAP_SYS_CHROOT": 18,
    "CAP_SYS_ADMIN": 21,
    "CAP_SYS_TIME": 25,
}
MESSAGE = 1 << 16
PR_SET_DUMPABLE, CAPABILITY_VERSION, MS_RDONLY = 4, 0x20080522, 1


class Agent:
    """The calls that an agent can make, by their names in a script."""

    def __init__(self, name: str, channels: Mapping[str, socket.socket], proc: int) -> None:
        self.name, self.channels, self.proc = name, channels, proc
        self.fds: dict[int, int] = {}
        self.sockets: list[socket.socket] = []
        self.message: dict[str, Any] = {}
        self.received: list[int] = []

    def serve(self) -> None:
        """Do as told for ever."""
        self._channel().send(json.dumps({"host_pid": int(os.readlink("self", dir_fd=self.proc))}).encode())
        while True:
            text, self.received, _flags, _address = socket.recv_fds(self._channel(), MESSAGE, 1)
            self.message = json.loads(text)
            reply: dict[str, Any] = {"errno": None, "answer": None}
            try:
                reply["answer"] = getattr(self, f"do_{self.message['name']}")(*self.message["args"])
            except OSError as refused:
                reply["errno"] = errno_name(refused)
            for descriptor in self.received:
                os.close(descriptor)
            reply["listing"], reply["cwd"] = self.do_listdir("/"), _getcwd()
            self._channel().send(json.dumps(reply).encode())

    def _channel(self) -> socket.socket:
        return self.channels[self.name]

    def do_fork(self, child: str, *kinds: str) -> None:
        """clone3(2): unlike fork(2) and clone(2), it knows all eight kinds."""
        fields = [sum(FLAGS[kind] for kind in kinds), 0, 0, 0, signal.SIGCHLD, 0, 0, 0]
        arguments = ctypes.create_string_buffer(struct.pack("8Q", *fields), 64)
        if libc_call("syscall", CLONE3, arguments, 64) == 0:
            os.setsid()  # else SIGCONT needs no permission
            self.name, self.sockets = child, []
            self.serve()

    def do_exit(self, code: int) -> None:
        os._exit(code)

    def do_wait(self) -> list[int | None] | None:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return None
        code = os.waitstatus_to_exitcode(status)
        return [pid, code, None] if code >= 0 else [pid, None, -code]

    def do_kill(self, _target: str, name: str | None) -> None:
        os.kill(self.message["number"], 0 if name is None else getattr(signal, name))

    def do_sigaction(self, name: str, reaction: str | int) -> None:
        number = getattr(signal, name)
        if isinstance(reaction, int):
            signal.signal(number, lambda *_: os._exit(reaction))
        else:
            actions = {"ignore": signal.SIG_IGN, "default": signal.SIG_DFL, "handle": lambda *_: None}
            signal.signal(number, actions[reaction])

    def do_set_child_subreaper(self) -> None:
        libc_call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def do_unshare(self, *kinds: str) -> None:
        libc_call("unshare", sum(FLAGS[kind] for kind in kinds))

    def do_fail(self, name: str) -> None:
        """Answer with an error that the sandbox met on the agent's behalf."""
        raise OSError(getattr(errno, name), name)

    def do_setns(self, _target: str, kind: str) -> None:
        libc_call("setns", self.received[0], FLAGS[kind])

    def do_setuid(self, uid: int) -> None:
        os.setuid(uid)

    def do_user_id(self) -> int:
        return os.geteuid()

    def do_drop_capabilities(self, *names: str) -> None:
        header, sets = struct.pack("II", CAPABILITY_VERSION, 0), ctypes.create_string_buffer(24)
        libc_call("capget", header, sets)
        words = list(struct.unpack("6I", sets.raw))
        for name in names:
            words[0] &= ~(1 << CAPABILITIES[name])
            words[1] &= ~(1 << CAPABILITIES[name])
        libc_call("capset", header, struct.pack("6I", *words))

    def do_write_uid_map(self, _target: str, inside: int, outside: int, count: int) -> None:
        target = self.message["host_pid"]
        self._write_proc(f"{target}/uid_map", f"{inside} {outside} {count}\n")
        with contextlib.suppress(OSError):  # a namespace below needs the group too, and all agents are of group 0
            self._write_proc(f"{target}/setgroups", "deny")
            self._write_proc(f"{target}/gid_map", "0 0 1\n")

    def do_shift_clocks(self, seconds: int) -> None:
        self._write_proc("self/timens_offsets", f"monotonic {seconds} 0\nboottime {seconds} 0\n")

    def do_uptime(self) -> int:
        return round(time.clock_gettime(time.CLOCK_BOOTTIME) - self.message["boottime"])

    def do_mkdir(self, path: str) -> None:
        os.mkdir(path)

    def do_symlink(self, target: str, path: str) -> None:
        os.symlink(target, path)

    def do_write(self, path: str, content: str) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        try:
            os.write(descriptor, content.encode())
        finally:
            os.close(descriptor)

    def do_read(self, path: str) -> str:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            return os.read(descriptor, MESSAGE).decode()
        finally:
            os.close(descriptor)

    def do_listdir(self, path: str) -> list[str]:
        names = sorted(os.listdir(path))
        return [name for name in names if name.isdigit()] if "meminfo" in names else names

    def do_open_directory(self, path: str) -> int:
        number = next(free for free in range(3, 1024) if free not in self.fds)
        self.fds[number] = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        return number

    def do_close(self, number: int) -> None:
        os.close(self.fds.pop(number, -1))

    def do_chdir(self, path: str) -> None:
        os.chdir(path)

    def do_fchdir(self, number: int) -> None:
        libc_call("fchdir", self.fds.get(number, -1))

    def do_chroot(self, path: str) -> None:
        os.chroot(path)

    def do_pivot_root(self, new_root: str, put_old: str) -> None:
        libc_call("syscall", PIVOT_ROOT, new_root.encode(), put_old.encode())

    def do_mount(self, fs_type: str, target: str, read_only: bool = False) -> None:
        libc_call("mount", fs_type, target, fs_type, MS_RDONLY if read_only else 0, None)

    def do_bind(self, source: str, target: str, recursive: bool = False) -> None:
        libc_call("mount", source, target, None, MS_BIND | (MS_REC if recursive else 0), None)

    def do_umount(self, target: str, detach: bool = False) -> None:
        libc_call("umount2", target, MNT_DETACH if detach else 0)

    def do_hostname(self) -> str:
        return socket.gethostname()

    def do_sethostname(self, name: str) -> None:
        socket.sethostname(name)

    def do_msgget(self, key: int) -> None:
        libc_call("msgget", key, 0o3600)

    def do_link_up(self, device: str) -> None:
        link_up(device)

    def do_listen(self, port: int, address: str = "0.0.0.0") -> None:
        listener = socket.socket()
        self.sockets.append(listener)
        listener.bind((address, port))
        listener.listen()

    def do_connect(self, address: str, port: int) -> None:
        with socket.socket() as client:
            client.settimeout(5)
            client.connect((address, port))

    def _write_proc(self, path: str, content: str) -> None:
        libc_call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)  # else the files in /proc belong to root
        descriptor = os.open(path, os.O_WRONLY, dir_fd=self.proc)
        try:
            os.write(descriptor, content.encode())
        finally:
            os.close(descriptor)


def link_up(device: str) -> None:
    """``ip link set DEVICE up``, by ioctl(2) SIOCSIFFLAGS."""
    with socket.socket() as control:
        request = ctypes.create_string_buffer(struct.pack("16sH22x", device.encode(), 1), 40)
        libc_call("ioctl", control.fileno(), 0x8914, request)


def _getcwd() -> str:
    """The kernel's own answer: the C library hides ``(unreachable)``."""
    buffer = ctypes.create_string_buffer(4096)
    if libc.syscall(GETCWD, buffer, 4096) < 0:
        return ""
    return buffer.value.decode()
