"""Stays of a packet in chains, and the questions that said no."""

from __future__ import annotations

from k8smodels.netfilter.explain import nft_visits, visits
from k8smodels.netfilter.nft.read import read_nft
from k8smodels.netfilter.nft.walk import walk_nft
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.walk import walk

PACKET = Packet("10.0.0.9", "10.0.0.1", 80, iif="eth0")
NFT = """table ip t {
    map m { type ipv4_addr : verdict; elements = { 10.0.0.1 : goto served } }
    chain pre { type nat hook prerouting priority -100; ip daddr 10.0.0.7 drop; jump vain; ip daddr vmap @m }
    chain vain { ip daddr 10.0.0.8 . 81 drop }
    chain served { dnat to numgen random mod 2 map { 0 : 10.1.0.1 . 8080, 1 : 10.1.0.2 . 8080 } }
}
"""
IPTABLES = """*nat
:PREROUTING ACCEPT [0:0]
:VAIN - [0:0]
:EMPTY - [0:0]
-A PREROUTING -j VAIN
-A PREROUTING -j EMPTY
-A PREROUTING -p tcp -j ACCEPT
-A VAIN -d 10.0.0.8/32 -j DROP
COMMIT
"""


def nft_stays(text: str = NFT):
    (table,) = read_nft(text)
    way = walk_nft([table], PACKET, Machine(()))[0]
    return list(nft_visits(table, way.steps, Machine(())))


def test_a_chain_in_which_nothing_matched_is_a_stay_of_its_own() -> None:
    assert [(stay.chain, len(stay.steps)) for stay in nft_stays()] == [
        ("pre", 1),
        ("vain", 0),
        ("pre", 1),
        ("served", 1),
    ]


def test_the_question_that_said_no_is_told() -> None:
    first, vain, *_rest = nft_stays(NFT.replace(" . 81", ""))
    assert [question for _rule, question in first.passed] == ["ip daddr 10.0.0.7"]
    assert [question for _rule, question in vain.passed] == ["ip daddr 10.0.0.8"]


def test_elements_of_maps_and_dice_are_told() -> None:
    *_before, found, thrown = nft_stays()
    assert found.steps[0].elements == ("10.0.0.1 : goto served",)
    assert thrown.steps[0].elements == ("0 : 10.1.0.1 . 8080",)


def test_stays_in_iptables_follow_the_packet() -> None:
    tables = read_tables(IPTABLES)
    stays = list(visits(tables, walk(tables, PACKET, Machine(()))[0].steps, Machine(())))
    assert [(stay.chain, len(stay.steps)) for stay in stays] == [("PREROUTING", 1), ("VAIN", 0), ("PREROUTING", 2)]
    assert [question for _rule, question in stays[1].passed] == ["-d 10.0.0.8/32"]
