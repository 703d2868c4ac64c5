"""A program of the control plane: its copies of the objects, its clients, its events."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from k8smodels.api.meta import KubernetesObject
from k8smodels.controlplane.api_server import APIServer
from k8smodels.controlplane.client import Client, RateLimiter
from k8smodels.controlplane.events import Events
from k8smodels.controlplane.informer import Informer
from k8smodels.controlplane.switch import Switch
from k8smodels.controlplane.timing import Timing

T = TypeVar("T", bound=KubernetesObject)


class Process:
    """A program that runs in virtual time.

    Parameters
    ----------
    name
        e.g. ``kube-controller-manager``.
    server
        The API server that it talks to.
    events
        Where its events go.
    timing
        How fast things are.
    qps, burst
        The limit on the requests of each of its clients.

    Attributes
    ----------
    power
        Off while the program is stopped: its parts finish what they are doing, and wait.
    """

    def __init__(self, name: str, server: APIServer, events: Events, timing: Timing, *, qps: float, burst: int) -> None:
        self.name, self.server, self.events, self.timing = name, server, events, timing
        self.clock = server.clock
        self._limit = (qps, burst)
        self._informers: dict[type[KubernetesObject], Informer[Any]] = {}
        self.power = Switch(self.clock)

    def client(self, component: str) -> Client:
        """A client of its own for one part of the program."""
        return Client(self.server, component, RateLimiter(*self._limit), self.timing)

    def informer(self, kind: type[T]) -> Informer[T]:
        """The program's one copy of all objects of `kind`."""
        if kind not in self._informers:
            informer = self._informers[kind] = Informer(kind)
            informer.start(self.server.store, self.name)
        return cast("Informer[T]", self._informers[kind])
