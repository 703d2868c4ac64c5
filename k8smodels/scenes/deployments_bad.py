"""Scenes about a version that never becomes ready, and about who writes what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from k8smodels.api.workload import Deployment, ReplicaSet
from k8smodels.controlplane import Behaviour, Cluster, Record, never_ready
from k8smodels.controlplane.kubectl import Output
from k8smodels.controlplane.pod_counts import PodCounts, count_pods
from k8smodels.i18n import _
from k8smodels.runtime import Answer, Program, Run, pod_columns
from k8smodels.scenes.deployments import NEW, OLD, PULLED, set_image, slow_start, started, stored, web
from k8smodels.views.controlplane.story import story
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.isolation import grid
from k8smodels.views.services import terminal
from k8smodels.views.workloads import PodRow, pod_squares

KINDS: Mapping[str, str] = {
    "image": "its image does not exist",
    "probe": "its readiness probe fails",
    "crash": "it ends with an error at once",
}
MOMENTS: Mapping[str, str] = {
    "0.2": "at once",
    "30": "after 30 s",
    "300": "after 5 min",
    "590": "shortly before 10 min",
    "610": "shortly after 10 min",
    "7200": "after 2 hours",
    "undo": "after kubectl rollout undo",
}
_FAILING = (Answer(success=False, output="HTTP probe failed with statuscode: 503"),)
BAD: Mapping[str, Behaviour] = {
    "image": Behaviour(pull_error='failed to resolve reference "web:2": not found'),
    "probe": never_ready(),
    "crash": Behaviour(program=Program(runs=(Run(0.5, 1),)), answers={"readiness": _FAILING}),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one sees at a moment.

    Attributes
    ----------
    deployment, counts
        The Deployment and its pods.
    statuses
        How many pods have each status that ``kubectl get pods`` shows.
    listed, told
        What ``kubectl get deployment`` and ``kubectl rollout status`` print.
    """

    deployment: Deployment
    counts: PodCounts
    statuses: Mapping[str, int]
    listed: str
    told: Output

    @property
    def failed(self) -> bool:
        """Whether ``kubectl rollout status`` ends with exit code 1."""
        return self.told.exit_code > 0


def look(cluster: Cluster) -> Seen:
    """What one sees now."""
    item = stored(cluster)
    statuses = Counter(pod_columns(pod).status for pod in cluster.pods())
    return Seen(
        item,
        count_pods(cluster, item, cluster.seconds),
        dict(sorted(statuses.items())),
        str(cluster.kubectl(f"get deployment {item.name}")),
        cluster.kubectl(f"rollout status deployment/{item.name} --watch=false"),
    )


@lru_cache(maxsize=8)
def broken(kind: str) -> Mapping[str, Seen]:
    """What is seen at each moment after a bad version was asked for."""
    cluster = started(web(), {OLD: slow_start(1), NEW: BAD[kind]})
    start, found = cluster.seconds, dict[str, Seen]()
    set_image(cluster)
    for moment in MOMENTS:
        if moment == "undo":
            cluster.kubectl("rollout undo deployment/web")
            cluster.run(30)
        else:
            cluster.run(start + float(moment) - cluster.seconds)
        found[moment] = look(cluster)
    return found


def replica_sets(cluster: Cluster) -> list[ReplicaSet]:
    """All of them, the oldest first."""
    return [item for item in cluster.store.objects("ReplicaSet") if isinstance(item, ReplicaSet)]


def bad(kind: str, moment: str) -> Frame:
    """A bad version at a moment: pods, conditions, and what kubectl says."""
    seen = broken(kind)[moment]
    again = _("version 1, again") if moment == "undo" else ""
    html = join([squares(seen.counts, again), condition_table(seen.deployment), terminal(printed(seen), _("kubectl"))])
    return Frame(html, _verdict(seen, moment))


def squares(counts: PodCounts, wanted: str = "") -> Html:
    """Old pods and those of the `wanted` version; of the old ones all are ready here."""
    rows = [PodRow(wanted or _("new"), is_new=True, available=counts.ready, waiting=counts.waiting)]
    if counts.old:
        rows.insert(0, PodRow(_("old"), is_new=False, available=counts.old, waiting=0))
    return pod_squares(rows)


def condition_table(item: Deployment) -> Html:
    """The conditions of a Deployment."""
    rows = [
        (el("b", each.type), each.status, join([el("code", each.reason), el("span", each.message, class_="ln muted")]))
        for each in item.status.conditions
    ]
    return grid([_("condition"), _("status"), _("reason and message")], rows)


def printed(seen: Seen) -> str:
    """What kubectl prints of a Deployment and of its rollout."""
    name = seen.deployment.name
    lines = [
        f"$ kubectl get deployment {name}",
        seen.listed,
        "$ kubectl get pods | awk 'NR>1 {print $3}' | sort | uniq -c",
        *(f"{count:>7} {status}" for status, count in seen.statuses.items()),
        f"$ kubectl rollout status deployment/{name} --watch=false",
        seen.told,
        "$ echo $?",
        str(seen.told.exit_code),
    ]
    return "\n".join(lines)


def _verdict(seen: Seen, moment: str) -> str:
    counts = seen.counts
    if moment == "undo":
        return _(
            "**{n}** pods of the old version, none of the bad one. A person or a pipeline had to ask for it."
        ).format(n=counts.ready)
    words = (
        _("**{old}** old pods serve, **{new}** new ones do not. The deadline is over, and all else stays as it was.")
        if seen.failed
        else _("**{old}** old pods serve, **{new}** new ones do not.")
    )
    return words.format(old=counts.old, new=counts.waiting)


def puzzle() -> Frame:
    """The hook's answer: an image that does not exist, two hours later."""
    seen = broken("image")["7200"]
    shown = terminal(f"$ kubectl get deployment web\n{seen.listed}", _("kubectl"))
    return Frame(join([squares(seen.counts), shown]), _verdict(seen, "7200"))


# Who writes what.

_TOLD = (
    ("kubectl", "create", "Deployment"),
    ("deployment-controller", "create", "ReplicaSet"),
    ("replicaset-controller", "create", "Pod"),
    ("default-scheduler", "bind", "Pod"),
    ("kubelet", "patch status", "Pod"),
    ("replicaset-controller", "update status", "ReplicaSet"),
    ("deployment-controller", "update status", "Deployment"),
)


@lru_cache(maxsize=1)
def chain() -> tuple[Record, ...]:
    """From a Deployment of one pod to its status: the last write of each kind, and what led to it."""
    cluster = Cluster.of(1, behaviours={OLD: slow_start(0)}, timing=PULLED)
    cluster.run(1)
    cluster.create(web(1, probe=False))
    cluster.run(20)
    (created,) = cluster.journal.find(component="kubectl", verb="create")
    return tuple(
        cluster.journal.find(component=who, verb=verb, kind=kind, since_seconds=created.at_seconds)[_which(verb)]
        for who, verb, kind in _TOLD
    )


def _which(verb: str) -> int:
    """Of writes of a status the last one says that all is well."""
    return -1 if "status" in verb else 0


def writes(step: int) -> Frame:
    """The chain as a story, up to one of its writes."""
    records: Sequence[Record] = chain()
    record = records[step]
    says = _("**{who}** writes: {verb} `{what}`.").format(who=record.component, verb=record.verb, what=record.object)
    return Frame(story(records, step), says)
