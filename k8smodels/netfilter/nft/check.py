"""Whether every jump of a table leads somewhere, and none in a circle.

References
----------
Linux net/netfilter/nf_tables_api.c: nft_chain_validate
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from k8smodels.netfilter.calls import CircleError, call_depths
from k8smodels.netfilter.nft.ruleset import NftRule, NftTable
from k8smodels.netfilter.tables import DumpError


def check_jumps(table: NftTable) -> None:
    """Every jump, goto, set and map must be there, and no jump may lead in a circle."""
    calls: dict[str, set[str]] = {}
    values = [value for each in table.collections.values() for value in each.elements.values()]
    for chain in table.chains.values():
        for rule in chain.rules:
            calls.setdefault(chain.name, set()).update(_called(table, rule))
            for word in rule.words:
                if word.startswith("@") and word[1:] not in table.collections and not word.startswith("@th"):
                    raise DumpError(rule.line, f"{word[:60]}: the table {table.name} has no such set or map")
    for target in filter(None, map(_target, (value.split() for value in values))):
        if target not in table.chains:
            raise DumpError(0, f"an element of a map leads to {target[:60]}: the table {table.name} has no such chain")
    _check_loops(table, calls)


def _target(words: Sequence[str]) -> str:
    return words[1] if len(words) == 2 and words[0] in ("jump", "goto") else ""


def _called(table: NftTable, rule: NftRule) -> Iterator[str]:
    for verb, name in zip(rule.words, rule.words[1:], strict=False):
        if verb in ("jump", "goto"):
            if name not in table.chains:
                raise DumpError(rule.line, f"{verb} {name[:60]}: the table {table.name} has no such chain")
            yield name
        elif verb == "vmap" and name.startswith("@"):
            collection = table.collections.get(name[1:])
            yield from (
                filter(None, (_target(value.split()) for value in collection.elements.values())) if collection else ()
            )


def _check_loops(table: NftTable, calls: dict[str, set[str]]) -> None:
    try:
        call_depths({name: sorted(calls.get(name, ())) for name in table.chains})
    except CircleError as circle:
        raise DumpError(0, f"a loop in the table {table.name}: {circle}") from None
