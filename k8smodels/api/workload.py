"""Controllers: the objects that make pods.

References
----------
staging/src/k8s.io/api/core/v1/types.go, staging/src/k8s.io/api/apps/v1/types.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

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


@struct
class Controller(KubernetesObject):
    """An object that keeps a number of equal pods running."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"status"})
    api_version: ClassVar[str] = "apps/v1"

    spec: ControllerSpec = ControllerSpec()


@struct
class Deployment(Controller):
    """Equal pods with rolling updates, through one ReplicaSet a version."""

    kind: ClassVar[str] = "Deployment"


@struct
class ReplicaSet(Controller):
    """A number of equal pods."""

    kind: ClassVar[str] = "ReplicaSet"


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


@struct
class JobSpec(Struct):
    """How many pods run to completion."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit backoffLimitPerIndex maxFailedIndexes"
        " selector manualSelector ttlSecondsAfterFinished completionMode suspend podReplacementPolicy managedBy"
        " scheduling".split()
    )

    parallelism: int | None = None
    completions: int | None = None
    template: PodTemplateSpec = PodTemplateSpec()


@struct
class Job(KubernetesObject):
    """Pods that run to completion."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"status"})
    api_version: ClassVar[str] = "batch/v1"
    kind: ClassVar[str] = "Job"

    spec: JobSpec = JobSpec()
