from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from k8smodels.network.cni import HOST, Link, Netns, Node, simple_node
from k8smodels.views.network import effect_list, json_lines, lease_table, marked_json, node_nest

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
POD = "/run/netns/p"


@given(VALUES, st.integers(8, 60))
def test_json_for_people_is_the_same_json(value: object, width: int) -> None:
    assert json.loads("\n".join(json_lines(value, width))) == value  # type: ignore[arg-type]


def test_what_fits_stands_on_one_line() -> None:
    assert json_lines({"a": {"b": 1}}, 20) == ('{"a": {"b": 1}}',)
    assert json_lines({"a": {"b": 1}}, 12) == ("{", ' "a": {', '  "b": 1', " }", "}")


def test_a_marked_field_is_marked_to_its_end() -> None:
    html = marked_json({"name": "n", "long": {"key": "x" * 40}}, ["long"])
    assert html.count("<mark>") == 3
    assert "<mark> &quot;name" not in html
    assert '<mark> "name' not in html


def test_new_lines_are_marked_and_gone_ones_struck_out() -> None:
    before = simple_node().with_netns(POD)
    after = before.with_netns(HOST, lambda netns: Netns((*netns.links, Link("cni0", "bridge", up=True)), netns.routes))
    assert "<mark>cni0 bridge</mark>" in node_nest(after, before, POD)
    assert "<del>cni0 bridge</del>" in node_nest(before, after, POD)
    assert "nothing but lo" in node_nest(after, before, POD)
    assert "no network namespace" in node_nest(simple_node(), before, POD)


def test_a_changed_line_is_marked_and_not_struck_out() -> None:
    chain = {("iptables", "nat", "POSTROUTING"): ("-j A",)}
    before = Node({HOST: Netns(chains=chain), POD: Netns()})
    after = Node({HOST: Netns(chains={("iptables", "nat", "POSTROUTING"): ("-j A", "-j B")}), POD: Netns()})
    html = node_nest(after, before, POD)
    assert "<mark>POSTROUTING: 2</mark>" in html
    assert "<del>" not in html


def test_nothing_done_is_said() -> None:
    assert "Nothing" in effect_list([], POD)


def test_a_lease_of_a_container_that_is_no_more_is_nobodys() -> None:
    files = {"10.0.0.2": "c1\r\neth0", "10.0.0.3": "c2\r\neth0", "last_reserved_ip.0": "10.0.0.3"}
    html = lease_table("10.0.0.0/29", files, {"c2": "web"}, ["10.0.0.3"])
    assert "a file of c1" in html
    assert html.count("nobody") == 1
    assert html.count("free") == 3
    assert html.count('<tr class="on">') == 1
