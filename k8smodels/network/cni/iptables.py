"""Chains and rules of iptables in the host's namespace, as plugins add and remove them.

References
----------
github.com/containernetworking/plugins v1.9.1: pkg/utils/{utils,iptables}.go
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from k8smodels.network.cni.effects import Effect
from k8smodels.network.cni.node import HOST, Netns, Node

_LONGEST_CHAIN_NAME = 28


def hashed_name(prefix: str, network: str, container_id: str, length: int = _LONGEST_CHAIN_NAME) -> str:
    """A name that is always the same for a network's container: prefix and hash, cut to `length`."""
    digest = hashlib.sha512(f"{network}{container_id}".encode(errors="replace")).hexdigest()
    return f"{prefix}{digest}"[:length]


def has_chain(node: Node, program: str, table: str, chain: str) -> bool:
    """Whether the chain was made."""
    return (program, table, chain) in node.host.chains


def rules_of(node: Node, program: str, table: str, chain: str) -> tuple[str, ...]:
    """The rules of a chain, in the form of ``iptables -S`` without ``-A CHAIN``."""
    return node.host.chains.get((program, table, chain), ())


def new_chain(program: str, table: str, chain: str) -> Effect:
    """An empty chain."""
    return _effect(f"{program} -t {table} -N {chain}", program, table, chain, ())


def add_rule(node: Node, program: str, table: str, chain: str, rule: str, *, first: bool = False) -> Effect:
    """A rule at the end of a chain, or as its first."""
    rules = rules_of(node, program, table, chain)
    now = (rule, *rules) if first else (*rules, rule)
    return _effect(f"{program} -t {table} -{'I' if first else 'A'} {chain} {rule}", program, table, chain, now)


def delete_rule(node: Node, program: str, table: str, chain: str, rule: str) -> Effect:
    """A rule less."""
    now = tuple(item for item in rules_of(node, program, table, chain) if item != rule)
    return _effect(f"{program} -t {table} -D {chain} {rule}", program, table, chain, now)


def delete_chain(program: str, table: str, chain: str) -> Effect:
    """A chain less, with its rules."""
    return _effect(f"{program} -t {table} -F {chain}; {program} -t {table} -X {chain}", program, table, chain, None)


def _effect(command: str, program: str, table: str, chain: str, rules: tuple[str, ...] | None) -> Effect:
    key = (program, table, chain)

    def change(netns: Netns) -> Netns:
        left = {name: held for name, held in netns.chains.items() if name != key or rules is not None}
        return replace(netns, chains=left if rules is None else {**left, key: rules})

    return Effect(HOST, command, lambda node: node.with_netns(HOST, change))
