"""A packet goes where the kernel would send it: hooks in their order, dice with their chances, what is unknown said."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.netfilter.matching import as_fraction
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.walk import walk
from k8smodels.netfilter.ways import TooManyWays, Way

MACHINE = Machine(("192.0.2.1",), routes={"0.0.0.0/0": "eth0", "10.0.0.0/24": "cni0"})
PACKET = Packet("10.0.0.5", "10.96.0.10", 80, iif="cni0")


def ways(
    filter_rules: str = "", nat_rules: str = "", packet: Packet = PACKET, machine: Machine = MACHINE
) -> tuple[Way, ...]:
    text = "".join(
        f"*{table}\n{''.join(f':{name} - [0:0]{chr(10)}' for name in 'ABC')}{rules}\nCOMMIT\n"
        for table, rules in (("nat", nat_rules), ("filter", filter_rules))
    )
    return walk(read_tables(text), packet, machine)


def only(*args: str, **kwargs: object) -> Way:
    (way,) = ways(*args, **kwargs)  # type: ignore[arg-type]
    return way


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("-s 10.0.0.0/24", True),
        ("! -s 10.0.0.0/24", False),
        ("-d 10.96.0.10", True),
        ("-d 10.96.0.11", False),
        ("-i cni0", True),
        ("-i cni+", True),
        ("! -i veth+", True),
        ("-p tcp", True),
        ("-p 6", True),
        ("-p udp", False),
        ("-p tcp -m tcp --dport 80", True),
        ("-p tcp -m tcp --dport 81:90", False),
        ("-p tcp -m tcp --sport 1024:", True),
        ("-m multiport --dports 443,80", True),
        ("-m multiport --ports 40000", True),
        ("-m conntrack --ctstate NEW", True),
        ("-m conntrack ! --ctstate RELATED,ESTABLISHED", True),
        ("-m state --state ESTABLISHED", False),
        ("-m mark --mark 0x0/0x4000", True),
        ("-m mark ! --mark 0x4000/0x4000", True),
        ("-m addrtype --dst-type LOCAL", False),
        ("-m addrtype ! --src-type LOCAL", True),
        ("-m recent --name L --rcheck --seconds 60 --reap", False),
    ],
)
def test_questions_are_answered_as_the_kernel_does(question: str, holds: bool) -> None:
    assert only(f"-A FORWARD {question} -j DROP").verdict == ("DROP" if holds else "deliver")


@pytest.mark.parametrize(("age", "seen"), [(59.0, True), (61.0, False)])
def test_recent_holds_for_its_seconds(age: float, seen: bool) -> None:
    machine = Machine(("192.0.2.1",), recent={"L": {"10.0.0.5": age}})
    way = only("-A FORWARD -m recent --name L --rcheck --seconds 60 -j DROP", machine=machine)
    assert (way.verdict == "DROP") == seen


def test_an_interface_to_leave_by_is_known_after_routing() -> None:
    assert only("-A FORWARD -o eth0 -j DROP").verdict == "DROP"
    assert only("-A FORWARD -o cni0 -j DROP", "-A PREROUTING -j DNAT --to-destination 10.0.0.9:81").verdict == "DROP"


def test_rules_after_dnat_see_the_new_destination_and_the_filter_comes_after_nat() -> None:
    way = only(
        "-A FORWARD -d 10.0.0.9 -p tcp -m tcp --dport 8080 -j REJECT",
        "-A PREROUTING -j DNAT --to-destination 10.0.0.9:8080",
    )
    assert way.verdict == "REJECT"
    assert [(step.hook, step.table) for step in way.steps] == [("PREROUTING", "nat"), ("FORWARD", "filter")]


def test_what_is_for_the_machine_goes_to_input_and_not_to_postrouting() -> None:
    way = only(
        "-A INPUT -j ACCEPT\n-A FORWARD -j DROP",
        "-A POSTROUTING -j MASQUERADE",
        Packet("10.0.0.5", "192.0.2.1", 22, iif="eth0"),
    )
    assert (way.verdict, way.packet.snat) == ("deliver", "")
    assert [step.hook for step in way.steps] == ["INPUT"]


def test_what_a_process_sends_goes_through_output() -> None:
    way = only(
        "-A OUTPUT -j ACCEPT",
        "-A OUTPUT -j ACCEPT\n-A POSTROUTING -j MASQUERADE",
        Packet("192.0.2.1", "198.51.100.1", 80),
    )
    assert [(step.hook, step.table) for step in way.steps] == [
        ("OUTPUT", "nat"),
        ("OUTPUT", "filter"),
        ("POSTROUTING", "nat"),
    ]
    assert way.packet.snat == "masquerade"


def test_a_known_connection_does_not_see_nat() -> None:
    later = Packet("10.0.0.5", "10.96.0.10", 80, iif="cni0", state="ESTABLISHED")
    assert only("", "-A PREROUTING -j DNAT --to-destination 10.0.0.9:1", later).packet.dnat == ""


def test_return_goes_back_and_goto_does_not() -> None:
    rules = "-A FORWARD -j A\n-A FORWARD -j DROP\n-A A {} B\n-A A -j ACCEPT\n-A B -j RETURN"
    assert only(rules.format("-j")).verdict == "deliver"
    assert only(rules.format("-g")).verdict == "DROP"


def test_a_policy_decides_at_the_end_of_a_built_in_chain() -> None:
    tables = read_tables("*filter\n:FORWARD DROP [0:0]\n:A - [0:0]\n-A FORWARD -j A\nCOMMIT\n")
    (way,) = walk(tables, PACKET, MACHINE)
    assert (way.verdict, way.steps[-1].outcome) == ("DROP", "policy")


def test_marks_are_set_cleared_and_asked() -> None:
    rules = [
        "-A PREROUTING -j MARK --or-mark 0x4000",
        "-A PREROUTING -j MARK --set-xmark 0x1/0xff",
        "-A POSTROUTING -m mark --mark 0x4001 -j MARK --xor-mark 0x4000",
    ]
    assert only("", "\n".join(rules)).packet.mark == 1


@given(st.integers(1, 12))
def test_dice_of_falling_odds_are_fair(count: int) -> None:
    rules = [
        f"-A PREROUTING -m statistic --mode random --probability {1 / left:.10f}"
        f" -j DNAT --to-destination 10.0.0.{left}:80"
        for left in range(count, 1, -1)
    ]
    found = ways("", "\n".join([*rules, "-A PREROUTING -j DNAT --to-destination 10.0.0.1:80"]))
    assert [way.probability for way in found] == [Fraction(1, count)] * count
    assert sum(way.probability for way in found) == 1


@given(st.integers(1, 5000))
def test_a_written_probability_is_the_fraction_that_was_meant(count: int) -> None:
    assert as_fraction(f"{1 / count:.10f}") == Fraction(1, count)
    assert as_fraction(f"{round(2**31 / count) / 2**31:.11f}") == Fraction(1, count)


def test_what_is_not_modelled_is_not_guessed() -> None:
    matched, unmatched = sorted(ways("-A FORWARD -m set --match-set X dst -j DROP"), key=lambda way: way.verdict)
    assert [matched.verdict, unmatched.verdict] == ["DROP", "deliver"]
    assert [holds for way in (matched, unmatched) for _, holds in way.assumptions] == [True, False]
    assert only("-A FORWARD -j TPROXY --on-port 1").verdict == "not modelled"


@pytest.mark.parametrize(
    ("entry", "fields", "holds"),
    [
        ("10.96.0.10,tcp:80", "dst,dst", True),
        ("10.96.0.10,udp:80", "dst,dst", False),
        ("10.0.0.5,tcp:80", "src,dst", True),
        ("10.96.0.10,tcp:80,10.0.0.0/24", "dst,dst,src", True),
        ("10.96.0.10,tcp:80,10.0.1.0/24", "dst,dst,src", False),
        ("80", "dst", True),
        ("10.96.0.10", "dst", True),
    ],
)
def test_sets_that_are_known_are_asked(entry: str, fields: str, holds: bool) -> None:
    machine = Machine(("192.0.2.1",), ip_sets={"X": [entry]})
    way = only(f"-A FORWARD -m set --match-set X {fields} -j DROP", machine=machine)
    assert (way.verdict == "DROP") == holds
    assert way.assumptions == ()


def test_a_no_settles_a_rule_whatever_else_it_asks() -> None:
    assert only("-A FORWARD -m set --match-set X dst -s 203.0.113.1 -j DROP").assumptions == ()


def test_addresses_that_are_not_known_are_asked_for() -> None:
    found = ways("-A FORWARD -m addrtype --dst-type LOCAL -j DROP", machine=Machine(None))
    assert sorted(way.verdict for way in found) == ["DROP", "deliver"]


def test_rules_that_fork_without_end_are_given_up() -> None:
    rules = "\n".join("-A FORWARD -m set --match-set X dst -j LOG" for _ in range(16))
    with pytest.raises(TooManyWays):
        ways(rules)


@given(
    st.lists(
        st.sampled_from(
            [
                "-j ACCEPT",
                "-j DROP",
                "-j RETURN",
                "-j B",
                "-g B",
                "-m statistic --mode random --probability 0.25 -j C",
                "-m set --match-set X dst -j LOG",
            ]
        ),
        max_size=6,
    ),
    st.lists(st.sampled_from(["-j RETURN", "-j DROP", "-j C", "-j MARK --or-mark 0x1"]), max_size=3),
)
def test_the_chances_of_all_ways_with_the_same_assumptions_add_up_to_one(first: list[str], second: list[str]) -> None:
    rules = ["-A FORWARD -j A", *(f"-A A {rule}" for rule in first), *(f"-A B {rule}" for rule in second)]
    assumed: dict[tuple[object, ...], Fraction] = {}
    for way in ways("\n".join(rules)):
        key = tuple((rule.text, rule.position, holds) for rule, holds in way.assumptions)
        assumed[key] = assumed.get(key, Fraction(0)) + way.probability
    if all("set" not in rule for rule in first):
        assert assumed == {(): Fraction(1)}
    assert all(0 < total <= 1 for total in assumed.values())
