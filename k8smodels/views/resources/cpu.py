"""CPU time of a simulation: who wanted, got and was stopped, and by whom."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.i18n import _
from k8smodels.isolation.cpu_time import CPUTime, Usage
from k8smodels.views.amounts import percent
from k8smodels.views.html import Html, el, inline, join

__all__ = ["competitors", "limited", "quota_lane"]


def competitors(time: CPUTime, files: Mapping[str, str], *, scale_cpus: int) -> Html:
    """Containers in the first period of `time`: what each wanted, used, and could not use for want of quota.

    Parameters
    ----------
    time
        The simulation.
    files
        What to write beside a container, by the name of its cgroup ``NAMESPACE/POD/CONTAINER``; these are shown.
    scale_cpus
        How many CPUs a full bar stands for.
    """
    first = time.periods[0]
    items = (_competitor(first[name], beside, time.period_us, scale_cpus) for name, beside in files.items())
    return el("ol", join(items), class_="board")


def limited(usage: Usage) -> Html:
    """The verdict: what kept a cgroup from more."""
    texts = {
        "demand": (_("has all it wants"), "ok"),
        "quota": (_("stopped by its quota"), "no"),
        "weight": (_("shares with others, by weight"), "wait"),
        "cpus": (_("has every CPU there is"), "wait"),
    }
    text, mark = texts[usage.limited_by] if usage.wanted_us else (_("wants nothing"), "wait")
    return el("p", el("b", text), class_=f"v {mark}")


def _competitor(usage: Usage, beside: str, period_us: int, scale_cpus: int) -> Html:
    name = usage.cgroup.split("/")[1]
    head = el("span", el("b", name, class_="ob ctr"), " ", el("small", inline(beside)), class_="name")
    rows = (
        (_("wanted"), usage.wanted_us, "may"),
        (_("used"), usage.used_us, "new"),
        (_("stopped"), usage.throttled_us, "over"),
    )
    bars = join(_bar(label, amount, period_us, scale_cpus, kind) for label, amount, kind in rows)
    return el("li", el("div", head, " ", limited(usage), class_="top"), el("ul", bars, class_="bars one"))


def _bar(label: str, amount_us: int, period_us: int, scale_cpus: int, kind: str) -> Html:
    width = percent(amount_us, scale_cpus * period_us)
    track = el("span", el("i", class_=f"w{width} {kind}") if width else None, class_="tr", aria_hidden="true")
    number = _("{cpus} cpu").format(cpus=f"{amount_us / period_us:.2f}")
    return el("li", el("span", label), track, el("span", number, class_="n"))


def quota_lane(time: CPUTime, name: str, threads: int) -> Html:
    """Each period of the cgroup `name`, alone on its node: how long its threads ran, and how long they stood still.

    Parameters
    ----------
    time
        The simulation.
    name
        A cgroup whose threads run side by side.
    threads
        How many there are.
    """
    items = (_period(i, period[name], threads, time.period_us) for i, period in enumerate(time.periods))
    return el("ul", join(items), class_="bars one")


def _period(i: int, usage: Usage, threads: int, period_us: int) -> Html:
    ran, still = usage.used_us // threads, usage.throttled_us // threads
    parts = [el("i", class_=f"w{percent(ran, period_us)} new")] if ran else []
    parts += [el("i", class_=f"w{percent(still, period_us)} over")] if still else []
    spoken = _("runs {ran} ms, stands still {still} ms").format(ran=f"{ran / 1000:g}", still=f"{still / 1000:g}")
    start = _("{ms} ms").format(ms=i * period_us // 1000)
    used = _("{ms} ms CPU").format(ms=f"{usage.used_us / 1000:g}")
    track = el("span", join(parts), class_="tr", aria_hidden="true")
    return el("li", el("span", start), track, el("span", el("span", spoken, ": ", class_="sr"), used, class_="n"))
