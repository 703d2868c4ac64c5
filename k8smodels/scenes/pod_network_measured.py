"""The chapter's measured speeds, as ``tests/reality/measure_network.py`` wrote them down."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from k8smodels.i18n import _
from k8smodels.views.network.speed_figure import Speed, Spread


@dataclass(frozen=True, slots=True)
class Measured:
    """Speeds, and where they come from."""

    command: str
    date: str
    kernel: str
    machine: str
    rounds: int
    cases: tuple[Speed, ...]


def load(path: str | Path) -> Measured:
    """Read a file of the measurement."""
    record = json.loads(Path(path).read_text("utf-8"))
    cases = tuple(
        Speed(row["case"], row["offloads"], _spread(row["gbit_per_s"]), _spread(row["answer_us"]))
        for row in record["cases"]
    )
    about = {name: record[name] for name in ("command", "kernel", "machine", "rounds")}
    return Measured(**about, date=record["date"][:10], cases=cases)


def _spread(values: dict[str, Any]) -> Spread:
    return Spread(values["median"], values["min"], values["max"])


def about(found: Measured) -> str:
    """The line under the figure: how it was measured."""
    text = _(
        "Medians of {rounds} rounds, lines from least to most. `{command}`, Linux {kernel}, {machine}, {date}. Same "
        "node is a bridge, routing is host-gw."
    )
    return text.format(
        rounds=found.rounds, command=found.command, kernel=found.kernel, machine=found.machine, date=found.date
    )


def words(found: Measured) -> str:
    """The figure in words."""
    line = _("{case}, {offloads}: {gbit:.1f} Gbit/s, {answer:.0f} µs")
    names = {True: _("with offloads"), False: _("without offloads")}
    return "; ".join(
        line.format(
            case=speed.case,
            offloads=names[speed.offloads],
            gbit=speed.gbit_per_s.median,
            answer=speed.answer_us.median,
        )
        for speed in found.cases
    )
