"""Scenes of the chapter *Architecture*: who talks to whom, and what follows a command."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from k8smodels.api.kinds import load
from k8smodels.api.pod import Pod
from k8smodels.controlplane import Behaviour, Cluster, Limits, Record, SimulationLimit, Timing, ready_after
from k8smodels.i18n import _
from k8smodels.runtime import job
from k8smodels.scenes.shop_exercises import refusals
from k8smodels.views.controlplane.hub import Spoke, hub_graph
from k8smodels.views.controlplane.story import speaker, story
from k8smodels.views.frame import Frame, error_frame
from k8smodels.views.html import el, inline, join
from k8smodels.views.tables import table
from k8smodels.workloads.readiness import is_ready

__all__ = ["APPLY_STEPS", "CASES", "OCCASIONS", "WEB", "applied", "beside", "own_story", "traffic"]

WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - {name: server, image: "web:1"}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports:
  - {port: 80}
"""
CASES: Mapping[str, str] = {
    "a Deployment and a Service": WEB,
    "a bare Pod": """\
apiVersion: v1
kind: Pod
metadata: {name: alone}
spec:
  containers:
  - {name: server, image: "web:1"}
""",
    "a Job": """\
apiVersion: batch/v1
kind: Job
metadata: {name: pi}
spec:
  completions: 2
  parallelism: 2
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: pi, image: "pi:1"}
""",
    "no such kind": WEB.replace("kind: Deployment", "kind: Deploy"),
}
"""Manifests to try, by what they hold."""

MAX_OWN_ROWS = 40
_ENDING = {"pi:1": Behaviour(program=job(3))}
"""The program of the prepared Job ends after three seconds."""


# Hub and spokes.

OCCASIONS = ("a minute of rest", "a Deployment and a Service are applied", "a node falls silent")
_ROLES: Mapping[str, str] = {
    "kubectl": "proc",
    "kube-controller-manager": "cp",
    "kube-scheduler": "cp",
    "kubelet": "node",
    "kube-proxy": "node",
}
_PROGRAM_OF: Mapping[str, str] = {"default-scheduler": "kube-scheduler", "kubelet": "kubelet", "kubectl": "kubectl"}
WINDOW_SECONDS = 60.0


def traffic(occasion: str) -> Frame:
    """Requests to the API server, and changes that it told, within a minute."""
    asked, told = _traffic(occasion)
    spokes = [Spoke(name, kind, asked[name], told[name]) for name, kind in _ROLES.items()]
    rows = [(each.name, each.asked, each.told) for each in spokes]
    head = [_("component"), _("requests that it made"), _("changes that it was told")]
    body = join([hub_graph(spokes), table(head, rows)])
    says = _("{asked} requests and {told} messages in a minute, every one with the API server at one end.")
    return Frame(body, says.format(asked=sum(asked.values()), told=sum(told.values())))


@lru_cache(maxsize=4)
def _traffic(occasion: str) -> tuple[Counter[str], Counter[str]]:
    cluster = Cluster.of(3)
    if occasion == OCCASIONS[2]:
        for item in load(WEB):
            cluster.create(item)
    cluster.run(30)
    before = _counted(cluster)
    if occasion == OCCASIONS[1]:
        for item in load(WEB):
            cluster.create(item)
    elif occasion == OCCASIONS[2]:
        (pod,) = cluster.pods()
        cluster.failures.crash_node(pod.spec.node_name)
    cluster.run(WINDOW_SECONDS)
    after = _counted(cluster)
    return after[0] - before[0], after[1] - before[1]


def _counted(cluster: Cluster) -> tuple[Counter[str], Counter[str]]:
    """Requests and deliveries so far, by program."""
    asked: Counter[str] = Counter()
    for component, count in cluster.server.requests.items():
        asked[_PROGRAM_OF.get(component, "kube-controller-manager")] += count
    return asked, cluster.store.deliveries()


# Apply, and then?


@lru_cache(maxsize=1)
def _records() -> tuple[tuple[Record, ...], Mapping[str, tuple[str, ...]]]:
    cluster = Cluster.of(2, timing=Timing(image_pull_seconds=0.0))
    cluster.run(1)
    start = len(cluster.journal)
    (deployment, _service) = load(WEB)
    cluster.create(deployment)
    cluster.run(5)
    records = [record for record in cluster.journal.records[start:] if record.kind != "Lease" and record.revision]
    watchers = {kind: _watching(cluster, kind) for kind in ("Deployment", "ReplicaSet", "Pod")}
    return tuple(records), watchers


