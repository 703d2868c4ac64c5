"""The EndpointSlice controller in the cluster.

`k8smodels.services.reconcile` for each Service that changes, or whose pods do.

References
----------
pkg/controller/endpointslice/endpointslice_controller.go (v1.37)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.meta import KubernetesObject
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
        self._selected: dict[ObjectKey, dict[ObjectKey, None]] = {}
        self._services.handlers.append(self._service_changed)
        self._pods.handlers.append(self._pod_changed)

    def _service_changed(self, change: Change) -> None:
        key, service = key_of(change.item), change.item
        self._selected.pop(key, None)
        if isinstance(service, Service) and service.spec.selector and change.type != "DELETED":
            chosen = (pod for pod in self._pods.all() if _selects(service, pod))
            self._selected[key] = {key_of(pod): None for pod in chosen}
        self.queue.add(key, change.record)

    def _pod_changed(self, change: Change) -> None:
        pod = key_of(change.item)
        for key, selected in self._selected.items():
            service = self._services.get(*key)
            was = pod in selected
            if service is not None and change.type != "DELETED" and _selects(service, change.item):
                selected[pod] = None
            elif was:
                del selected[pod]
            if was or pod in selected:
                self.queue.add(key, change.record)

    def sync(self, key: ObjectKey, because: int) -> Answer[None]:
        """See `k8smodels.services.reconcile`."""
        service = self._services.get(*key)
        if service is None or service.metadata.deletion_timestamp:
            return
        pods = [pod for each in self._selected.get(key, ()) if (pod := self._pods.get(*each)) is not None]
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


def _selects(service: Service, pod: KubernetesObject) -> bool:
    same_namespace = service.metadata.namespace == pod.metadata.namespace
    return same_namespace and service.spec.selector.items() <= pod.labels.items()
