"""Nodes and namespaces.

References
----------
staging/src/k8s.io/api/core/v1/types.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar

from k8smodels.api.affinity import Taint
from k8smodels.api.meta import Condition, KubernetesObject, ObjectMeta
from k8smodels.api.pod import ResourceList
from k8smodels.api.quantity import Quantity
from k8smodels.api.structure import Struct, struct


@struct
class ContainerImage(Struct):
    """An image that the node has already; the names include tags and digests."""

    names: tuple[str, ...] = ()
    size_bytes: int = 0


@struct
class NodeSpec(Struct):
    """What the cluster wants of the node."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"podCIDRs", "configSource", "externalID", "podPreemptionPolicy"})

    pod_cidr: str = ""
    provider_id: str = ""
    unschedulable: bool = False
    taints: tuple[Taint, ...] = ()


@struct
class NodeCondition(Condition):
    """One condition of a node, e.g. ``Ready``; the kubelet renews its heartbeat even if nothing changed."""

    last_heartbeat_time: str = ""


@struct
class NodeStatus(Struct):
    """What the node has: `allocatable` is `capacity` less what the system keeps for itself."""

    unmodelled: ClassVar[frozenset[str]] = frozenset(
        "phase addresses daemonEndpoints nodeInfo volumesInUse volumesAttached config runtimeHandlers features"
        " declaredFeatures".split()
    )

    capacity: ResourceList = field(default_factory=dict)
    allocatable: ResourceList = field(default_factory=dict)
    conditions: tuple[NodeCondition, ...] = ()
    images: tuple[ContainerImage, ...] = ()


@struct
class Node(KubernetesObject):
    """A machine that runs pods."""

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "Node"
    namespaced: ClassVar[bool] = False

    spec: NodeSpec = NodeSpec()
    status: NodeStatus = NodeStatus()


@struct
class NamespaceSpec(Struct):
    """Who has to clean up in the namespace before it may go."""

    finalizers: tuple[str, ...] = ()


@struct
class NamespaceStatus(Struct):
    """Its phase: ``Active``, or ``Terminating`` from its deletion on."""

    phase: str = ""
    conditions: tuple[Condition, ...] = ()


@struct
class Namespace(KubernetesObject):
    """A scope for names; selectors of pod affinity read its labels."""

    api_version: ClassVar[str] = "v1"
    kind: ClassVar[str] = "Namespace"
    namespaced: ClassVar[bool] = False

    spec: NamespaceSpec = NamespaceSpec()
    status: NamespaceStatus = NamespaceStatus()


def node(
    name: str,
    *,
    labels: Mapping[str, str] | None = None,
    taints: tuple[Taint, ...] = (),
    unschedulable: bool = False,
    images: tuple[ContainerImage, ...] = (),
    pods: int = 110,
    **allocatable: str,
) -> Node:
    """A node from the values that examples change most.

    Parameters
    ----------
    name
        Also the value of its label ``kubernetes.io/hostname``.
    labels, taints, unschedulable, images
        As in the API.
    pods
        How many pods it takes; 110 is the kubelet's default.
    allocatable
        Amounts by resource, as quantity text: ``cpu="4", memory="8Gi"``.

    Examples
    --------
    >>> node("n1", cpu="4", memory="8Gi").status.allocatable["cpu"].milli_value()
    4000
    """
    amounts = {key: Quantity.parse(value) for key, value in allocatable.items()} | {"pods": Quantity.parse(str(pods))}
    metadata = ObjectMeta(name=name, labels={"kubernetes.io/hostname": name} | dict(labels or {}))
    spec = NodeSpec(taints=taints, unschedulable=unschedulable)
    return Node(metadata=metadata, spec=spec, status=NodeStatus(capacity=amounts, allocatable=amounts, images=images))
