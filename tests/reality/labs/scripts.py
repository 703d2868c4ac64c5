"""Runs scripts of system calls, each on a node of its own: process ``init`` is number 1 of new namespaces, on a tmpfs.

Request: ``{"scripts": {name: {"tree": {path: text}, "calls": [[process, call, ...]]}}}``. Answer: for each call its
errno, its result, ``/`` and the working directory as the caller sees them then, and every process: numbers, parent,
state, namespaces.
"""

import fcntl
import json
import os
import select
import signal
import socket
import time
from collections.abc import Iterable, Mapping
from typing import Any

from agent import MESSAGE, Agent
from sandbox import FLAGS, MNT_DETACH, PIVOT_ROOT, Skip, main
from sandbox import call as libc_call

KINDS = ("mnt", "uts", "ipc", "net", "pid", "user", "cgroup", "time")
NS_GET_PARENT, PF_EXITING, NO_SUCH_PID = 0xB702, 0x4, (1 << 22) - 1
EXITING = "exiting"
PATIENCE_S, PAUSE_S = 10.0, 0.001
BELOW = "/tmp"  # in a mount namespace of its own: the machine's /tmp is not touched
STOP_AND_CONTINUE = 1 << (signal.SIGCONT - 1) | 1 << (signal.SIGSTOP - 1)


class Node:
    """A script's processes, seen from outside."""

    def __init__(self, tree: Mapping[str, str], names: list[str]) -> None:
        pairs = {name: socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for name in names}
        self.channels = {name: pair[0] for name, pair in pairs.items()}
        self.inner = {name: pair[1] for name, pair in pairs.items()}
        self.host: dict[str, int] = {}
        self.proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
        starter = os.fork()
        if starter == 0:
            _start_init(tree, self.inner, self.proc)
        status = os.waitstatus_to_exitcode(os.waitpid(starter, 0)[1])
        if status:
            raise Skip(f"no namespaces for a node: {os.strerror(status)}")
        self._hello("init")

    def make(self, process: str, name: str, args: list[Any]) -> dict[str, Any]:
        """One call of the script."""
        if self._state(process) not in ("S", "R"):
            return self._step({"errno": "ESRCH", "answer": None, "listing": [], "cwd": ""})
        message, attached = {"name": name, "args": args, "boottime": time.clock_gettime(time.CLOCK_BOOTTIME)}, []
        if name in ("kill", "setns", "write_uid_map"):
            message["host_pid"] = self.host.get(args[0], NO_SUCH_PID)
            message["number"] = self._number(process, args[0])
        if name == "setns":
            try:
                attached.append(os.open(f"/proc/{message['host_pid']}/ns/{args[1]}", os.O_RDONLY))
            except FileNotFoundError:
                message |= {"name": "fail", "args": ["ENOENT"]}
        socket.send_fds(self.channels[process], [json.dumps(message).encode()], attached)
        for descriptor in attached:
            os.close(descriptor)
        reply = self._reply(process)
        if name == "fork" and reply["errno"] is None:
            self._hello(args[0])
        if name in ("kill", "exit", "wait"):
            self._settle()
        if self._state(process) not in ("S", "R"):
            reply |= {"cwd": "", "listing": []}
        return self._step(reply)

    def close(self) -> None:
        """End every process of the script."""
        os.kill(self.host["init"], signal.SIGKILL)
        for channel in (*self.channels.values(), *self.inner.values()):
            channel.close()
        os.close(self.proc)
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                return

    def _hello(self, name: str) -> None:
        self.host[name] = json.loads(self.channels[name].recv(MESSAGE))["host_pid"]

    def _reply(self, process: str) -> dict[str, Any]:
        """What the agent says; or nothing, if the call ended or stopped it."""
        channel, deadline = self.channels[process], time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if select.select([channel], [], [], 0.01)[0]:
                return dict(json.loads(channel.recv(MESSAGE)))
            if self._state(process) not in ("S", "R", "D"):
                return {"errno": None, "answer": None, "listing": [], "cwd": ""}
        raise RuntimeError(f"{process} does not answer")

    def _settle(self) -> None:
        """Wait until every process sleeps, is stopped, or is a zombie, with no signal under way."""
        deadline, calm = time.monotonic() + PATIENCE_S, 0
        while calm < 2:
            if time.monotonic() > deadline:
                raise RuntimeError("a signal has not had its effect")
            calm = calm + 1 if all(_settled(pid, self.host.values()) for pid in self.host.values()) else 0
            time.sleep(PAUSE_S)

    def _step(self, reply: dict[str, Any]) -> dict[str, Any]:
        names = {pid: name for name, pid in self.host.items()}
        seen = {name: _process(pid, names) for name, pid in self.host.items()}
        return reply | {"processes": {name: process for name, process in seen.items() if process}}

    def _state(self, name: str) -> str | None:
        """``S`` and ``R`` only for a process that can answer: number 1 of a pid namespace may sleep on its way out."""
        return _state(self.host[name]) if name in self.host else None

    def _number(self, sender: str, target: str) -> int:
        """The target's number in the sender's pid namespace; one that nobody has if it has none."""
        try:
            seen_in, chain = _pid_chain(self.host[sender])[-1], _pid_chain(self.host[target])
            numbers = [int(number) for number in _status(self.host[target])["NSpid"].split()]
            return dict(zip(chain, numbers, strict=True))[seen_in]
        except (KeyError, IndexError):
            return NO_SUCH_PID


