"""What the API server makes of a new Service: defaults, then addresses and ports, then validation.

Left out: updates, dry runs, and admission plugins.

References
----------
pkg/registry/core/service/storage/storage.go: beginCreate, normalizeClusterIPs;
staging/src/k8s.io/apiserver/pkg/registry/rest/create.go: BeforeCreate (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from k8smodels.api.errors import DecodeError
from k8smodels.api.service import Service, ServiceStatus
from k8smodels.api.structure import unknown_fields
from k8smodels.services.creation.allocate import allocate
from k8smodels.services.creation.defaults import default_service
from k8smodels.services.creation.pools import Pools
from k8smodels.services.creation.validation import validate_service
from k8smodels.services.creation.warnings import service_warnings


@dataclass(frozen=True, slots=True)
class Created:
    """A Service as it is stored.

    Attributes
    ----------
    service
        With all defaults, its addresses and its node ports. Its status is empty: others fill it.
    warnings
        What the answer to the client warns of.
    pools
        What is left for the next Service.
    """

    service: Service
    warnings: tuple[str, ...]
    pools: Pools


def create_service(service: Service, pools: Pools, seed: int = 1) -> Created:
    """Store `service` in a cluster that has `pools` to give.

    Addresses and ports are taken before the Service is validated, so their errors come first and alone. If it is
    refused nothing has been taken.

    Parameters
    ----------
    service
        As its author wrote it.
    pools
        The cluster's addresses and node ports.
    seed
        Decides which of the free ones are taken; in Kubernetes that is random.

    Raises
    ------
    InvalidObject
        All errors of the step that refuses it.
    AllocationFailed
        There is nothing left to give.
    DecodeError
        It has fields that the API does not know: a strict server, as ``kubectl`` asks for, refuses them.

    Examples
    --------
    >>> from k8smodels.api.service import ServicePort, ServiceSpec
    >>> web = Service.from_json({"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}})
    >>> create_service(web, Pools.of("10.96.0.0/30")).service.spec.cluster_ips[0][:8]
    '10.96.0.'
    """
    if unknown := unknown_fields(service):
        listed = ", ".join(f'unknown field "{name}"' for name in unknown)
        raise DecodeError(f'Service "{service.name}"', f"strict decoding error: {listed}")
    filled = _with_cluster_ips(default_service(service))
    filled, left = allocate(filled, pools, seed)
    filled = replace(filled, status=ServiceStatus())
    validate_service(filled)
    return Created(filled, tuple(service_warnings(filled)), left)


def _with_cluster_ips(service: Service) -> Service:
    """``clusterIPs`` from ``clusterIP``, for clients that know only the older field."""
    spec = service.spec
    if not spec.cluster_ip or spec.cluster_ips:
        return service
    return replace(service, spec=replace(spec, cluster_ips=(spec.cluster_ip,)))
