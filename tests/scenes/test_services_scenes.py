"""The examples of the chapter on Services show what its text says they show."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from k8smodels.api.kinds import load
from k8smodels.api.service import LoadBalancerIngress
from k8smodels.explore import Task
from k8smodels.explore.exercise import check
from k8smodels.netfilter.packet import Packet
from k8smodels.netfilter.walk import walk
from k8smodels.scenes import services as scenes
from k8smodels.scenes import services_create as creation
from k8smodels.scenes import services_diagnosis as diagnosis
from k8smodels.scenes import services_dns as names
from k8smodels.scenes import services_exercises as exercises
from k8smodels.scenes import services_topology as topology
from k8smodels.scenes import services_types as types
from k8smodels.services import Pools, create_service, reconcile, with_ingress
from k8smodels.views.services import service_listing

EXERCISES = [
    exercises.who_is_behind,
    exercises.how_many_questions,
    exercises.which_address,
    exercises.band_sizes,
    diagnosis.diagnose,
]
WELL, *OTHERS = scenes.STATES


@pytest.mark.parametrize("state", OTHERS)
def test_a_pod_that_is_not_as_it_should_be_gets_no_connections(state: str) -> None:
    says = scenes.behind(state, "http", unready_too=False).says
    assert ("web-c" in says) == (state == "its port http is 9090")


def test_a_pod_without_the_named_port_has_a_slice_without_ports() -> None:
    frame = scenes.behind("its port is named web", "http", unready_too=False)
    assert frame.html.count("EndpointSlice <code>") == 2
    assert "ports: none" in frame.html
    assert "listed without a port" in frame.html


def test_a_number_is_taken_as_it_is_and_a_name_is_looked_up() -> None:
    assert "http 9090/TCP" in scenes.behind("its port http is 9090", "http", unready_too=False).html
    assert "9090" not in scenes.behind("its port http is 9090", "8080", unready_too=False).html


def test_publishing_unready_addresses_lets_a_leaving_pod_take_connections() -> None:
    leaving = "being deleted, still answering"
    assert "web-c" not in scenes.behind(leaving, "http", unready_too=False).says
    assert "web-c" in scenes.behind(leaving, "http", unready_too=True).says


@pytest.mark.parametrize("state", scenes.STATES)
@pytest.mark.parametrize("target", ["http", "8080"])
def test_who_is_said_to_take_connections_does(state: str, target: str) -> None:
    frame = scenes.behind(state, target, unready_too=False)
    said = frame.html.count("takes connections")
    assert said == frame.says.count("**") // 2


def test_each_type_adds_a_way_in() -> None:
    ways = [types.adds(kind).html.count("<tr") - 1 for kind in ("ClusterIP", "NodePort", "LoadBalancer")]
    assert ways == [1, 2, 3]


def test_nobody_outside_knows_a_way_to_a_cluster_ip() -> None:
    assert types.adds("ClusterIP").html.count("no way") == 2


def test_a_cluster_ip_is_no_firewall() -> None:
    routed = Packet("192.168.0.99", scenes.CLUSTER_IP, 80, iif="eth0")
    ways = walk(types._tables("VIP", ""), routed, types.MACHINE)
    assert {way.packet.dst for way in ways} == {address for address, _node in scenes.PLACES.values()}
    assert {way.packet.snat for way in ways} == {"masquerade"}


def test_a_node_port_jumps_to_the_chain_of_the_cluster_ip() -> None:
    to = {line.rpartition(" ")[2] for line in types.node_port_lines() if "KUBE-SVC" in line}
    assert len(to) == 1
    assert not any(scenes.CLUSTER_IP in line for line in types.node_port_lines() if "NODEPORTS" in line)


def test_source_ranges_guard_the_balancers_address_only() -> None:
    inside, outside, pod = types.SENDERS
    ranges = "203.0.113.0/28"
    assert types.balanced("VIP", ranges, inside, types.TARGETS[0]).says.endswith("**in the range**.")
    assert "dropped" in types.balanced("VIP", ranges, outside, types.TARGETS[0]).says
    assert "dropped" in types.balanced("VIP", ranges, pod, types.TARGETS[0]).says
    assert "no rule asks" in types.balanced("VIP", ranges, outside, types.TARGETS[1]).says
    assert "no rule asks" in types.balanced("Proxy", ranges, outside, types.TARGETS[0]).says
    assert "leaves the cluster" in types.balanced("Proxy", ranges, pod, types.TARGETS[0]).says


@pytest.mark.parametrize(
    ("name", "namespace", "ndots", "questions"),
    [
        ("web", "shop", 5, 2),
        ("web.shop", "shop", 5, 4),
        ("web", "blog", 5, 8),
        ("api.example.com", "shop", 5, 8),
        ("api.example.com", "shop", 2, 2),
        ("api.example.com.", "shop", 5, 2),
        ("web.shop.svc.cluster.local", "shop", 5, 8),
    ],
)
def test_a_lookup_asks_as_often_as_the_text_says(name: str, namespace: str, ndots: int, questions: int) -> None:
    assert len(names.looked_up(name, namespace, ndots).steps) == questions


@pytest.mark.parametrize("name", names.NAMES)
@pytest.mark.parametrize("step", range(names.MOST_NAMES))
def test_every_step_of_a_lookup_is_drawn(name: str, step: int) -> None:
    frame = names.asked(name, "blog", 5, step)
    assert frame.html.count('aria-current="step"') == 1
    assert frame.says


def test_a_range_without_bands_gives_a_low_address_away_early() -> None:
    assert "taken" in creation.given("10.96.0.0/28", 12).says
    for range_ in ("10.96.0.0/27", "10.96.0.0/26", "30000-30063"):
        assert "free" in creation.given(range_, 12).says


def test_a_refusal_is_in_the_allocators_words() -> None:
    assert "already allocated" in creation.given("10.96.0.0/27", 64).html


@pytest.mark.parametrize("name", creation.EXAMPLES)
def test_the_examples_are_stored_or_refused_as_their_names_say(name: str) -> None:
    text = creation.EXAMPLES[name]
    if name in ("a node port out of range", "several mistakes"):
        with pytest.raises(ValueError, match="is invalid"):
            creation.made(text)
    else:
        assert creation.made(text).says.startswith("Stored.")
        assert "<del>" not in creation.made(text).html


@pytest.mark.parametrize("text", ["", "{", "kind: Pod", "a: [", "apiVersion: v1\nkind: Service\nspec: 3"])
def test_what_is_no_service_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        creation.made(text)


def test_hostile_yaml_is_escaped_and_bounded() -> None:
    text = creation.EXAMPLES["as short as can be"]
    annotated = text.replace("{name: web,", "{annotations: {about: '<img src=x>'}, name: web,")
    assert "&lt;img" in creation.made(annotated).html
    assert "<img" not in creation.made(annotated).html
    many = "".join(f"  - {{name: p{i}, port: {i + 1}}}\n" for i in range(200))
    with pytest.raises(ValueError, match="at most"):
        creation.made(text.replace("  - port: 80\n", many))


@pytest.mark.parametrize("wanted", topology.DISTRIBUTIONS)
@pytest.mark.parametrize("unready", topology.UNREADY)
def test_all_traffic_goes_somewhere(wanted: str, unready: str) -> None:
    owner, slices = topology.placed(wanted, unready)
    for node in scenes.ZONES:
        assert sum(scenes.usable_shares(owner, slices, node).values()) == Fraction(1)


def test_a_neighbour_carries_what_an_unready_pod_leaves() -> None:
    assert topology.closest("PreferSameZone", "web-b").says == "**web-c** gets **5/8** of it all."
    assert topology.closest("", "web-b").says == "Each of 2 Pods gets **1/2** of it all."


def test_a_node_without_a_pod_falls_back_to_its_zone() -> None:
    owner, slices = topology.placed("PreferSameNode", "web-b")
    assert [topology.followed(owner, slices, node) for node in scenes.ZONES] == [
        "PreferSameNode",
        "PreferSameZone",
        "PreferSameNode",
        "none",
    ]


def test_the_puzzle_lists_pods_without_a_port() -> None:
    assert "<unset>   10.244.1.4,10.244.2.9,10.244.3.4" in diagnosis.listing(diagnosis.faults()["port"])
    assert "&lt;unset&gt;" in diagnosis.puzzle().html


def test_every_fault_refuses_all_connections_or_leads_to_a_port_nobody_has() -> None:
    for name, fault in diagnosis.faults().items():
        owner, pods = diagnosis.broken(fault)
        slices = scenes.named(reconcile(owner, pods, scenes.NODES).slices)
        assert bool(scenes.usable_shares(owner, slices)) == (name == "number")


def test_the_faults_print_differently() -> None:
    assert len({diagnosis.listing(fault) for fault in diagnosis.faults().values()}) == 5


@pytest.mark.parametrize("make", EXERCISES)
@pytest.mark.parametrize("seed", range(8))
def test_exercises_have_answers_hints_and_solutions(make: Callable[[int], Task], seed: int) -> None:
    task = make(seed)
    assert task.text
    assert len(task.hints) == 2
    assert task.solution
    right = [sorted(step.answer) if step.kind == "several" else str(step.answer) for step in task.steps]  # type: ignore[arg-type]
    assert check(task.steps, right).wrong is None
    assert all(step.why for step in task.steps)


@pytest.mark.parametrize("make", EXERCISES)
def test_exercises_vary(make: Callable[[int], Task]) -> None:
    assert len({make(seed).text for seed in range(8)}) >= 5


SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec:
  SPEC
  selector: {app: db}
  ports: [{name: pg, port: 5432}]
"""


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("type: ClusterIP", "Not yet: db-0.db.shop.svc.cluster.local. has no address"),
        ("clusterIP: None", "Not yet: db-0.db.shop.svc.cluster.local. has no address"),
        ("publishNotReadyAddresses: true", "Not yet: db-0 is found, but db itself leads to one cluster IP"),
        ("{clusterIP: None", "line"),
        ("type: Headless", "spec.type: Unsupported value"),
        ("clusterIP: None\n  publishNotReadyAddresses: true", "Done: db-0.db.shop.svc.cluster.local. 30 IN A"),
    ],
)
def test_the_readers_service_is_judged(spec: str, says: str) -> None:
    assert says in exercises.finds_peers(SERVICE.replace("SPEC", spec))


