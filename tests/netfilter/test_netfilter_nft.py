"""Tables of nftables are read from a listing or from commands, and walked by the same rules."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.netfilter.nft.read import read_nft
from k8smodels.netfilter.nft.walk import walk_nft
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.tables import DumpError
from k8smodels.netfilter.ways import Way

LISTING = """\
table ip t { # handle 1
    comment "rules"
    set mine {
        type ipv4_addr
        elements = { 10.96.0.10, 10.96.1.0/24,
                 10.96.0.11 }
    }

    map where {
        type ipv4_addr . inet_proto . inet_service : verdict
        elements = { 10.96.0.10 . tcp . 80 comment "a : b" : goto web }
    }

    chain in {
        type nat hook prerouting priority dstnat - 10; policy accept;
        iifname "cni*" counter packets 3 bytes 180 jump all
    }

    chain out {
        type nat hook postrouting priority srcnat; policy accept;
        meta mark & 0x00004000 != 0x00000000 meta mark set meta mark ^ 0x00004000 masquerade fully-random
    }

    chain all {
        ip daddr @mine ip saddr != 10.0.0.0/8 drop comment "others"
        ip daddr . meta l4proto . th dport vmap @where
        ip daddr { 10.96.0.11, 10.96.0.12 } reject
    }

    chain web {
        mark set mark or 0x00004000
        meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.0.0.2 . 8080, 1 : 10.0.0.3 . 8080 }
    }
}
"""
COMMANDS = """\
add table ip t { comment "rules" ; }
add chain ip t in { type nat hook prerouting priority -100 ; }
add chain ip t web
add map ip t where { type ipv4_addr . inet_proto . inet_service : verdict ; }
add rule ip t in ip daddr . meta l4proto . th dport vmap @where
add rule ip t web meta l4proto tcp dnat to 10.0.0.2:8080
add element ip t where { 10.96.0.10 . tcp . 80 : goto web }
"""


def ways(
    text: str = LISTING, dst: str = "10.96.0.10", src: str = "10.0.0.5", dport: int = 80, **machine: object
) -> tuple[Way, ...]:
    packet = Packet(src, dst, dport, iif="cni0")
    return walk_nft(read_nft(text), packet, Machine(("192.0.2.1",), **machine))  # type: ignore[arg-type]


def test_a_map_leads_to_a_chain_and_dice_choose() -> None:
    first, second = ways()
    assert [way.packet.dnat for way in (first, second)] == ["10.0.0.2:8080", "10.0.0.3:8080"]
    assert [way.probability for way in (first, second)] == [Fraction(1, 2)] * 2
    assert (first.packet.snat, first.packet.mark) == ("masquerade", 0)
    assert [step.rule.chain for step in first.steps if step.rule] == ["in", "all", "web", "web", "out"]


def test_sets_hold_addresses_and_ranges() -> None:
    assert [way.verdict for way in ways(src="192.168.1.1")] == ["DROP"]
    assert [way.verdict for way in ways(dst="10.96.1.7", src="192.168.1.1")] == ["DROP"]
    assert [way.verdict for way in ways(dst="10.96.2.7", src="192.168.1.1")] == ["deliver"]


def test_lists_in_braces_are_compared() -> None:
    assert [way.verdict for way in ways(dst="10.96.0.11", dport=1)] == ["REJECT"]


def test_commands_make_the_same_as_a_listing() -> None:
    (way,) = ways(COMMANDS)
    assert way.packet.dnat == "10.0.0.2:8080"


def test_clients_that_a_set_remembers_stay() -> None:
    text = COMMANDS.replace("meta l4proto tcp dnat to 10.0.0.2:8080", "ip saddr @kept dnat to 10.0.0.9:1").replace(
        "add chain ip t web", "add chain ip t web\nadd set ip t kept { type ipv4_addr ; }"
    )
    assert ways(text, recent={"kept": {"10.0.0.5": 1.0}})[0].packet.dnat == "10.0.0.9:1"
    assert ways(text)[0].packet.dnat == ""


def test_chains_of_a_hook_run_by_priority_and_accept_ends_only_one() -> None:
    text = """table ip t {
    chain late { type filter hook prerouting priority 10; policy accept; drop }
    chain early { type filter hook prerouting priority -10; policy accept; accept }
}"""
    (way,) = ways(text)
    assert (way.verdict, [step.chain for step in way.steps]) == ("DROP", ["early", "late"])


def test_a_policy_of_drop_drops() -> None:
    (way,) = ways("table ip t {\n chain a { type filter hook forward priority 0; policy drop; }\n}")
    assert (way.verdict, way.steps[-1].outcome) == ("DROP", "policy")


def test_words_that_are_not_modelled_fork_the_way() -> None:
    found = ways(
        "table ip t {\n chain a { type filter hook forward priority 0; policy accept; socket transparent 1 drop; }\n}"
    )
    assert sorted(way.verdict for way in found) == ["deliver", "not modelled"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no table; give the output of: nft list ruleset"),
        ("hello", "line 1: hello: a table or an add command was expected"),
        (LISTING[:-3], "line 1: the table t is not closed; is the text cut off?"),
        (LISTING[: LISTING.index("10.96.0.11 }")], "line 5: a brace is not closed; is the text cut off?"),
        ('table ip t {\n comment "x\n}', "line 2: a quotation mark is missing; is the text cut off?"),
        (LISTING.replace("jump all", "jump nowhere"), "line 16: jump nowhere: the table t has no such chain"),
        (LISTING.replace("@where", "@gone"), "line 26: @gone: the table t has no such set or map"),
        (LISTING.replace(": goto web", ": goto gone"), "an element of a map leads to gone"),
        (LISTING.replace("mark set mark or 0x00004000", "jump all"), "a loop in the table t: all -> web -> all"),
        ("add rule ip t gone drop", "line 1: the table t has no chain gone"),
        ("add element ip t gone { 1 }", "line 1: the table t has no set or map gone"),
        ("add thing ip t x", "line 1: add thing: not known"),
        (
            "table ip t {\n chain a { type filter hook input; }\n}",
            "line 2: type filter hook input: a base chain has a type",
        ),
    ],
)
def test_a_bad_text_is_refused_with_the_line(text: str, message: str) -> None:
    with pytest.raises(DumpError) as caught:
        read_nft(text)
    assert str(caught.value).startswith(message)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for dump in (text, f"table ip t {{\n chain a {{\n {text}\n }}\n}}", f"add chain ip t a\nadd rule ip t a {text}"):
        with suppress(DumpError):
            walk_nft(read_nft(dump), Packet("10.0.0.1", "10.0.0.2"), Machine())


@given(st.text(alphabet="ipsd ad r.@{}!=,0123456789/numgeodvmjk:t&|", max_size=60))
def test_any_rule_is_walked_without_an_error_of_python(rule: str) -> None:
    try:
        tables = read_nft(
            f"table ip t {{\n chain a {{ type filter hook forward priority 0; policy accept; {rule};\n }}\n}}"
        )
    except DumpError:
        return
    walk_nft(tables, Packet("10.0.0.1", "10.0.0.2", iif="x"), Machine())
