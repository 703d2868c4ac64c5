"""Counting the pods of a rollout in the simulated cluster."""

from __future__ import annotations

from dataclasses import replace

from k8smodels.controlplane import Cluster
from k8smodels.controlplane.pod_counts import count_pods, observe
from k8smodels.scenes.deployments import NEW, OLD, PULLED, complete, set_image, slow_start, started, stored, web


def test_old_and_new_pods_add_up_to_what_there_is() -> None:
    cluster = started(web(4), {OLD: slow_start(1), NEW: slow_start(3)})
    set_image(cluster)
    counts = observe(cluster, "web", until=complete)
    assert (counts[0].old, counts[0].total, counts[0].available) == (4, 4, 4)
    assert (counts[-1].old, counts[-1].ready, counts[-1].waiting) == (0, 4, 0)
    assert all(each.available <= each.old + each.ready for each in counts)
    assert any(each.stopping for each in counts)
    assert [each.at_seconds for each in counts] == sorted({each.at_seconds for each in counts})


def test_another_deployment_with_the_same_labels_is_not_counted() -> None:
    cluster = Cluster.of(2, timing=PULLED)
    mine, other = web(2), web(3)
    cluster.create(mine)
    cluster.create(replace(other, metadata=replace(other.metadata, name="other")))
    cluster.run(20)
    item = next(each for each in cluster.store.objects("Deployment") if each.name == "web")
    assert count_pods(cluster, item, 0).total == 2  # type: ignore[arg-type]


def test_pods_are_available_only_after_min_ready_seconds() -> None:
    cluster = Cluster.of(1, timing=PULLED)
    cluster.create(web(1, minReadySeconds=20))
    cluster.run(10)
    assert (count_pods(cluster, stored(cluster), 0).ready, count_pods(cluster, stored(cluster), 0).available) == (1, 0)
    cluster.run(20)
    assert count_pods(cluster, stored(cluster), 0).available == 1
