"""What all controllers have in common: informers that fill a queue, and workers.

A worker takes one key at a time and brings its object nearer to what it should be.

References
----------
pkg/controller/deployment/deployment_controller.go: Run, worker, processNextWorkItem, handleErr (v1.37)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from typing import Any, TypeVar

from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.client import Answer, Client
from k8smodels.controlplane.clock import Clock
from k8smodels.controlplane.informer import Informer
from k8smodels.controlplane.process import Process
from k8smodels.controlplane.status import StatusError
from k8smodels.controlplane.work_queue import WorkQueue

T = TypeVar("T", bound=KubernetesObject)
ObjectKey = tuple[str, str]
"""Namespace and name."""


class Controller(ABC):
    """A controller of kube-controller-manager.

    Parameters
    ----------
    process
        The program that it runs in.

    Attributes
    ----------
    name
        Its name in the journal and in events.
    workers
        How many objects it works on at the same time: ``--concurrent-*-syncs``.
    """

    name = ""
    workers = 5

    def __init__(self, process: Process) -> None:
        self.process = process
        self.clock: Clock = process.clock
        self.client: Client = process.client(self.name)
        self.queue = WorkQueue(self.clock)
        self._written: dict[ObjectKey, int] = {}
        self.watch()
        for _worker in range(self.workers):
            self.clock.environment.process(self._work())

    @abstractmethod
    def watch(self) -> None:
        """Say which changes concern which keys."""

    @abstractmethod
    def sync(self, key: Any, because: int) -> Answer[None]:
        """Look at the object of `key` once, and write what should be written."""

    def informer(self, kind: type[T]) -> Informer[T]:
        """The process' copy of all objects of `kind`."""
        return self.process.informer(kind)

    def wrote(self, item: KubernetesObject) -> None:
        """Remember the version of `item` that the API server gave to this controller's own write."""
        self._written[key_of(item)] = int(item.metadata.resource_version)

    def is_stale(self, item: KubernetesObject, because: int) -> bool:
        """Whether the copy `item` is older than what this controller has written; then it is looked at again soon."""
        stale = int(item.metadata.resource_version) < self._written.get(key_of(item), 0)
        if stale:
            self.queue.add_after(key_of(item), self.process.timing.watch_seconds, because)
        return stale

    def forget(self, key: ObjectKey) -> None:
        """The object is gone: nothing that was written counts any longer."""
        self._written.pop(key, None)

    def event(self, item: KubernetesObject, reason: str, message: str, *, warning: bool = False) -> None:
        """Tell users something about `item`: a request as well, and counted as one."""
        self.client.spend()
        self.process.events.post(self.name, item, reason, message, warning=warning)

    def _work(self) -> Generator[Any, Any, None]:
        while True:
            key, because = yield self.queue.next()
            yield from self.process.power.wait()
            try:
                yield from self.sync(key, because)
            except StatusError:
                self.queue.retry(key, because)
            else:
                self.queue.forget(key)
            self.queue.done(key)


def key_of(item: KubernetesObject) -> ObjectKey:
    """Namespace and name of `item`."""
    return item.metadata.namespace, item.metadata.name
