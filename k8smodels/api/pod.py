"""Pods and their containers.

References
----------
staging/src/k8s.io/api/core/v1/types.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, ClassVar

from k8smodels.api.affinity import Affinity, Toleration, TopologySpreadConstraint
from k8smodels.api.container_life import ContainerRestartRule, EnvVar, Lifecycle, PodReadinessGate, Probe
from k8smodels.api.container_status import ContainerState
from k8smodels.api.meta import Condition, KubernetesObject, ObjectMeta
from k8smodels.api.pod_network import PodDNSConfig, PodIP
from k8smodels.api.quantity import Quantity
from k8smodels.api.structure import Struct, struct
from k8smodels.api.volume_sources import (
    AWSElasticBlockStoreVolumeSource,
    EphemeralVolumeSource,
    GCEPersistentDiskVolumeSource,
    ImageVolumeSource,
    ISCSIVolumeSource,
    PersistentVolumeClaimVolumeSource,
    RBDVolumeSource,
)

ResourceList = Mapping[str, Quantity]
"""Amounts by resource name: ``cpu``, ``memory``, ``ephemeral-storage``, ``hugepages-2Mi``, ``example.com/gpu``."""


@struct
class ResourceRequirements(Struct):
    """What a container reserves (`requests`) and what it may use at most (`limits`)."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"claims"})

    requests: ResourceList = field(default_factory=dict)
    limits: ResourceList = field(default_factory=dict)


@struct
class ContainerPort(Struct):
    """A port that a container listens on; `host_port` also takes it on the node."""

    name: str = ""
    container_port: int = 0
    host_port: int = 0
    host_ip: str = ""
    protocol: str = ""


@struct
class Container(Struct):
    """One container of a pod. An init container with `restart_policy` ``Always`` is a sidecar."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "workingDir envFrom resizePolicy volumeMounts volumeDevices terminationMessagePath terminationMessagePolicy"
        " securityContext stdin stdinOnce tty".split()
    )

    name: str = ""
    image: str = ""
    image_pull_policy: str = ""
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: tuple[EnvVar, ...] = ()
    ports: tuple[ContainerPort, ...] = ()
    resources: ResourceRequirements = ResourceRequirements()
    restart_policy: str = ""
    restart_policy_rules: tuple[ContainerRestartRule, ...] = ()
    startup_probe: Probe | None = None
    liveness_probe: Probe | None = None
    readiness_probe: Probe | None = None
    lifecycle: Lifecycle | None = None

    @property
    def is_sidecar(self) -> bool:
        """Whether this init container keeps running beside the main ones."""
        return self.restart_policy == "Always"


@struct
class Volume(Struct):
    """A volume of a pod; what no model reads stays in `unknown` under the name of its source."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "hostPath emptyDir gitRepo secret nfs glusterfs flexVolume cinder cephfs flocker downwardAPI fc azureFile"
        " configMap vsphereVolume quobyte azureDisk photonPersistentDisk projected portworxVolume scaleIO storageos"
        " csi".split()
    )

    name: str = ""
    image: ImageVolumeSource | None = None
    persistent_volume_claim: PersistentVolumeClaimVolumeSource | None = None
    ephemeral: EphemeralVolumeSource | None = None
    gce_persistent_disk: GCEPersistentDiskVolumeSource | None = None
    aws_elastic_block_store: AWSElasticBlockStoreVolumeSource | None = None
    iscsi: ISCSIVolumeSource | None = None
    rbd: RBDVolumeSource | None = None


@struct
class PodSchedulingGate(Struct):
    """A name that keeps the pod out of the scheduler's queue until it is removed."""

    name: str = ""


