"""The diagnosis of the chapter on Deployments: what a terminal shows, what it comes from, and what to change."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from k8smodels.controlplane import Cluster
from k8smodels.explore import Task
from k8smodels.i18n import _
from k8smodels.scenes.deployments import NEW, OLD, PULLED, rolling, set_image, slow_start, started, web
from k8smodels.scenes.deployments_bad import BAD, look
from k8smodels.scenes.diagnosis import Case, cause_and_remedy
from k8smodels.scenes.dice import dice_of
from k8smodels.views.services import terminal
from k8smodels.workloads.deployment.conditions import condition_of

__all__ = ["cases", "diagnose"]


def diagnose(seed: int) -> Task:
    """Show a terminal, and ask for the cause and the remedy."""
    found = cases()
    case = found[seed % len(found)]
    hints = [
        _("UP-TO-DATE says how far the new ReplicaSet has come. What keeps it from more?"),
        _("Then look at the pods' statuses, and at the reason of Progressing."),
    ]
    return cause_and_remedy(terminal(case.text, _("A terminal")), case, found, dice_of(seed), hints)


@lru_cache(maxsize=1)
def cases() -> tuple[Case, ...]:
    """All of them; what they print comes from simulated clusters."""
    return (
        Case(
            _image(),
            _("The new pods' image does not exist."),
            _("Set the right image, or undo."),
            _("New pods exist, and none of them runs. Which status do they have?"),
        ),
        Case(
            _no_room(),
            _("No node has room for one pod more, and no old pod may go first."),
            _("Allow maxUnavailable 1, or add a node."),
            _("The new pod has no node. How many pods may be missing meanwhile?"),
        ),
        Case(
            _paused(),
            _("The Deployment is paused."),
            _("Resume it."),
            _("There is no new ReplicaSet at all. Which reason does Progressing have?"),
        ),
        Case(
            _no_probe(),
            _("Without a readiness probe, pods count as ready before they can serve."),
            _("Give the containers a readiness probe."),
            _("The rollout took three seconds, a start takes longer. Who said that the pods were ready?"),
        ),
        Case(
            _forgotten(),
            _("No old ReplicaSet is kept, so there is nothing to go back to."),
            _("Set a larger revisionHistoryLimit; now, apply the old manifest."),
            _("Who holds the template of an earlier revision?"),
        ),
        Case(
            _recreate(),
            _("All old pods were stopped before the first new one was made."),
            _("Take the strategy RollingUpdate."),
            _("Nothing is available, and both ReplicaSets are small. Which strategy does that?"),
        ),
    )


def _shown(cluster: Cluster, *more: str) -> str:
    seen = look(cluster)
    progressing = condition_of(seen.deployment.status, "Progressing")
    lines = [
        "$ kubectl get deployment web",
        seen.listed,
        "$ kubectl get pods | awk 'NR>1 {print $3}' | sort | uniq -c",
        *(f"{count:>7} {status}" for status, count in seen.statuses.items()),
        "$ kubectl rollout status deployment/web --watch=false",
        seen.told,
        "$ kubectl get deployment web -o jsonpath='{.status.conditions[?(@.type==\"Progressing\")].reason}'",
        progressing.reason if progressing else "",
    ]
    return "\n".join([*lines, *more])


def _image() -> str:
    cluster = started(web(4), {OLD: slow_start(1), NEW: BAD["image"]})
    set_image(cluster)
    cluster.run(100)
    return _shown(cluster)


def _no_room() -> str:
    cluster = Cluster.of(2, cpu="1", memory="4Gi", behaviours={OLD: slow_start(1)}, timing=PULLED)
    item = web(4, **rolling(1, 0))
    (container,) = item.spec.template.spec.containers
    big = type(container).from_json(container.to_json() | {"resources": {"requests": {"cpu": "500m"}}})
    template = item.spec.template
    template = replace(template, spec=replace(template.spec, containers=(big,)))
    cluster.create(replace(item, spec=replace(item.spec, template=template)))
    cluster.run(60)
    set_image(cluster)
    cluster.run(100)
    return _shown(cluster)


def _paused() -> str:
    cluster = started(web(4), {OLD: slow_start(1), NEW: slow_start(1)})
    cluster.kubectl("rollout pause deployment/web")
    cluster.run(5)
    set_image(cluster)
    cluster.run(100)
    return _shown(cluster)


def _no_probe() -> str:
    cluster = started(web(4, probe=False), {OLD: slow_start(1), NEW: slow_start(15)})
    set_image(cluster)
    cluster.run(3)
    return _shown(cluster, "$ curl -s -o /dev/null -w '%{http_code}' http://web.default.svc", "000")


def _forgotten() -> str:
    cluster = started(web(4, revisionHistoryLimit=0), {OLD: slow_start(1), NEW: slow_start(1)})
    set_image(cluster)
    cluster.run(100)
    line = "rollout undo deployment/web"
    return _shown(cluster, f"$ kubectl {line}", cluster.kubectl(line))


def _recreate() -> str:
    cluster = started(web(4, strategy={"type": "Recreate"}), {OLD: slow_start(1), NEW: slow_start(20)})
    set_image(cluster)
    cluster.run(8)
    line = "get replicasets"
    return _shown(cluster, f"$ kubectl {line}", cluster.kubectl(line))
