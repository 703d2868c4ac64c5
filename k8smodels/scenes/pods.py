"""Scenes of the chapter on pods: one node, the pod of the story, and what each of its containers sees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from k8smodels.api.errors import InvalidObject
from k8smodels.api.pod import Pod
from k8smodels.i18n import _
from k8smodels.isolation.machine import Machine, boot, fork, ipc_keys, listen, msgget
from k8smodels.pods import RunningPod, namespaces_of, run_pod, shared, validate_pod_sharing
from k8smodels.pods.fields import pod_fields
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, join
from k8smodels.views.pods import refused_fields, view_table

QUEUE = 42
"""Key of a message queue that `app` makes."""
DATABASE_PORT, APP_PORT = 5432, 8080


def web(**spec: Any) -> Pod:
    """The pod of the story: `app` serves on port 8080, `log` stands beside it; `spec` in the API's own spelling."""
    containers = [
        {"name": "app", "image": "app:1", "ports": [{"containerPort": APP_PORT}]},
        {"name": "log", "image": "log:1"},
    ]
    return Pod.from_json({"metadata": {"name": "web"}, "spec": {"containers": containers} | spec})


def busy_node() -> Machine:
    """A node with a kubelet, and a database outside any pod that listens and has a message queue."""
    machine, _kubelet = fork(boot(hostname="node-1"), 1, "kubelet")
    machine, database = fork(machine, 1, "db")
    return msgget(listen(machine, database, DATABASE_PORT), database, 7)


def serving(running: RunningPod) -> RunningPod:
    """`app` listens, and makes a message queue if its last run has left none."""
    app = running.containers["app"]
    machine = listen(running.machine, app, APP_PORT)
    return replace(running, machine=machine if QUEUE in ipc_keys(machine, app) else msgget(machine, app, QUEUE))


# What each container sees.


def sees(pid: str, network: bool, ipc: bool, users: bool) -> Frame:
    """What `app`, `log` and the node see, with the fields of the pod that are switched on.

    Parameters
    ----------
    pid
        ``own``, or the field that makes it otherwise.
    """
    fields = switched(hostNetwork=network, hostIPC=ipc)
    fields |= {} if pid == "own" else {pid: True}
    subject, usual = web(**fields, **({"hostUsers": False} if users else {})), _running(web())
    try:
        validate_pod_sharing(subject)
    except InvalidObject as error:
        html = join([refused_fields(error), view_table(usual, usual)])
        return Frame(html, _("The API server refuses this Pod. The table is that of a Pod without these fields."))
    accepted = el("p", el("b", _("The API server accepts this Pod.")), class_="v ok")
    return Frame(join([accepted, view_table(_running(subject), usual)]), _seen(subject))


def switched(**fields: bool) -> dict[str, bool]:
    """The fields that are on; the others are left out, as in most manifests."""
    return {name: value for name, value in fields.items() if value}


def _running(subject: Pod) -> RunningPod:
    return serving(run_pod(busy_node(), subject))


def _seen(subject: Pod) -> str:
    found = namespaces_of(subject)[0]
    nodes = [each.kind for each in found.memberships if each.mode == "NODE" and each.reason]
    if nodes:
        return _("{shares} The fields make {nodes} the **node's**.").format(
            shares=_shares(subject), nodes=", ".join(nodes)
        )
    if pod_fields(subject).share_process_namespace:
        return _("{shares} Number 1 is now `pause`.").format(shares=_shares(subject))
    return _("{shares} Each is number 1 in its own eyes.").format(shares=_shares(subject))


def _shares(subject: Pod) -> str:
    """What the two containers share because of their pod, and what with everybody on the node: time, at least."""
    app = namespaces_of(subject)[0]
    common = shared(subject, "app", "log")
    node = ", ".join(kind for kind in common if app.mode(kind) == "NODE")
    pod = ", ".join(kind for kind in common if app.mode(kind) != "NODE")
    if not pod:
        return _("`app` and `log` share {kinds} with the **whole node**.").format(kinds=node)
    return _("`app` and `log` share {pod} because of the **Pod**, and {node} with the **whole node**.").format(
        pod=pod, node=node
    )


# A third container, to look with.


def debug(target: str, share: bool) -> Frame:
    """What an ephemeral container sees, with or without a target."""
    looker: dict[str, Any] = {"name": "debug", "image": "busybox:1"}
    if target:
        looker["targetContainerName"] = target
    fields: dict[str, Any] = {"ephemeralContainers": [looker]} | switched(shareProcessNamespace=share)
    running = _running(web(**fields))
    membership = next(each for each in namespaces_of(running.pod) if each.container == "debug").of("pid")
    others = ", ".join(line.command for line in running.sees("debug").processes if line.command != "debug")
    says = {
        "CONTAINER": _(
            "`debug` has process numbers of its own and sees nobody else. It still shares address and ports."
        ),
        "POD": _("The Pod shares process numbers anyway: `debug` sees {others}. A target changes nothing."),
        "TARGET": _("`debug` has joined the process numbers of its target, and sees {others}."),
    }
    html = view_table(running, running, names=("app", "log", "debug"), node=False)
    return Frame(html, says[membership.mode].format(others=others))