def _watching(cluster: Cluster, kind: str) -> tuple[str, ...]:
    """The programs that are told of every change of a kind."""
    return tuple(dict.fromkeys(watch.component for watch in cluster.store.watchers(kind)))


APPLY_STEPS = 13
"""How many writes follow one command, the command itself among them."""


def applied(step: int) -> Frame:
    """The writes after ``kubectl apply``, up to number `step`."""
    records, watchers = _records()
    record = records[step]
    told = list(watchers.get(record.kind, ()))
    if record.kind == "Pod" and (record.verb == "bind" or record.component.startswith("kubelet")):
        told.append(_("the kubelet of the Pod's node"))
    listeners = el("p", inline(_("Told of it: {names}.").format(names=", ".join(told))), class_="muted")
    who = speaker(record.component).name
    says = _("At {at} s **{who}** writes `{object}`. {why}")
    text = says.format(at=f"{record.at_seconds - 1:.3f}", who=who, object=record.object, why=_why(record, records))
    return Frame(join([story(records, step, since_seconds=1.0), listeners]), text)


def _why(record: Record, records: Sequence[Record]) -> str:
    cause = next((each for each in records if each.number == record.because), None)
    if cause is None:
        return _("A user has asked for it.")
    return _("It had been told: {verb} `{object}`, by {who}.").format(
        verb=cause.verb, object=cause.object, who=speaker(cause.component).name
    )


def own_story(text: str) -> Frame:
    """What follows when the reader's own manifests are applied to two nodes: the first writes, as a table."""
    cluster = Cluster.of(2, limits=Limits(records=20_000, objects=200), behaviours=_ENDING)
    start = len(cluster.journal)
    told = cluster.apply(text)
    if told.exit_code:
        return error_frame(ValueError(refusals(told)))
    try:
        cluster.run(30)
    except SimulationLimit as error:
        return error_frame(ValueError(str(error)))
    records = [each for each in cluster.journal.records[start:] if each.kind != "Lease" and each.revision]
    rows = [
        (f"{each.at_seconds:.3f} s", each.component, f"{each.verb} {each.object}") for each in records[:MAX_OWN_ROWS]
    ]
    says = _("{count} writes in half a minute; {shown} are shown.").format(count=len(records), shown=len(rows))
    return Frame(table([_("when"), _("who"), _("what")], rows), says)


# The same on a real cluster.


def beside(recorded: str) -> Frame:
    """One Pod's versions as a real API server told them, beside the model's.

    Parameters
    ----------
    recorded
        The text of ``recorded-apply.json``.
    """
    real = [(each["t"], _state(each["node"], each["phase"], each["ready"])) for each in json.loads(recorded)["events"]]
    rows = [(state, f"{at:.2f} s", _first(_ours(), state)) for at, state in _firsts(real)]
    head = [_("the Pod, as a watch tells it"), _("real"), _("model")]
    return Frame(table(head, rows), _("The same states in the same order."))


def _state(node: str | None, phase: str, ready: bool) -> str:
    if ready:
        return _("ready")
    return _("{phase}, on a node").format(phase=phase) if node else _("{phase}, no node").format(phase=phase)


def _firsts(versions: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Each state when it came first."""
    found: dict[str, float] = {}
    for at, state in versions:
        found.setdefault(state, at)
    return [(at, state) for state, at in found.items()]


def _first(versions: Sequence[tuple[float, str]], state: str) -> str:
    return next((f"{at:.2f} s" for at, each in versions if each == state), "–")


@lru_cache(maxsize=1)
def _ours() -> tuple[tuple[float, str], ...]:
    """The versions of one Pod in the model, where a probe is asked each second and first fails, as in the recording."""
    cluster = Cluster.of(1, timing=Timing(image_pull_seconds=0.0), behaviours={"web:1": ready_after(0.5)})
    probed = WEB.replace('image: "web:1"}', 'image: "web:1", readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}}')
    for item in load(probed):
        cluster.create(item)
    cluster.run(6)
    pods = [change.item for change in cluster.history.changes if isinstance(change.item, Pod)]
    times = [
        at
        for at, change in zip(cluster.history.at_seconds, cluster.history.changes, strict=True)
        if isinstance(change.item, Pod)
    ]
    return tuple((at, _state_of(pod)) for at, pod in zip(times, pods, strict=True))


def _state_of(pod: Pod) -> str:
    return _state(pod.spec.node_name or None, pod.status.phase, is_ready(pod))
