"""Scenes of the chapter on processes: what they do to each other on one machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8smodels.i18n import _
from k8smodels.isolation.cgroup import Cgroup
from k8smodels.isolation.cpu_time import simulate
from k8smodels.isolation.machine import Call, File, boot, chroot_escape, run
from k8smodels.isolation.memory import Process as Resident
from k8smodels.isolation.memory import run_out_of_memory
from k8smodels.views.frame import Frame
from k8smodels.views.html import Child, el, join
from k8smodels.views.isolation import call_rows, grid, note, process

MIB = 1 << 20


def calls(process_name: str, *made: tuple[str | int | bool | None, ...]) -> list[Call]:
    """Calls of one process, each as its name and arguments."""
    return [Call(process_name, str(name), tuple(args)) for name, *args in made]


# The puzzle: a root directory of its own, and nothing else.


def caged() -> Frame:
    """What a process in a chroot does to the rest of the machine."""
    tree = {"/secret": File("SECRET"), "/rootfs/app": File("program")}
    start = [*calls("init", ("fork", "web"), ("fork", "app")), *calls("app", ("chroot", "/rootfs"), ("chdir", "/"))]
    tried = calls("app", ("listdir", "/"), ("read", "/secret"), ("kill", "web", "SIGKILL"))
    steps = run(boot(tree), [*start, *tried])[len(start) :]
    escape = chroot_escape()
    rows = [*call_rows(steps), *call_rows(escape[-1:])]
    between = _("Between the last two lines app makes {n} more calls. They come below.").format(n=len(escape) - 4)
    table = grid([_("process"), _("call"), _("answer")], rows, [len(steps) - 1, len(rows) - 1])
    return Frame(join([table, note(between)]), "")


# What processes on one machine do to each other.


def attacks() -> dict[str, str]:
    """What `attack` knows, and how a reader calls it."""
    return {
        "kill": _("end it"),
        "file": _("overwrite its file"),
        "port": _("take its port"),
        "name": _("rename the machine"),
        "cpu": _("take its CPU time"),
        "memory": _("take its memory"),
    }


def attack(what: str) -> Frame:
    """`batch` does something for itself, and `web` feels it. Both run as root on one machine, with nothing between."""
    if what == "cpu":
        return _cpu_attack()
    if what == "memory":
        return _memory_attack()
    steps = run(boot({"/data/config": File("port=8080")}), [*_both(), *_attack_calls()[what]])[2:]
    return Frame(grid([_("process"), _("call"), _("answer")], call_rows(steps), [1]), _harm()[what])


def _both() -> list[Call]:
    return calls("init", ("fork", "web"), ("fork", "batch"))


def _attack_calls() -> Mapping[str, list[Call]]:
    """Three calls each: before, the attack, after."""
    config = "/data/config"
    return {
        "kill": [
            *calls("web", ("listen", 8080)),
            *calls("batch", ("kill", "web", "SIGKILL")),
            *calls("init", ("connect", "127.0.0.1", 8080)),
        ],
        "file": [
            *calls("web", ("read", config)),
            *calls("batch", ("write", config, "port=9090")),
            *calls("web", ("read", config)),
        ],
        "port": [
            *calls("init", ("connect", "127.0.0.1", 8080)),
            *calls("batch", ("listen", 8080)),
            *calls("web", ("listen", 8080)),
        ],
        "name": [
            *calls("web", ("hostname",)),
            *calls("batch", ("sethostname", "batch-1")),
            *calls("web", ("hostname",)),
        ],
    }


def _harm() -> Mapping[str, str]:
    return {
        "kill": _("`batch` runs as root, so it may signal every process that it can name. **web** is gone."),
        "file": _("Both name the same file. The last writer wins, and **web** reads what `batch` wrote."),
        "port": _("A port is taken once on a machine. **web** comes second and cannot start."),
        "name": _("The machine has one name. `batch` changed it for **web** as well."),
    }


def _cpu_attack() -> Frame:
    before, after = _cpu_of_web(0), _cpu_of_web(3)
    rows = [
        (_("web alone"), f"{before:.0%}"),
        (_("web and three busy processes of batch"), f"{after:.0%}"),
    ]
    says = _("Inside one cgroup the kernel is fair to processes, not to applications: of four, **web** gets {share}.")
    return Frame(grid([_("on one CPU"), _("web gets")], rows, [1]), says.format(share=f"{after:.0%}"))


def _cpu_of_web(others: int) -> float:
    busy = [Cgroup(name="web"), *(Cgroup(name=f"batch-{number}") for number in range(others))]
    return simulate(busy, cpus=1).cpus_used("web")


def _memory_attack() -> Frame:
    small = [Resident(name=f"batch-{number}", rss_bytes=100 * MIB) for number in range(1, 7)]
    everyone = [Resident(name="web", rss_bytes=500 * MIB), *small]
    (kill,) = run_out_of_memory(everyone, 1024 * MIB).kills
    dead = el("span", el("b", _("killed")), class_="v no")
    rows: list[Sequence[Child]] = [
        (process(each.name), f"{each.rss_bytes // MIB} MiB", dead if each is kill.victim else _("lives"))
        for each in everyone
    ]
    says = _("The six of `batch` filled the last of 1024 MiB. The kernel kills the largest process: **{victim}**.")
    return Frame(grid([_("process"), _("memory"), _("then")], rows, [0]), says.format(victim=kill.victim.name))
