"""The EndpointSlice controller in the cluster.

`k8smodels.services.reconcile` for each Service that changes, or whose pods do.

References
----------
pkg/controller/endpointslice/endpointslice_controller.go (v1.37)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.service import Service
from k8smodels.controlplane.client import Answer
from k8smodels.controlplane.controllers.controller import Controller, ObjectKey, key_of
from k8smodels.controlplane.store import Change
from k8smodels.services import reconcile
from k8smodels.services.endpoints import Change as SliceAction


class EndpointSliceController(Controller):
    """Writes down which pods stand behind each Service."""

    name = "endpointslice-controller"

    def watch(self) -> None:
        """A Service; a pod that it selects."""
        self._services, self._pods = self.informer(Service), self.informer(Pod)
        self._slices, self._nodes = self.informer(EndpointSlice), self.informer(Node)
        self._services.handlers.append(lambda change: self.queue.add(key_of(change.item), change.record))
        self._pods.handlers.append(self._pod_changed)

    def _pod_changed(self, change: Change) -> None:
        labels = [change.item.labels] + ([change.before.labels] if change.before is not None else [])
        for service in self._services.all():
            selector = service.spec.selector
            if not selector or service.metadata.namespace != change.item.metadata.namespace:
                continue
            if any(selector.items() <= each.items() for each in labels):
                self.queue.add(key_of(service), change.record)

    def sync(self, key: ObjectKey, because: int) -> Answer[None]:
        """See `k8smodels.services.reconcile`."""
        service = self._services.get(*key)
        if service is None or service.metadata.deletion_timestamp:
            return
        selector = service.spec.selector
        pods = [
            pod
            for pod in self._pods.all()
            if pod.metadata.namespace == key[0] and selector and selector.items() <= pod.labels.items()
        ]
        existing = self._slices.owned_by(service.metadata.uid)
        result = reconcile(service, pods, self._nodes.all(), existing)
        for change in result.changes:
            item, note = change.slice, ", ".join(change.reasons)
            if change.change is SliceAction.CREATE:
                item = replace(item, metadata=replace(item.metadata, uid="", resource_version=""))
                yield from self.client.create(item, because, note)
            elif change.change is SliceAction.UPDATE:
                yield from self.client.update(item, because, note)
            elif change.change is SliceAction.DELETE:
                yield from self.client.delete("EndpointSlice", item.namespace, item.name, because, note)
