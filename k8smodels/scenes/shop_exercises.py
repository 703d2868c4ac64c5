"""Exercises of the chapter *What Kubernetes does*: their answers are read off simulated clusters."""

from __future__ import annotations

from dataclasses import replace

from k8smodels.api.kinds import load
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.quantity import Quantity
from k8smodels.api.workload import Deployment
from k8smodels.controlplane import Cluster, Limits, SimulationLimit
from k8smodels.controlplane.node_health import is_node_ready
from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.runtime import pod_columns
from k8smodels.scenes.dice import dice_of
from k8smodels.scenes.shop import USER
from k8smodels.views.controlplane.board import nodes_board
from k8smodels.views.frame import Frame, error_frame
from k8smodels.views.html import bullets, el, join
from k8smodels.views.tables import table

__all__ = ["CASES", "EXAMPLE", "how_many_fit", "own_application", "refusals", "what_is_new", "who_acted"]

EXAMPLE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: hello}
spec:
  replicas: 3
  selector:
    matchLabels: {app: hello}
  template:
    metadata:
      labels: {app: hello}
    spec:
      containers:
      - name: server
        image: hello:1
        resources:
          requests: {cpu: 500m}
---
apiVersion: v1
kind: Service
metadata: {name: hello}
spec:
  selector: {app: hello}
  ports:
  - {port: 80}
"""
"""What the reader starts from."""

CASES = {
    "three copies and a Service": EXAMPLE,
    "more than fits": EXAMPLE.replace("replicas: 3", "replicas: 30"),
    "an amount that is none": EXAMPLE.replace("500m", "5x"),
    "a misspelt field": EXAMPLE.replace("replicas:", "replica:"),
    "3,000 copies: too many for this page": EXAMPLE.replace("replicas: 3", "replicas: 3000"),
}
"""Manifests to try, by what is the matter with them."""

_LIMITS = Limits(records=20_000, objects=200)
_RUN_SECONDS = 60.0


def _deployment(replicas: int, cpu: str) -> Deployment:
    (item,) = (each for each in load(EXAMPLE) if isinstance(each, Deployment))
    (container,) = item.spec.template.spec.containers
    container = replace(container, resources=replace(container.resources, requests={"cpu": Quantity.parse(cpu)}))
    template = replace(item.spec.template, spec=replace(item.spec.template.spec, containers=(container,)))
    return replace(item, spec=replace(item.spec, replicas=replicas, template=template))


def how_many_fit(seed: int) -> Task:
    """Ask how many Pods find a node, and what it takes to place the rest."""
    dice = dice_of(seed)
    nodes, cpu, request_milli, replicas = dice.choice([2, 3]), dice.choice([2, 4]), dice.choice([600, 700, 900]), 20
    cluster = Cluster.of(nodes, cpu=str(cpu), memory="32Gi")
    cluster.create(_deployment(replicas, f"{request_milli}m"))
    cluster.run(30)
    placed = sum(bool(pod.spec.node_name) for pod in cluster.pods())
    on_one = max(sum(pod.spec.node_name == f"node-{i + 1}" for pod in cluster.pods()) for i in range(nodes))
    text = _("{nodes} nodes with {cpu} cpu each. A Deployment wants {replicas} Pods that request {request} m cpu each.")
    return Task(
        text.format(nodes=nodes, cpu=cpu, replicas=replicas, request=request_milli),
        [
            Step(
                _("How many of these Pods fit on one node?"),
                on_one,
                wrong={str(on_one + 1): _("A request is all or nothing: what is left is too small for one more.")},
                why=_("How often does the request go into the node's cpu, whole times?"),
            ),
            Step(
                _("How many of the 20 Pods get a node?"),
                placed,
                wrong={str(nodes * cpu * 1000 // request_milli): _("Rests of different nodes cannot be put together.")},
                why=_("As many as fit on one node, times the nodes."),
            ),
            Step(
                _("What becomes of the others?"),
                _("they wait, Pending"),
                options=[_("they wait, Pending"), _("they are refused and forgotten"), _("they share a node anyway")],
                why=_("The Deployment still wants them, and the scheduler still looks for a place."),
            ),
        ],
        [_("Divide, and round down."), _("Then multiply by the number of nodes.")],
        bullets(
            [
                _("{cpu} cpu / {request} m = {n} Pods a node").format(cpu=cpu, request=request_milli, n=on_one),
                _("{nodes} nodes: {placed} Pods; the others stay Pending until something changes").format(
                    nodes=nodes, placed=placed
                ),
            ]
        ),
    )


_FAULTS = ("container", "pod", "node")


def what_is_new(seed: int) -> Task:
    """Ask what is the same and what is new after something has been healed."""
    fault = _FAULTS[seed % 3]
    cluster = Cluster.of(3, seed=seed + 1)
    cluster.create(_deployment(1, "100m"))
    cluster.run(20)
    (before,) = cluster.pods()
    told = {
        "container": _("The program in the only Pod of `hello` crashes, once."),
        "pod": _("Somebody deletes the only Pod of `hello`."),
        "node": _("The machine of the only Pod of `hello` loses its power, for good."),
    }[fault]
    if fault == "container":
        cluster.failures.kill_container(before.name)
    elif fault == "pod":
        cluster.server.delete("Pod", "default", before.name, USER)
    else:
        cluster.failures.crash_node(before.spec.node_name)
    start = cluster.seconds
    cluster.run_until(lambda each: _is_back(each, before), within_seconds=900, step_seconds=0.5)
    waited = cluster.seconds - start
    after = next(pod for pod in cluster.pods() if not pod.is_terminating)
    same_name, same_address = after.name == before.name, after.status.pod_ip == before.status.pod_ip
    same_uid = after.metadata.uid == before.metadata.uid
    options = [_("its name"), _("its IP address"), _("its UID: it is the same object")]
    same = frozenset(
        option for option, is_same in zip(options, (same_name, same_address, same_uid), strict=True) if is_same
    )
    times = [_("seconds"), _("about a minute"), _("more than five minutes")]
    how_long = times[0] if waited < 30 else times[2] if waited > 300 else times[1]
    return Task(
        told,
        [
            Step(
                _("How long does it take until a Pod of `hello` is ready again?"),
                how_long,
                options=times,
                wrong={
                    times[0]: _("A silent machine is given 50 s, and its Pods another 300 s."),
                    times[1]: _("Is anybody silent here? Whoever sees it at once acts at once."),
                },
                why=_("Who notices, and how soon?"),
            ),
            Step(
                _("What does the ready Pod have in common with the old one?"),
                same,
                options=options,
                why=_("A container is started again inside its Pod. A Pod is never moved, it is replaced."),
            ),
        ],
        [
            _("A kubelet restarts containers; a controller replaces Pods."),
            _("A new Pod has a new name and a new address. Where it runs, the scheduler decides anew."),
        ],
        bullets(
            [
                _("ready again after {seconds} s").format(seconds=f"{waited:g}"),
                _("before: {name}, {address}, {node}").format(
                    name=before.name, address=before.status.pod_ip, node=before.spec.node_name
                ),
                _("after: {name}, {address}, {node}").format(
                    name=after.name, address=after.status.pod_ip, node=after.spec.node_name
                ),
            ]
        ),
    )


def _is_back(cluster: Cluster, before: Pod) -> bool:
    """Whether a pod runs that is not the one that was lost."""
    for pod in cluster.pods():
        status = pod.status.container_statuses
        restarted = pod.name == before.name and bool(status) and status[0].restart_count > 0
        new = pod.name != before.name
        if (restarted or new) and pod_columns(pod).status == "Running" and pod_columns(pod).ready == "1/1":
            return True
    return False


_ACTORS = ("deployment-controller", "replicaset-controller", "default-scheduler", "kubelet", "kubectl")


def who_acted(seed: int) -> Task:
    """Ask, for a line of a cluster's journal, who wrote it."""
    dice = dice_of(seed)
    cluster = Cluster.of(2, seed=seed + 1)
    cluster.server.create(_deployment(2, "100m"), USER)
    cluster.run(10)
    records = [
        record
        for record in cluster.journal
        if record.kind in ("Deployment", "ReplicaSet", "Pod") and record.revision and record.verb != "update"
    ]
    chosen = sorted(dice.sample(records, 3), key=lambda record: record.number)
    steps = []
    for record in chosen:
        actor = "kubelet" if record.component.startswith("kubelet") else record.component
        ask = _("At {at} s: {verb} `{object}`. Who wrote it?")
        steps.append(
            Step(
                ask.format(at=f"{record.at_seconds:.2f}", verb=record.verb, object=record.object),
                actor,
                options=_ACTORS,
                wrong={
                    "kubectl": _("The user has written one object, the Deployment."),
                    "deployment-controller": _("It writes ReplicaSets, and the Deployment's own status."),
                    "replicaset-controller": _("It writes Pods, and its ReplicaSet's status."),
                    "default-scheduler": _("It writes one thing: which node a Pod gets."),
                    "kubelet": _("It writes what has become of the Pods of its node."),
                },
            )
        )
    return Task(
        _("A Deployment of two Pods was applied to an empty cluster. Three lines of what followed:"),
        steps,
        [_("Deployment → ReplicaSet → Pods → a node → running: each arrow has its own component.")],
        bullets([str(record) for record in chosen]),
    )


