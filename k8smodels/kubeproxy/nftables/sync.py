"""A sync: one transaction, and the table afterwards.

References
----------
pkg/proxy/nftables/proxier.go: syncProxyRules (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from k8smodels.kubeproxy.nftables import names, shared
from k8smodels.kubeproxy.nftables.port_objects import PortObjects, port_objects
from k8smodels.kubeproxy.nftables.table import Elements, Rules, Table, Target, element
from k8smodels.kubeproxy.service_port import ServicePortName
from k8smodels.kubeproxy.state import ProxyState


@dataclass(frozen=True, slots=True)
class Sync:
    """The outcome of a sync.

    Attributes
    ----------
    transaction
        The commands that nft was given.
    kernel
        The table afterwards. Chains that are unused since this sync stand in it, empty: the kernel may still hold a
        reference to them. A sync at least a second later deletes them.
    ports
        What each port adds, for the next sync.
    """

    transaction: tuple[str, ...]
    kernel: Table
    ports: Mapping[ServicePortName, PortObjects]


def full_sync(state: ProxyState) -> Sync:
    """The first sync, into a kernel without a table of kube-proxy."""
    ports = {port.name: port_objects(port, state) for port in state.ports()}
    table = _table(state, ports.values(), stale=())
    return Sync(tuple(table.lines), table, ports)


def partial_sync(state: ProxyState, before: Sync, *, seconds_later: float = 0) -> Sync:
    """A sync after a change: only chains of Services that `state` names as updated, and elements that differ.

    Parameters
    ----------
    seconds_later
        The time since the last sync: after more than one second the chains that it left empty are deleted.
    """
    ports = {}
    for port in state.ports():
        known = None if port.name.service in state.updated else before.ports.get(port.name)
        ports[port.name] = known or port_objects(port, state)
    used = _rules(ports.values())
    old_stale = {chain for chain in before.kernel.chains if "/" in chain and not before.kernel.rules.get(chain)}
    newly_stale = {chain for chain in before.kernel.chains if "/" in chain and chain not in used} - old_stale
    kept = newly_stale | (set() if seconds_later > 1 else old_stale - used.keys())
    table = _table(state, ports.values(), kept)
    deleted = sorted(old_stale - kept - used.keys())
    return Sync(tuple(_transaction(before.kernel, table, sorted(newly_stale), deleted)), table, ports)


def _rules(ports: Iterable[PortObjects]) -> Rules:
    return {chain: rules for port in ports for chain, rules in port.rules.items()}


def _table(state: ProxyState, ports: Iterable[PortObjects], stale: Iterable[str]) -> Table:
    ports = list(ports)
    own_rules = _rules(ports)
    elements: dict[str, dict[str, Target]] = {names.NODE_PORT_IPS: shared.node_port_ips(state)}
    sets = dict(shared.sets(state))
    for port in ports:
        sets |= port.sets
        for container, found in port.elements.items():
            elements.setdefault(container, {}).update(found)
    chains = {**shared.CHAINS, **dict.fromkeys((*own_rules, *stale), "")}
    return Table(shared.ip_of(state), chains, sets, shared.maps(state), {**shared.rules(state), **own_rules}, elements)


def _transaction(before: Table, after: Table, newly_stale: list[str], deleted: list[str]) -> Iterator[str]:
    family = f"{after.family} {names.TABLE}"
    yield from (f"delete chain {family} {chain}" for chain in deleted)
    changed = [chain for chain in after.rules if after.rules[chain] != before.rules.get(chain)]
    for chain in changed:
        yield f"add chain {family} {chain}"
        yield f"flush chain {family} {chain}"
    yield from (f"add set {family} {name} {after.sets[name]}" for name in after.sets if name not in before.sets)
    yield from (f"add rule {family} {chain} {rule}" for chain in changed for rule in after.rules[chain])
    yield from (f"flush chain {family} {chain}" for chain in newly_stale)
    yield from (f"delete set {family} {name}" for name in before.sets if name not in after.sets)
    yield from _element_changes(before.elements, after.elements, family)


def _element_changes(before: Elements, after: Elements, family: str) -> Iterator[str]:
    """An element that leads elsewhere is deleted and added again."""
    for container in sorted({*before, *after}):
        old, new = before.get(container, {}), after.get(container, {})
        for key in [key for key in old if new.get(key) != old[key]]:
            yield f"delete element {family} {container} {{ {key} }}"
        for key in [key for key in new if new[key] != old.get(key)]:
            yield f"add element {family} {container} {{ {element(key, new[key])} }}"
