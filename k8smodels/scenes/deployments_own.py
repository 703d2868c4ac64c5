"""The reader's own Deployment: refused as the API server would, or rolled out in a simulated cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast

from k8smodels.api.meta import ObjectMeta
from k8smodels.api.workload import Deployment
from k8smodels.controlplane import Behaviour, Cluster
from k8smodels.controlplane.kubectl import Output
from k8smodels.controlplane.pod_counts import PodCounts, observe
from k8smodels.i18n import _
from k8smodels.runtime import Program, Run
from k8smodels.scenes.deployments import (
    PULLED,
    STOP_SECONDS,
    Rolled,
    arithmetic,
    chart,
    complete,
    set_image,
    slow_start,
    stored,
)
from k8smodels.scenes.deployments_bad import BAD, condition_table
from k8smodels.scenes.one_object import one_object
from k8smodels.views.frame import Frame
from k8smodels.views.html import join
from k8smodels.views.services import terminal
from k8smodels.workloads.deployment.conditions import condition_of
from k8smodels.workloads.deployment.fenceposts import is_rolling_update
from k8smodels.workloads.deployment.world import image_of

_TEMPLATE = """\
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
      - name: shop
        image: shop:1
"""
_PROBE = """\
        readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 2}
"""
_HEAD = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
"""
EXAMPLES: Mapping[str, str] = {
    "six pods, defaults": f"{_HEAD}  replicas: 6\n{_TEMPLATE}{_PROBE}",
    "six pods, with patience": f"{_HEAD}  replicas: 6\n  minReadySeconds: 20\n{_TEMPLATE}{_PROBE}",
    "no probe": f"{_HEAD}  replicas: 6\n{_TEMPLATE}",
    "Recreate": f"{_HEAD}  replicas: 3\n  strategy: {{type: Recreate}}\n{_TEMPLATE}{_PROBE}",
    "two mistakes": f"""\
{_HEAD}  replicas: 4
  strategy:
    rollingUpdate: {{maxSurge: 0, maxUnavailable: "0%"}}
  selector: {{matchLabels: {{app: shop}}}}
  template:
    metadata: {{labels: {{app: cart}}}}
    spec:
      containers:
      - {{name: shop, image: shop:1}}
""",
}
CRASH_SECONDS = 8
VERSIONS: Mapping[str, str] = {
    "good": "starts in 5 s",
    "probe": "its readiness probe fails",
    "late": "ends with an error after 8 s",
}
_BEHAVIOURS: Mapping[str, Behaviour] = {
    "good": slow_start(5),
    "probe": BAD["probe"],
    "late": Behaviour(program=Program(runs=(Run(CRASH_SECONDS, 1),), stop_seconds=STOP_SECONDS)),
}
MOST_REPLICAS, PATIENCE_SECONDS, AFTERWARDS_SECONDS = 30, 900, 30.0


def checked(text: str) -> Deployment:
    """The one Deployment in `text`, in the namespace ``default``.

    Raises
    ------
    ValueError
        The API server refuses it, or it is too large or too patient for a figure.
    """
    item = cast("Deployment", Cluster().create(one_object(text, Deployment)))
    if not 1 <= item.spec.wanted_replicas <= MOST_REPLICAS or not item.spec.template.spec.containers:
        raise ValueError(_("The figure takes 1 to {n} replicas of at least one container.").format(n=MOST_REPLICAS))
    if item.spec.paused:
        raise ValueError(_("This Deployment is paused: nothing would happen."))
    return replace(item, metadata=ObjectMeta(name=item.name or "web", labels=item.metadata.labels))


@dataclass(frozen=True, slots=True)
class Trial:
    """A rollout that somebody watched until kubectl stopped waiting.

    Attributes
    ----------
    first
        Whether the first version ever became complete.
    rolled
        The rollout of the second one.
    told
        What ``kubectl rollout status`` says at its end.
    after
        The pods in the half minute after a complete rollout.
    """

    first: bool
    rolled: Rolled
    told: Output
    after: tuple[PodCounts, ...] = ()


