"""Texts are those of k8s.io/kubectl/pkg/describe/describe.go (v1.37)."""

import re

import pytest

from k8smodels.controlplane import Behaviour, Cluster
from k8smodels.runtime.programs import job

PODS = """
apiVersion: v1
kind: Pod
metadata: {name: solo, labels: {tier: front, app: solo}, annotations: {note: short, long: LONG}}
spec:
  terminationGracePeriodSeconds: 2
  initContainers: [{name: first, image: "init:1"}]
  containers:
  - name: main
    image: web:1
    command: [serve, --fast]
    ports: [{containerPort: 80, name: http}, {containerPort: 443}]
    env: [{name: A, value: "1"}]
    resources: {requests: {cpu: 250m, memory: 64Mi}, limits: {memory: 64Mi}}
    livenessProbe: {httpGet: {path: /healthz, port: 80}, periodSeconds: 7}
    volumeMounts: [{name: data, mountPath: /data}]
  volumes: [{name: data, emptyDir: {}}]
---
apiVersion: v1
kind: Pod
metadata: {name: big}
spec: {containers: [{name: main, image: a, resources: {requests: {cpu: "64"}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: crash}
spec: {containers: [{name: main, image: "crash:1"}]}
"""
WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 4
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "web:1", ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  maxReplicas: 5
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
  behavior: {scaleDown: {stabilizationWindowSeconds: 60}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec: {completions: 1, template: {spec: {restartPolicy: Never, containers: [{name: main, image: "init:1"}]}}}
"""


@pytest.fixture(scope="module")
def cluster():
    ends = {"init:1": Behaviour(program=job(1)), "crash:1": Behaviour(program=job(1, exit_code=3))}
    cluster = Cluster.of(2, behaviours=ends)
    assert cluster.apply(PODS.replace("LONG", "x" * 150)).exit_code == 0
    assert cluster.apply(WEB).exit_code == 0
    cluster.run(45)
    return cluster


def test_a_pod(cluster):
    text = cluster.describe("pod/solo")
    node = cluster.store.get("Pod", "default", "solo").spec.node_name
    begin, events = text.split("Events:\n")
    assert begin.split("\n")[:14] == [
        "Name:         solo",
        "Namespace:    default",
        "Priority:     0",
        f"Node:         {node}/10.0.1.{node[-1]}",
        "Start Time:   Thu, 01 Jan 2026 00:00:00 +0000",
        "Labels:       app=solo",
        "              tier=front",
        "Annotations:  long:",
        f"                {'x' * 138}...",
        "              note: short",
        "Status:       Running",
        f"IP:           {cluster.store.get('Pod', 'default', 'solo').status.pod_ip}",
        "IPs:",
        f"  IP:  {cluster.store.get('Pod', 'default', 'solo').status.pod_ip}",
    ]
    for part in (
        "Init Containers:\n  first:\n    Container ID:   \n    Image:          init:1\n",
        "    State:          Terminated\n      Reason:       Completed\n      Exit Code:    0\n",
        "    Ports:         80/TCP (http), 443/TCP\n    Host Ports:    0/TCP (http), 0/TCP\n"
        "    Command:\n      serve\n      --fast\n    State:          Running\n",
        "    Limits:\n      memory:  64Mi\n    Requests:\n      cpu:     250m\n      memory:  64Mi\n",
        "    Liveness:  http-get http://:80/healthz delay=0s timeout=1s period=7s successThreshold=1"
        " failureThreshold=3\n",
        "    Environment:\n      A:  1\n    Mounts:\n      /data from data (rw)\n",
        "Conditions:\n  Type                        Status\n  PodReadyToStartContainers   True \n",
        "    Type:        EmptyDir (a temporary directory that shares a pod's lifetime)\n",
        "QoS Class:       Burstable\nNode-Selectors:  <none>\n"
        "Tolerations:     node.kubernetes.io/not-ready:NoExecute op=Exists for 300s\n"
        "                 node.kubernetes.io/unreachable:NoExecute op=Exists for 300s\n",
    ):
        assert part in begin
    assert events.split("\n")[:4] == [
        "  Type    Reason     Age  From               Message",
        "  ----    ------     ---  ----               -------",
        f"  Normal  Scheduled  44s  default-scheduler  Successfully assigned default/solo to {node}",
        '  Normal  Pulling    40s  kubelet            spec.initContainers{first}: Pulling image "init:1"',
    ]


def test_events_that_repeat_are_counted(cluster):
    lines = cluster.describe("pod", "crash").split("Events:\n")[1].split("\n")
    (backing_off,) = (line for line in lines if " BackOff " in line)
    seen = r"  Warning  BackOff    \d+s \(x\d+ over \d+s\)  kubelet            spec.containers{main}: Back-off restart"
    assert re.match(seen, backing_off)
    assert "    Last State:     Terminated\n      Reason:       Error\n      Exit Code:    3\n" in cluster.describe(
        "pod/crash"
    )


def test_a_pod_that_waits_says_why(cluster):
    text = cluster.describe("pod/big")
    assert "Node:         <none>\n" in text
    assert "Status:       Pending\nIP:           \nIPs:          <none>\n" in text
    assert "0/2 nodes are available: 2 Insufficient cpu." in text


def test_a_deployment(cluster):
    text = cluster.describe("deploy", "web")
    (name,) = (item.name for item in cluster.store.objects("ReplicaSet"))
    assert text.split("Pod Template:")[0] == (
        "Name:                   web\n"
        "Namespace:              default\n"
        "CreationTimestamp:      Thu, 01 Jan 2026 00:00:00 +0000\n"
        "Labels:                 <none>\n"
        "Annotations:            deployment.kubernetes.io/revision: 1\n"
        "Selector:               app=web\n"
        "Replicas:               " + replicas(cluster) + "\n"
        "StrategyType:           RollingUpdate\n"
        "MinReadySeconds:        0\n"
        "RollingUpdateStrategy:  25% max unavailable, 25% max surge\n"
    )
    assert (
        "  Labels:  app=web\n  Containers:\n   main:\n    Image:         web:1\n    Port:          80/TCP\n"
        "    Host Port:     0/TCP\n    Environment:   <none>\n    Mounts:        <none>\n  Volumes:         <none>\n"
        "  Node-Selectors:  <none>\n  Tolerations:     <none>\nConditions:\n"
    ) in text
    assert f"OldReplicaSets:  <none>\nNewReplicaSet:   {name} (4/4 replicas created)\nEvents:\n" in text


def replicas(cluster):
    status = cluster.store.get("Deployment", "default", "web").status
    numbers = f"{status.updated_replicas} updated | {status.replicas} total"
    return f"4 desired | {numbers} | {status.available_replicas} available | {status.unavailable_replicas} unavailable"


def test_a_replica_set(cluster):
    text = cluster.describe("rs")
    assert "Controlled By:  Deployment/web\nReplicas:       4 current / 4 desired\n" in text
    assert "Pods Status:    4 Running / 0 Waiting / 0 Succeeded / 0 Failed\nPod Template:\n" in text


def test_a_service_names_three_endpoints_and_counts_the_rest(cluster):
    text = cluster.describe("svc/web")
    (endpoints,) = (line for line in text.split("\n") if line.startswith("Endpoints:"))
    assert endpoints.endswith(" + 1 more...")
    assert endpoints.count(":80") == 3
    assert text.startswith(
        "Name:                     web\nNamespace:                default\nLabels:                   <none>\n"
        "Annotations:              <none>\nSelector:                 app=web\nType:                     ClusterIP\n"
        "IP Family Policy:         SingleStack\nIP Families:              IPv4\n"
    )
    assert text.endswith(
        "Session Affinity:         None\nInternal Traffic Policy:  Cluster\nEvents:                   <none>"
    )


def test_a_node_adds_up_what_its_pods_ask_for(cluster):
    node = cluster.store.get("Pod", "default", "solo").spec.node_name
    text = cluster.describe("node", node)
    assert "  default                     solo" in text
    assert "250m (6%)" in text
    assert (
        "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n"
        "  Resource           Requests   Limits\n  --------           --------   ------\n"
        "  cpu                250m (6%)  0 (0%)\n  memory             64Mi (0%)  64Mi (0%)\n"
        "  ephemeral-storage  0 (0%)     0 (0%)\nEvents:\n"
    ) in text
    assert "Taints:             <none>\nUnschedulable:      false\nLease:\n  HolderIdentity:  " in text
    assert "  Kubelet Version:            v1.37.2\n" in text


def test_a_cordoned_node_shows_its_taint():
    cluster = Cluster.of(1)
    cluster.cordon("node-1")
    cluster.run(10)
    text = cluster.describe("node/node-1")
    assert "Taints:             node.kubernetes.io/unschedulable:NoSchedule\nUnschedulable:      true\n" in text


def test_an_autoscaler(cluster):
    text = cluster.describe("hpa", "web")
    assert "  resource cpu on pods  (as a percentage of request):  <unknown> / 50%\n" in text
    assert (
        "Behavior:\n  Scale Up:\n    Stabilization Window: 0 seconds\n    Select Policy: Max\n    Policies:\n"
        "      - Type: Pods     Value: 4    Period: 15 seconds\n      - Type: Percent  Value: 100  Period: 15 seconds\n"
        "  Scale Down:\n    Stabilization Window: 60 seconds\n    Select Policy: Max\n    Policies:\n"
        "      - Type: Percent  Value: 100  Period: 15 seconds\n"
    ) in text


def test_a_job(cluster):
    text = cluster.describe("job/once")
    assert "Parallelism:      1\nCompletions:      1\nCompletion Mode:  NonIndexed\nSuspend:          false\n" in text
    assert "Pods Statuses:    0 Active (0 Ready) / 1 Succeeded / 0 Failed\n" in text


OTHERS = """
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: "*/5 * * * *"
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: "a:1"}]}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm}
data: {a: "1", b: "two\\nlines"}
binaryData: {c: AAE=}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
"""


def test_cron_jobs_config_maps_and_budgets(cluster):
    cluster.apply(OTHERS)
    text = cluster.describe("cronjob/tick")
    assert text.startswith(
        "Name:                          tick\n"
        "Namespace:                     default\n"
        "Labels:                        <none>\n"
        "Annotations:                   <none>\n"
        "Schedule:                      */5 * * * *\n"
        "Concurrency Policy:            Allow\n"
        "Suspend:                       False\n"
        "Time Zone:                     <unset>\n"
        "Successful Job History Limit:  3\n"
        "Failed Job History Limit:      1\n"
        "Starting Deadline Seconds:     <unset>\n"
        "Selector:                      <unset>\n"
        "Parallelism:                   <unset>\n"
        "Completions:                   <unset>\n"
        "Pod Template:\n"
    )
    assert text.endswith("Last Schedule Time:  <unset>\nActive Jobs:         <none>\nEvents:              <none>")
    assert cluster.describe("cm/cm") == (
        "Name:         cm\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\n\n"
        "Data\n====\na:\n----\n1\n\nb:\n----\ntwo\nlines\n\n\nBinaryData\n====\nc: 2 bytes\n\nEvents:  <none>"
    )
    assert cluster.describe("pdb/web") == (
        "Name:           web\nNamespace:      default\nMin available:  2\nSelector:       app=web\nStatus:\n"
        "    Allowed disruptions:  2\n    Current:              4\n    Desired:              2\n"
        "    Total:                4\nEvents:                   <none>"
    )


def test_a_kind_without_a_description_is_shown_field_by_field(cluster):
    text = cluster.describe("lease", "node-1", namespace="kube-node-lease")
    assert "API Version:  coordination.k8s.io/v1\nKind:         Lease\nMetadata:\n" in text
    assert "Spec:\n  Holder Identity:         node-1\n  Lease Duration Seconds:  40\n" in text


def test_a_pod_on_its_way_out():
    cluster = Cluster.of(1)
    cluster.apply("apiVersion: v1\nkind: Pod\nmetadata: {name: solo}\nspec: {containers: [{name: main, image: a}]}")
    cluster.run(8)
    cluster.failures.cut_off_node("node-1")
    cluster.delete("pod/solo", wait=False)
    cluster.run(1)
    text = cluster.describe("pod/solo")
    assert "Status:                    Terminating (lasts <invalid>)\nTermination Grace Period:  30s\n" in text


def test_the_beginning_of_a_name_is_enough(cluster):
    assert cluster.describe("pod", "so").startswith("Name:         solo\n")
    assert cluster.describe("pod", "nope") == 'Error from server (NotFound): pods "nope" not found'


def test_of_several_objects_no_events_are_listed(cluster):
    text = cluster.describe("pod/solo", "pod/big")
    assert text.count("Name:         ") == 2
    assert "\n\n\nName:         big\n" in text
    assert "Events:" not in text
    assert cluster.describe("pod/solo", "pod/big", show_events=True).count("\nEvents:\n") == 2


def test_nothing_to_describe(cluster):
    assert cluster.describe("pods", selector="a=b") == "No resources found in default namespace."
