"""The processes of a node with containerd, and what becomes of containers when the daemon ends.

containerd starts a shim for each pod. The shim leaves its parent (its own starter ends at once), so that it hangs on
the machine's first process, and it is a subreaper: runc, which makes a container's first process and ends, leaves that
process to the shim. So the shim is who learns how a container ends, also while containerd is away. A containerd that
comes back asks the shim for processes only: what ended meanwhile counts as leaked, and its exit code is lost.

References
----------
containerd v2.4.2: cmd/containerd-shim-runc-v2, pkg/shim (SetSubreaper), core/runtime/v2/shim_load.go
(shouldCleanupShim), internal/cri/server/restart.go (loadContainer); prctl(2): PR_SET_CHILD_SUBREAPER
"""

from __future__ import annotations

from k8smodels.runtime.exit_codes import UNKNOWN
from k8smodels.runtime.processes import Process, ProcessTree, Waits

DAEMON, SHIM, SANDBOX = "containerd", "containerd-shim-runc-v2", "pause"


def node_processes() -> ProcessTree:
    """The machine's first process, containerd, the shim of one pod, and the pod's sandbox process."""
    tree = ProcessTree().start(Process("systemd", waits="all")).start(Process(DAEMON, "systemd"))
    return _start_by_runc(_start_shim(tree), SANDBOX, "all")


def start_container(tree: ProcessTree, name: str, *, waits: Waits = "own") -> ProcessTree:
    """The tree with the first process of a container, in a PID namespace of its own.

    Parameters
    ----------
    waits
        Which of its children the program collects; an init such as tini: ``all``.
    """
    return _start_by_runc(tree, name, waits)


def exit_code_after_return(tree: ProcessTree, name: str) -> int | None:
    """What a containerd that was away tells of a container that ran before: None, it runs; else that it does not know.

    Examples
    --------
    >>> tree = start_container(node_processes(), "app").kill(DAEMON)
    >>> exit_code_after_return(tree, "app"), exit_code_after_return(tree.exit("app", 9), "app")
    (None, 255)
    """
    return None if tree.find(name) else UNKNOWN


def _start_shim(tree: ProcessTree) -> ProcessTree:
    """A starter makes the shim and ends; the shim goes to the machine's first process."""
    starter = f"{SHIM} start"
    return tree.start(Process(starter, DAEMON)).start(Process(SHIM, starter, waits="all", subreaper=True)).exit(starter)


def _start_by_runc(tree: ProcessTree, name: str, waits: Waits) -> ProcessTree:
    """Runc makes the process and ends; the process goes to the shim."""
    first = Process(name, "runc", namespace=name, waits=waits)
    return tree.start(Process("runc", SHIM)).start(first).exit("runc")
