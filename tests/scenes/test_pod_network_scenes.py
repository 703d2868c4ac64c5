"""The examples of the chapter on the pod network show what its text says they show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from k8smodels.api.errors import FieldError
from k8smodels.api.kinds import load, load_file
from k8smodels.network import build
from k8smodels.network.headers import overhead_bytes
from k8smodels.network.policy import cluster_of, may_talk
from k8smodels.scenes import pod_network as scenes
from k8smodels.scenes import pod_network_exercises as exercises
from k8smodels.scenes import pod_network_exercises_policy as policy_exercises
from k8smodels.scenes import pod_network_faults as faults
from k8smodels.scenes import pod_network_measured as measured
from k8smodels.scenes import pod_network_plan as plans
from k8smodels.scenes import pod_network_policy as policies

FILES = Path(__file__).parents[2] / "book" / "files"
LAST = scenes.STAGES - 1
EXERCISES = [
    exercises.trace,
    exercises.largest,
    exercises.blocks,
    exercises.diagnose,
    policy_exercises.selected,
]


@pytest.mark.parametrize(
    ("mode", "to", "source", "ttl"),
    [
        ("vxlan", scenes.DB, "10.244.1.2", 62),
        ("host-gw", scenes.DB, "10.244.1.2", 62),
        ("macvlan", scenes.DB, "192.168.0.12", 64),
        ("vxlan", scenes.API, "10.244.1.2", 64),
        ("vxlan", scenes.OUTSIDE, "192.168.0.1", 62),
        ("macvlan", scenes.OUTSIDE, "192.168.0.12", 63),
    ],
)
def test_the_receiver_sees_this_source_and_ttl(mode: str, to: str, source: str, ttl: int) -> None:
    assert scenes.travelling(mode, to, LAST).says.endswith(f"sees source **{source}** and TTL **{ttl}**.")


def test_the_stages_of_a_tunnel_hold_route_fdb_and_wire() -> None:
    assert "10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink" in scenes.travelling("vxlan", scenes.DB, 2).says
    assert "dst 192.168.0.2" in scenes.travelling("vxlan", scenes.DB, 3).says
    assert scenes.travelling("vxlan", scenes.DB, 4).says == "On the wire: **192.168.0.1 > 192.168.0.2**, 178 bytes."


def test_on_a_macvlan_device_the_node_is_not_asked() -> None:
    assert "IP layer of `node-1` never sees it" in scenes.travelling("macvlan", scenes.DB, 2).says


@pytest.mark.parametrize("mode", ["vxlan", "ipip", "host-gw", "macvlan"])
@pytest.mark.parametrize("to", [scenes.DB, scenes.API, scenes.OUTSIDE])
def test_the_stages_follow_each_other_and_hold_every_hop(mode: str, to: str) -> None:
    cluster = scenes.example(mode)
    path = scenes.probe(build(cluster, mode), cluster, to)
    stages = [stage for _hop, stage in scenes.staged(path)]
    assert len(stages) == len(path.hops)
    assert stages == sorted(stages)
    assert (stages[0], stages[-1]) == (0, LAST)


def test_two_modes_differ_by_the_headers_of_the_tunnel() -> None:
    assert scenes.side_by_side("vxlan", "host-gw").says == "On the wire: **vxlan** 178 bytes, **host-gw** 128 bytes."
    assert "both packets have **128 bytes**" in scenes.side_by_side("host-gw", "macvlan").says


def test_fragments_are_made_before_the_tunnel() -> None:
    assert "1494 + 126 bytes on the wire" in scenes.sized("vxlan", 1500, False).html
    assert "(EMSGSIZE). The sender learns: 1450 bytes fit." in scenes.sized("vxlan", 1500, True).says
    assert "one packet of 1500 bytes" in scenes.sized("vxlan", 1450, True).html


def test_the_puzzle_is_an_mtu_that_nobody_tells() -> None:
    assert faults.heard(faults.sent("vxlan", "mtu", "small")) == "an answer"
    assert faults.heard(faults.sent("vxlan", "mtu", "large")) == "silence"
    assert "drops without a word" in faults.puzzle().html


HEARD = {
    "nothing": ("an answer", "an answer", "an answer"),
    "route": ("silence", "silence", "an answer"),
    "back": ("silence", "silence", "an answer"),
    "neighbour": ("ICMP: host unreachable", "ICMP: host unreachable", "an answer"),
    "fdb": ("silence", "silence", "an answer"),
    "forward": ("silence", "silence", "silence"),
    "mtu": ("an answer", "silence", "an answer"),
    "apart": ("an answer", "an answer", "an answer"),
    "masquerade": ("an answer", "an answer", "silence"),
}


@pytest.mark.parametrize("fault", faults.FAULTS)
def test_the_probes_sort_the_faults_of_an_overlay(fault: str) -> None:
    assert tuple(faults.heard(faults.sent("vxlan", fault, kind)) for kind in faults.PROBES) == HEARD[fault]


@pytest.mark.parametrize(("fault", "said"), [("neighbour", "an answer"), ("fdb", "an answer"), ("apart", "silence")])
def test_routes_need_no_tunnel_and_do_not_pass_a_router(fault: str, said: str) -> None:
    assert faults.heard(faults.sent("host-gw", fault, "small")) == said


def test_a_lost_answer_is_shown_as_such() -> None:
    frame = faults.breaking("vxlan", "back", "small")
    assert "Its <b>answer</b> went this way" in frame.html
    assert "the **answer is lost** at eth0@(router)" in frame.says


def test_each_fault_of_a_table_changes_exactly_that_table() -> None:
    whole = faults.tables(faults.broken("vxlan", "nothing"), "node-1").splitlines()
    for fault, gone in (("route", "10.244.2.0/24 via"), ("neighbour", "PERMANENT"), ("fdb", "dst 192.168.0.2")):
        left = faults.tables(faults.broken("vxlan", fault), "node-1").splitlines()
        (missing,) = [line for line in whole if line not in left]
        assert gone in missing
        assert len(left) == len(whole) - 1


def test_the_recorded_node_says_what_the_model_says() -> None:
    recorded = (FILES / "pod-network-node.txt").read_text("utf-8")
    node = build(scenes.example("vxlan"), "vxlan").namespace("node-1")
    plain = recorded.replace(" proto kernel scope link", "").splitlines()
    assert all(str(route) in plain for route in node.routes if not route.prefix.is_loopback)
    shown = faults.tables(faults.broken("vxlan", "nothing"), "node-1")
    assert "10.244.2.0 lladdr 0e:04:c0:a8:00:02 PERMANENT" in recorded
    assert "10.244.2.0 dev flannel.1 lladdr 0e:04:c0:a8:00:02 PERMANENT" in shown
    assert "0e:04:c0:a8:00:02 dst 192.168.0.2" in recorded
    assert f"-A POSTROUTING {node.nat.masquerade[0]}" in plain
    assert f"mtu {node.devices['flannel.1'].mtu}" in recorded


def test_a_plan_is_refused_with_the_flag_that_is_to_blame() -> None:
    assert plans.divided(16, 24, 110).says == "**256 nodes** of at most **253 Pods**."
    assert "must be at most 25, so that a node holds 110 pods" in plans.divided(16, 26, 110).says


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", "--cluster-cidr"),
        ("--cluster-cidr=10.0.0.0/8\n--cluster-cidr=10.0.0.0/8", "input"),
        ("--cluster-cidr=10.0.0.0/8\nnodes=10.1.0.0/24", "--cluster-cidr"),
        ("--cluster-cidr=10.244.0.0/16\nnodes=10.244.7.0/24", "nodes"),
        ("--cluster-cidr=10.0.0.0/8\n--max-pods=²", "--max-pods"),
        ("--cluster-cidr=10.0.0.0/8\n--max-pods=0", "--max-pods"),
        ("--cluster-cidr=10.0.0.0/8\n--node-cidr-mask-size=" + "9" * 5000, "--node-cidr-mask-size"),
        ("--cluster-cidr=<b>", "--cluster-cidr"),
        ("--pods=1", "input"),
    ],
)
def test_a_wrong_plan_of_a_reader_is_refused(text: str, path: str) -> None:
    with pytest.raises(FieldError) as error:
        plans.checked(text)
    if "10.1.0.0" not in text:
        assert error.value.path == path


def test_the_plans_to_start_from_are_what_their_names_say() -> None:
    usual, overlap, more, small = plans.cases().values()
    assert "256 nodes" in plans.checked(usual).says
    with pytest.raises(FieldError, match="must not overlap"):
        plans.checked(overlap)
    with pytest.raises(FieldError, match="must be at most 24"):
        plans.checked(more)
    assert "**4 nodes**" in plans.checked(small).says


@pytest.mark.parametrize(
    ("name", "tunnel"), [("VXLAN, Geneve", "vxlan"), ("VXLAN, Geneve", "geneve"), ("WireGuard", "wireguard")]
)
def test_the_table_of_costs_is_the_models(name: str, tunnel: str) -> None:
    chapter = json.loads((FILES.parent / "pod-network.ipynb").read_text("utf-8"))
    text = "".join(line for cell in chapter["cells"] for line in cell["source"])
    (row,) = [line for line in text.splitlines() if line.startswith(f"| {name} |")]
    assert row.endswith(f"| {overhead_bytes(tunnel)} | {overhead_bytes(tunnel, 6)} |")


@pytest.mark.parametrize(
    ("deny", "allow", "egress", "count"),
    [(False, False, False, 20), (True, False, False, 8), (True, True, False, 9), (True, True, True, 6)],
)
def test_policies_add_up_and_both_ends_must_agree(deny: bool, allow: bool, egress: bool, count: int) -> None:
    assert policies.switched(deny, allow, egress, "api").says.startswith(f"**{count} of 20**")


def test_one_dash_more_lets_the_guest_in() -> None:
    both, either, refused, closed = policies.cases().values()
    assert policies.written(both).says == "**db** can be reached by: ops/backup."
    assert policies.written(either).says == "**db** can be reached by: ops/backup, ops/guest."
    assert policies.written(closed).says == "**db** can be reached by: nobody."
    with pytest.raises(ValueError, match="matchLabels: Invalid value"):
        policies.written(refused)


def test_the_files_hold_what_the_figures_hold() -> None:
    objects = [*load_file(FILES / "pod-network.yaml"), *load_file(FILES / "network-policy.yaml")]
    assert {item.name for item in objects if item.kind == "Pod"} == {
        item.name for item in policies.pods() if item.kind == "Pod"
    }
    written = load(f"{policies.DENY}---\n{policies.ALLOW}---\n{policies.EGRESS}")
    assert [item.to_json() for item in objects if item.kind == "NetworkPolicy"] == [item.to_json() for item in written]
    assert not may_talk(cluster_of(objects), "shop/api", "shop/db", 5432).allowed


def test_a_policy_of_the_reader_must_let_two_pods_in_and_no_other() -> None:
    both = "metadata: {name: db, namespace: shop}\nspec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: ["
    head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n" + both
    api = "{podSelector: {matchLabels: {app: api}}}"
    ops = "{namespaceSelector: {matchLabels: {team: ops}}}"
    backup = "{namespaceSelector: {matchLabels: {team: ops}}, podSelector: {matchLabels: {app: backup}}}"
    assert policy_exercises.protects(f"{head}{api}, {ops}]}}]}}").startswith("Not yet, ops/guest")
    assert policy_exercises.protects(f"{head}{api}, {backup}]}}]}}").startswith("Done")
    closed = f"{head}{api}, {backup}]}}], policyTypes: [Ingress, Egress]}}"
    assert policy_exercises.protects(closed).startswith("Not yet: db itself")
    assert "Not yet, shop/web" in policy_exercises.protects("")
    assert "Kind" in policy_exercises.protects("a: b")


def test_the_measured_file_has_each_way_with_and_without_offloads() -> None:
    found = measured.load(FILES / "measured-network.json")
    record = json.loads((FILES / "measured-network.json").read_text("utf-8"))
    assert len(found.cases) == 8
    assert record["command"] in measured.about(found)
    assert measured.words(found).count("Gbit/s") == 8


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_task_is_the_same_for_a_seed_and_another_for_others(exercise) -> None:
    assert exercise(1) == exercise(1)
    assert len({exercise(seed).text for seed in range(8)}) > 4


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_right_answer_is_called_wrong(exercise) -> None:
    for seed in range(12):
        for step in exercise(seed).steps:
            if not isinstance(step.answer, frozenset):
                assert str(step.answer) not in step.wrong


@pytest.mark.parametrize("case", range(len(exercises.CASES)))
def test_only_one_of_the_faults_offered_fits_what_is_shown(case: int) -> None:
    mode, fault = exercises.CASES[case]

    def shown(one: str) -> tuple[str, ...]:
        network = faults.broken(mode, one)
        said = (faults.heard(faults.sent(mode, one, kind)) for kind in faults.PROBES)
        return (*said, *(faults.tables(network, name) for name in ("node-1", "node-2")))

    key = {name: key for key, name in faults.fault_names().items()}
    offered = [key[str(option)] for option in exercises.diagnose(case).steps[1].options]
    assert [one for one in offered if shown(one) == shown(fault)] == [fault]


def test_an_mtu_with_the_cost_of_another_tunnel_is_answered_with_that_cost() -> None:
    wrong = exercises._wrong_mtus(8900, "ipip", 4)
    assert wrong["8850"] == "50 bytes are the cost of vxlan over IPv4. Here it is ipip, over IPv4."
    assert "8880" not in wrong
    assert "inner packet" in exercises._wrong_mtus(1500, "vxlan", 4)["1464"]
    assert "outer Ethernet" in exercises._wrong_mtus(1500, "vxlan", 4)["1436"]


def test_a_fragment_counted_on_the_wire_is_told_apart_from_the_one_that_the_pod_sends() -> None:
    wrong = exercises._wrong_fragments(8876, 8880, 8896)
    assert "on the wire" in wrong["8896"]
    assert "multiple of 8" in wrong["8880"]
    assert "carries" in wrong["8856"]
