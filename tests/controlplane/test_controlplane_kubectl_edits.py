"""Words are those of k8s.io/kubectl/pkg/cmd/{set,label,annotate} (v1.37)."""

import pytest

from k8smodels.controlplane import Cluster

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {tier: front}, annotations: {note: old}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "web:1"}, {name: side, image: "side:1"}]}
"""


@pytest.fixture
def cluster():
    cluster = Cluster.of(1)
    cluster.apply(WEB)
    return cluster


def images(cluster):
    return [item.image for item in cluster.store.get("Deployment", "default", "web").spec.template.spec.containers]


def test_a_new_image_is_a_new_revision(cluster):
    cluster.rollout("status", "deploy/web")
    assert cluster.kubectl("set image deploy/web main=web:2") == "deployment.apps/web image updated"
    assert images(cluster) == ["web:2", "side:1"]
    cause = "kubernetes.io/change-cause='to web:2'"
    assert cluster.kubectl(f"annotate deploy/web {cause}") == "deployment.apps/web annotated"
    cluster.rollout("status", "deploy/web")
    assert cluster.rollout("history", "deploy/web").split("\n")[-2] == "2         to web:2"
    assert cluster.kubectl("set image deploy/web main=web:2") == ""


def test_a_star_stands_for_all_containers(cluster):
    cluster.kubectl("set image deploy web *=all:1")
    assert images(cluster) == ["all:1", "all:1"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("set image deploy/web nope=a:1", 'error: unable to find container named "nope"'),
        ("set image deploy/web", "error: at least one image update is required"),
        ("set image", "error: one or more resources must be specified as <resource> <name> or <resource>/<name>"),
        ("set image deploy/nope a=b", 'Error from server (NotFound): deployments.apps "nope" not found'),
        ("label deploy/web tier=front", "deployment.apps/web not labeled"),
        ("label deploy/web tier=back", "error: 'tier' already has a value (front), and --overwrite is false"),
        ("label deploy/web tier=back --overwrite", "deployment.apps/web labeled"),
        ("label deploy/web tier- x=y", "deployment.apps/web modified"),
        ("label deploy/web tier-", "deployment.apps/web unlabeled"),
        ("label deploy/web nope-", 'label "nope" not found.\ndeployment.apps/web not labeled'),
        ("label deploy/web a=b a-", "error: can not both modify and remove a label in the same command"),
        ("label deploy/web a=b=c", "error: invalid label spec: a=b=c"),
        (
            "set image node/node-1 a=b",
            "error: nodes/node-1 the object is not a pod or does not have a pod template: *v1.Node",
        ),
        ("label deploy/web", "error: at least one label update is required"),
        ("label node node-1 disk=ssd", "node/node-1 labeled"),
        (
            "annotate deploy/web note=new",
            "error: --overwrite is false but found the following declared annotation(s): 'note' already has a value"
            " (old)",
        ),
        ("annotate deploy/web note-", "deployment.apps/web annotated"),
        ("annotate deploy/web", "error: at least one annotation update is required"),
    ],
)
def test_what_is_said(cluster, command, said):
    assert cluster.kubectl(command) == said


def test_a_label_on_a_node_lets_a_pod_come(cluster):
    spec = "{nodeSelector: {disk: ssd}, containers: [{name: a, image: a}]}"
    cluster.apply(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {spec}")
    cluster.run(10)
    assert cluster.get("pod", "p", no_headers=True).split()[2] == "Pending"
    cluster.kubectl("label node node-1 disk=ssd")
    cluster.run(10)
    assert cluster.get("pod", "p", no_headers=True).split()[2] == "Running"


def test_a_key_that_no_label_can_have_is_refused(cluster):
    shown = cluster.kubectl("label deploy/web 'a b=c'")
    assert shown.startswith('The Deployment "web" is invalid: metadata.labels: Invalid value: "a b": name part must')
    assert shown.exit_code == 1
