"""Controllers: the objects that make pods.

References
----------
staging/src/k8s.io/api/core/v1/types.go, staging/src/k8s.io/api/apps/v1/types.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from k8smodels.api.intstr import IntOrString
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import PodTemplateSpec
from k8smodels.api.selectors import LabelSelector
from k8smodels.api.structure import Struct, struct


@struct
class ControllerSpec(Struct):
    """What Deployments, ReplicaSets, StatefulSets and DaemonSets have in common."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "strategy updateStrategy minReadySeconds revisionHistoryLimit paused progressDeadlineSeconds serviceName"
        " volumeClaimTemplates podManagementPolicy persistentVolumeClaimRetentionPolicy ordinals".split()
    )

    replicas: int | None = None
    selector: LabelSelector | None = None
    template: PodTemplateSpec = PodTemplateSpec()

    @property
    def wanted_replicas(self) -> int:
        """`replicas`, 1 where it is not set."""
        return 1 if self.replicas is None else self.replicas


@struct
class Controller(KubernetesObject):
    """An object that keeps a number of equal pods running."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"status"})
    api_version: ClassVar[str] = "apps/v1"

    spec: ControllerSpec = ControllerSpec()


@struct
class RollingUpdateDeployment(Struct):
    """How far a rolling update may go above and below the wanted replicas, as numbers or percentages of them."""

    max_unavailable: IntOrString | None = None
    max_surge: IntOrString | None = None


@struct
class DeploymentStrategy(Struct):
    """``RollingUpdate`` with its limits, or ``Recreate``: all old pods go before a new one comes."""

    type: str = ""
    rolling_update: RollingUpdateDeployment | None = None


@struct
class DeploymentSpec(ControllerSpec):
    """What a Deployment asks for."""

    unmodelled: ClassVar[frozenset[str]] = frozenset()

    strategy: DeploymentStrategy = DeploymentStrategy()
    min_ready_seconds: int = 0
    revision_history_limit: int | None = None
    paused: bool = False
    progress_deadline_seconds: int | None = None


@struct
class DeploymentCondition(Struct):
    """One condition of a Deployment: ``Available``, ``Progressing`` or ``ReplicaFailure``."""

    type: str = ""
    status: str = ""
    last_update_time: str = ""
    last_transition_time: str = ""
    reason: str = ""
    message: str = ""


@struct
class DeploymentStatus(Struct):
    """What the Deployment controller last saw."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"terminatingReplicas", "collisionCount"})

    observed_generation: int = 0
    replicas: int = 0
    updated_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    unavailable_replicas: int = 0
    conditions: tuple[DeploymentCondition, ...] = ()


@struct
class Deployment(Controller):
    """Equal pods with rolling updates, through one ReplicaSet a version."""

    unmodelled: ClassVar[frozenset[str]] = frozenset()
    kind: ClassVar[str] = "Deployment"

    spec: DeploymentSpec = DeploymentSpec()
    status: DeploymentStatus = DeploymentStatus()


@struct
class ReplicaSetSpec(ControllerSpec):
    """What a ReplicaSet asks for."""

    unmodelled: ClassVar[frozenset[str]] = frozenset()

    min_ready_seconds: int = 0


@struct
class ReplicaSetStatus(Struct):
    """What the ReplicaSet controller last saw."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"terminatingReplicas", "conditions"})

    replicas: int = 0
    fully_labeled_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    observed_generation: int = 0


@struct
class ReplicaSet(Controller):
    """A number of equal pods."""

    unmodelled: ClassVar[frozenset[str]] = frozenset()
    kind: ClassVar[str] = "ReplicaSet"

    spec: ReplicaSetSpec = ReplicaSetSpec()
    status: ReplicaSetStatus = ReplicaSetStatus()


@struct
class StatefulSet(Controller):
    """Pods with a stable name and storage of their own."""

    kind: ClassVar[str] = "StatefulSet"


@struct
class DaemonSet(Controller):
    """One pod on every node."""

    kind: ClassVar[str] = "DaemonSet"


@struct
class ReplicationControllerSpec(Struct):
    """As `ControllerSpec`, with the older form of selector."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"minReadySeconds"})

    replicas: int | None = None
    selector: Mapping[str, str] = field(default_factory=dict)
    template: PodTemplateSpec = PodTemplateSpec()


@struct
class ReplicationController(KubernetesObject):
    """The forerunner of the ReplicaSet."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"status"})
    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "ReplicationController"

    spec: ReplicationControllerSpec = ReplicationControllerSpec()
