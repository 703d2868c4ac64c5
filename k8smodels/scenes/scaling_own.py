"""The reader's own autoscalers: a manifest against a load, and a dump of a cluster against the next look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.api.kinds import dump, load
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Pod
from k8smodels.api.pod_metrics import PodMetrics
from k8smodels.api.selectors import as_selector
from k8smodels.api.times import parse_time
from k8smodels.api.workload import Controller
from k8smodels.i18n import _
from k8smodels.scenes.one_object import one_object
from k8smodels.scenes.scaling import described_look
from k8smodels.scenes.scaling_run import DURATION_SECONDS, SHAPES, summary
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, inline, join
from k8smodels.views.scaling import formula_lines, size_chart
from k8smodels.views.services import filled_lines, filled_pieces, terminal
from k8smodels.workloads.autoscaling.memory import Memory
from k8smodels.workloads.autoscaling.metrics_api import samples_of
from k8smodels.workloads.autoscaling.normalize import least_replicas
from k8smodels.workloads.autoscaling.reconcile import Reconciliation, reconcile, tolerance_of
from k8smodels.workloads.autoscaling.run import Workload, run
from k8smodels.workloads.autoscaling.samples import PodSample, Samples
from k8smodels.workloads.autoscaling.validation import stored

MOST_PODS, MOST_RULES, MOST_LINES, MOST_AUTOSCALERS = 60, 8, 120, 6

EXAMPLES: Mapping[str, str] = {
    "as short as can be": """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 20
""",
    "slow down, quick up": """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 20
  metrics:
  - type: Resource
    resource:
      name: cpu
      target: {type: Utilization, averageUtilization: 60}
  behavior:
    scaleUp:
      policies:
      - {type: Percent, value: 300, periodSeconds: 15}
    scaleDown:
      stabilizationWindowSeconds: 120
      policies:
      - {type: Percent, value: 20, periodSeconds: 60}
""",
    "a target without a group": """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: v1, kind: Deployment, name: web}
  maxReplicas: 20
""",
    "several mistakes": """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 5
  maxReplicas: 3
  metrics:
  - type: Resource
    resource:
      name: cpu
      target: {type: Utilization}
  behavior:
    scaleDown:
      stabilizationWindowSeconds: 7200
