"""The autoscaler's controller in the cluster: `reconcile` every fifteen seconds, on what metrics-server says.

References
----------
pkg/controller/podautoscaler/horizontal.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Pod
from k8smodels.api.selectors import as_selector
from k8smodels.api.workload import Deployment
from k8smodels.controlplane.client import Answer
from k8smodels.controlplane.controllers.controller import Controller, ObjectKey, key_of
from k8smodels.controlplane.metrics import Metrics
from k8smodels.controlplane.process import Process
from k8smodels.controlplane.store import Change
from k8smodels.workloads import Memory, Reconciliation, reconcile

FAILED_TO_GET_SCALE = "FailedGetScale"


class HorizontalPodAutoscalerController(Controller):
    """Sets the size of Deployments by what their pods use.

    Parameters
    ----------
    process
        The program that it runs in.
    metrics
        Where it reads.
    """

    name = "horizontal-pod-autoscaler"

    def __init__(self, process: Process, metrics: Metrics) -> None:
        self._metrics = metrics
        super().__init__(process)

    def watch(self) -> None:
        """An autoscaler; then by the clock."""
        self._autoscalers, self._deployments = self.informer(HorizontalPodAutoscaler), self.informer(Deployment)
        self._pods = self.informer(Pod)
        self._memories: dict[str, Memory] = {}
        self._autoscalers.handlers.append(self._changed)

    def _changed(self, change: Change) -> None:
        """A change alone hastens nothing: the next look comes after one period."""
        if change.type == "DELETED":
            self._memories.pop(change.item.metadata.uid, None)
            return
        self._metrics.start()
        period = self.process.timing.horizontal_pod_autoscaler_sync_seconds
        self.queue.add_after(key_of(change.item), period, change.record)

    def sync(self, key: ObjectKey, because: int) -> Answer[None]:
        """See `reconcile`."""
        item = self._autoscalers.get(*key)
        if item is None:
            return
        period = self.process.timing.horizontal_pod_autoscaler_sync_seconds
        self.queue.add_after(key, period, because)
        target = item.spec.scale_target_ref
        deployment = self._deployments.get(item.metadata.namespace, target.name)
        if target.kind != "Deployment" or deployment is None:
            resource = f"{target.kind.lower()}s.apps"
            self.event(item, FAILED_TO_GET_SCALE, f'{resource} "{target.name}" not found', warning=True)
            return
        before = deployment.spec.wanted_replicas
        memory = self._memories.get(item.metadata.uid, Memory())
        result = reconcile(item, memory, before, self._pods_of(deployment), self._metrics.samples(), self.clock.now)
        self._memories[item.metadata.uid] = result.memory
        if result.replicas != before:
            yield from self._scale(deployment, result, because)
        self._tell(item, result)
        if result.hpa.status != item.status:
            note = f"{before} now, {result.replicas} wanted"
            yield from self.client.update(replace(item, status=result.hpa.status), because, note, status=True)

    def _scale(self, deployment: Deployment, result: Reconciliation, because: int) -> Answer[None]:
        def sized(found: KubernetesObject) -> KubernetesObject:
            current = cast("Deployment", found)
            return replace(current, spec=replace(current.spec, replicas=result.replicas))

        yield from self.client.patch(deployment, sized, because, result.event)

    def _tell(self, item: HorizontalPodAutoscaler, result: Reconciliation) -> None:
        if result.event:
            self.event(item, "SuccessfulRescale", result.event)
        if result.error:
            self.event(item, "FailedComputeMetricsReplicas", result.error, warning=True)

    def _pods_of(self, deployment: Deployment) -> Sequence[Pod]:
        selector = as_selector(deployment.spec.selector)
        namespace = deployment.metadata.namespace
        return [pod for pod in self._pods.all() if pod.namespace == namespace and selector.matches(pod.labels)]
