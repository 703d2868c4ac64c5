"""The API server: the only one who reads and writes the store.

Every request is checked, completed (`admission`) and written, or refused with the server's own status. An update must
carry the ``resourceVersion`` that its writer has seen; if somebody has written since, it is refused with 409. Left out:
authentication, authorisation, server-side apply's field owners, and webhooks.

References
----------
staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go; pkg/registry/core/pod/storage/storage.go:
BindingREST; pkg/registry/core/pod/strategy.go: CheckGracefulDelete (v1.37)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple, TypeVar, cast

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Pod, PodCondition
from k8smodels.api.times import format_time
from k8smodels.controlplane.admission import Admission, is_held, terminating
from k8smodels.controlplane.clock import Clock
from k8smodels.controlplane.garbage import PropagationPolicy, delete, is_gone
from k8smodels.controlplane.journal import Journal
from k8smodels.controlplane.limits import Limits
from k8smodels.controlplane.resources import kind_of, resource_of
from k8smodels.controlplane.status import (
    StatusError,
    already_exists,
    conflict,
    forbidden,
    no_quorum,
    not_found,
    uid_conflict,
    unavailable,
)
from k8smodels.controlplane.store import Store
from k8smodels.controlplane.versions import Names, first_generation, grace_seconds_of, merged

T = TypeVar("T", bound=KubernetesObject)

_PROTECTED = frozenset({"default", "kube-system", "kube-public"})


class Caller(NamedTuple):
    """Who asks, and because of which record of the journal.

    Attributes
    ----------
    component
        The name in the journal.
    because
        The record's number; -1 for none.
    """

    component: str
    because: int = -1


class APIServer:
    """One API server over one store.

    Parameters
    ----------
    clock
        The time.
    watch_seconds
        How long a change is on its way to those who watch.
    limits
        Where a runaway simulation stops.
    seed
        Decides on generated names and UIDs.

    Attributes
    ----------
    store, journal
        What is written, and what has happened.
    is_up
        Whether anybody answers.
    has_quorum
        Asked before every write: whether etcd can commit it.
    extra_seconds
        How much longer than usual every answer takes.
    requests
        How many requests each component has made.
    """

    def __init__(self, clock: Clock, watch_seconds: float, limits: Limits, seed: int = 1) -> None:
        self.clock, self.journal, self.limits = clock, Journal(), limits
        self.store = Store(clock, watch_seconds)
        self.is_up = True
        self.has_quorum: Callable[[], bool] = lambda: True
        self.extra_seconds = 0.0
        self.requests: Counter[str] = Counter()
        self.admission = Admission()
        self._names = Names(seed)

    def get(self, kind: str, namespace: str, name: str, by: Caller) -> KubernetesObject:
        """The object of that key.

        Raises
        ------
        StatusError
            ``NotFound``, or nobody answers.
        """
        self._answer(by)
        return self._found(kind, namespace, name)

    def create(self, item: T, by: Caller, note: str = "") -> T:
        """Store a new object: with its defaults, a UID and, if it asks for one, a generated name.

        Raises
        ------
        StatusError
            ``AlreadyExists``, ``Invalid``, or ``NotFound`` for its namespace.
        """
        self._answer(by)
        resource = resource_of(item)
        meta = item.metadata
        if not meta.name and meta.generate_name:
            meta = replace(meta, name=meta.generate_name + self._names.suffix())
        namespace = (meta.namespace or "default") if resource.namespaced else ""
        if resource.namespaced and namespace not in _PROTECTED and not self.store.get("Namespace", "", namespace):
            raise self._refused(not_found("namespaces", namespace), by, item)
        if self.store.get(kind_of(item), namespace, meta.name):
            raise self._refused(already_exists(resource.qualified, meta.name), by, item)
        self.limits.check_objects(self.store.count(kind_of(item)), kind_of(item))
        meta = replace(
            meta,
            namespace=namespace,
            uid=self._names.uid(),
            creation_timestamp=self.clock.stamp,
            generation=first_generation(kind_of(item)),
            resource_version="",
        )
        try:
            admitted = self.admission.create(replace(item, metadata=meta), self.store)
        except StatusError as error:
            raise self._refused(error, by, item) from None
        return cast("T", self._write(admitted, "create", by, note))

    def update(self, item: T, by: Caller, note: str = "", *, status: bool = False) -> T:
        """Write a new version of an object: its status, or everything but its status.

        Raises
        ------
        StatusError
            ``Conflict`` if it has changed since its writer read it; ``NotFound``; ``Invalid``.
        """
        self._answer(by)
        resource, stored = resource_of(item), self._found(kind_of(item), item.namespace, item.name)
        sent = item.metadata.resource_version
        if item.metadata.uid and item.metadata.uid != stored.metadata.uid:
            error = uid_conflict(resource.qualified, item.name, item.metadata.uid, stored.metadata.uid)
            raise self._refused(error, by, item)
        if sent and sent != stored.metadata.resource_version:
            raise self._refused(conflict(resource.qualified, item.name), by, item)
        return self._replaced(stored, item, by, note, status=status)

    def patch(
        self,
        kind: str,
        namespace: str,
        name: str,
        change: Callable[[KubernetesObject], KubernetesObject],
        by: Caller,
        note: str = "",
        *,
        status: bool = False,
    ) -> KubernetesObject:
        """Apply `change` to whatever is stored: the newest version, so that there is no conflict."""
        self._answer(by)
        stored = self._found(kind, namespace, name)
        return self._replaced(stored, change(stored), by, note, status=status, verb="patch")

    def bind(self, namespace: str, name: str, node: str, by: Caller, note: str = "") -> KubernetesObject:
        """Give a pod its node: once, and for good.

        Raises
        ------
        StatusError
            ``NotFound``, or ``Conflict`` if it has a node already.
        """
        self._answer(by)
        stored = self._found("Pod", namespace, name)
        if not isinstance(stored, Pod) or stored.spec.node_name:
            has = stored.spec.node_name if isinstance(stored, Pod) else ""
            why = f'pod {name} is already assigned to node "{has}"'
            raise self._refused(StatusError.conflict("pods/binding", name, why), by, stored)
        scheduled = PodCondition(type="PodScheduled", status="True", last_transition_time=self.clock.stamp)
        others = tuple(each for each in stored.status.conditions if each.type != "PodScheduled")
        bound = replace(
            stored,
            spec=replace(stored.spec, node_name=node),
            status=replace(stored.status, conditions=(*others, scheduled), nominated_node_name=""),
        )
        return self._write(bound, "bind", by, note or f"to {node}")

    def delete(
        self,
        kind: str,
        namespace: str,
        name: str,
        by: Caller,
        note: str = "",
        *,
        policy: PropagationPolicy | None = None,
        grace_seconds: int | None = None,
        uid: str = "",
    ) -> None:
        """Delete an object, or begin to: finalizers, or a pod's grace period, may hold it for a while.

        Raises
        ------
        StatusError
            ``NotFound``; ``Conflict`` if the object of that name has another `uid`; ``Forbidden`` if it is protected.
        """
        self._answer(by)
        stored = self._found(kind, namespace, name)
        resource = resource_of(stored)
        if uid and uid != stored.metadata.uid:
            raise self._refused(uid_conflict(resource.qualified, name, uid, stored.metadata.uid), by, stored)
        if kind == "Namespace" and name in _PROTECTED:
            error = forbidden(resource.qualified, name, "this namespace may not be deleted")
            raise self._refused(error, by, stored)
        if isinstance(stored, Pod) and (grace := grace_seconds_of(stored, grace_seconds)):
            if not stored.metadata.deletion_timestamp or grace < (stored.metadata.deletion_grace_period_seconds or 0):
                ends = format_time(self.clock.now + timedelta(seconds=grace))
                meta = replace(stored.metadata, deletion_timestamp=ends, deletion_grace_period_seconds=grace)
                self._write(replace(stored, metadata=meta), "delete", by, note or f"grace {grace} s")
            return
        left = terminating(stored, self.clock.now) if is_held(stored) else delete(stored, self.clock.now, policy)
        if left is None:
            self._removed(stored, by, note)
        elif left.metadata != stored.metadata:
            self._write(left, "delete", by, note)

    def _replaced(
        self, stored: KubernetesObject, item: T, by: Caller, note: str, *, status: bool, verb: str = "update"
    ) -> T:
        new = merged(stored, item, status=status)
        if new == stored:
            return cast("T", stored)
        try:
            new = self.admission.update(new, stored)
        except StatusError as error:
            raise self._refused(error, by, item) from None
        if is_gone(new) and not is_held(new):
            self._removed(new, by, note)
            return cast("T", new)
        return cast("T", self._write(new, f"{verb} status" if status else verb, by, note))

    def _write(self, item: KubernetesObject, verb: str, by: Caller, note: str) -> KubernetesObject:
        self._commit(by, item)
        number = self.log(by, verb, item, note, self.store.revision + 1)
        return self.store.put(item, number)

    def _removed(self, item: KubernetesObject, by: Caller, note: str) -> None:
        self._commit(by, item)
        self.store.remove(item, self.log(by, "remove", item, note, self.store.revision + 1))

    def log(self, by: Caller, verb: str, item: KubernetesObject, note: str = "", revision: int = 0) -> int:
        """Add a record to the journal; its number."""
        number = len(self.journal.records)
        self.limits.check_records(number)
        record = (
            number,
            self.clock.seconds,
            by.component,
            verb,
            kind_of(item),
            item.metadata.namespace,
            item.metadata.name,
            by.because,
            note,
            revision,
        )
        self.journal.add(record)
        return number

    def _found(self, kind: str, namespace: str, name: str) -> KubernetesObject:
        found = self.store.get(kind, namespace, name)
        if found is None:
            raise not_found(self.admission.qualified(kind), name)
        return found

    def _answer(self, by: Caller) -> None:
        if not self.is_up:
            raise unavailable()
        self.requests[by.component.partition(" ")[0]] += 1

    def _commit(self, by: Caller, item: KubernetesObject) -> None:
        if not self.has_quorum():
            raise self._refused(no_quorum(), by, item)

    def _refused(self, error: StatusError, by: Caller, item: KubernetesObject) -> StatusError:
        self.log(by, "refused", item, error.message)
        return error
