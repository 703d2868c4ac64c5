"""What real controllers did with the Jobs of the chapter, beside what the model does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from k8smodels.api.batch import Job
from k8smodels.api.kinds import load
from k8smodels.i18n import _
from k8smodels.scenes.jobs import broken
from k8smodels.views.frame import Frame
from k8smodels.views.html import join
from k8smodels.views.isolation import grid
from k8smodels.views.services import terminal
from k8smodels.workloads import JobRun, Work
from k8smodels.workloads.job.work import Script


def _apart(index: int | None, _before: int) -> Work:
    return Work(5, 1) if index == 3 else Work(40 + (index or 0))


def _import(_index: int | None, before: int) -> Work:
    return (Work(4, 1, "DisruptionTarget"), Work(4, 1), Work(4, 42))[min(before, 2)]


def _vote(index: int | None, _before: int) -> Work:
    return Work(8) if index == 0 else Work(300)


SCRIPTS: Mapping[str, Script] = {"films": broken, "apart": _apart, "import": _import, "vote": _vote}
NAMES: Mapping[str, str] = {"films": "films", "apart": "films-apart", "import": "import", "vote": "vote"}


def modelled(manifests: str, scene: str) -> JobRun:
    """The model's run of one of the Jobs in `manifests`, with the pods that the script played."""
    found = [item for item in load(manifests) if isinstance(item, Job) and item.name == NAMES[scene]]
    run = JobRun(found[0], SCRIPTS[scene])
    run.until(run.start + timedelta(minutes=15))
    return run


def printed(recorded: str, scene: str) -> Frame:
    """What kubectl printed at the end of a scene."""
    texts: dict[str, str] = json.loads(recorded)["jobs"][scene]["printed"]
    name = NAMES[scene]
    described = texts["describe"]
    head, events = described[: described.index("Pod Template:")], described[described.index("Events:") :]
    shown = {
        "kubectl get jobs": texts["get jobs"],
        "kubectl get pods": texts["get pods"],
        f"kubectl describe job {name}": f"{head}...\n{events}",
    }
    html = join(terminal(f"$ {command}\n{text.strip()}", command) for command, text in shown.items())
    last = described.strip().splitlines()[-1].split()
    return Frame(html, _("The reason of the last event: **{reason}**.").format(reason=last[1]))


def beside(recorded: str, manifests: str, scene: str) -> Frame:
    """Each pod and each end: seconds of the real one, seconds of the model."""
    real: dict[str, Any] = json.loads(recorded)["jobs"][scene]
    run = modelled(manifests, scene)
    rows = [*_pod_rows(real, run), *_condition_rows(real, run)]
    head = [_("what"), _("real"), _("model"), _("apart")]
    lines = [(name, f"{a:.1f} s", f"{b:.0f} s", f"{a - b:+.1f} s") for name, a, b in rows]
    failed = real["states"][-1][1]["failed"]
    says = _("The real one counted {real} failed Pods, the model {model}. No time differs by more than {most} s.")
    most = max(abs(a - b) for _name, a, b in rows)
    model = run.statuses[-1][1].failed
    return Frame(grid(head, lines), says.format(real=failed, model=model, most=f"{most:.1f}"))


def _pod_rows(real: Mapping[str, Any], run: JobRun) -> list[tuple[str, float, float]]:
    """The pods of index 3, or all where there are no indexes, as far as they were made after a failure."""
    wanted = [pod for pod in real["pods"] if pod["index"] in (None, "3")]
    lives = [life for life in run.lives.values() if life.index in (None, 3)]
    since = partial(_seconds, run)
    text = _("pod {n} made")
    pairs = zip(wanted, lives, strict=True)
    return [(text.format(n=number), pod["created"], since(life.created)) for number, (pod, life) in enumerate(pairs, 1)]


def _condition_rows(real: Mapping[str, Any], run: JobRun) -> list[tuple[str, float, float]]:
    """When each condition was first seen."""
    seen: dict[str, float] = {}
    for at, state in real["states"]:
        for text in state["conditions"]:
            seen.setdefault(text, at)
    ours: dict[str, float] = {}
    for moment, status in run.statuses:
        for each in status.conditions:
            ours.setdefault(f"{each.type}={each.status}/{each.reason}", _seconds(run, moment))
    return [(text.partition("=")[0], at, ours[text]) for text, at in seen.items()]


def _seconds(run: JobRun, moment: datetime) -> float:
    return (moment - run.start).total_seconds()
