"""Columns and words are those of pkg/printers/internalversion/printers.go and cli-runtime's tableprinter.go (v1.37)."""

import json
import re

import pytest
import yaml

from k8smodels.api.kinds import load
from k8smodels.controlplane import Behaviour, Cluster
from k8smodels.runtime.programs import job

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "web:1", ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: alone, labels: {app: alone}}
spec: {containers: [{name: main, image: "solo:1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: big}
spec: {nodeSelector: {disk: ssd}, containers: [{name: main, image: "solo:1"}]}
"""


def made(text, **options):
    cluster = Cluster.of(2, zones=["a", "b"], **options)
    assert cluster.apply(text).exit_code == 0
    return cluster


def without_suffixes(text):
    """The generated part of pod names depends on the seed."""
    return re.sub(r"(web-[a-z0-9]{8,10})-[a-z0-9]{5}\b", r"\1-xxxxx", text)


@pytest.fixture(scope="module")
def cluster():
    cluster = made(WEB)
    cluster.run(12)
    return cluster


def test_pods_in_the_order_of_their_names(cluster):
    assert without_suffixes(cluster.get("pods")).split("\n") == [
        "NAME                  READY   STATUS    RESTARTS   AGE",
        "alone                 1/1     Running   0          12s",
        "big                   0/1     Pending   0          12s",
        "web-dq4wk8ncp-xxxxx   1/1     Running   0          12s",
        "web-dq4wk8ncp-xxxxx   1/1     Running   0          12s",
    ]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (
            "get po alone big -o wide",
            "NAME    READY   STATUS    RESTARTS   AGE   IP           NODE     NOMINATED NODE   READINESS GATES\n"
            "alone   1/1     Running   0          12s   10.244.0.2   node-1   <none>           <none>\n"
            "big     0/1     Pending   0          12s   <none>       <none>   <none>           <none>",
        ),
        (
            "get deploy -o wide",
            "NAME   READY   UP-TO-DATE   AVAILABLE   AGE   CONTAINERS   IMAGES   SELECTOR\n"
            "web    2/2     2            2           12s   main         web:1    app=web",
        ),
        (
            "get rs",
            "NAME            DESIRED   CURRENT   READY   AGE\nweb-dq4wk8ncp   2         2         2       12s",
        ),
        (
            "get svc -o wide",
            "NAME   TYPE       CLUSTER-IP      EXTERNAL-IP   PORT(S)        AGE   SELECTOR\n"
            "web    NodePort   10.96.133.214   <none>        80:30080/TCP   12s   app=web",
        ),
        (
            "get nodes -o wide",
            "NAME     STATUS   ROLES    AGE   VERSION   INTERNAL-IP   EXTERNAL-IP   OS-IMAGE    KERNEL-VERSION"
            "      CONTAINER-RUNTIME\n"
            "node-1   Ready    <none>   12s   v1.37.2   10.0.1.1      <none>        <unknown>   <unknown> (amd64)"
            "   containerd://2.2.0\n"
            "node-2   Ready    <none>   12s   v1.37.2   10.0.1.2      <none>        <unknown>   <unknown> (amd64)"
            "   containerd://2.2.0",
        ),
        (
            "get leases -A",
            "NAMESPACE         NAME     HOLDER   AGE\n"
            "kube-node-lease   node-1   node-1   12s\n"
            "kube-node-lease   node-2   node-2   12s",
        ),
        (
            "get ns default --show-labels",
            "NAME      STATUS   AGE   LABELS\ndefault   Active   12s   kubernetes.io/metadata.name=default",
        ),
        (
            "get nodes -L topology.kubernetes.io/zone",
            "NAME     STATUS   ROLES    AGE   VERSION   ZONE\n"
            "node-1   Ready    <none>   12s   v1.37.2   a\n"
            "node-2   Ready    <none>   12s   v1.37.2   b",
        ),
        (
            "get events --field-selector involvedObject.name=alone,reason=Scheduled",
            "LAST SEEN   TYPE     REASON      OBJECT      MESSAGE\n"
            "11s         Normal   Scheduled   pod/alone   Successfully assigned default/alone to node-1",
        ),
        ("get pods --no-headers alone", "alone   1/1   Running   0     12s"),
        ("get pods -n kube-system", "No resources found in kube-system namespace."),
        ("get pods -l app=nobody -A", "No resources found"),
        ("get deploy,svc -o name", "deployment.apps/web\nservice/web"),
        (
            "get pod,svc alone",
            "NAME    READY   STATUS    RESTARTS   AGE\n"
            "alone   1/1     Running   0          12s\n"
            'Error from server (NotFound): services "alone" not found',
        ),
    ],
)
def test_the_text_of_a_command(cluster, command, text):
    shown = cluster.kubectl(command)
    assert shown == text
    assert shown.exit_code == ("Error" in text)


def test_several_kinds_get_a_table_each_and_their_kind_before_the_name(cluster):
    assert cluster.get("deploy,svc") == (
        "NAME                  READY   UP-TO-DATE   AVAILABLE   AGE\n"
        "deployment.apps/web   2/2     2            2           12s\n\n"
        "NAME          TYPE       CLUSTER-IP      EXTERNAL-IP   PORT(S)        AGE\n"
        "service/web   NodePort   10.96.133.214   <none>        80:30080/TCP   12s"
    )


def test_all_is_a_category(cluster):
    shown = cluster.get("all", output="name").split("\n")
    assert [each.partition("/")[0] for each in shown] == [
        *["pod"] * 4,
        "service",
        "deployment.apps",
        "replicaset.apps",
    ]


def test_slices_show_ready_and_other_addresses(cluster):
    row = cluster.get("endpointslices").split("\n")[1].split()
    assert row[1:3] == ["IPv4", "80"]
    assert sorted(row[3].split(",")) == sorted(
        pod.status.pod_ip for pod in cluster.pods() if pod.labels.get("app") == "web"
    )


def test_yaml_reads_back_as_the_same_object(cluster):
    (item,) = load(cluster.get("deploy web", output="yaml"))
    assert item == cluster.store.get("Deployment", "default", "web")


def test_yaml_of_several_is_a_list_with_sorted_keys(cluster):
    text = cluster.get("pods", output="yaml")
    assert text.startswith("apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata:\n")
    assert text.endswith('kind: List\nmetadata:\n  resourceVersion: ""')
    assert [each["metadata"]["name"] for each in yaml.safe_load(text)["items"]][:2] == ["alone", "big"]


def test_yaml_quotes_what_would_be_no_text():
    cluster = made("""
apiVersion: v1
kind: ConfigMap
metadata: {name: cm}
data: {a: "1", b: "true", c: "y", d: "1e3", e: "plain", f: "2026-01-01T00:00:00Z", g: "two\\nlines", h: ""}
""")
    data = cluster.get("cm cm", output="yaml").split("\nkind")[0].split("data:\n")[1]
    assert data == (
        '  a: "1"\n  b: "true"\n  c: "y"\n  d: "1e3"\n  e: plain\n  f: "2026-01-01T00:00:00Z"\n'
        '  g: |-\n    two\n    lines\n  h: ""'
    )


def test_json_has_the_same_content(cluster):
    as_json = json.loads(cluster.get("svc web", output="json"))
    assert as_json == yaml.safe_load(cluster.get("svc web", output="yaml"))


def test_restarts_tell_how_long_ago_the_last_one_was():
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: c}\nspec: {containers: [{name: main, image: 'crash:1'}]}"
    cluster = made(text, behaviours={"crash:1": Behaviour(program=job(1, exit_code=1))})
    cluster.run(45)
    row = cluster.get("pods", no_headers=True)
    assert re.fullmatch(r"c     0/1   CrashLoopBackOff   3 \(\d+s ago\)   45s", row)


def test_sorting_by_a_field(cluster):
    names = cluster.get("pods", sort_by=".metadata.creationTimestamp", output="name").split("\n")
    assert sorted(names) == sorted(cluster.get("pods", output="name").split("\n"))
    assert cluster.get("ns", sort_by="{.metadata.name}", no_headers=True).startswith("default")
    assert cluster.get("ns", sort_by=".spec.x") == (
        'error: couldn\'t find any field with path "{.spec.x}" in the list of objects'
    )


def test_a_row_is_one_line_whatever_a_message_contains(cluster):
    pod = cluster.store.get("Pod", "default", "big")
    cluster.events.post("kubelet", pod, "Odd", "<b>one</b>\ttab\nsecond line")
    shown = cluster.get("events", field_selector="reason=Odd").split("\n")
    assert len(shown) == 2
    assert shown[1].endswith("<b>one</b> tab...")
