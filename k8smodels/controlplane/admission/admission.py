"""What the API server adds to an object before it stores it, and what it refuses.

References
----------
plugin/pkg/admission/defaulttolerationseconds/admission.go; pkg/apis/apps/v1/defaults.go;
pkg/apis/batch/v1/defaults.go; pkg/registry/core/service/storage/storage.go (v1.37)
"""

from __future__ import annotations

from dataclasses import replace

from k8smodels.api.affinity import Toleration
from k8smodels.api.defaults import default_pod
from k8smodels.api.errors import InvalidObject
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Pod, PodStatus
from k8smodels.api.service import Service
from k8smodels.api.validation import validate
from k8smodels.controlplane.resources import RESOURCES
from k8smodels.controlplane.status import invalid
from k8smodels.controlplane.store import Store
from k8smodels.services import Pools, create_service

DEFAULT_TOLERATION_SECONDS = 300
"""How long a pod stays on a node that is not ready or cannot be reached, if it says nothing itself."""

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

    def create(self, item: KubernetesObject, _store: Store) -> KubernetesObject:
        """`item` as it is stored first.

        Raises
        ------
        StatusError
            ``Invalid``.
        """
        try:
            if isinstance(item, Service):
                created = create_service(item, self.pools, seed=len(item.name))
                self.pools = created.pools
                return created.service
            validate(item)
        except InvalidObject as error:
            raise invalid(error) from None
        return _new_pod(item) if isinstance(item, Pod) else item

    def update(self, item: KubernetesObject, _before: KubernetesObject) -> KubernetesObject:
        """`item` as it is stored instead of what was there before.

        Raises
        ------
        StatusError
            ``Invalid``.
        """
        return item

    def qualified(self, kind: str) -> str:
        """The kind as messages name it."""
        return RESOURCES[kind].qualified if kind in RESOURCES else kind.lower()


def _new_pod(pod: Pod) -> Pod:
    filled = default_pod(pod)
    tolerations = filled.spec.tolerations + tuple(_not_ready(filled))
    return replace(filled, spec=replace(filled.spec, tolerations=tolerations), status=PodStatus(phase="Pending"))


def _not_ready(pod: Pod) -> list[Toleration]:
    """Tolerations of 300 s for a node that is lost, unless the pod tolerates that taint already."""
    added = []
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        own = (each for each in pod.spec.tolerations if each.key in (key, "") and each.effect in ("NoExecute", ""))
        if not any(own):
            added.append(
                Toleration(
                    key=key,
                    operator="Exists",
                    effect="NoExecute",
                    toleration_seconds=DEFAULT_TOLERATION_SECONDS,
                )
            )
    return added