def _start_init(tree: Mapping[str, str], channels: Mapping[str, socket.socket], proc: int) -> None:
    """In a child of the lab: make the namespaces, fork number 1, and leave."""
    try:
        for name in signal.Signals:
            if name not in (signal.SIGKILL, signal.SIGSTOP):
                signal.signal(name, signal.SIG_DFL)
        libc_call("unshare", sum(FLAGS[kind] for kind in ("mnt", "uts", "ipc", "net", "pid")))
        if os.fork():
            os._exit(0)
    except OSError as refused:
        os._exit(refused.errno or 1)
    _enter_root(tree)
    socket.sethostname("node")
    agent = Agent("init", channels, proc)
    agent.do_link_up("lo")
    agent.serve()


def _enter_root(tree: Mapping[str, str]) -> None:
    libc_call("mount", "tmpfs", BELOW, "tmpfs", 0, None)
    os.mkdir(f"{BELOW}/proc")
    libc_call("mount", "proc", f"{BELOW}/proc", "proc", 0, None)
    for path, text in tree.items():
        place = f"{BELOW}{path}"
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "w", encoding="utf-8") as file:
            file.write(text)
    os.chdir(BELOW)
    libc_call("syscall", PIVOT_ROOT, b".", b".")
    libc_call("umount2", ".", MNT_DETACH)
    os.chdir("/")


def _status(pid: int) -> dict[str, str]:
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            return {line.split(":", 1)[0]: line.split(":", 1)[1].strip() for line in file}
    except (FileNotFoundError, ProcessLookupError):
        return {}


def _settled(pid: int, all_pids: Iterable[int]) -> bool:
    status = _status(pid)
    state = status.get("State", "Z")[0]
    if state in "ZX":
        return True
    pending = int(status["SigPnd"], 16) | int(status["ShdPnd"], 16)
    if state in "Tt":
        return not pending & 1 << (signal.SIGKILL - 1)
    if _state(pid) == EXITING:
        return _waits_for_others(pid, all_pids)
    return state == "S" and not pending & ~STOP_AND_CONTINUE


def _waits_for_others(pid: int, all_pids: Iterable[int]) -> bool:
    """Whether number 1 of a pid namespace cannot end yet: another of the script's processes has a number there."""
    own = _pid_chain(pid)[-1:]
    return bool(own) and any(own[0] in _pid_chain(other) for other in all_pids if other != pid)


def _state(pid: int) -> str | None:
    """The letter in ``/proc/PID/stat``; `EXITING` while it ends, None if there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return EXITING if int(fields[6]) & PF_EXITING and fields[0] not in "ZX" else fields[0]


def _process(pid: int, names: Mapping[int, str]) -> dict[str, Any] | None:
    status = _status(pid)
    if not status or status["State"][0] == "X":
        return None
    state = "S" if status["State"][0] in "RSD" else status["State"][0].upper()
    found = {
        "pids": [int(number) for number in status["NSpid"].split()[1:]],
        "parent": names.get(int(status["PPid"]), ""),
        "state": state,
    }
    return (
        found
        if _state(pid) in ("Z", EXITING)
        else found | {"namespaces": {kind: os.readlink(f"/proc/{pid}/ns/{kind}") for kind in KINDS}}
    )


def _pid_chain(pid: int) -> list[int]:
    """The inodes of the process's pid namespaces, from the sandbox's to its own; nothing if it is gone."""
    try:
        chain, descriptor = [], os.open(f"/proc/{pid}/ns/pid", os.O_RDONLY)
    except (FileNotFoundError, ProcessLookupError):
        return []
    top = os.stat("/proc/self/ns/pid").st_ino
    while True:
        chain.append(os.fstat(descriptor).st_ino)
        if chain[-1] == top:
            os.close(descriptor)
            return chain[::-1]
        above = fcntl.ioctl(descriptor, NS_GET_PARENT)
        os.close(descriptor)
        descriptor = above


def run_script(script: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All calls of one script."""
    calls = script["calls"]
    node = Node(script["tree"], ["init", *(args[0] for _, name, *args in calls if name == "fork")])
    try:
        return [node.make(process, name, args) for process, name, *args in calls]
    finally:
        node.close()


def _need_all_kinds() -> None:
    """Skip where the kernel lacks a kind of namespace, or lets nobody make it."""
    for kind in KINDS:
        child = os.fork()
        if child == 0:
            try:
                libc_call("unshare", FLAGS[kind])
            except OSError as refused:
                os._exit(refused.errno or 1)
            os._exit(0)
        number = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if number:
            raise Skip(f"no new {kind} namespace: {os.strerror(number)}")


def lab(request: Any) -> dict[str, Any]:
    """Every script of the request."""
    _need_all_kinds()
    return {"scripts": {name: run_script(script) for name, script in request["scripts"].items()}}


if __name__ == "__main__":
    main(lab)
