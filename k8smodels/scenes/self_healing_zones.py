"""Many nodes fall silent at once: how fast the control plane gives them up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

from k8smodels.api.node import Node, node
from k8smodels.controlplane import Cluster, Limits
from k8smodels.controlplane.node_health import (
    Disruption,
    Flags,
    ZoneCount,
    ZoneState,
    disruption,
    eviction_rate,
    is_node_ready,
)
from k8smodels.i18n import _
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.tables import table

__all__ = ["MINUTES", "OTHERS", "SHARES", "SIZES", "silent_zone", "tainted", "zones"]

SIZES = (6, 20, 60)
SHARES = ("one", "a third", "55 % or more", "all")
OTHERS: Mapping[str, int] = {"is well": 0, "is silent, too": 3}
"""How many of the three nodes of the other zone are silent."""
_OTHER_SIZE = 3
MINUTES = (1, 5, 10)


def zones(size: int, silent: int, other_silent: int) -> Disruption:
    """The states of zone a with so many nodes, and of zone b with three."""
    before: dict[str, ZoneState] = {"a": "Normal", "b": "Normal"}
    counts = {"a": ZoneCount(size - silent, silent), "b": ZoneCount(_OTHER_SIZE - other_silent, other_silent)}
    return disruption(before, counts, Flags())


def count(size: int, share: str) -> int:
    """How many nodes a choice of `SHARES` means."""
    return {"one": 1, "a third": size // 3, "55 % or more": math.ceil(0.55 * size), "all": size}[share]


@lru_cache(maxsize=64)
def tainted(size: int, silent: int, other_silent: int) -> tuple[int, ...]:
    """How many nodes of zone a have the taint that evicts, so many `MINUTES` after the first was called Unknown."""
    ours = [f"a-{i + 1}" for i in range(size)]
    others = [f"b-{i + 1}" for i in range(_OTHER_SIZE)]
    zone = "topology.kubernetes.io/zone"
    nodes = [node(name, labels={zone: name[0]}, cpu="2", memory="4Gi") for name in (*ours, *others)]
    cluster = Cluster(nodes, limits=Limits(records=100_000))
    cluster.run(15.5)
    for name in (*ours[:silent], *others[:other_silent]):
        cluster.failures.cut_off_node(name)
    cluster.run_until(_is_noticed, step_seconds=0.5)
    counts, passed = [], 0
    for minutes in MINUTES:
        cluster.run(60 * minutes - passed)
        passed = 60 * minutes
        moment = cluster.snapshot()
        counts.append(sum(_evicts(item) for item in moment.of(Node) if item.name in ours))
    return tuple(counts)


def _is_noticed(cluster: Cluster) -> bool:
    return any(not is_node_ready(item) for item in cluster.snapshot().of(Node))


def _evicts(item: Node) -> bool:
    return any(taint.effect == "NoExecute" for taint in item.spec.taints)


def silent_zone(size: int, share: str, other: str) -> Frame:
    """What the loss means for zone a.

    Parameters
    ----------
    size
        Its nodes.
    share, other
        Of `SHARES` and `OTHERS`.
    """
    silent, other_silent = count(size, share), OTHERS[other]
    result = zones(size, silent, other_silent)
    counts = tainted(size, silent, other_silent)
    return Frame(join([_states(size, silent, other_silent, result), _pace(silent, counts)]), _says(result, counts))


def rates(result: Disruption, sizes: Mapping[str, int]) -> Mapping[str, float]:
    """How many nodes a second of each zone get the taint."""
    changed = {change.zone: change.rate for change in result.changes}
    return {zone: changed.get(zone, eviction_rate(state, sizes[zone])) for zone, state in result.states.items()}


def _states(size: int, silent: int, other_silent: int, result: Disruption) -> Html:
    sizes, lost = {"a": size, "b": _OTHER_SIZE}, {"a": silent, "b": other_silent}
    pace = rates(result, sizes)
    rows = [
        (
            zone,
            _("{n} of {size}").format(n=lost[zone], size=sizes[zone]),
            result.states[zone],
            _("{n} a second").format(n=f"{pace[zone]:g}"),
        )
        for zone in sizes
    ]
    return table([_("zone"), _("silent"), _("state"), _("rate of taints")], rows)


def _pace(silent: int, counts: tuple[int, ...]) -> Html:
    rows = []
    for minutes, done in zip(MINUTES, counts, strict=True):
        width = round(100 * done / silent)
        bar = el("span", el("i", class_=f"w{width}"), class_="tr", aria_hidden="true")
        number = _("{n} of {all}").format(n=done, all=silent)
        rows.append(el("li", el("span", _("{n} min").format(n=minutes)), bar, el("span", number, class_="n")))
    title = el("p", _("silent nodes of zone a with the taint that evicts, after"), class_="sub")
    return join([title, el("ul", join(rows), class_="bars one")])


def _says(result: Disruption, counts: tuple[int, ...]) -> str:
    if result.entered:
        return _(
            "No node of any zone is ready: **nothing is evicted**. The fault may be the control plane's own network."
        )
    state = result.states["a"]
    if state == "FullDisruption":
        return _("The whole zone is lost and another one lives: its nodes are given up at the **usual rate**.")
    if state == "Normal":
        return _("Few nodes are silent: they are given up, **one every 10 s**.")
    if result.changes[0].rate:
        return _("Much of a large zone is silent: one node every **100 s**, for the network may be at fault.")
    if not counts[-1]:
        return _("Much of a small zone is silent: the rate is **0**, and no Pod leaves.")
    return _("Much of a small zone is silent: the rate is **0**. One node got its taint before that was clear.")
