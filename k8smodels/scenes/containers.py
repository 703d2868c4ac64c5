"""Scenes of the chapter on containers: what one is made of, and how CPU time is divided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8smodels.api.pod import Pod, pod
from k8smodels.i18n import _
from k8smodels.isolation import Cgroup, CPUTime, KubeletSettings, node_cgroups, simulate
from k8smodels.isolation.cpu import milli_cpu_to_quota_us
from k8smodels.isolation.machine import (
    Machine,
    boot,
    chroot,
    clone,
    fork,
    hostname,
    listdir,
    mount,
    sethostname,
    visible,
)
from k8smodels.isolation.machine.files import File
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, inline, join
from k8smodels.views.resources import competitors, quota_lane

NODE = KubeletSettings(memory_capacity_bytes=8 << 30, memory_allocatable_bytes=7 << 30)
THREADS = 4

# What is left of a container?


def taken_away(view: bool, bounds: bool, files: bool) -> Frame:
    """The same program with or without each of the three things that make a container."""
    machine, pid = _start(view, files)
    seen = ", ".join(f"{line.pid} {line.command}" for line in visible(machine, pid))
    limit = 50_000 if bounds else None
    cpus = simulate([Cgroup(name="web", quota_us=limit, threads=THREADS)], cpus=THREADS).cpus_used("web")
    cgroup = "/kubepods.slice/…" if bounds else "/"
    rows = (
        (_("Which processes are there?"), seen, "/proc/4/ns/pid", view),
        (_("What is my host called?"), hostname(machine, pid), "/proc/4/ns/uts", view),
        (_("What is in `/`?"), " ".join(listdir(machine, pid, "/")), "/proc/4/root", files),
        (_("How much CPU can my four threads use?"), _("{n} CPUs").format(n=f"{cpus:g}"), "/proc/4/cgroup", bounds),
    )
    kept = [word for word, there in ((_("view"), view), (_("bounds"), bounds), (_("files"), files)) if there]
    says = _("Nothing is left but a process, **web**, that the kernel has run all the time.")
    if len(kept) == 3:
        says = _("This is what we call a container. To the node it is process **4**; the cgroup is {path}.").format(
            path=f"`{cgroup}`"
        )
    elif kept:
        says = _("The program still runs. Of its own it has: **{kept}**.").format(kept=", ".join(kept))
    return Frame(_answers(rows), says)


def _start(view: bool, files: bool) -> tuple[Machine, int]:
    """A node on which `web` is process 4, with or without namespaces and a root of its own."""
    root = "/run/web"
    tree = {f"{root}{name}": File("") for name in ("/app", "/etc/app.conf", "/lib/libc.so")}
    node_files = {name: File("") for name in ("/boot/vmlinuz", "/etc/shadow", "/lib/modules", "/home/ann")}
    machine = boot({**tree, **node_files}, hostname="node-1")
    machine, _containerd = fork(machine, 1, "containerd")
    machine, _other = fork(machine, 1, "db")
    if not view:
        machine, web = fork(machine, 1, "web")
    else:
        machine, web = clone(machine, 1, "pid", "mnt", "uts", "net", "ipc", command="web")
        machine = mount(sethostname(machine, web, "web-0"), web, "proc", "/proc")
    return (chroot(machine, web, root) if files else machine), web


def _answers(rows: Sequence[tuple[str, str, str, bool]]) -> Html:
    head = [_("web asks"), _("the kernel answers"), _("kept in")]
    body = [
        el(
            "tr",
            el("th", inline(question), scope="row"),
            el("td", el("code", answer), " ", None if own else el("small", _("as any process"), class_="nw")),
            el("td", el("code", where)),
        )
        for question, answer, where, own in rows
    ]
    titles = el("tr", join(el("th", name, scope="col") for name in head))
    return el("table", el("thead", titles), el("tbody", join(body)))


# Who gets how much?


def compete(request: int, limit: int, busy: int, cpus: int) -> Frame:
    """`web` with this request and limit (milliCPU, 0 for none) against `api` with `busy` threads, and `job`."""
    pods = competing_pods(request, limit)
    time = contest(pods, busy, cpus)
    frame = competitors(time, _weights(pods, time), scale_cpus=4)
    node = _("The node has {n} CPUs.").format(n=cpus) if cpus > 1 else _("The node has one CPU.")
    return Frame(join([el("p", node, class_="muted"), frame]), _who_limits(time))


def competing_pods(request: int, limit: int) -> list[Pod]:
    """`web`, which the reader sets, `api` with a request of 250m, and `job` with none."""
    limits = {"cpu": f"{limit}m"} if limit else {}
    web = pod("web", requests={"cpu": f"{request}m"}, limits=limits)
    return [web, pod("api", requests={"cpu": "250m"}), pod("job")]


def contest(pods: Sequence[Pod], busy: int, cpus: int) -> CPUTime:
    """One period: web wants two CPUs, api as many as it has busy threads, job one."""
    threads = {"default/web/main": 2, "default/api/main": busy, "default/job/main": 1}
    return simulate(node_cgroups(pods, NODE, threads=threads), cpus=cpus, periods=1)


def _weights(pods: Sequence[Pod], time: CPUTime) -> Mapping[str, str]:
    """The weights on the way down to each container, and its quota, by the name of its cgroup."""
    by_name = {cgroup.name: cgroup for cgroup in time.cgroups}
    found = {}
    for item in pods:
        name = f"default/{item.name}/main"
        group = by_name["besteffort" if item.name == "job" else "burstable"]
        quota = by_name[name].quota_us
        weights = _("weight {group} › {pod}").format(group=group.weight, pod=by_name[f"default/{item.name}"].weight)
        found[name] = f"{weights}, cpu.max {quota or 'max'} {time.period_us}"
    return found


def _who_limits(time: CPUTime) -> str:
    usage, idle = time.periods[0]["default/web/main"], time.idle_us(0) / time.period_us
    texts = {
        "demand": _("**web** has all it wants: {used} CPUs. Idle: {idle} CPUs."),
        "quota": _("**web** is stopped by its own quota at {used} CPUs, whatever its weight. Idle: {idle} CPUs."),
        "weight": _("**web** gets {used} CPUs by its weight: all want more than there is. Idle: {idle} CPUs."),
        "cpus": _("**web** has all the CPUs there are: {used}. Idle: {idle} CPUs."),
    }
    return texts[usage.limited_by].format(used=f"{usage.used_us / time.period_us:.2f}", idle=f"{idle:.2f}")


# Quota.


EVERY = 5
"""A request comes in every so many periods."""


def burst(limit: int, threads: int, work_ms: int) -> Frame:
    """A request of `work_ms` CPU time, divided among threads, on an idle node; limit in milliCPU, 0 for none."""
    time = bursts(limit, threads, work_ms)
    lane = quota_lane(time, "web", threads)
    stat = el("pre", el("b", "cpu.stat"), "\n", str(time.totals["web"]).rstrip(), tabindex="0")
    took, alone = answered_ms(time, threads), work_ms / threads
    texts = (
        _("The answer takes **{took} ms**, as long as the work itself. Average use: {share}."),
        _("The answer takes **{took} ms**; without a limit, {alone} ms. Average use: {share}."),
    )
    says = texts[took > alone].format(took=f"{took:g}", alone=f"{alone:g}", share=_share(time, limit))
    return Frame(join([lane, stat]), says)


def bursts(limit: int, threads: int, work_ms: int) -> CPUTime:
    """Five periods of an idle node with four CPUs, and one request at the start of the first."""
    quota = milli_cpu_to_quota_us(limit) or None
    web = Cgroup(name="web", quota_us=quota, threads=threads, work_us=(work_ms * 1000,) + (0,) * (EVERY - 1))
    return simulate([web], cpus=THREADS, periods=EVERY)


def answered_ms(time: CPUTime, threads: int) -> float:
    """When the last of the work of the first request is done."""
    last = max(i for i, period in enumerate(time.periods) if period["web"].used_us)
    return (last * time.period_us + time.periods[last]["web"].used_us / threads) / 1000


def _share(time: CPUTime, limit: int) -> str:
    used = time.cpus_used("web")
    if not limit:
        return _("{used} CPUs").format(used=f"{used:g}")
    return _("{part} % of the limit").format(part=f"{100 * used / (limit / 1000):.0f}")
