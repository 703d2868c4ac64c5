"""The API server's own part in every write: it fills in defaults, refuses what is not valid, and allots addresses.

Left out: ResourceQuotas and LimitRanges, webhooks and policies, and checks of kinds that are not named here.

References
----------
staging/src/k8s.io/apiserver/pkg/registry/rest: BeforeCreate, BeforeUpdate;
pkg/registry/core/service/storage/storage.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from k8smodels.api.autoscaling import HorizontalPodAutoscaler
from k8smodels.api.batch import CronJob, Job
from k8smodels.api.errors import FieldError, InvalidObject
from k8smodels.api.lease import Lease
from k8smodels.api.meta import KubernetesObject, Unstructured
from k8smodels.api.node import Namespace, Node
from k8smodels.api.pod import Pod
from k8smodels.api.policy import PodDisruptionBudget
from k8smodels.api.service import Service
from k8smodels.api.validation import validate
from k8smodels.api.workload import Controller, ReplicationController
from k8smodels.controlplane.admission.apps import changed_controller_errors, controller_errors
from k8smodels.controlplane.admission.autoscaling import autoscaler_errors
from k8smodels.controlplane.admission.contents import budget_errors, config_errors
from k8smodels.controlplane.admission.cron_jobs import cron_job_errors
from k8smodels.controlplane.admission.defaults import with_defaults
from k8smodels.controlplane.admission.jobs import (
    changed_job_errors,
    generated_selector,
    has_manual_selector,
    job_errors,
)
from k8smodels.controlplane.admission.metadata import changed_metadata_errors, new_metadata_errors
from k8smodels.controlplane.admission.namespaces import new_namespace, refuse_new_content
from k8smodels.controlplane.admission.pods import changed_pod_errors, new_pod
from k8smodels.controlplane.admission.rules import pod_spec_errors, taint_errors
from k8smodels.controlplane.resources import RESOURCES, kind_of
from k8smodels.controlplane.status import invalid
from k8smodels.controlplane.store import Store
from k8smodels.services import Pools, create_service

SERVICE_CIDR = "10.96.0.0/16"


class Admission:
    """The server's own part in every write.

    Attributes
    ----------
    pools
        The addresses and ports that are left for Services.
    """

    def __init__(self) -> None:
        self.pools = Pools.of(SERVICE_CIDR)

    def create(self, item: KubernetesObject, store: Store) -> KubernetesObject:
        """`item` as it is stored first.

        Raises
        ------
        StatusError
            ``Invalid``; ``Forbidden`` in a namespace that is being deleted.
        """
        refuse_new_content(item, store)
        if isinstance(item, Service):
            try:
                created = create_service(item, self.pools, seed=len(item.name))
            except InvalidObject as error:
                raise invalid(error) from None
            self.pools = created.pools
            return created.service
        try:
            filled = _prepared(item)
            errors = [*_new_errors(filled)]
        except FieldError as error:
            filled, errors = item, [error]
        if not (errors and isinstance(item, PodDisruptionBudget)):
            errors = [*new_metadata_errors(kind_of(item), filled.metadata), *errors]
        _refuse(item, errors)
        return with_defaults(filled)  # whoever reads it sees them filled in once more

    def update(self, item: KubernetesObject, before: KubernetesObject) -> KubernetesObject:
        """`item` as it is stored instead of what was there before.

        Raises
        ------
        StatusError
            ``Invalid``.
        """
        same_metadata = item.metadata is before.metadata or item.metadata == before.metadata
        if same_metadata and (isinstance(item, Lease) or _asked(item) == _asked(before)):
            return item  # a kubelet renews its Lease all the time, and nothing in that can be wrong
        filled = with_defaults(item)
        errors = [*changed_metadata_errors(kind_of(item), filled.metadata, before.metadata)]
        if _asked(filled) != _asked(before):
            try:
                errors += _changed_errors(filled, before)
            except FieldError as error:
                errors.append(error)
        _refuse(item, errors)
        return filled

    def qualified(self, kind: str) -> str:
        """The kind as messages name it."""
        return RESOURCES[kind].qualified if kind in RESOURCES else kind.lower()


def _asked(item: KubernetesObject) -> object:
    """What a user wants of an object, beside its metadata."""
    return item.content if isinstance(item, Unstructured) else getattr(item, "spec", None)


def _refuse(item: KubernetesObject, errors: Iterable[FieldError]) -> None:
    """Refuse an object with errors; one that is told twice counts once."""
    told = list({str(error): error for error in errors}.values())
    if told:
        raise invalid(InvalidObject(kind_of(item), item.name, told))


def _prepared(item: KubernetesObject) -> KubernetesObject:
    """`item` with its defaults, and with what the API server adds to a new object."""
    filled = with_defaults(item)
    if isinstance(filled, Pod):
        return new_pod(filled)
    if isinstance(filled, Job) and not has_manual_selector(filled):
        return generated_selector(filled)
    return new_namespace(filled) if isinstance(filled, Namespace) else filled


def _new_errors(item: KubernetesObject) -> Iterator[FieldError]:
    match item:
        case Pod():
            yield from pod_spec_errors(item.spec)
        case Controller():
            yield from controller_errors(item)
        case Job():
            yield from job_errors(item)
        case CronJob():
            yield from cron_job_errors(item)
        case HorizontalPodAutoscaler():
            yield from autoscaler_errors(item)
        case PodDisruptionBudget():
            yield from budget_errors(item)
        case Unstructured() if kind_of(item) in ("ConfigMap", "Secret"):
            yield from config_errors(item)
        case Node():
            yield from taint_errors(item.spec.taints)
            yield from _other_errors(item)
        case ReplicationController():
            yield from _other_errors(item)


def _changed_errors(item: KubernetesObject, before: KubernetesObject) -> Iterator[FieldError]:
    match item, before:
        case Pod(), Pod():
            yield from changed_pod_errors(item, before)
        case Controller(), Controller():
            yield from changed_controller_errors(item, before)
        case Job(), Job():
            yield from changed_job_errors(item, before)
        case CronJob(), CronJob():
            yield from cron_job_errors(item, before)
        case Unstructured(), Unstructured() if kind_of(item) in ("ConfigMap", "Secret"):
            yield from config_errors(item, before)
        case _:
            yield from _new_errors(item)


def _other_errors(item: KubernetesObject) -> Iterator[FieldError]:
    """What the rules of `api.validation` say of it, beside the name and taints."""
    try:
        validate(item)
    except InvalidObject as refused:
        yield from (error for error in refused.errors if not error.path.startswith(("metadata.", "spec.taints")))
