"""Lines are those of k8s.io/kubectl/pkg/polymorphichelpers and pkg/cmd/{rollout,scale,logs,top} (v1.37)."""

import re

import pytest

from k8smodels.controlplane import Behaviour, Cluster, never_ready
from k8smodels.runtime.programs import job

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  progressDeadlineSeconds: 30
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: main, image: "web:1", readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}}]
"""
NEXT = WEB.replace("web:1", "web:2")


@pytest.fixture
def cluster():
    cluster = Cluster.of(2, behaviours={"web:1": Behaviour(log=("hello", "<world>")), "bad:1": never_ready()})
    cluster.apply(WEB)
    return cluster


def test_a_rollout_is_followed_to_its_end(cluster):
    shown = cluster.rollout("status", "deploy/web").split("\n")
    assert shown[0] == "Waiting for deployment spec update to be observed..."
    assert 'Waiting for deployment "web" rollout to finish: 0 of 3 updated replicas are available...' in shown
    assert shown[-1] == 'deployment "web" successfully rolled out'
    assert cluster.get("deploy web", no_headers=True).split()[1] == "3/3"


def test_an_update_tells_of_new_and_of_old_replicas(cluster):
    cluster.rollout("status", "deploy/web")
    cluster.apply(NEXT)
    shown = cluster.rollout("status", "deploy/web").split("\n")
    waiting = 'Waiting for deployment "web" rollout to finish: '
    assert f"{waiting}2 out of 3 new replicas have been updated..." in shown
    assert f"{waiting}1 old replicas are pending termination..." in shown
    assert shown[-1] == 'deployment "web" successfully rolled out'


def test_a_rollout_that_makes_no_progress_ends_with_its_deadline(cluster):
    cluster.rollout("status", "deploy/web")
    cluster.apply(WEB.replace("web:1", "bad:1"))
    shown = cluster.rollout("status", "deploy/web")
    assert shown.exit_code == 1
    assert shown.split("\n")[-1] == 'error: deployment "web" exceeded its progress deadline'
    assert cluster.rollout("status", "deploy/web", timeout="1s").exit_code == 1


def test_a_look_without_waiting_takes_no_time(cluster):
    before = cluster.seconds
    shown = cluster.rollout("status", "deploy/web", watch=False)
    assert (shown, cluster.seconds) == ("Waiting for deployment spec update to be observed...", before)


def test_waiting_has_a_limit(cluster):
    shown = cluster.rollout("status", "deploy/web", timeout="1s")
    assert shown.split("\n")[-1] == "error: timed out waiting for the condition"
    assert cluster.seconds == pytest.approx(1)


def test_history_and_undo(cluster):
    cluster.rollout("status", "deploy/web")
    cluster.apply(NEXT)
    cluster.rollout("status", "deploy/web")
    assert cluster.rollout("history", "deploy/web") == (
        "deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n"
    )
    shown = cluster.rollout("history", "deploy/web", revision=1)
    assert shown.startswith(
        "deployment.apps/web with revision #1\nPod Template:\n  Labels:\tapp=web\n\tpod-template-hash="
    )
    assert "    Image:\tweb:1\n" in shown
    warning, said = cluster.rollout("undo", "deploy/web").split("\n")
    assert warning.startswith("Warning: resource deployments/web was previously managed with 'kubectl apply'.")
    assert said == "deployment.apps/web rolled back"
    cluster.rollout("status", "deploy/web")
    assert {pod.spec.containers[0].image for pod in cluster.pods()} == {"web:1"}
    again = cluster.rollout("undo", "deploy/web", to_revision=3).split("\n")[-1]
    assert again == "deployment.apps/web skipped rollback (current template already matches revision 3)"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("rollout undo deploy/web", 'error: no rollout history found for deployment "web"'),
        ("rollout undo deploy/web --to-revision=7", "error: unable to find specified revision 7 in history"),
        ("rollout history deploy/web --revision=7", "error: unable to find the specified revision"),
        ("rollout history deploy/web --revision=-1", "error: revision must be a positive integer: -1"),
        ("rollout resume deploy/web", 'error: deployments.apps "web" is not paused'),
        ("rollout status node/node-1", "error: no status viewer has been implemented for Node"),
        ("rollout undo node/node-1", 'error: no rollbacker has been implemented for "Node"'),
        ("rollout history node/node-1", 'error: no history viewer has been implemented for "Node"'),
        ("rollout pause node/node-1", 'error: nodes "node-1" pausing is not supported'),
        ("rollout status deploy/web --revision=5", "error: desired revision (5) is different from the running"),
        ("rollout status deploy/nope", 'Error from server (NotFound): deployments.apps "nope" not found'),
    ],
)
def test_what_cannot_be_done(cluster, command, said):
    shown = cluster.kubectl(command)
    assert shown.exit_code == 1
    assert shown.split("\n")[-1].startswith(said)


def test_a_paused_deployment_is_neither_restarted_nor_rolled_back(cluster):
    assert cluster.rollout("pause", "deploy/web") == "deployment.apps/web paused"
    assert cluster.rollout("pause", "deploy/web") == 'error: deployments.apps "web" is already paused'
    restart = 'error: deployments.apps "web" can\'t restart paused deployment (run rollout resume first)'
    assert cluster.rollout("restart", "deploy/web") == restart
    assert cluster.rollout("resume", "deploy/web") == "deployment.apps/web resumed"


def test_a_restart_replaces_all_pods_once_a_second(cluster):
    cluster.rollout("status", "deploy/web")
    before = {pod.name for pod in cluster.pods()}
    assert cluster.rollout("restart", "deploy/web") == "deployment.apps/web restarted"
    assert cluster.rollout("restart", "deploy/web").startswith("error: failed to create patch for web: if restart has")
    cluster.rollout("status", "deploy/web")
    cluster.run(5)
    assert not before & {pod.name for pod in cluster.pods()}


def test_scale(cluster):
    assert cluster.scale("deploy/web", replicas=1, current_replicas=2) == "error: Expected replicas to be 2, was 3"
    assert cluster.scale("deploy/web", replicas=1) == "deployment.apps/web scaled"
    cluster.run(10)
    assert len(cluster.pods()) == 1
    said = "Error from server (NotFound): the server could not find the requested resource"
    assert cluster.scale("node/node-1", replicas=1) == said


def test_logs_of_a_pod_and_of_one_of_many(cluster):
    cluster.rollout("status", "deploy/web")
    name = cluster.pods()[0].name
    assert cluster.logs(name) == "hello\n<world>"
    assert cluster.logs(name, tail=1) == "<world>"
    assert cluster.logs(name, since="1h", prefix=True).split("\n")[0] == f"[pod/{name}/main] hello"
    assert re.fullmatch(r"2026-01-01T00:00:0\d\.\d{9}Z hello", cluster.logs(name, timestamps=True).split("\n")[0])
    first, *rest = cluster.logs("deploy/web").split("\n")
    assert re.fullmatch(r"Found 3 pods, using pod/web-\S+", first)
    assert rest == ["hello", "<world>"]


def test_logs_of_a_container_that_fails_are_those_of_one_run():
    cluster = Cluster.of(1, behaviours={"c:1": Behaviour(program=job(1, exit_code=1), log=("up", "boom"))})
    cluster.apply("apiVersion: v1\nkind: Pod\nmetadata: {name: c}\nspec: {containers: [{name: a, image: 'c:1'}]}")
    waiting = 'Error from server (BadRequest): container "a" in pod "c" is waiting to start: ContainerCreating'
    cluster.run(0.5)
    assert cluster.logs("c") == waiting
    cluster.run(40)
    assert cluster.logs("c") == cluster.logs("c", previous=True) == "up\nboom"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("logs", "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'."),
        ("logs two -c three", "error: container three is not valid for pod two out of: a, b, i (init)"),
        ("logs two", 'Defaulted container "a" out of: a, b, i (init)'),
        (
            "logs two -c a -p",
            'Error from server (BadRequest): previous terminated container "a" in pod "two" not found',
        ),
        ("logs two --tail=-2", "error: --tail must be greater than or equal to -1"),
        (
            "logs two --all-containers -c a",
            "error: --all-containers=true should not be specified with container name a",
        ),
        ("logs -l x=y", "No resources found in default namespace."),
    ],
)
def test_what_logs_says(command, said):
    cluster = Cluster.of(1, behaviours={"i": Behaviour(program=job(1))})
    containers = "initContainers: [{name: i, image: i}], containers: [{name: a, image: a}, {name: b, image: b}]"
    cluster.apply(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: two}}\nspec: {{{containers}}}")
    cluster.run(20)
    assert cluster.kubectl(command).startswith(said)


def test_top_shows_what_pods_and_nodes_use(cluster):
    cluster.rollout("status", "deploy/web")
    cluster.metrics.load({"app": "web"}, lambda _seconds: 900.0)
    header, *rows = cluster.top("pod").split("\n")
    assert header.split() == ["NAME", "CPU(cores)", "MEMORY(bytes)"]
    assert [row.split()[1:] for row in rows] == [["305m", "<unknown>"]] * 3
    header, *rows = cluster.top("nodes", sort_by="cpu").split("\n")
    assert header.split() == ["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"]
    assert sorted(row.split()[1:3] for row in rows) == [["305m", "7%"], ["610m", "15%"]]


def test_top_without_pods():
    assert Cluster.of(1).top("pod") == "No resources found in default namespace."
