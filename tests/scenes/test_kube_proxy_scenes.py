"""The examples of the chapter on kube-proxy show what its text says they show."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from k8smodels.kubeproxy.iptables.sync import full_sync
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.walk import walk
from k8smodels.scenes import kube_proxy as scenes
from k8smodels.scenes import kube_proxy_exercises as exercises
from k8smodels.scenes import kube_proxy_modes as modes

POD, PROCESS, OUTSIDE = scenes.CLIENTS
CLUSTER_IP, CLUSTER, LOCAL = scenes.KINDS
EVERYWHERE, ELSEWHERE, NOWHERE = scenes.READY
EXERCISES = [exercises.dice_rule, exercises.where_to, exercises.who_is_left, exercises.diagnose]


def shares(mode: str, client: str, kind: str, ready: str) -> dict[str, Fraction]:
    return scenes.outcome_shares(scenes.ways_of(mode, client, kind, ready))


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
    frame = scenes.compared(OUTSIDE, LOCAL, ELSEWHERE)
    assert "differ" in frame.says
    assert frame.html.count("DROP") == 2
    assert "web-b 1/2, web-c 1/2" in frame.html


def test_the_source_is_covered_for_outside_traffic_that_may_leave_the_node() -> None:
    assert "node-1's address" in scenes.compared(OUTSIDE, CLUSTER, EVERYWHERE).html
    assert "node-1's address" not in scenes.compared(OUTSIDE, LOCAL, EVERYWHERE).html


@pytest.mark.parametrize("client", scenes.CLIENTS)
@pytest.mark.parametrize("kind", scenes.KINDS)
def test_every_stage_has_rules_and_one_is_open(client: str, kind: str) -> None:
    for step in range(scenes.STAGES):
        frame = scenes.followed(client, kind, step)
        assert frame.html.count('aria-current="step"') == 1
        assert "no rule is met" not in frame.html


def test_the_stages_end_with_the_masquerade_of_what_was_marked() -> None:
    assert "MASQUERADE" in scenes.followed(OUTSIDE, CLUSTER, 4).says
    assert "MASQUERADE" not in scenes.followed(POD, CLUSTER_IP, 4).says


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