""",
}

K = TypeVar("K", bound=KubernetesObject)


def accepted(text: str) -> HorizontalPodAutoscaler:
    """The autoscaler in `text` as the API server stores it, if it is small enough to be played.

    Raises
    ------
    ValueError
        The API server refuses it, or it is too large.
    """
    hpa = stored(one_object(text, HorizontalPodAutoscaler))
    behavior = hpa.spec.behavior
    rules = max(len(each.policies) for each in (behavior.scale_up, behavior.scale_down)) if behavior else 0
    if hpa.spec.max_replicas > MOST_PODS or max(rules, len(hpa.spec.metrics)) > MOST_RULES:
        raise ValueError(
            _("The figure plays at most {pods} pods, and {n} metrics or policies.").format(pods=MOST_PODS, n=MOST_RULES)
        )
    return hpa


def own(text: str) -> Frame:
    """What the API server adds to a manifest, and how the autoscaler follows a load.

    Raises
    ------
    ValueError
        As of `accepted`.
    """
    hpa = accepted(text)
    before, after = (_lines(item) for item in (one_object(text, HorizontalPodAutoscaler), hpa))
    if len(after) > MOST_LINES:
        raise ValueError(_("The figure takes at most {n} lines.").format(n=MOST_LINES))
    looks = run(hpa, Workload(), SHAPES["a step"], DURATION_SECONDS, max(1, least_replicas(hpa)))
    most = max(5, *(look.wanted for look in looks))
    added = filled_lines(filled_pieces(before, after), lambda _lines: _("default"))
    details = el("details", el("summary", _("What is stored")), added)
    return Frame(join([size_chart(looks, _per_pod(hpa), most), details]), summary(looks))


def _per_pod(hpa: HorizontalPodAutoscaler) -> float:
    """The share of the load at which a pod of the figure is at the first CPU target; its request if there is none."""
    percents = [each.resource.target.average_utilization for each in hpa.spec.metrics if each.resource]
    return 5.0 * next((percent for percent in percents if percent), 100)


def _lines(hpa: HorizontalPodAutoscaler) -> list[str]:
    return [line for line in dump([hpa]).splitlines() if line != "---"]


def next_look(text: str) -> Frame:
    """What the controller does with each autoscaler of a dump when it looks next, without a memory.

    Raises
    ------
    ValueError
        No objects, none that fit together, or times that are none.
    """
    objects = load(text, keep_unknown=True)
    hpas = _of(objects, HorizontalPodAutoscaler)
    if not hpas:
        raise ValueError(
            _("Give HorizontalPodAutoscalers, what they scale, its pods, and the answer of the metrics API.")
        )
    parts: list[Html] = []
    changed = 0
    for hpa in hpas[:MOST_AUTOSCALERS]:
        done = _decided(hpa, objects)
        changed += bool(done.event)
        parts += [terminal(described_look(done, "1s"), f"kubectl describe hpa {hpa.name}"), *_formulas(done, hpa)]
    return Frame(join(parts), _("{n} of {all} would change the size.").format(n=changed, all=len(hpas)))


def _decided(hpa: HorizontalPodAutoscaler, objects: Sequence[KubernetesObject]) -> Reconciliation:
    reference = hpa.spec.scale_target_ref
    found = [
        each
        for each in _of(objects, Controller)
        if (each.kind, each.name, each.namespace) == (reference.kind, reference.name, hpa.namespace)
    ]
    if not found or found[0].spec.selector is None:
        words = _("{kind} {namespace}/{name} is not in the dump, or has no selector.")
        raise ValueError(words.format(kind=reference.kind, namespace=hpa.namespace, name=reference.name))
    selector, size = found[0].spec.selector, found[0].spec.replicas
    pods = [
        each
        for each in _of(objects, Pod)
        if each.namespace == hpa.namespace and as_selector(selector).matches(each.labels)
    ]
    names = {each.name for each in pods}
    answers = [each for each in _of(objects, PodMetrics) if each.namespace == hpa.namespace and each.name in names]
    now = max((parse_time(each.timestamp, "timestamp") for each in answers), default=parse_time("2026-01-05T00:00:00Z"))
    try:
        looked = reconcile(
            stored(hpa), Memory(), 1 if size is None else size, pods, samples_of(answers), now + timedelta(seconds=5)
        )
    except OverflowError:
        raise ValueError(_("A time is out of range.")) from None
    return replace(looked, hpa=replace(looked.hpa, spec=stored(hpa).spec))


def _formulas(done: Reconciliation, hpa: HorizontalPodAutoscaler) -> list[Html]:
    """The arithmetic of the metrics that are percentages of requests."""
    metrics = stored(hpa).spec.metrics
    shown = []
    for metric, proposal in zip(metrics, done.proposals, strict=False):
        source = metric.resource or metric.container_resource
        percent = source.target.average_utilization if source else None
        if source and percent and proposal.estimate is not None and proposal.estimate.groups is not None:
            current = done.hpa.status.current_replicas
            shown += [
                el("p", inline(f"`{source.name}`")),
                formula_lines(proposal.estimate, current, percent, tolerance_of(hpa)),
            ]
    return shown


def _of(objects: Sequence[KubernetesObject], kind: type[K]) -> list[K]:
    return [each for each in objects if isinstance(each, kind)]


# An exercise with the reader's own behavior.


def is_gentle(text: str) -> str:
    """Say in one sentence whether the autoscaler in `text` goes up quickly and down gently."""
    try:
        hpa = accepted(text)
    except ValueError as error:
        return str(error)
    behavior = hpa.spec.behavior
    if hpa.spec.max_replicas < 40 or not behavior:
        return _("Not yet: it needs a behavior, and at least 40 as maxReplicas.")
    up = _sizes(hpa, 4, 40, 3)
    if up[-1] < 36:
        return _("Not yet: from 4 pods, with 40 wanted, it comes to {n} in three looks.").format(n=up[-1])
    down = [40, *_sizes(hpa, 40, 4, 40)]
    drops = [before - after for before, after in zip(down, down[4:], strict=False)]
    if max(drops) > 4:
        return _("Not yet: on the way down {n} pods go within one minute.").format(n=max(drops))
    if down[-1] > 8:
        return _("Not yet: after ten minutes there are still {n} pods.").format(n=down[-1])
    return _("Done: up to 40 at once, and down by at most {n} pods a minute.").format(n=max(drops))


def _sizes(hpa: HorizontalPodAutoscaler, replicas: int, wanted: int, looks: int) -> list[int]:
    """Sizes after each look, while pods use as much as `wanted` of them would at the target."""
    sizes, memory, now = list[int](), Memory(), parse_time("2026-01-05T00:00:00Z")
    source = next((each.resource for each in hpa.spec.metrics if each.resource), None)
    percent = (source.target.average_utilization if source else None) or 50
    for _look in range(looks):
        pods = _equal_pods(replicas)
        milli = 1000 * percent * wanted // (100 * replicas)
        use = {each.name: PodSample(milli, now) for each in pods}
        done = reconcile(hpa, memory, replicas, pods, Samples({"cpu": use}), now)
        hpa, memory, replicas, now = done.hpa, done.memory, done.replicas, now + timedelta(seconds=15)
        sizes.append(replicas)
    return sizes


def _equal_pods(count: int) -> list[Pod]:
    status = {
        "phase": "Running",
        "startTime": "2026-01-04T00:00:00Z",
        "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-04T00:00:10Z"}],
    }
    spec = {"containers": [{"name": "web", "resources": {"requests": {"cpu": "1"}}}]}
    return [Pod.from_json({"metadata": {"name": f"web-{i}"}, "spec": spec, "status": status}) for i in range(count)]
