"""Scenes of the chapter *What Kubernetes does*: one shop in one simulated cluster, function by function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import cast

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.kinds import load
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.quantity import Quantity
from k8smodels.api.service import Service
from k8smodels.api.workload import Deployment
from k8smodels.controlplane import Behaviour, Cluster, Snapshot, never_ready, ready_after
from k8smodels.controlplane.api_server import Caller
from k8smodels.i18n import _
from k8smodels.runtime import Answer, job
from k8smodels.views.controlplane.board import nodes_board, short_name
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, inline, join
from k8smodels.views.tables import table

__all__ = [
    "FIRST_MINUTE",
    "MOMENTS",
    "TROUBLES_OF_ONE",
    "balanced",
    "endpoints_of",
    "first_minute",
    "open_shop",
    "packed",
    "shop",
]

USER = Caller("kubectl")
NODES = 4
SETTLED_SECONDS = 60.0
"""When all pods of the shop are ready, and the catalog is filled."""

NEW, BROKEN = "shop/frontend:1.5.0", "shop/frontend:1.5.1"
BEHAVIOURS: Mapping[str, Behaviour] = {
    "shop/frontend:1.4.0": ready_after(4),
    NEW: ready_after(4),
    BROKEN: never_ready(),
    "shop/fill-catalog:1.4.0": Behaviour(program=job(8)),
}


def shop(text: str) -> Cluster:
    """Four machines in two zones, with the shop's manifests applied just now."""
    cluster = Cluster.of(NODES, cpu="2", memory="4Gi", zones=("a", "b"), behaviours=BEHAVIOURS)
    for item in load(text):
        cluster.create(item)
    return cluster


def open_shop(text: str) -> Cluster:
    """The same a minute later."""
    cluster = shop(text)
    cluster.run(SETTLED_SECONDS)
    return cluster


# The first minute.

FIRST_MINUTE: Mapping[float, str] = {
    0.0: "0 s: applied",
    0.03: "0.03 s",
    0.1: "0.1 s",
    6.0: "6 s",
    12.0: "12 s",
    30.0: "30 s",
}


def first_minute(text: str, at_seconds: float) -> Frame:
    """What has become of the manifests by then."""
    moment = _first_minute(text)[at_seconds]
    return Frame(join([nodes_board(moment), _totals(moment)]), _first_minute_says(moment))


@lru_cache(maxsize=2)
def _first_minute(text: str) -> Mapping[float, Snapshot]:
    cluster = shop(text)
    moments = {}
    for at_seconds in FIRST_MINUTE:
        if at_seconds > cluster.seconds:
            cluster.run(at_seconds - cluster.seconds)
        moments[at_seconds] = cluster.snapshot()
    return moments


def _totals(moment: Snapshot) -> Html:
    wanted = sum(item.spec.replicas or 0 for item in moment.of(Deployment))
    ready = sum(item.status.ready_replicas for item in moment.of(Deployment))
    pods = moment.of(Pod)
    placed = sum(bool(pod.spec.node_name) for pod in pods)
    rows = [
        (_("Pods that the Deployments want"), wanted),
        (_("Pods that exist (those of the Job are among them)"), len(pods)),
        (_("of these: with a node"), placed),
        (_("of these: ready, counted by the Deployments"), ready),
    ]
    return table([_("count"), _("now")], rows)


def _first_minute_says(moment: Snapshot) -> str:
    pods = moment.of(Pod)
    if not pods:
        return _("The API server has stored **wishes**. Nothing runs, and nobody has been told to do anything.")
    waiting = sum(not pod.spec.node_name for pod in pods)
    running = sum(pod.status.phase == "Running" for pod in pods)
    if waiting:
        return _("Controllers have made {pods} Pods; {waiting} of them wait for a node.").format(
            pods=len(pods), waiting=waiting
        )
    if not running:
        return _("The scheduler has given all {pods} Pods a node. The nodes fetch the images.").format(pods=len(pods))
    ready = sum(item.status.ready_replicas for item in moment.of(Deployment))
    wanted = sum(item.spec.replicas or 0 for item in moment.of(Deployment))
    if ready < wanted:
        return _("Containers run; {ready} of {wanted} Pods have said that they are ready.").format(
            ready=ready, wanted=wanted
        )
    return _("All {wanted} Pods are ready: what is and what should be are the same.").format(wanted=wanted)


# 1. Discovery and balancing.

TROUBLES_OF_ONE = ("one Pod fails its probe", "one Pod is deleted")
MOMENTS = ("before", "5 s later", "30 s later")


