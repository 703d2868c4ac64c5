from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.network.cni import ConfigError, LoadError, conf_files, load_networks, network_config_list, network_errors
from k8smodels.network.cni.gojson import DEEPEST, MOST_CHARACTERS, JSONError, decode

BRIDGE = {"type": "bridge", "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.1.2.0/24"}]]}}
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("cniVersion", "cniVersions", "name", "type", "plugins", "disableCheck", "loadOnlyInlinedPlugins", "ipam")


def network(*plugins: object, **more: object) -> str:
    return json.dumps({"cniVersion": "1.0.0", "name": "net", "plugins": list(plugins), **more})


@given(values)
def test_what_python_writes_as_json_is_read(value: object) -> None:
    assert decode(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "unexpected end of JSON input"),
        ('{"a":1,}', "invalid character '}' looking for beginning of object key string"),
        ("[1 2]", "invalid character '2' after array element"),
        ("{} x", "invalid character 'x' after top-level value"),
        ("nul", "invalid character ' ' in literal null (expecting 'l')"),
        ("-", "invalid character ' ' in numeric literal"),
        ("1.x", "invalid character 'x' after decimal point in numeric literal"),
        ("1e+x", "invalid character 'x' in exponent of numeric literal"),
        ('"\\x"', "invalid character 'x' in string escape code"),
        ('"a\nb"', "invalid character '\\n' in string literal"),
        ("'a'", r"invalid character '\'' looking for beginning of value"),
        ("é", "invalid character 'Ã' looking for beginning of value"),
        ("[" * 10_000, "exceeded max depth"),
        (" " * (MOST_CHARACTERS + 1), f"longer than {MOST_CHARACTERS} characters"),
    ],
)
def test_broken_json_is_named_in_the_words_of_go(text: str, problem: str) -> None:
    with pytest.raises(JSONError) as caught:
        decode(text)
    assert str(caught.value) == problem


def test_nesting_up_to_the_bound_is_read() -> None:
    text = "[" * DEEPEST + "]" * DEEPEST
    assert json.dumps(decode(text)) == text


@given(st.dictionaries(st.sampled_from(KEYS), values))
def test_a_configuration_is_read_or_refused_with_a_reason(document: dict[str, object]) -> None:
    text = json.dumps(document)
    with suppress(ConfigError):
        found = network_config_list(text)
        assert (found.name, found.text) == (document["name"], text)
    assert all(str(error) for error in network_errors(text))


def test_the_newest_known_version_is_taken_of_those_offered() -> None:
    offered = network(BRIDGE, cniVersions=["0.4.0", "1.1.0", "1.9.0", "1.0.0"])
    assert network_config_list(offered).cni_version == "1.1.0"


def test_files_are_sorted_as_text_and_other_extensions_left_out() -> None:
    names = ["9-a.conf", "10-b.conflist", "a.yaml", "dir/x.conf", "B.json", ".conf", "noext"]
    assert conf_files(names) == (".conf", "10-b.conflist", "9-a.conf", "B.json")


def test_a_broken_first_file_is_not_replaced_by_the_next_one() -> None:
    with pytest.raises(LoadError, match=r"10-a\.conf: error parsing configuration: unexpected end of JSON input"):
        load_networks({"10-a.conf": "{", "20-b.conflist": network(BRIDGE)})


def test_several_networks_are_read_where_the_runtime_is_told_so() -> None:
    files = {"10-a.conflist": network(BRIDGE), "20-b.conf": '{"name": "b", "type": "ptp"}'}
    assert [found.name for found in load_networks(files, max_conf_num=0)] == ["net", "b"]
    assert len(load_networks(files)) == 1


def test_plugins_of_the_directory_named_after_the_network_join_unless_told_otherwise() -> None:
    more = {"net/5.conf": '{"type": "portmap"}', "other/5.conf": '{"type": "tuning"}', "net/x.json": "{"}
    (found,) = load_networks({"a.conflist": network(BRIDGE), **more})
    assert [plugin.type for plugin in found.plugins] == ["bridge", "portmap"]
    (alone,) = load_networks({"a.conflist": network(BRIDGE, loadOnlyInlinedPlugins="true"), **more})
    assert [plugin.type for plugin in alone.plugins] == ["bridge"]


def test_a_good_configuration_has_no_errors() -> None:
    assert network_errors(network(BRIDGE, {"type": "portmap", "capabilities": {"portMappings": True}})) == ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{", 'Invalid value: "{": must be JSON: unexpected end of JSON input'),
        ("[]", "Invalid value: []: must be an object with the fields cniVersion, name and plugins"),
        (
            '{"cniVersion": "1.0.0", "name": "a", "type": "bridge"}',
            "plugins: Required value: an object with a type alone",
        ),
        (network(BRIDGE, cniVersion="1.2.0"), 'cniVersion: Unsupported value: "1.2.0": supported values: "0.1.0"'),
        (network(BRIDGE, name="a b"), 'name: Invalid value: "a b": must begin with a letter or digit'),
        (network({"ipam": {}}), "plugins[0].type: Required value"),
        (network({"type": "/bin/sh"}), 'plugins[0].type: Invalid value: "/bin/sh": must be the name of a program'),
        (network({"type": "portmap"}), "must not be the first plugin"),
        (network(BRIDGE, {"type": "firewall"}, cniVersion="0.3.1"), "plugins[1].type: Invalid value"),
        (network({**BRIDGE, "ipMasq": "yes"}), 'plugins[0].ipMasq: Invalid value: "yes": must be true or false'),
        (network({**BRIDGE, "prevResult": {}}), "plugins[0].prevResult: Forbidden: the runtime sets it"),
        (network({**BRIDGE, "capabilities": {"mac": 1}}), "plugins[0].capabilities.mac: Invalid value: 1"),
        (network({"type": "bridge", "ipam": {"type": "host-local"}}), "plugins[0].ipam.ranges: Required value"),
        (
            network({"type": "bridge", "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.1.2.0/31"}]]}}),
            "plugins[0].ipam.ranges[0]: Invalid value",
        ),
        (
            network({"type": "bridge", "ipam": {"type": "host-local", "subnet": "10.1.2.1/24"}}),
            'plugins[0].ipam.subnet: Invalid value: "10.1.2.1/24": Network has host bits set',
        ),
    ],
)
def test_a_mistake_is_named_with_its_field(text: str, shown: str) -> None:
    assert [error for error in network_errors(text) if shown in str(error)], network_errors(text)
