"""A NetworkPolicy is refused where the API server refuses it, and in its words."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from k8smodels.api.errors import DecodeError, FieldError, InvalidObject
from k8smodels.api.network_policy import NetworkPolicy
from k8smodels.network.policy import validate_network_policy
from k8smodels.network.policy.addresses import cidr_problem, parse_cidr
from k8smodels.network.policy.rules import read_policy

LABEL = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start"


def errors(spec: str) -> list[str]:
    policy = NetworkPolicy.from_json({"metadata": {"name": "p"}, "spec": yaml.safe_load(spec)})
    try:
        validate_network_policy(policy)
    except InvalidObject as refused:
        return [str(error) for error in refused.errors]
    return []


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ("{podSelector: {}}", []),
        ("{}", []),
        ("{ingress: [{}], egress: [{to: [], ports: []}]}", []),
        ("{ingress: [{from: [{}]}]}", ["spec.ingress[0].from[0]: Required value: must specify a peer"]),
        (
            "{egress: [{}, {to: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]}",
            ["spec.egress[1].to[0]: Forbidden: may not specify both ipBlock and another peer"],
        ),
        (
            "{ingress: [{ports: [{port: 0}, {port: 65536}, {port: 80, endPort: 79}]}]}",
            [
                "spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
                "spec.ingress[0].ports[1].port: Invalid value: 65536: must be between 1 and 65535, inclusive",
                "spec.ingress[0].ports[2].endPort: Invalid value: 79: must be greater than or equal to `port`",
            ],
        ),
        (
            "{ingress: [{ports: [{endPort: 80}, {port: http, endPort: 80}]}]}",
            [
                "spec.ingress[0].ports[0].endPort: Invalid value: 80: may not be specified when `port` is not"
                " specified",
                "spec.ingress[0].ports[1].endPort: Invalid value: 80: may not be specified when `port` is non-numeric",
            ],
        ),
        (
            "{ingress: [{ports: [{protocol: ICMP}, {port: HTTP}, {port: '80'}]}]}",
            [
                "spec.ingress[0].ports[0].protocol: Unsupported value: \"ICMP\": supported values:"
                ' "TCP", "UDP", "SCTP"',
                'spec.ingress[0].ports[1].port: Invalid value: "HTTP": must contain only alpha-numeric characters'
                " (a-z, 0-9), and hyphens (-)",
                'spec.ingress[0].ports[1].port: Invalid value: "HTTP": must contain at least one letter (a-z)',
                'spec.ingress[0].ports[2].port: Invalid value: "80": must contain at least one letter (a-z)',
            ],
        ),
        (
            "{ingress: [{from: [{ipBlock: {}}, {ipBlock: {cidr: 10.0.0.1/8, except: [10.1.0.0/16, 11.0.0.0/16,"
            " 10.0.0.0/8, x]}}]}]}",
            [
                "spec.ingress[0].from[0].ipBlock.cidr: Required value",
                'spec.ingress[0].from[1].ipBlock.cidr: Invalid value: "10.0.0.1/8":'
                " must not have bits set beyond the prefix length",
                'spec.ingress[0].from[1].ipBlock.except[1]: Invalid value: "11.0.0.0/16":'
                " must be a strict subset of `cidr`",
                'spec.ingress[0].from[1].ipBlock.except[2]: Invalid value: "10.0.0.0/8":'
                " must be a strict subset of `cidr`",
                'spec.ingress[0].from[1].ipBlock.except[3]: Invalid value: "x":'
                " must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
            ],
        ),
        (
            "{policyTypes: [Ingress, ingress]}",
            ['spec.policyTypes[1]: Unsupported value: "ingress": supported values: "Ingress", "Egress"'],
        ),
        (
            "{policyTypes: [Ingress, Egress, Ingress]}",
            ['spec.policyTypes: Invalid value: ["Ingress","Egress","Ingress"]: may not specify more than two'
             " policyTypes"],
        ),
        (
            "{podSelector: {matchExpressions: [{key: a, operator: In}, {key: a, operator: Exists, values: [b]},"
            " {key: a, operator: Is}]}}",
            [
                "spec.podSelector.matchExpressions[0].values: Required value: must be specified when `operator` is"
                " 'In' or 'NotIn'",
                "spec.podSelector.matchExpressions[1].values: Forbidden: may not be specified when `operator` is"
                " 'Exists' or 'DoesNotExist'",
                'spec.podSelector.matchExpressions[2].operator: Invalid value: "Is": not a valid selector operator',
            ],
        ),
    ],
)  # fmt: skip
def test_what_is_refused(spec: str, wanted: list[str]) -> None:
    assert errors(spec) == wanted


def test_a_label_that_none_can_have_is_refused() -> None:
    (error,) = errors("{podSelector: {matchLabels: {app: 'a b'}}}")
    assert error.startswith(f'spec.podSelector.matchLabels: Invalid value: "a b": {LABEL}')


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ("{podselector: {}}", "spec.podselector"),
        ("{ingress: [{form: []}]}", "spec.ingress[0].form"),
        ("{egress: [{from: []}]}", "spec.egress[0].from"),
        ("{ingress: [{from: [{podSelector: {app: web}}]}]}", "spec.ingress[0].from[0].podSelector.app"),
    ],
)
def test_a_field_that_the_api_does_not_have_is_named(spec: str, field: str) -> None:
    with pytest.raises(DecodeError, match="strict decoding error") as refused:
        errors(spec)
    assert refused.value.problem == f'strict decoding error: unknown field "{field}"'


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ("{ingress: {}}", "spec.ingress"),
        ("{ingress: [{from: [3]}]}", "spec.ingress[0].from[0]"),
        ("{ingress: [{ports: [{port: 80.5}]}]}", "spec.ingress[0].ports[0].port"),
        ("{egress: [{to: [{ipBlock: 10.0.0.0/8}]}]}", "spec.egress[0].to[0].ipBlock"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(spec: str, path: str) -> None:
    with pytest.raises(FieldError) as refused:
        errors(spec)
    assert refused.value.path == path


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("10.0.0.0/8", ""),
        ("0.0.0.0/0", ""),
        ("2001:0DB8::/32", ""),
        ("010.0.0.0/8", "must not have leading 0s in IP or prefix length"),
        ("10.0.0.0/08", "must not have leading 0s in IP or prefix length"),
        ("::ffff:1.2.3.4/128", "must not have an IPv4-mapped IPv6 address"),
        ("10.0.0.0/255.0.0.0", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
        ("fe80::%eth0/64", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
        ("10.0.0.0", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
        ("10.0.0.0/33", "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"),
    ],
)
def test_what_a_block_of_addresses_may_look_like(text: str, problem: str) -> None:
    assert cidr_problem(text) == problem


@given(st.text(alphabet="0123456789abcf.:/%x- \u0660", max_size=24))
def test_no_text_breaks_the_reading_of_blocks(text: str) -> None:
    if not cidr_problem(text):
        assert parse_cidr(text).prefixlen <= 128


@pytest.mark.parametrize(
    ("spec", "directions"),
    [
        ("{}", ("Ingress",)),
        ("{policyTypes: []}", ("Ingress",)),
        ("{egress: []}", ("Ingress",)),
        ("{egress: [{}]}", ("Ingress", "Egress")),
        ("{policyTypes: [Egress]}", ("Egress",)),
        ("{ingress: [{}], policyTypes: [Egress]}", ("Egress",)),
    ],
)
def test_the_directions_where_none_are_named(spec: str, directions: tuple[str, ...]) -> None:
    policy = NetworkPolicy.from_json({"metadata": {"name": "p"}, "spec": yaml.safe_load(spec)})
    assert read_policy(policy).directions == directions


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 99999) | st.text("aA1-./", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "podSelector ingress egress from to ports port endPort ipBlock cidr except matchLabels".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from("podSelector ingress egress policyTypes".split()), json_values, max_size=4))
def test_any_json_is_a_policy_or_an_error_of_a_field(spec: dict[str, Any]) -> None:
    try:
        policy = NetworkPolicy.from_json({"metadata": {"name": "p"}, "spec": spec})
        validate_network_policy(policy)
    except (FieldError, InvalidObject, DecodeError):
        return
    read_policy(policy)
