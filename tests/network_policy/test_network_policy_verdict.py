"""The rules of NetworkPolicy that readers get wrong, one by one."""

from __future__ import annotations

import subprocess
from shutil import which
from typing import Any

import pytest

from k8smodels.api import kinds
from k8smodels.api.errors import FieldError, InvalidObject
from k8smodels.network.policy import Cluster, cluster_of, may_talk, reachability, ruleset
from k8smodels.network.policy.cluster import HostNetwork
from k8smodels.network.policy.nftables import merged

PODS = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {nodeName: n1, containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}]}]}
status: {podIPs: [{ip: 10.244.1.2}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {nodeName: n2, containers: [{name: c, image: i, ports: [{name: http, containerPort: 9090}]}]}
status: {podIPs: [{ip: 10.244.2.2}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: test, labels: {app: web}}
spec: {nodeName: n1, containers: [{name: c, image: i}]}
status: {podIPs: [{ip: 10.244.1.3}]}
---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop, labels: {app: web}}
spec: {nodeName: n2, hostNetwork: true, containers: [{name: c, image: i}]}
status: {podIPs: [{ip: 192.0.2.2}]}
---
{apiVersion: v1, kind: Namespace, metadata: {name: test, labels: {team: a}}}
---
{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}}
---
{apiVersion: v1, kind: Node, metadata: {name: n2}, status: {addresses: [{type: InternalIP, address: 192.0.2.2}]}}
"""


def policy(name: str, spec: str, namespace: str = "shop") -> str:
    metadata = f"{{name: {name}, namespace: {namespace}}}"
    return f"\n---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {metadata}, spec: {spec}}}"


def cluster(*policies: str, host_network: HostNetwork = "as the node") -> Cluster:
    return cluster_of(kinds.load(PODS + "".join(policies)), host_network)


def allowed(source: str, destination: str, port: Any, *policies: str, **options: Any) -> bool:
    return may_talk(cluster(*policies, **options), source, destination, port).allowed


DENY = policy("deny", "{podSelector: {}, policyTypes: [Ingress, Egress]}")


def test_without_policies_all_may_talk() -> None:
    verdict = may_talk(cluster(), "test/web", "shop/db", 5432)
    assert verdict.allowed
    assert verdict.reasons == (
        "Egress: allowed, no policy isolates test/web in this direction",
        "Ingress: allowed, no policy isolates shop/db in this direction",
    )


def test_one_peer_with_two_selectors_means_both_and_two_peers_mean_either() -> None:
    both = policy("p", "{ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels:"
                       " {app: db}}}]}]}")  # fmt: skip
    either = both.replace("}}, podSelector", "}}}, {podSelector")
    assert not allowed("test/web", "shop/db", 80, both)
    assert allowed("test/web", "shop/db", 80, either)
    assert not allowed("shop/web", "shop/db", 80, either)


def test_an_empty_list_of_peers_lets_all_in_and_an_empty_list_of_rules_nobody() -> None:
    assert allowed("test/web", "shop/db", 80, policy("p", "{ingress: [{from: []}]}"))
    assert allowed("test/web", "shop/db", 80, policy("p", "{ingress: [{}]}"))
    assert not allowed("test/web", "shop/db", 80, policy("p", "{ingress: []}"))
    assert not allowed("test/web", "shop/db", 80, policy("p", "{}"))


def test_both_ends_must_agree_and_the_reason_names_the_end_that_does_not() -> None:
    way_in = policy("in", "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {}}]}]}")
    way_out = policy("out", "{egress: [{ports: [{port: 53, protocol: UDP}]}], policyTypes: [Egress]}", "test")
    verdict = may_talk(cluster(way_in, way_out), "test/web", "shop/db", 5432)
    assert not verdict.allowed
    assert verdict.reasons == (
        "Egress: refused, test/out isolates test/web and no rule allows this",
        "Ingress: allowed by shop/in ingress[0] from[0]",
    )
    assert may_talk(cluster(way_in, way_out), "test/web", "shop/db", "53/UDP").allowed


def test_policies_add_up() -> None:
    one = policy("one", "{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 80}]}]}")
    two = policy("two", "{ingress: [{ports: [{port: 90, endPort: 99}]}]}")
    found = cluster(one, two)
    assert [may_talk(found, "test/web", "shop/db", port).allowed for port in (80, 89, 90, 99, 100)] == [
        True, False, True, True, False,
    ]  # fmt: skip
    side = may_talk(found, "test/web", "shop/db", 80).ingress
    assert side.isolated_by == ("shop/one", "shop/two")
    assert [str(permit) for permit in side.allowed_by] == ["shop/one ingress[0] ports[0]"]


def test_a_name_of_a_port_means_what_it_means_at_the_destination() -> None:
    way_out = policy("p", "{podSelector: {}, egress: [{ports: [{port: http}]}], policyTypes: [Egress]}")
    assert allowed("shop/web", "shop/db", 9090, way_out)
    assert not allowed("shop/web", "shop/db", 8080, way_out)
    assert not allowed("shop/web", "test/web", 8080, way_out)
    assert not allowed("shop/web", "198.51.100.7", 8080, way_out)


def test_a_block_holds_outside_addresses_and_pods_but_not_what_it_excepts() -> None:
    block = policy("p", "{egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.244.2.0/24]}}]}],"
                        " policyTypes: [Egress]}")  # fmt: skip
    assert allowed("shop/web", "198.51.100.7", 443, block)
    assert allowed("shop/web", "test/web", 443, block)
    assert not allowed("shop/web", "shop/db", 443, block)
    assert not allowed("shop/web", "2001:db8::1", 443, block)


def test_a_pod_reaches_itself_and_its_node_whatever_the_policies_say() -> None:
    assert may_talk(cluster(DENY), "shop/db", "shop/db", 80).reasons == ("allowed: a pod can always reach itself",)
    assert may_talk(cluster(DENY), "n2", "shop/db", 80).reasons == (
        "allowed: traffic between a pod and its own node, n2, is always allowed",
    )
    assert allowed("shop/db", "192.0.2.2", 10250, DENY)
    assert not allowed("n1", "shop/db", 80, DENY)


def test_a_pod_in_its_nodes_network_is_the_node_to_most_plugins_and_a_pod_to_some() -> None:
    from_web = policy("p", "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}]}]}")
    from_nodes = policy("p", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24}}]}]}")
    assert allowed("shop/agent", "shop/db", 80, DENY)
    assert not allowed("shop/agent", "shop/web", 80, from_web)
    assert allowed("shop/agent", "shop/web", 80, from_nodes)
    assert allowed("shop/agent", "shop/web", 80, from_web, host_network="as a pod")
    assert not allowed("shop/agent", "shop/db", 80, DENY, host_network="as a pod")
    assert allowed("test/web", "shop/agent", 80, policy("p", "{}"))


def test_a_verdict_says_where_kubernetes_leaves_the_answer_to_the_plugin() -> None:
    block = policy("p", "{egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}], policyTypes: [Egress]}")
    found = cluster(block)
    assert may_talk(found, "shop/web", "198.51.100.7", 443).caveats == ()
    assert may_talk(found, "test/web", "shop/db", 443).caveats == ()
    (to_a_pod,) = may_talk(found, "shop/web", "test/web", 443).caveats
    assert "ipBlock" in to_a_pod
    (to_the_node,) = may_talk(found, "shop/web", "shop/agent", 443).caveats
    assert "node's network" in to_the_node


def test_every_namespace_has_a_label_with_its_name() -> None:
    by_name = policy("p", "{ingress: [{from: [{namespaceSelector: {matchLabels:"
                          " {kubernetes.io/metadata.name: shop}}}]}]}", "test")  # fmt: skip
    assert allowed("shop/db", "test/web", 80, by_name)


def test_a_finished_pod_counts_no_more() -> None:
    ended = PODS.replace("podIPs: [{ip: 10.244.2.2}]", "phase: Succeeded, podIPs: [{ip: 10.244.2.2}]")
    assert "shop/db" not in [pod.name for pod in cluster_of(kinds.load(ended)).pods]


@pytest.mark.parametrize(
    ("source", "destination", "port", "message"),
    [
        ("shop/nobody", "shop/db", 80, 'source: Not found: "shop/nobody"'),
        ("shop/db", "300.1.1.1", 80, 'destination: Not found: "300.1.1.1"'),
        ("shop/db", "shop/web", 0, "port: Invalid value: 0: must be between 1 and 65535, inclusive"),
        ("shop/db", "shop/web", "80/ICMP", 'protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP",'
         ' "UDP"'),
        ("shop/db", "shop/web", "٨٠", 'port: Invalid value: "٨٠": must be a number, or a number and a protocol such as'
         " 53/UDP"),
    ],
)  # fmt: skip
def test_a_question_about_what_does_not_exist_is_refused(
    source: str, destination: str, port: Any, message: str
) -> None:
    with pytest.raises(FieldError) as refused:
        may_talk(cluster(), source, destination, port)
    assert str(refused.value) == message


def test_a_policy_that_the_api_server_refuses_is_no_part_of_a_cluster() -> None:
    with pytest.raises(InvalidObject, match="must specify a peer"):
        cluster(policy("p", "{ingress: [{from: [{}]}]}"))


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(FieldError, match=r"status\.podIPs: Invalid value"):
        cluster_of(kinds.load(PODS.replace("10.244.2.2", "10.244.2.256")))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("10.244.1.3", "10.244.2.2", 'status.podIPs: Duplicate value: "10.244.2.2"'),
        ("name: db", "name: web", 'metadata.name: Duplicate value: "shop/web"'),
        ("{name: n2}", "{name: n1}", 'metadata.name: Duplicate value: "n1"'),
    ],
)
def test_what_must_be_unique_is(old: str, new: str, message: str) -> None:
    with pytest.raises(FieldError) as refused:
        cluster_of(kinds.load(PODS.replace(old, new)))
    assert str(refused.value) == message


def test_rules_of_nftables_cannot_tell_pods_in_the_nodes_network_apart() -> None:
    with pytest.raises(FieldError, match="host_network: Invalid value"):
        ruleset(cluster(host_network="as a pod"))


def test_the_matrix_counts_the_pairs_of_each_port() -> None:
    matrix = reachability(cluster(DENY), [80, "53/UDP"], ["198.51.100.7"])
    assert matrix.parties[-1] == "198.51.100.7"
    assert {str(port): pairs for port, pairs in matrix.counts().items()} == {"80/TCP": 13, "53/UDP": 13}
    with pytest.raises(FieldError, match="Not found"):
        matrix.allowed("shop/db", "shop/web", 81)


def test_what_a_plugin_installs_can_be_read() -> None:
    text = ruleset(
        cluster(policy("db", "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels:"
                             " {app: web}}}], ports: [{port: 5432}, {port: 5433, endPort: 5440}]}]}"))
    )  # fmt: skip
    assert text.splitlines()[2:] == [
        "table inet network-policy {",
        "\tchain ingress-0 {",
        '\t\tip saddr { 10.244.1.2 } tcp dport { 5432-5440 } return comment "shop/db ingress[0]"',
        '\t\tdrop comment "shop/db"',
        "\t}",
        "\tchain forward {",
        "\t\ttype filter hook forward priority filter; policy accept;",
        "\t\tct state established,related accept",
        "\t\tip daddr vmap { 10.244.2.2 : jump ingress-0 }",
        "\t}",
        "}",
    ]


def test_a_plugin_isolates_the_pods_of_its_own_node() -> None:
    text = ruleset(cluster(DENY), "n1")
    assert "10.244.1.2 : jump" in text
    assert "10.244.2.2 : jump" not in text


def test_a_named_port_towards_a_block_becomes_the_numbers_of_the_pods_in_it() -> None:
    spec = "{egress: [{to: [{ipBlock: {cidr: 10.244.2.0/24}}], ports: [{port: http}]}], policyTypes: [Egress]}"
    lines = ruleset(cluster(policy("p", spec))).splitlines()
    assert '\t\tip daddr { 10.244.2.2 } tcp dport { 9090 } return comment "shop/p egress[0]"' in lines
    assert not any("8080" in line for line in lines)


def test_a_hostile_name_does_not_end_a_comment() -> None:
    hostile = PODS.replace("name: db, namespace: shop", 'name: "a\\"\\n\\t\\taccept #", namespace: shop')
    lines = ruleset(cluster_of(kinds.load(hostile + DENY))).splitlines()
    assert all(line.strip() != "accept #" for line in lines)
    assert '\t\tdrop comment "shop/a????accept ?"' in lines


@pytest.mark.skipif(which("nft") is None, reason="needs the program nft")
def test_nft_accepts_overlapping_ports_and_blocks() -> None:
    spec = (
        "{ingress: [{ports: [{port: 80}, {port: 79, endPort: 90}, {protocol: UDP}], from: [{ipBlock: {cidr: '::/0',"
        " except: ['2001:db8::/32', '2001:db8:1::/48']}}]}]}"
    )
    text = ruleset(cluster(policy("p", spec)))
    assert "tcp dport { 79-90 }" in text
    assert "udp dport { 1-65535 }" in text
    assert "!= { 2001:db8::/32 }" in text
    done = subprocess.run(["nft", "-c", "-f", "-"], input=text, capture_output=True, text=True, check=False)
    if "Operation not permitted" in done.stderr:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr


def test_ranges_are_joined_where_they_meet() -> None:
    assert merged([(5, 9), (1, 2), (3, 4), (20, 30), (25, 26)]) == ((1, 9), (20, 30))
