from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from k8smodels.api.node import Namespace
from k8smodels.controlplane import Cluster
from k8smodels.controlplane.admission import decode
from k8smodels.controlplane.api_server import Caller
from k8smodels.controlplane.status import StatusError

USER = Caller("kubectl")
SHOP = """
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: nginx}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop, finalizers: [example.com/wait]}
"""


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster.of(1)
    for item in decode(SHOP):
        cluster.create(item)
    cluster.run(10)
    return cluster


def shop(cluster: Cluster) -> Namespace | None:
    namespace = cluster.store.get("Namespace", "", "shop")
    assert namespace is None or isinstance(namespace, Namespace)
    return namespace


def without_finalizers(item: Any) -> Any:
    return replace(item, metadata=replace(item.metadata, finalizers=()))


def removals(cluster: Cluster) -> list[str]:
    return [record.kind for record in cluster.journal if record.verb == "remove" and record.namespace == "shop"]


def test_a_namespace_is_active_and_held_by_kubernetes(cluster: Cluster) -> None:
    namespace = shop(cluster)
    assert namespace is not None
    assert (namespace.status.phase, namespace.spec.finalizers) == ("Active", ("kubernetes",))
    assert namespace.labels == {"kubernetes.io/metadata.name": "shop"}


def test_a_namespace_that_ends_takes_nothing_new(cluster: Cluster) -> None:
    cluster.server.delete("Namespace", "", "shop", USER)
    namespace = shop(cluster)
    assert namespace is not None
    assert namespace.status.phase == "Terminating"
    (item,) = decode("{apiVersion: v1, kind: ConfigMap, metadata: {name: late, namespace: shop}}")
    with pytest.raises(StatusError) as refused:
        cluster.create(item)
    assert str(refused.value) == (
        'Error from server (Forbidden): configmaps "late" is forbidden: unable to create new content in namespace shop'
        " because it is being terminated"
    )


def test_its_pods_go_before_everything_else(cluster: Cluster) -> None:
    cluster.server.delete("Namespace", "", "shop", USER)
    cluster.run(4.9)
    assert removals(cluster) == [], "nothing happens for five seconds"
    cluster.run(60)
    assert removals(cluster) == ["Pod", "Pod", "Pod", "Deployment", "ReplicaSet"]


def test_a_finalizer_inside_holds_the_namespace(cluster: Cluster) -> None:
    cluster.server.delete("Namespace", "", "shop", USER)
    cluster.run(60)
    namespace = shop(cluster)
    assert namespace is not None
    told = {each.type: each.message for each in namespace.status.conditions if each.status == "True"}
    assert told == {
        "NamespaceContentRemaining": "Some resources are remaining: configmaps. has 1 resource instances",
        "NamespaceFinalizersRemaining": (
            "Some content in the namespace has finalizers remaining: example.com/wait in 1 resource instances"
        ),
    }
    cluster.server.patch("ConfigMap", "shop", "settings", without_finalizers, USER)
    cluster.run(20)
    assert shop(cluster) is None


def test_a_namespace_is_not_gone_as_long_as_its_own_finalizer_stands(cluster: Cluster) -> None:
    cluster.server.delete("Namespace", "", "shop", USER)
    cluster.server.delete("Namespace", "", "shop", USER)
    assert shop(cluster) is not None


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public"])
def test_some_namespaces_stay(cluster: Cluster, name: str) -> None:
    with pytest.raises(StatusError) as refused:
        cluster.server.delete("Namespace", "", name, USER)
    why = "this namespace may not be deleted"
    assert str(refused.value) == f'Error from server (Forbidden): namespaces "{name}" is forbidden: {why}'


def test_nothing_is_made_in_a_namespace_that_does_not_exist(cluster: Cluster) -> None:
    (item,) = decode("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: nowhere}}")
    with pytest.raises(StatusError) as refused:
        cluster.create(item)
    assert str(refused.value) == 'Error from server (NotFound): namespaces "nowhere" not found'
