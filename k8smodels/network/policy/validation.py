"""What the API server refuses in a NetworkPolicy, in its own words.

Left out: the rules for the metadata other than the name.

References
----------
pkg/apis/networking/validation/validation.go: ValidateNetworkPolicySpec, ValidateNetworkPolicyPort,
ValidateNetworkPolicyPeer, ValidateIPBlock; apimachinery pkg/apis/meta/v1/validation (v1.37)
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence

from k8smodels.api.errors import DecodeError, FieldError, InvalidObject, forbidden, invalid, required
from k8smodels.api.gotext import quote
from k8smodels.api.label_syntax import label_key_problems, label_value_problems
from k8smodels.api.network_policy import (
    EGRESS,
    INGRESS,
    IPBlock,
    NetworkPolicy,
    NetworkPolicyPeer,
    NetworkPolicyPort,
    NetworkPolicySpec,
)
from k8smodels.api.selectors import LabelSelector
from k8smodels.api.structure import unknown_fields
from k8smodels.api.validation import validate
from k8smodels.network.policy.addresses import IPNetwork, cidr_problem, parse_cidr

PROTOCOLS = ("TCP", "UDP", "SCTP")
_PORT_RANGE = "must be between 1 and 65535, inclusive"


def validate_network_policy(policy: NetworkPolicy) -> None:
    """Refuse what the API server would refuse.

    Raises
    ------
    InvalidObject
        All errors of the policy at once.
    DecodeError
        It has fields that the API does not know: a strict server, as ``kubectl`` asks for, refuses them.
    """
    if unknown := unknown_fields(policy):
        listed = ", ".join(f'unknown field "{name}"' for name in unknown)
        raise DecodeError(f'NetworkPolicy "{policy.name}"', f"strict decoding error: {listed}")
    validate(policy)
    if errors := list(_spec_errors(policy.spec)):
        raise InvalidObject(policy.kind, policy.name, errors)


def _spec_errors(spec: NetworkPolicySpec) -> Iterator[FieldError]:
    yield from selector_errors(spec.pod_selector, "spec.podSelector")
    for i, ingress in enumerate(spec.ingress):
        yield from _rule_errors(ingress.ports, ingress.from_, f"spec.ingress[{i}]", "from")
    for i, egress in enumerate(spec.egress):
        yield from _rule_errors(egress.ports, egress.to, f"spec.egress[{i}]", "to")
    if len(spec.policy_types) > 2:
        yield invalid("spec.policyTypes", list(spec.policy_types), "may not specify more than two policyTypes")
        return
    for i, direction in enumerate(spec.policy_types):
        if direction not in (INGRESS, EGRESS):
            yield _not_supported(f"spec.policyTypes[{i}]", direction, (INGRESS, EGRESS))


def _rule_errors(
    ports: Sequence[NetworkPolicyPort], peers: Sequence[NetworkPolicyPeer], path: str, field: str
) -> Iterator[FieldError]:
    for i, port in enumerate(ports):
        yield from _port_errors(port, f"{path}.ports[{i}]")
    for i, peer in enumerate(peers):
        yield from _peer_errors(peer, f"{path}.{field}[{i}]")


def _port_errors(port: NetworkPolicyPort, path: str) -> Iterator[FieldError]:
    if port.protocol is not None and port.protocol not in PROTOCOLS:
        yield _not_supported(f"{path}.protocol", port.protocol, PROTOCOLS)
    end = port.end_port
    if port.port is None:
        if end is not None:
            yield invalid(f"{path}.endPort", end, "may not be specified when `port` is not specified")
    elif isinstance(port.port, str):
        if end is not None:
            yield invalid(f"{path}.endPort", end, "may not be specified when `port` is non-numeric")
        for problem in port_name_problems(port.port):
            yield invalid(f"{path}.port", port.port, problem)
    else:
        if not 1 <= port.port <= 65535:
            yield invalid(f"{path}.port", port.port, _PORT_RANGE)
        if end is not None and end < port.port:
            yield invalid(f"{path}.endPort", end, "must be greater than or equal to `port`")
        if end is not None and not 1 <= end <= 65535:
            yield invalid(f"{path}.endPort", end, _PORT_RANGE)


def _not_supported(path: str, value: str, words: Sequence[str]) -> FieldError:
    """As `k8smodels.api.errors.unsupported`, with the words in the order in which the server lists them here."""
    return FieldError(path, "Unsupported value", value, "supported values: " + ", ".join(map(quote, words)))


def port_name_problems(name: str) -> list[str]:
    """What is wrong with the name of a port, in the API server's words."""
    rules = (
        (len(name.encode(errors="surrogatepass")) > 15, "must be no more than 15 characters"),
        (
            not re.fullmatch("[-a-z0-9]+", name),
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        ),
        (not re.search("[a-z]", name), "must contain at least one letter (a-z)"),
        ("--" in name, "must not contain consecutive hyphens"),
        (name.startswith("-") or name.endswith("-"), "must not begin or end with a hyphen"),
    )
    return [problem for broken, problem in rules if broken]