def test_a_service_of_another_name_is_not_the_pods_subdomain() -> None:
    text = SERVICE.replace("SPEC", "clusterIP: None").replace("name: db,", "name: dbs,")
    assert "must have this name" in exercises.finds_peers(text)


def test_a_long_external_address_is_clipped_as_kubectl_does() -> None:
    (written,) = load(creation.EXAMPLES["a load balancer, Local"])
    stored = create_service(written, Pools.of("10.96.0.0/16")).service  # type: ignore[arg-type]
    assert "<pending>" in service_listing([stored])
    balanced = with_ingress(stored, [LoadBalancerIngress(hostname="a1b2c3.eu-central-1.elb.example.com")])
    assert "a1b2c3.eu-cen..." in service_listing([balanced])


def test_the_measured_lookups_asked_what_the_model_asks() -> None:
    text = (Path(__file__).parents[2] / "book" / "files" / "measured-lookups.json").read_text()
    for case in json.loads(text)["cases"]:
        said = names.looked_up(case["name"], case["namespace"], case["ndots"])
        assert case["questions"] == [f"{each.name} {each.type}" for each in said.steps]
    assert "measure_lookups.py" in names.measured(text).says


def test_the_files_of_the_chapter_are_read() -> None:
    files = Path(__file__).parents[2] / "book" / "files"
    kinds = [item.kind for item in load((files / "shop.yaml").read_text())]
    assert kinds.count("Service") == 3
