"""Lines are those of k8s.io/kubectl/pkg/drain; the arithmetic of budgets is that of pkg/controller/disruption."""

import pytest

from k8smodels.controlplane import Cluster

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers: [{name: main, image: "web:1"}]
"""


def budget(bound, name="web"):
    return f"""
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: {name}}}
spec: {{{bound}, selector: {{matchLabels: {{app: web}}}}}}
"""


def pod(name, extra="", **owner):
    owners = f", ownerReferences: [{{apiVersion: apps/v1, kind: DaemonSet, name: {name}, uid: u, controller: true}}]"
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: {name}{owners if owner else ""}}}
spec: {{nodeName: node-1, terminationGracePeriodSeconds: 1, containers: [{{name: main, image: "web:1"}}]{extra}}}
"""


@pytest.fixture
def cluster():
    cluster = Cluster.of(3)
    cluster.apply(WEB)
    cluster.run(10)
    return cluster


def on(cluster, node):
    return sorted(each.name for each in cluster.pods() if each.spec.node_name == node)


def test_cordon_and_uncordon(cluster):
    assert cluster.cordon("node-1") == "node/node-1 cordoned"
    assert cluster.cordon("node-1") == "node/node-1 already cordoned"
    assert cluster.get("node node-1", no_headers=True).split()[1] == "Ready,SchedulingDisabled"
    assert cluster.uncordon("node-1", "node-2") == "node/node-1 uncordoned\nnode/node-2 already uncordoned"
    assert cluster.cordon("nope") == 'Error from server (NotFound): nodes "nope" not found'


def test_a_drained_node_is_empty_and_takes_no_pods(cluster):
    (name,) = on(cluster, "node-1")
    assert cluster.drain("node-1").split("\n") == [
        "node/node-1 cordoned",
        f"evicting pod default/{name}",
        f"pod/{name} evicted",
        "node/node-1 drained",
    ]
    cluster.run(10)
    assert not on(cluster, "node-1")
    assert len(cluster.pods()) == 3


def test_an_eviction_leaves_its_reason_on_the_pod(cluster):
    (name,) = on(cluster, "node-1")
    cluster.drain("node-1")
    notes = [record.note for record in cluster.journal.find(component="kubectl", kind="Pod", name=name)]
    assert notes == ["evict", "evict"]


def test_a_budget_holds_pods_back_until_others_are_ready(cluster):
    cluster.apply(budget("minAvailable: 3"))
    (name,) = on(cluster, "node-1")
    shown = cluster.drain("node-1", timeout="12s").split("\n")
    refused = "Cannot evict pod as it would violate the pod's disruption budget."
    again = f'error when evicting pods/"{name}" -n "default" (will retry after 5s): {refused}'
    late = f'error when evicting pods/"{name}" -n "default": global timeout reached: 12s'
    assert shown == [
        "node/node-1 cordoned",
        *[f"evicting pod default/{name}", again] * 3,
        f'There are pending pods in node "node-1" when an error occurred: {late}',
        f"pod/{name}",
        f'error: unable to drain node "node-1" due to error: {late}, continuing command...',
        "There are pending nodes to be drained:",
        " node-1",
        f"error: {late}",
    ]
    cluster.scale("deploy/web", replicas=4)
    cluster.run(10)
    assert cluster.drain("node-1").split("\n")[-1] == "node/node-1 drained"


def test_where_one_may_be_down_the_second_waits_for_the_first(cluster):
    cluster.apply(budget("maxUnavailable: 1"))
    cluster.cordon("node-2", "node-3")
    cluster.run(1)
    (first,), (second,) = on(cluster, "node-2"), on(cluster, "node-3")
    cluster.uncordon("node-1")
    shown = cluster.drain("node-2", "node-3").split("\n")
    assert shown.index(f"pod/{first} evicted") < shown.index(f"pod/{second} evicted")
    assert any(line.startswith(f'error when evicting pods/"{second}"') for line in shown)
    assert shown[-1] == "node/node-3 drained"


@pytest.mark.parametrize(
    ("bound", "allowed"),
    [
        ("minAvailable: 2", "1"),
        ("minAvailable: 50%", "1"),
        ("minAvailable: 4", "0"),
        ("maxUnavailable: 2", "2"),
        ("maxUnavailable: 34%", "2"),
        ("maxUnavailable: 0", "0"),
    ],
)
def test_how_many_may_go_now(cluster, bound, allowed):
    cluster.apply(budget(bound))
    assert cluster.get("pdb", no_headers=True).split()[3] == allowed


def test_two_budgets_for_one_pod_are_an_error(cluster):
    cluster.apply(budget("minAvailable: 1") + "---" + budget("minAvailable: 1", "other"))
    shown = cluster.drain("node-1")
    assert "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support." in shown
    assert shown.exit_code == 1


def test_deleting_instead_of_evicting_passes_budgets_by(cluster):
    cluster.apply(budget("minAvailable: 3"))
    (name,) = on(cluster, "node-1")
    assert cluster.drain("node-1", disable_eviction=True).split("\n")[1:] == [
        f"pod/{name} deleted",
        "node/node-1 drained",
    ]


@pytest.mark.parametrize(
    ("manifest", "flags", "said"),
    [
        (pod("p"), {}, "cannot delete Pods that declare no controller (use --force to override): default/p"),
        (
            pod("p", ", volumes: [{name: v, emptyDir: {}}]"),
            {"force": True},
            "cannot delete Pods with local storage (use --delete-emptydir-data to override): default/p",
        ),
        (pod("p", daemon=True), {"force": False}, 'cannot delete daemonsets.apps "p" not found: default/p'),
    ],
)
def test_pods_that_nobody_would_make_again_stop_a_drain(manifest, flags, said):
    cluster = Cluster.of(1)
    cluster.failures.stop_program("kube-controller-manager")
    cluster.apply(manifest)
    cluster.run(10)
    assert cluster.drain("node-1", **flags).split("\n") == [
        "node/node-1 cordoned",
        f'error: unable to drain node "node-1" due to error: {said}, continuing command...',
        "There are pending nodes to be drained:",
        " node-1",
        f"error: {said}",
    ]


def test_force_takes_them_with_a_warning():
    cluster = Cluster.of(1)
    cluster.apply(pod("p", ", volumes: [{name: v, emptyDir: {}}]"))
    cluster.run(10)
    shown = cluster.drain("node-1", force=True, delete_emptydir_data=True).split("\n")
    assert shown[1:3] == ["Warning: deleting Pods that declare no controller: default/p", "evicting pod default/p"]
    assert shown[-1] == "node/node-1 drained"


def test_pods_of_a_daemon_set_stay():
    cluster = Cluster.of(1)
    daemon_set = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template: {metadata: {labels: {app: agent}}, spec: {containers: [{name: a, image: a}]}}
"""
    cluster.apply(daemon_set)
    uid = cluster.store.get("DaemonSet", "default", "agent").metadata.uid
    cluster.apply(pod("agent", daemon=True).replace("uid: u", f"uid: {uid}"))
    cluster.run(10)
    refused = cluster.drain("node-1")
    assert "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/agent" in refused
    assert cluster.drain("node-1", ignore_daemonsets=True).split("\n") == [
        "node/node-1 already cordoned",
        "Warning: ignoring DaemonSet-managed Pods: default/agent",
        "node/node-1 drained",
    ]
    assert on(cluster, "node-1") == ["agent"]
