"""Scenes about ports: two containers of one pod, and many pods of one node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from k8smodels.api.errors import InvalidObject
from k8smodels.api.node import node
from k8smodels.api.pod import Pod
from k8smodels.i18n import _, ngettext
from k8smodels.isolation.machine import Refused, connect
from k8smodels.pods import RunningPod, host_port_conflicts, listen_on_declared_ports, run_pod, validate_pod_sharing
from k8smodels.scenes.pods import APP_PORT, DATABASE_PORT, busy_node, switched, web
from k8smodels.scheduling import Cluster, Decision, place, schedule
from k8smodels.views.frame import Frame
from k8smodels.views.html import join
from k8smodels.views.pods import conflict_table, listening_table, placement_table, refused_fields
from k8smodels.views.scheduling import decided


def same_port(port: int, network: bool) -> Frame:
    """`app` listens on 8080, then `log` on `port`; the node's database has 5432 already."""
    containers = [_listener("app", APP_PORT), _listener("log", port)]
    subject = web(containers=containers, **switched(hostNetwork=network))
    try:
        validate_pod_sharing(subject)
    except InvalidObject as error:
        return Frame(
            refused_fields(error),
            _("With hostNetwork each port is a port of the node, so the API server refuses the second one."),
        )
    running, attempts = listen_on_declared_ports(run_pod(busy_node(), subject))
    calls = [("log", APP_PORT), ("log", DATABASE_PORT), ("node-1", APP_PORT)]
    answers = [(who, number, answer(running, who, number)) for who, number in calls]
    if not any(each.refused for each in attempts):
        says = _("Both listen: two ports, one address.")
    elif port == APP_PORT:
        says = _("`log` cannot listen on {port}: `app` has it. To the API server this Pod is fine.").format(port=port)
    else:
        says = _("`log` cannot listen on {port}: with hostNetwork the Pod has the **node's** ports.").format(port=port)
    return Frame(listening_table(attempts, answers), says)


def _listener(name: str, port: int) -> dict[str, Any]:
    return {"name": name, "image": "i", "ports": [{"containerPort": port}]}


def answer(running: RunningPod, who: str, port: int) -> str | Refused:
    """Who answers on 127.0.0.1, asked from a container or, under any other name, from the node."""
    try:
        pid = connect(running.machine, running.containers.get(who, 1), "127.0.0.1", port)
    except Refused as refused:
        return refused
    return running.machine.process(pid).command


# Ports of a node.

WANTED: Mapping[str, Mapping[str, Any]] = {
    "none": {},
    "hostPort": {"hostPort": 8080},
    "hostIP": {"hostPort": 8080, "hostIP": "192.0.2.10"},
}
"""What each of the pods asks for: nothing, a port of its node, or that on one address."""


def many(wanted: str, step: int) -> Frame:
    """Pods `web-0` to `web-step` on two nodes, one after the other; the last is decided now."""
    decision, cluster = placed(wanted, step)
    conflicts = host_port_conflicts(replica(wanted, i) for i in range(step + 1))
    return Frame(join([placement_table(decision, cluster), conflict_table(conflicts)]), _where(decision))


def _where(decision: Decision) -> str:
    """Where the pod goes, and how many nodes it may stand on."""
    if decision.node is None:
        return decided(decision)
    fit, total = len(decision.feasible), len(decision.nodes)
    words = ngettext("{fit} of {total} nodes would do.", "{fit} of {total} nodes would do.", fit)
    goes = _("**{pod}** goes to **{node}**.").format(pod=decision.pod.name, node=decision.node)
    return f"{goes} {words.format(fit=fit, total=total)}"


def placed(wanted: str, step: int) -> tuple[Decision, Cluster]:
    """The decision about the last of these pods, and the cluster that it met."""
    before = [replica(wanted, i) for i in range(step)]
    cluster = Cluster.of([node(f"node-{i}", cpu="4") for i in (1, 2)])
    _decisions, cluster = place(before, cluster)
    return schedule(replica(wanted, step), cluster), cluster


def replica(wanted: str, i: int) -> Pod:
    """Pod number `i`; each other one names another address, if any."""
    port: dict[str, Any] = {"containerPort": APP_PORT, **WANTED[wanted]}
    if "hostIP" in port and i % 2:
        port["hostIP"] = "192.0.2.11"
    container = {"name": "app", "image": "app:1", "ports": [port], "resources": {"requests": {"cpu": "500m"}}}
    return Pod.from_json({"metadata": {"name": f"web-{i}"}, "spec": {"containers": [container]}})
