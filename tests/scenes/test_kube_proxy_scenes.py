"""The examples of the chapter on kube-proxy show what its text says they show."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from k8smodels.kubeproxy.iptables.sync import full_sync
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.walk import walk
from k8smodels.scenes import kube_proxy as scenes
from k8smodels.scenes import kube_proxy_compare as compare
from k8smodels.scenes import kube_proxy_cost as costs
from k8smodels.scenes import kube_proxy_exercises as exercises
from k8smodels.scenes import kube_proxy_modes as modes
from k8smodels.scenes import kube_proxy_walk as walks

POD, ELSEWHERE_POD, PROCESS, OUTSIDE = scenes.CLIENTS
CLUSTER_IP, CLUSTER, LOCAL = scenes.KINDS
EVERYWHERE, ELSEWHERE, ENDING, ALL_ENDING, NOWHERE = scenes.READY
EXERCISES = [exercises.dice_rule, exercises.where_to, exercises.who_is_left, exercises.diagnose]


def shares(mode: str, client: str, kind: str, ready: str) -> dict[str, Fraction]:
    return compare.outcome_shares(compare.ways_of(mode, client, kind, ready))


@pytest.mark.parametrize("mode", ["iptables", "nftables"])
def test_everybody_gets_the_same(mode: str) -> None:
    assert shares(mode, POD, CLUSTER_IP, EVERYWHERE) == dict.fromkeys(scenes.ENDPOINTS, Fraction(1, 3))


@pytest.mark.parametrize("mode", ["iptables", "nftables"])
def test_outside_traffic_stays_here_under_local_and_own_traffic_does_not(mode: str) -> None:
    assert shares(mode, OUTSIDE, LOCAL, EVERYWHERE) == {"web-a": Fraction(1)}
    assert shares(mode, OUTSIDE, LOCAL, ELSEWHERE) == {"DROP": Fraction(1)}
    assert set(shares(mode, POD, LOCAL, ELSEWHERE)) == {"web-b", "web-c"}
    assert shares(mode, OUTSIDE, LOCAL, NOWHERE) == {"REJECT": Fraction(1)}


def test_only_ipvs_sends_outside_traffic_elsewhere() -> None:
    frame = compare.compared(OUTSIDE, LOCAL, ELSEWHERE)
    assert "differ" in frame.says
    assert frame.html.count("DROP") == 2
    assert "web-b 1/2, web-c 1/2" in frame.html


def test_the_source_is_covered_for_outside_traffic_that_may_leave_the_node() -> None:
    assert "node-1's address" in compare.compared(OUTSIDE, CLUSTER, EVERYWHERE).html
    assert "node-1's address" not in compare.compared(OUTSIDE, LOCAL, EVERYWHERE).html


EVERY_WAY = [(mode, client, kind) for mode in scenes.MODES for client in scenes.CLIENTS for kind in scenes.KINDS]


@pytest.mark.parametrize(("mode", "client", "kind"), EVERY_WAY)
def test_every_step_opens_another_stage_and_says_something_new(mode: str, client: str, kind: str) -> None:
    frames = [walks.followed(mode, kind, client, step) for step in range(walks.STAGES)]
    assert len({frame.says for frame in frames}) == walks.STAGES
    assert all(frame.html.count('aria-current="step"') == 1 for frame in frames)


@pytest.mark.parametrize(("mode", "client", "kind"), EVERY_WAY)
def test_every_mode_goes_through_the_same_stages(mode: str, client: str, kind: str) -> None:
    assert sorted(stage.role for stage in walks.stages(mode, client, kind)) == list(range(walks.STAGES))


@pytest.mark.parametrize(("mode", "client", "kind"), EVERY_WAY)
def test_the_last_stage_ends_as_the_comparison_says(mode: str, client: str, kind: str) -> None:
    last, found = walks.stages(mode, client, kind)[-1].packet, compare.outcome(mode, client, kind, EVERYWHERE)
    (pod,) = (name for name, (ip, _node) in scenes.ENDPOINTS.items() if ip == last.dst)
    assert pod in found.shares
    assert compare.seen_source(client, scenes.caught_at(client, kind), masqueraded=bool(last.snat)) in found.sources


@pytest.mark.parametrize("mode", scenes.MODES)
def test_the_stages_end_with_the_masquerade_of_what_was_marked(mode: str) -> None:
    assert "masquerade" in walks.followed(mode, CLUSTER, OUTSIDE, 4).says.lower()
    assert "masquerade" not in walks.followed(mode, CLUSTER_IP, POD, 4).says.lower()


def test_ipvs_takes_the_packet_in_before_it_chooses() -> None:
    taken, chosen = walks.stages("ipvs", POD, CLUSTER_IP)[1:3]
    assert "10.96.0.10 is on kube-ipvs0" in taken.last
    assert (taken.role, chosen.role) == (walks.FILTER, walks.CHOSEN)
    assert chosen.body.count('class="hit"') == 2


def test_nftables_shows_the_element_that_it_found() -> None:
    caught, chosen, *_rest = walks.stages("nftables", POD, CLUSTER_IP)
    assert "found: <code>10.96.0.10 . tcp . 80 : goto service-" in caught.body
    assert "found: <code>2 : 10.244.2.9 . 8080" in chosen.body


def test_a_cluster_ip_is_caught_on_the_senders_own_node() -> None:
    assert scenes.caught_at(ELSEWHERE_POD, CLUSTER_IP) == "node-2"
    assert scenes.caught_at(ELSEWHERE_POD, CLUSTER) == "node-1"
    assert "<b>node-2</b>" in walks.followed("iptables", CLUSTER_IP, ELSEWHERE_POD, 0).html.replace("strong", "b")


@pytest.mark.parametrize("mode", ["iptables", "nftables"])
def test_answers_to_a_pod_elsewhere_go_astray_under_local(mode: str) -> None:
    assert compare.outcome(mode, ELSEWHERE_POD, LOCAL, EVERYWHERE).astray == {"web-b", "web-c"}
    assert not compare.outcome(mode, ELSEWHERE_POD, CLUSTER, EVERYWHERE).astray
    assert not compare.outcome(mode, POD, LOCAL, EVERYWHERE).astray


@pytest.mark.parametrize("mode", scenes.MODES)
def test_a_pod_that_ends_is_the_last_resort_of_each_policy(mode: str) -> None:
    assert set(compare.outcome(mode, POD, CLUSTER_IP, ENDING).shares) == {"web-b", "web-c"}
    assert set(compare.outcome(mode, OUTSIDE, LOCAL, ENDING).shares) == {"web-a"}
    assert set(compare.outcome(mode, POD, CLUSTER_IP, ALL_ENDING).shares) == set(scenes.ENDPOINTS)


def test_the_measured_change_is_cheap_in_nftables() -> None:
    cost = json.loads((Path(__file__).parents[2] / "book/files/measured-service-cost.json").read_text())
    seconds = {case["tool"]: case["change_s"]["median"] for case in cost["cases"] if case["services"] == 5000}
    assert 5 * seconds["nft"] < min(seconds["iptables-legacy"], seconds["iptables-nft"])


@pytest.mark.parametrize("mode", scenes.MODES)
def test_a_node_port_adds_lines(mode: str) -> None:
    lines = [scenes.written(mode, kind).html.count("\n") for kind in (CLUSTER_IP, CLUSTER)]
    assert lines[0] < lines[1]


def test_a_pod_that_calls_itself_sees_the_node() -> None:
    first = replace(scenes.packet(POD, CLUSTER_IP), src=scenes.ENDPOINTS["web-a"][0])
    ways = walk(read_tables(full_sync(scenes.state(CLUSTER_IP)).kernel.text), first, scenes.MACHINE)
    own = next(way for way in ways if way.packet.dst == first.src)
    assert own.packet.snat == "masquerade"


@pytest.mark.parametrize("n", range(1, 9))
def test_the_first_number_of_the_dice_is_the_share(n: int) -> None:
    assert modes.dice(n).says == f"Of {n} endpoints each gets **{Fraction(1, n)}** of the connections."


def test_a_client_stays_for_a_minute_and_no_longer() -> None:
    rows = modes.arrivals(kept=True, seed=3)
    assert rows[1][2] == rows[0][2] == rows[3][2]
    assert (rows[4][1], rows[4][2] != rows[0][2]) == ("web-a, 70 s", True)


def test_the_old_mode_tries_again_and_the_new_one_does_not() -> None:
    last = modes.FATE_STEPS - 1
    tried_again, once, probed = (modes.dead_endpoint(mode, last).says for mode in modes.FATES)
    assert tried_again.startswith("0 of 6")
    assert int(once.split()[0]) > int(probed.split()[0]) > 0


@pytest.mark.parametrize("scheduler", modes.SCHEDULERS)
def test_each_connection_goes_somewhere(scheduler: str) -> None:
    for step in range(modes.CONNECTIONS):
        assert "**web-" in modes.scheduled(scheduler, step).says  # type: ignore[arg-type]


def test_schedulers_differ() -> None:
    found = {modes.scheduled(name, modes.CONNECTIONS - 1).html for name in modes.SCHEDULERS}
    assert len(found) == len(modes.SCHEDULERS)


def test_packets_pass_the_hooks_of_their_way() -> None:
    found = [scenes.hooks(which).says for which in scenes.PASSING]
    assert found == [
        "It meets **PREROUTING**, **FORWARD**, **POSTROUTING**.",
        "It meets **PREROUTING**, **INPUT**.",
        "It meets **OUTPUT**, **POSTROUTING**.",
    ]


def test_the_drawing_names_the_tables_that_the_rules_are_in() -> None:
    kernel = full_sync(scenes.state(LOCAL)).kernel
    found: dict[str, set[str]] = {}
    table = ""
    for line in kernel.text.splitlines():
        table = line[1:] if line.startswith("*") else table
        hook = line.split()[1] if line.startswith("-A ") else ""
        if hook in scenes.USED:
            found.setdefault(hook, set()).add(table)
    assert found == {hook: set(tables.split(", ")) for hook, tables in scenes.USED.items()}


@pytest.mark.parametrize("kind", scenes.KINDS)
def test_rules_are_shown_in_the_order_in_which_a_packet_meets_their_chains(kind: str) -> None:
    html = scenes.written("iptables", kind).html
    assert html.index("-A KUBE-SERVICES") < html.index("-A KUBE-SVC") < html.index("-A KUBE-SEP")


def test_each_policy_chooses_between_ready_and_ending_by_itself() -> None:
    inside, outside = exercises.who_is_left(0).steps
    assert inside.answer == {"web-b", "web-c"}
    assert outside.answer == {"web-a"}
    assert exercises.who_is_left(3).steps[1].answer == {"nobody"}


DUMP = """*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.2:8080
-A PREROUTING -m addrtype --dst-type LOCAL -j DROP
COMMIT
"""


def test_a_readers_dump_is_traced_and_what_is_unknown_is_said() -> None:
    assert "10.0.0.2:8080" in scenes.traced(DUMP, "10.244.0.2", "10.96.0.10:80", "10.99.0.2").html
    assert "not -A PREROUTING -m addrtype" in scenes.traced(DUMP, "10.244.0.2", "10.96.0.11:80", "not known").html


@pytest.mark.parametrize("rules", ["", "hello", "<script>alert(1)</script>", "*nat\n:A - [0:0]\n-A A -j <b>\nCOMMIT"])
def test_a_bad_dump_is_refused(rules: str) -> None:
    with pytest.raises(ValueError, match=r"line|table"):
        scenes.traced(rules, "10.244.0.2", "10.96.0.10:80", "10.99.0.2")


def test_a_hostile_dump_is_escaped() -> None:
    frame = scenes.traced(
        DUMP.replace("-m tcp", '-m comment --comment "<img src=x>" -m tcp'), "10.244.0.2", "10.96.0.10:80", ""
    )
    assert "<img" not in frame.html


@pytest.mark.parametrize("make", EXERCISES)
@pytest.mark.parametrize("seed", range(8))
def test_exercises_have_answers_hints_and_solutions(make, seed: int) -> None:
    task = make(seed)
    assert task.text
    assert task.hints
    assert task.solution
    assert all(step.why or step.wrong for step in task.steps)


@pytest.mark.parametrize("make", EXERCISES)
def test_exercises_vary(make) -> None:
    assert len({make(seed).text for seed in range(8)}) >= 3


SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  POLICY
  ports: [{name: http, port: 80, targetPort: 8080, nodePort: 30080}]
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SERVICE.replace("POLICY", "externalTrafficPolicy: Local"), "Done: the Pod sees 203.0.113.9."),
        (SERVICE.replace("POLICY", "externalTrafficPolicy: Cluster"), "Not yet: the Pod sees node-1's address"),
        (SERVICE.replace("  POLICY\n", "").replace("30080", "30081"), "Not yet: nothing answers at port 30080"),
        ("", "Give one Service."),
        ("{", "line 1"),
    ],
)
def test_the_readers_service_is_judged(text: str, says: str) -> None:
    assert says in exercises.keeps_source(text)


def test_the_figure_of_costs_reaches_from_the_least_to_the_most() -> None:
    seconds = {"median": 2.0, "min": 1.0, "max": 5.0}
    cases = [{"tool": tool, "services": size, "change_s": seconds} for tool in costs.TOOLS for size in (1, 10)]
    (axes,) = costs.cost_figure({"cases": cases}, "change_s", factor=1000, y="ms").axes
    uprights = [line for each in axes.collections for line in each.get_segments()]
    assert len(uprights) == 2 * len(costs.TOOLS)
    assert {tuple(line[:, 1]) for line in uprights} == {(1000.0, 5000.0)}
