"""``kubectl describe``.

References
----------
k8s.io/kubectl/pkg/cmd/describe/describe.go: Run, DescribeMatchingResources (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.describe.autoscalers import describe_autoscaler
from k8smodels.controlplane.kubectl.describe.cron_jobs import describe_cron_job
from k8smodels.controlplane.kubectl.describe.nodes import describe_node
from k8smodels.controlplane.kubectl.describe.others import (
    describe_budget,
    describe_config_map,
    describe_namespace,
    describe_other,
)
from k8smodels.controlplane.kubectl.describe.pods import describe_pod
from k8smodels.controlplane.kubectl.describe.services import describe_service
from k8smodels.controlplane.kubectl.describe.workloads import describe_deployment, describe_job, describe_replica_set
from k8smodels.controlplane.kubectl.describe.writer import Writer
from k8smodels.controlplane.kubectl.errors import raise_all
from k8smodels.controlplane.kubectl.find import Found, find

Describer = Callable[[Writer, Any, Call], None]

DESCRIBERS: Mapping[str, Describer] = {
    "Pod": describe_pod,
    "Deployment": describe_deployment,
    "ReplicaSet": describe_replica_set,
    "Job": describe_job,
    "CronJob": describe_cron_job,
    "Node": describe_node,
    "Service": describe_service,
    "HorizontalPodAutoscaler": describe_autoscaler,
    "Namespace": describe_namespace,
    "ConfigMap": describe_config_map,
    "PodDisruptionBudget": describe_budget,
}
"""By kind; all others are shown field by field."""

_WITHOUT_EVENTS = frozenset({"Namespace"})


def describe(call: Call) -> Iterator[str]:
    """Objects in words; of one object also its events.

    Raises
    ------
    KubectlError
        An unknown kind.
    StatusError
        ``NotFound``, and no name begins like this either.
    """
    found = find(call, call.words, whole_kind=True)
    items = [item for each in found for item in each.items]
    errors = [error for each in found for error in each.errors]
    if len(errors) == 1 and len(call.words) == 2:
        yield from _beginning(call, found[0], errors[0])
        return
    events = call.is_on("show-events", default=len(items) < 2 and not errors)
    for i, item in enumerate(items):
        yield ("\n\n" if i else "") + description(item, call, events=events)
    if not items and not errors:
        everywhere = call.is_on("all-namespaces")
        yield "No resources found" if everywhere else f"No resources found in {call.namespace} namespace."
    raise_all(errors)


def description(item: KubernetesObject, call: Call, *, events: bool) -> str:
    """One object in words.

    Parameters
    ----------
    item, call
        The object, and where it lives.
    events
        Whether its events are listed.
    """
    out, kind = Writer(), item.to_json()["kind"]
    DESCRIBERS.get(kind, describe_other)(out, item, call)
    shown = events and kind not in _WITHOUT_EVENTS
    out.events(call.cluster.events.about(item) if shown else None, call.now)
    return out.text()


def _beginning(call: Call, found: Found, error: ValueError) -> Iterator[str]:
    """The objects whose names begin with what was asked for."""
    everything = find(call, call.words[:1], whole_kind=True)[0]
    matching = [item for item in everything.items if item.name.startswith(call.words[1])]
    if found.items or not matching:
        raise error
    for item in matching:
        yield description(item, call, events=call.is_on("show-events")) + "\n"
