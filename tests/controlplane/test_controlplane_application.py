from dataclasses import replace
from math import ceil
from pathlib import Path

import pytest

from k8smodels.api.batch import Job
from k8smodels.controlplane import Behaviour, Cluster, never_ready, ready_after
from k8smodels.controlplane.api_server import Caller
from k8smodels.runtime import job

SHOP = Path(__file__).parents[2] / "book" / "files" / "shop-application.yaml"
USER = Caller("kubectl")
BEHAVIOURS = {
    "shop/frontend:1.4.0": ready_after(4),
    "shop/frontend:1.5.0": ready_after(4),
    "shop/frontend:1.5.1": never_ready(),
    "shop/fill-catalog:1.4.0": Behaviour(program=job(8)),
}


@pytest.fixture
def shop():
    cluster = Cluster.of(4, cpu="2", memory="4Gi", zones=("a", "b"), behaviours=BEHAVIOURS)
    told = cluster.apply(SHOP.read_text("utf-8"))
    assert told.splitlines().count("deployment.apps/frontend created") == 1
    assert len(told.splitlines()) == 24
    cluster.run(60)
    return cluster


def deployments(cluster):
    return {item.name: item for item in cluster.store.objects("Deployment")}


def unavailable(cluster):
    items = deployments(cluster).values()
    return [item.name for item in items if item.status.available_replicas < (item.spec.replicas or 0)]


def endpoints(cluster, service):
    slices = [
        item
        for item in cluster.store.objects("EndpointSlice")
        if item.metadata.labels["kubernetes.io/service-name"] == service
    ]
    return [end.addresses[0] for item in slices for end in item.endpoints if end.conditions.ready]


def with_image(image):
    def change(item):
        (container,) = item.spec.template.spec.containers
        spec = replace(item.spec.template.spec, containers=(replace(container, image=image),))
        return replace(item, spec=replace(item.spec, template=replace(item.spec.template, spec=spec)))

    return change


def test_a_whole_application_comes_up(shop):
    assert len(deployments(shop)) == 11
    assert unavailable(shop) == []
    for name, item in deployments(shop).items():
        assert len(endpoints(shop, name)) == item.spec.replicas
    addresses = {item.spec.cluster_ip for item in shop.store.objects("Service")}
    assert len(addresses) == 11
    filled = shop.store.get("Job", "default", "fill-catalog")
    assert isinstance(filled, Job)
    assert (filled.finished, filled.status.completed_indexes) == ("Complete", "0-3")


def test_it_survives_the_loss_of_a_node(shop):
    shop.failures.crash_node("node-1")
    shop.run(60)
    assert len(endpoints(shop, "frontend")) >= 1
    shop.run(400)
    assert unavailable(shop) == []


def test_it_grows_with_its_visitors_and_shrinks_after_them(shop):
    visitors_milli, idle_milli, aim_milli = 700, 5, 100
    shop.metrics.load({"app": "frontend"}, lambda seconds: visitors_milli if seconds < 400 else 100)
    shop.run(300)
    wanted = ceil((visitors_milli + 3 * idle_milli) / aim_milli)
    assert deployments(shop)["frontend"].spec.replicas == wanted
    shop.run(600)
    assert deployments(shop)["frontend"].spec.replicas == 3
    assert unavailable(shop) == []


def test_a_new_version_replaces_the_old_one_without_a_gap(shop):
    least = []
    shop.store.watch("EndpointSlice", "test", lambda _change: least.append(len(endpoints(shop, "frontend"))))
    shop.server.patch("Deployment", "default", "frontend", with_image("shop/frontend:1.5.0"), USER)
    shop.run(120)
    assert min(least) >= 3
    images = {pod.spec.containers[0].image for pod in shop.pods() if pod.labels["app"] == "frontend"}
    assert images == {"shop/frontend:1.5.0"}


def test_a_version_that_never_gets_ready_takes_nothing_away(shop):
    shop.server.patch("Deployment", "default", "frontend", with_image("shop/frontend:1.5.1"), USER)
    shop.run(900)
    frontend = deployments(shop)["frontend"]
    assert frontend.status.available_replicas == 3
    assert [each.reason for each in frontend.status.conditions if each.type == "Progressing"] == [
        "ProgressDeadlineExceeded"
    ]