@struct
class PodSpec(Struct):
    """What the pod should run and what it asks for."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "ephemeralContainers activeDeadlineSeconds serviceAccountName"
        " serviceAccount automountServiceAccountToken hostPID hostIPC shareProcessNamespace securityContext"
        " imagePullSecrets hostAliases runtimeClassName enableServiceLinks"
        " setHostnameAsFQDN os hostUsers resourceClaims hostnameOverride schedulingGroup evictionResponders".split()
    )

    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    volumes: tuple[Volume, ...] = ()
    resources: ResourceRequirements | None = None
    overhead: ResourceList = field(default_factory=dict)
    restart_policy: str = ""
    termination_grace_period_seconds: int | None = None
    readiness_gates: tuple[PodReadinessGate, ...] = ()
    node_name: str = ""
    node_selector: Mapping[str, str] = field(default_factory=dict)
    affinity: Affinity | None = None
    tolerations: tuple[Toleration, ...] = ()
    topology_spread_constraints: tuple[TopologySpreadConstraint, ...] = ()
    scheduler_name: str = ""
    scheduling_gates: tuple[PodSchedulingGate, ...] = ()
    priority: int | None = None
    priority_class_name: str = ""
    preemption_policy: str = ""
    host_network: bool = False
    hostname: str = ""
    subdomain: str = ""
    dns_policy: str = ""
    dns_config: PodDNSConfig | None = None


@struct
class PodCondition(Condition):
    """One condition of a pod, e.g. ``PodScheduled``."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"lastProbeTime", "observedGeneration"})


@struct
class ContainerStatus(Struct):
    """What the kubelet says of a container."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "image imageID containerID volumeMounts user allocatedResourcesStatus stopSignal".split()
    )

    name: str = ""
    state: ContainerState = ContainerState()
    last_state: ContainerState = ContainerState()
    ready: bool = False
    started: bool | None = None
    restart_count: int = 0
    allocated_resources: ResourceList = field(default_factory=dict)
    resources: ResourceRequirements | None = None


@struct
class PodStatus(Struct):
    """What became of the pod."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "observedGeneration message reason hostIP hostIPs ephemeralContainerStatuses resize"
        " resourceClaimStatuses extendedResourceClaimStatus nodeAllocatableResourceClaimStatuses volumeHealth".split()
    )

    phase: str = ""
    qos_class: str = ""
    conditions: tuple[PodCondition, ...] = ()
    nominated_node_name: str = ""
    pod_ip: str = ""
    pod_ips: tuple[PodIP, ...] = ()
    start_time: str = ""
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()
    allocated_resources: ResourceList = field(default_factory=dict)
    resources: ResourceRequirements | None = None


@struct
class Pod(KubernetesObject):
    """The unit of scheduling: one or more containers that share a node, an address and volumes."""

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "Pod"

    spec: PodSpec = PodSpec()
    status: PodStatus = PodStatus()

    @property
    def all_containers(self) -> Iterator[Container]:
        """Init containers, then containers."""
        yield from self.spec.init_containers
        yield from self.spec.containers

    @property
    def is_finished(self) -> bool:
        """Whether its containers have ended for good."""
        return self.status.phase in ("Succeeded", "Failed")

    @property
    def is_terminating(self) -> bool:
        """Whether its deletion has begun."""
        return bool(self.metadata.deletion_timestamp)


@struct
class PodTemplateSpec(Struct):
    """The pod that a controller makes copies of."""

    metadata: ObjectMeta = ObjectMeta()
    spec: PodSpec = PodSpec()


def pod(name: str, *, namespace: str = "", labels: Mapping[str, str] | None = None, **spec: Any) -> Pod:
    """A pod with one container ``main``, from the values that examples change most.

    Parameters
    ----------
    name, namespace, labels
        Its metadata.
    spec
        Fields of `PodSpec`, as keyword arguments; besides them `requests` and `limits`, maps of resource name to
        quantity text for the one container, and `image`.

    Examples
    --------
    >>> pod("web", requests={"cpu": "500m"}).spec.containers[0].resources.requests["cpu"].milli_value()
    500
    """
    amounts = {
        key: {resource: Quantity.parse(str(amount)) for resource, amount in spec.pop(key, {}).items()}
        for key in ("requests", "limits")
    }
    image = spec.pop("image", "")
    main = Container(name="main", image=image, resources=ResourceRequirements(**amounts))
    spec.setdefault("containers", (main,))
    metadata = ObjectMeta(name=name, namespace=namespace, labels=labels or {})
    return Pod(metadata=metadata, spec=PodSpec(**spec))
