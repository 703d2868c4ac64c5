import pytest

from k8smodels.api.kinds import load
from k8smodels.api.pod import Pod
from k8smodels.controlplane import Cluster, StatusError
from k8smodels.controlplane.api_server import Caller
from k8smodels.netfilter.read import read_tables

USER = Caller("kubectl")
WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "web:1"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""


@pytest.fixture
def cluster():
    made = Cluster.of(3)
    for item in load(WEB):
        made.create(item)
    made.run(20)
    return made


def test_every_node_spreads_connections_over_the_ready_pods(cluster):
    addresses = sorted(f"{pod.status.pod_ip}:80" for pod in cluster.pods())
    for node in ("node-1", "node-2", "node-3"):
        assert sorted(cluster.proxies.endpoints(node, "web")) == addresses


@pytest.mark.parametrize("mode", ["iptables", "nftables"])
def test_the_rules_name_the_service_and_its_pods(cluster, mode):
    rules = cluster.proxies.rules("node-1", mode)
    service = cluster.store.get("Service", "default", "web")
    assert service.spec.cluster_ip in rules
    assert all(pod.status.pod_ip in rules for pod in cluster.pods())


def test_the_rules_are_read_back(cluster):
    tables = read_tables(cluster.proxies.rules("node-1"))
    assert any(rule.target == "KUBE-SVC-LOLE4ISW44XBNF3G" for rule in tables.chain("nat", "KUBE-SERVICES").rules)


def test_a_proxy_that_is_cut_off_keeps_its_rules(cluster):
    before = cluster.proxies.endpoints("node-1", "web")
    cluster.failures.cut_off_node("node-1")
    cluster.server.delete("Pod", "default", cluster.pods()[-1].name, USER)
    cluster.run(10)
    assert cluster.proxies.endpoints("node-1", "web") == before
    assert cluster.proxies.endpoints("node-2", "web") != before
    cluster.failures.restore_node("node-1")
    cluster.run(30)
    assert cluster.proxies.endpoints("node-1", "web") == cluster.proxies.endpoints("node-2", "web")


def test_a_node_that_does_not_exist_has_no_rules(cluster):
    with pytest.raises(StatusError, match='nodes "node-9" not found'):
        cluster.proxies.rules("node-9")


def test_any_moment_can_be_looked_at_again(cluster):
    now = cluster.snapshot()
    cluster.run(30)
    assert cluster.at(now.at_seconds) == now
    assert cluster.at(0.0).of(Pod) == ()
    assert len(cluster.at(1.0).of(Pod)) == 3
