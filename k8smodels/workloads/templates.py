"""The pods that stand behind a manifest's controllers.

The real controllers work in a loop against the API server and give pods random suffixes. Here the same pods are made at
once and numbered, so that an example reads alike in every run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from k8smodels.api.affinity import (
    Affinity,
    NodeAffinity,
    NodeSelector,
    NodeSelectorRequirement,
    NodeSelectorTerm,
    Toleration,
)
from k8smodels.api.batch import Job
from k8smodels.api.errors import InvalidObject, invalid
from k8smodels.api.meta import KubernetesObject, ObjectMeta, OwnerReference
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod, PodSpec, PodTemplateSpec
from k8smodels.api.selectors import LabelSelector
from k8smodels.api.workload import (
    DaemonSet,
    Deployment,
    ReplicaSet,
    ReplicaSetSpec,
    ReplicationController,
    StatefulSet,
)

MAX_REPLICAS = 100_000
"""More pods than this from one controller are taken for a mistake."""

_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_DAEMON_TOLERATIONS = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)


def expand(objects: Iterable[KubernetesObject], nodes: Sequence[Node] = ()) -> list[KubernetesObject]:
    """`objects` and what their controllers make of them: ReplicaSets and pods, behind the object that asks for them.

    Parameters
    ----------
    objects
        Any objects; those without replicas are passed through.
    nodes
        The nodes of the cluster; a DaemonSet makes one pod for each.

    Raises
    ------
    InvalidObject
        A controller asks for more than `MAX_REPLICAS` pods.

    References
    ----------
    pkg/controller/deployment/sync.go, pkg/controller/daemon/util/daemonset_util.go (v1.37)
    """
    return [made for item in objects for made in (item, *_made_by(item, nodes))]


def _made_by(item: KubernetesObject, nodes: Sequence[Node]) -> list[KubernetesObject]:
    if isinstance(item, Deployment):
        owned = replica_set_of(item)
        return [owned, *_made_by(owned, nodes)]
    if isinstance(item, DaemonSet):
        pods = [pod_of(item, item.spec.template, node.name) for node in nodes]
        return [_on_node(pod, node) for pod, node in zip(pods, nodes, strict=True)]
    if isinstance(item, ReplicaSet | StatefulSet | ReplicationController):
        return [pod_of(item, item.spec.template, str(i)) for i in range(_count(item, item.spec.replicas))]
    if isinstance(item, Job):
        wanted = 1 if item.spec.parallelism is None else item.spec.parallelism
        wanted = wanted if item.spec.completions is None else min(wanted, item.spec.completions)
        return [pod_of(item, item.spec.template, str(i)) for i in range(_count(item, wanted))]
    return []


def _count(item: KubernetesObject, replicas: int | None) -> int:
    wanted = 1 if replicas is None else replicas
    if wanted > MAX_REPLICAS:
        problem = invalid("spec.replicas", wanted, f"must be at most {MAX_REPLICAS} here")
        raise InvalidObject(item.kind, item.name, [problem])
    return wanted


def replica_set_of(deployment: Deployment) -> ReplicaSet:
    """The ReplicaSet of a Deployment's present template, with all its replicas."""
    template = deployment.spec.template
    label = {"pod-template-hash": _template_hash(template)}
    selector = deployment.spec.selector or LabelSelector()
    meta = ObjectMeta(
        name=f"{deployment.name}-{label['pod-template-hash']}",
        namespace=deployment.metadata.namespace,
        uid=f"replicaset-{deployment.name}",
        labels={**template.metadata.labels, **label},
        owner_references=(_owner(deployment),),
    )
    labelled = replace(template, metadata=replace(template.metadata, labels={**template.metadata.labels, **label}))
    narrowed = replace(selector, match_labels={**selector.match_labels, **label})
    spec = ReplicaSetSpec(
        replicas=deployment.spec.replicas,
        selector=narrowed,
        template=labelled,
        min_ready_seconds=deployment.spec.min_ready_seconds,
    )
    return ReplicaSet(metadata=meta, spec=spec)


def pod_of(owner: KubernetesObject, template: PodTemplateSpec, suffix: str) -> Pod:
    """A pod of `template` that `owner` manages; its name ends in `suffix`."""
    meta = replace(
        template.metadata,
        name=f"{owner.name}-{suffix}",
        namespace=owner.metadata.namespace,
        owner_references=(_owner(owner),),
    )
    return Pod(metadata=meta, spec=template.spec)


def _owner(item: KubernetesObject) -> OwnerReference:
    return OwnerReference(
        api_version=item.api_version, kind=item.kind, name=item.name, uid=item.metadata.uid, controller=True
    )


def _on_node(pod: Pod, node: Node) -> Pod:
    """The daemon pod for `node`: bound to it by affinity, not past the scheduler."""
    named = NodeSelectorRequirement(key="metadata.name", operator="In", values=(node.name,))
    terms = NodeSelector(node_selector_terms=(NodeSelectorTerm(match_fields=(named,)),))
    affinity = pod.spec.affinity or Affinity()
    node_affinity = replace(
        affinity.node_affinity or NodeAffinity(), required_during_scheduling_ignored_during_execution=terms
    )
    tolerations = tuple(Toleration(key=key, operator="Exists", effect=effect) for key, effect in _DAEMON_TOLERATIONS)
    spec: PodSpec = replace(
        pod.spec,
        affinity=replace(affinity, node_affinity=node_affinity),
        tolerations=pod.spec.tolerations + tolerations,
    )
    return replace(pod, spec=spec)


def _template_hash(template: PodTemplateSpec) -> str:
    """A stable stand-in for the controller's hash, in its alphabet (the real one hashes Go's memory layout)."""
    digest = hashlib.sha256(json.dumps(template.to_json(), sort_keys=True, default=str).encode()).digest()
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:9])