@lru_cache(maxsize=64)
def tried(text: str, version: str) -> Trial:
    """The Deployment in `text`, complete with a good version, gets another one; errors as of `checked`."""
    item = checked(text)
    old = image_of(item)
    new = f"{old}-next"
    timing = replace(PULLED, pod_start_seconds=1.0)
    cluster = Cluster.of(5, behaviours={old: slow_start(2), new: _BEHAVIOURS[version]}, timing=timing)
    cluster.create(item)
    first = cluster.run_until(complete, within_seconds=PATIENCE_SECONDS, step_seconds=1.0)
    if not first:
        counts = observe(cluster, item.name, within_seconds=1.0, step_seconds=1.0)
        return Trial(False, Rolled(stored(cluster), counts, PATIENCE_SECONDS, complete=False), _told(cluster))
    cluster.run(60)
    set_image(cluster, new)
    start = cluster.seconds
    counts = observe(cluster, item.name, until=_is_over, within_seconds=PATIENCE_SECONDS, step_seconds=0.5)
    rolled, told = Rolled(stored(cluster), counts, cluster.seconds - start, complete(cluster)), _told(cluster)
    later = observe(cluster, item.name, within_seconds=AFTERWARDS_SECONDS) if rolled.complete else ()
    after = tuple(replace(each, at_seconds=each.at_seconds + rolled.seconds) for each in later)
    return Trial(True, rolled, told, after)


def _is_over(cluster: Cluster) -> bool:
    """Whether nobody waits any longer: the rollout is complete, or has failed."""
    progressing = condition_of(stored(cluster).status, "Progressing")
    return complete(cluster) or (progressing is not None and progressing.reason == "ProgressDeadlineExceeded")


def _told(cluster: Cluster) -> Output:
    return cluster.kubectl(f"rollout status deployment/{stored(cluster).name} --watch=false")


def own(text: str, version: str) -> Frame:
    """What becomes of the reader's Deployment when its image changes; errors as of `checked`."""
    trial = tried(text, version)
    run = trial.rolled
    status = terminal(trial.told, "kubectl rollout status")
    if not trial.first:
        words = _("The first version is not complete after {n} s. Do its Pods find room on five nodes of 4 cpu?")
        return Frame(join([condition_table(run.deployment), status]), words.format(n=PATIENCE_SECONDS))
    seen = replace(run, counts=(*run.counts, *trial.after))
    end = run.seconds + (AFTERWARDS_SECONDS if trial.after else 0)
    html = join([chart(seen, end), condition_table(run.deployment), status])
    sums = arithmetic(run.deployment) if is_rolling_update(run.deployment.spec) else _("Recreate: no limits.")
    return Frame(html, " ".join([sums, *_outcome(trial)]))


def _outcome(trial: Trial) -> Iterator[str]:
    """How the rollout ended, and what came of it."""
    run = trial.rolled
    least = min(each.available for each in run.counts)
    if not run.complete:
        words = _("Not complete; never fewer than **{least}** available, and **{old}** old pods are left.")
        yield words.format(least=least, old=run.counts[-1].old)
        return
    words = _("Complete after **{seconds} s**; until then never fewer than **{least}** available.")
    yield words.format(seconds=round(run.seconds), least=least)
    worst = min(trial.after, key=lambda each: each.available)
    if worst.available < run.counts[-1].available:
        words = _("**Then pods fail:** at {seconds} s only **{n}** are available, and no old one is left.")
        yield words.format(seconds=round(worst.at_seconds), n=worst.available)


# The exercise with the reader's own input.

ASKED, MOST, ALARM_SECONDS = 6, 8, 180


def shop_check(text: str) -> str:
    """Say in one sentence whether the Deployment in `text` does what the exercise asks for."""
    try:
        item = checked(text)
        if item.spec.wanted_replicas != ASKED:
            return _("Not yet: {n} replicas are asked for.").format(n=ASKED)
        good, bad = tried(text, "good").rolled, tried(text, "late")
    except ValueError as error:
        return str(error)
    least, most = min(each.available for each in good.counts), max(each.total + each.stopping for each in good.counts)
    if not good.complete:
        return _("Not yet: a good version never gets complete.")
    if least < ASKED:
        return _("Not yet: during a good update only {n} pods are available.").format(n=least)
    if most > MOST:
        return _("Not yet: during a good update there are {n} pods, with those that still stop.").format(n=most)
    late = bad.rolled
    if late.complete:
        return _("Not yet: the version that ends after {n} s gets complete.").format(n=CRASH_SECONDS)
    if min(each.old for each in late.counts) < ASKED:
        return _("Not yet: the version that ends after {n} s takes away old pods.").format(n=CRASH_SECONDS)
    if not bad.told.exit_code:
        return _("Not yet: nobody hears of the failure.")
    if late.seconds > ALARM_SECONDS:
        words = _("Not yet: the alarm comes after {n} s. Each pod that gets ready again counts as progress.")
        return words.format(n=round(late.seconds))
    return _("Done: {least} to {most} pods, and the bad version is stopped and reported.").format(
        least=least, most=most
    )
