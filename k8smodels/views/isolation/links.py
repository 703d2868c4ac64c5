"""Two listings of ``/proc/PID/ns`` side by side: what is shared, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.i18n import _
from k8smodels.isolation.machine import KINDS, Kind, shared_kinds
from k8smodels.views.html import Html, el
from k8smodels.views.isolation.cells import grid

__all__ = ["consequence", "ls_text", "shared_table"]


def ls_text(pid: int, links: Mapping[str, int], when: str = "Nov 25 10:59") -> str:
    """The links of a process as ``ls -l`` prints them."""
    lines = (
        f"lrwxrwxrwx 1 root root 0 {when} {name} -> {name.removesuffix('_for_children')}:[{inode}]"
        for name, inode in links.items()
    )
    return "\n".join([f"$ ls -l /proc/{pid}/ns", "total 0", *lines])


def shared_table(a: Mapping[str, int], b: Mapping[str, int]) -> Html:
    """One row a kind of namespace: the same or not, and what that means for the two processes."""
    shared = shared_kinds(a, b)
    rows = [
        (el("code", kind, class_="nw"), _verdict(kind, shared), consequence(kind, shared.get(kind))) for kind in KINDS
    ]
    return grid([_("kind"), _("same namespace?"), _("what follows")], rows)


def _verdict(kind: Kind, shared: Mapping[Kind, bool]) -> Html:
    if kind not in shared:
        return el("span", el("b", _("not said")), class_="v wait")
    return el("span", el("b", _("shared") if shared[kind] else _("apart")), class_="v ok" if shared[kind] else "v no")


def consequence(kind: Kind, is_shared: bool | None) -> str:
    """What it means for two processes to share a namespace of this kind, or not to."""
    if is_shared is None:
        return _("At least one of the listings does not name it.")
    together, apart = _consequences()[kind]
    return together if is_shared else apart


def _consequences() -> Mapping[Kind, tuple[str, str]]:
    return {
        "mnt": (
            _("One tree of mounts: what one mounts, the other sees."),
            _("Each has its own mounts. Files are shared only where the same file system is mounted."),
        ),
        "uts": (_("One host name."), _("Each has a host name of its own.")),
        "ipc": (
            _("They can use the same System V objects and POSIX message queues."),
            _("Neither finds the other's System V objects."),
        ),
        "net": (
            _("One set of devices and ports: 127.0.0.1 leads from one to the other, and a port is taken once."),
            _("Each has its own devices, addresses and ports."),
        ),
        "pid": (
            _("They see each other and can name each other in a signal."),
            _("Not the same numbers. Only from a namespace around the other's is the other visible."),
        ),
        "user": (
            _("User 0 is the same user for both."),
            _("The same number can mean two users; root of the one is not root over the other."),
        ),
        "cgroup": (_("Both see the same cgroup as the root."), _("Each names cgroups from a root of its own.")),
        "time": (_("The clocks since boot agree."), _("The clocks since boot may differ; the time of day does not.")),
    }