def _peer_errors(peer: NetworkPolicyPeer, path: str) -> Iterator[FieldError]:
    if peer.pod_selector is not None:
        yield from selector_errors(peer.pod_selector, f"{path}.podSelector")
    if peer.namespace_selector is not None:
        yield from selector_errors(peer.namespace_selector, f"{path}.namespaceSelector")
    if peer.ip_block is not None:
        yield from _block_errors(peer.ip_block, f"{path}.ipBlock")
    by_label = peer.pod_selector is not None or peer.namespace_selector is not None
    if not by_label and peer.ip_block is None:
        yield required(path, "must specify a peer")
    if by_label and peer.ip_block is not None:
        yield forbidden(path, "may not specify both ipBlock and another peer")


def _block_errors(block: IPBlock, path: str) -> Iterator[FieldError]:
    if not block.cidr:
        yield required(f"{path}.cidr")
        return
    if problem := cidr_problem(block.cidr):
        yield invalid(f"{path}.cidr", block.cidr, problem)
    outer = _block(block.cidr)
    for i, text in enumerate(block.except_ if outer is not None else ()):
        if problem := cidr_problem(text):
            yield invalid(f"{path}.except[{i}]", text, problem)
        inner = _block(text)
        if outer is not None and inner is not None and not _strictly_inside(inner, outer):
            yield invalid(f"{path}.except[{i}]", text, "must be a strict subset of `cidr`")


def _block(text: str) -> IPNetwork | None:
    try:
        return parse_cidr(text)
    except ValueError:
        return None


def _strictly_inside(inner: IPNetwork, outer: IPNetwork) -> bool:
    return _unmapped(inner).network_address in _unmapped(outer) and inner.prefixlen > outer.prefixlen


def _unmapped(block: IPNetwork) -> IPNetwork:
    """Go takes an IPv4-mapped address for the IPv4 address."""
    address = block.network_address
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return block if mapped is None else ipaddress.IPv4Network((mapped, block.prefixlen - 96))


def selector_errors(selector: LabelSelector, path: str) -> Iterator[FieldError]:
    """What is wrong with any label selector; `path` is where it stands."""
    for key, value in selector.match_labels.items():
        yield from (invalid(f"{path}.matchLabels", key, problem) for problem in label_key_problems(key))
        yield from (invalid(f"{path}.matchLabels", value, problem) for problem in label_value_problems(value))
    for i, expression in enumerate(selector.match_expressions):
        here = f"{path}.matchExpressions[{i}]"
        if expression.operator in ("In", "NotIn"):
            if not expression.values:
                yield required(f"{here}.values", "must be specified when `operator` is 'In' or 'NotIn'")
        elif expression.operator in ("Exists", "DoesNotExist"):
            if expression.values:
                yield forbidden(f"{here}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
        else:
            yield invalid(f"{here}.operator", expression.operator, "not a valid selector operator")
        yield from (invalid(f"{here}.key", expression.key, problem) for problem in label_key_problems(expression.key))
        for j, value in enumerate(expression.values):
            yield from (invalid(f"{here}.values[{j}]", value, problem) for problem in label_value_problems(value))