def balanced(text: str, trouble: str, moment: str) -> Frame:
    """Who gets the requests to the Service `frontend`, right after something happened, or later."""
    before, after, later = _balanced(text, trouble)
    shown = dict(zip(MOMENTS, (before, after, later), strict=True))[moment]
    ready, others = endpoints_of(shown, "frontend")
    share = _("1 of {n}").format(n=len(ready)) if ready else "0"
    rows = [(name, address, _("yes"), share) for name, address in ready]
    rows += [(name, address, _("no"), "0") for name, address in others]
    service = shown.get(Service, "frontend")
    address = service.spec.cluster_ip if service else ""
    head = el(
        "p",
        inline(_("`frontend` is one name and one address: `{address}`. Behind it stand:").format(address=address)),
        class_="sub",
    )
    body = table([_("Pod"), _("its own address"), _("gets requests"), _("share")], rows)
    says = _("{n} Pods share the requests.").format(n=len(ready))
    if others:
        says = _("{n} Pods share the requests; nothing is sent to `{name}`.").format(n=len(ready), name=others[0][0])
    return Frame(join([head, body]), says)


@lru_cache(maxsize=8)
def _balanced(text: str, trouble: str) -> tuple[Snapshot, Snapshot, Snapshot]:
    cluster = open_shop(text)
    before = cluster.snapshot()
    name = min(pod.name for pod in before.of(Pod) if pod.labels["app"] == "frontend")
    if trouble == TROUBLES_OF_ONE[0]:
        failing = Behaviour(answers={"readiness": (Answer(success=False, output="connection refused"),)})
        cluster.failures.change_pod(name, failing)
    else:
        cluster.server.delete("Pod", "default", name, USER)
    cluster.run(5)
    after = cluster.snapshot()
    cluster.run(25)
    return before, after, cluster.snapshot()


def endpoints_of(moment: Snapshot, service: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Names and addresses of the pods behind a Service: those that get requests, and those that do not."""
    pods = {pod.name: pod for pod in moment.of(Pod)}
    ready: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for item in moment.of(EndpointSlice):
        if item.labels.get("kubernetes.io/service-name") != service:
            continue
        for endpoint in item.endpoints:
            name = endpoint.target_ref.name if endpoint.target_ref else ""
            shown = short_name(pods[name]) if name in pods else name
            (ready if endpoint.conditions.ready else others).append((shown, endpoint.addresses[0]))
    return sorted(ready), sorted(others)


# 2. Packing.


def packed(text: str, replicas: int, cpu: str) -> Frame:
    """The shop with more copies of the recommendations, each with another request."""
    moment = _packed(text, replicas, cpu)
    pods = [pod for pod in moment.of(Pod) if pod.labels["app"] == "recommendation"]
    names = {pod.name for pod in pods}
    waiting = [pod for pod in pods if not pod.spec.node_name]
    rows = [(node.name, *_requested(moment, node.name)) for node in moment.of(Node)]
    board = nodes_board(moment, names)
    sums = table([_("node"), _("requested cpu"), _("of"), _("Pods")], rows)
    if not waiting:
        says = _("All {n} copies have found a node by what they **request**.").format(n=len(pods))
        return Frame(join([board, sums]), says)
    message = next((each.message for each in waiting[0].status.conditions if each.reason == "Unschedulable"), "")
    says = _("{n} copies wait: no node has so much left. They are tried again when something changes.")
    refused = el("p", message, class_="msg")
    return Frame(join([board, sums, refused]), says.format(n=len(waiting)))


@lru_cache(maxsize=32)
def _packed(text: str, replicas: int, cpu: str) -> Snapshot:
    """The shop as if its file had asked for so many copies of that size from the start."""
    cluster = Cluster.of(NODES, cpu="2", memory="4Gi", zones=("a", "b"), behaviours=BEHAVIOURS)
    for item in load(text):
        is_meant = isinstance(item, Deployment) and item.name == "recommendation"
        cluster.create(_grown(cast("Deployment", item), replicas, cpu) if is_meant else item)
    cluster.run(60)
    return cluster.snapshot()


def _grown(deployment: Deployment, replicas: int, cpu: str) -> Deployment:
    (container,) = deployment.spec.template.spec.containers
    requests = {**container.resources.requests, "cpu": Quantity.parse(cpu)}
    container = replace(container, resources=replace(container.resources, requests=requests))
    spec = replace(deployment.spec.template.spec, containers=(container,))
    template = replace(deployment.spec.template, spec=spec)
    return replace(deployment, spec=replace(deployment.spec, replicas=replicas, template=template))


def _requested(moment: Snapshot, node: str) -> tuple[str, str, int]:
    pods = [pod for pod in moment.of(Pod) if pod.spec.node_name == node and not pod.is_finished]
    milli = sum(container.resources.requests["cpu"].milli_value() for pod in pods for container in pod.spec.containers)
    found = moment.get(Node, node)
    has = found.status.allocatable["cpu"].milli_value() if found else 0
    return f"{milli / 1000:g}", f"{has / 1000:g}", len(pods)