def own_application(text: str) -> Frame:
    """The reader's manifests after a minute on three nodes with 4 cpu and 8 GiB each."""
    cluster = Cluster.of(3, limits=_LIMITS)
    told = cluster.apply(text)
    if told.exit_code:
        return error_frame(ValueError(refusals(told)))
    try:
        cluster.run(_RUN_SECONDS)
    except SimulationLimit as error:
        return error_frame(ValueError(str(error)))
    moment = cluster.snapshot()
    rows = [
        (item.name, f"{item.status.ready_replicas}/{item.spec.wanted_replicas}", item.status.updated_replicas)
        for item in moment.of(Deployment)
    ]
    pods = [(pod.name, pod.spec.node_name or "–", pod_columns(pod).status) for pod in moment.of(Pod)]
    parts = [nodes_board(moment)]
    if rows:
        parts.append(table([_("Deployment"), "READY", "UP-TO-DATE"], rows))
    parts.append(table([_("Pod"), _("node"), "STATUS"], pods))
    waiting = [pod for pod in moment.of(Pod) if not pod.spec.node_name]
    messages = {condition.message for pod in waiting for condition in pod.status.conditions if condition.message}
    parts += [el("p", message, class_="msg") for message in sorted(messages)]
    ready_nodes = sum(is_node_ready(item) for item in moment.of(Node))
    says = _("After {seconds} s: {pods} Pods on {nodes} nodes, {waiting} without a node.")
    return Frame(
        join(parts),
        says.format(seconds=f"{_RUN_SECONDS:g}", pods=len(pods), nodes=ready_nodes, waiting=len(waiting)),
    )


def refusals(told: str) -> str:
    """The lines of ``kubectl apply`` that are no successes."""
    done = (" created", " configured", " unchanged")
    return "\n".join(line for line in told.splitlines() if not line.endswith(done))
