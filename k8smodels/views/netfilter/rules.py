"""Rules that a packet met in a chain, each with its yes or no."""

from __future__ import annotations

import re

from k8smodels.i18n import _
from k8smodels.netfilter.explain import Visit, nft_called
from k8smodels.netfilter.nft.ruleset import NftRule
from k8smodels.netfilter.rule import Rule
from k8smodels.netfilter.ways import AnyRule, Step
from k8smodels.views.html import Html, el, inline, join

__all__ = ["rule_list", "visit_summary"]

_MANY = 6
"""So many rules that did not match are shown; of more, the last ones."""


def rule_list(visit: Visit) -> Html:
    """The rules of a stay, in their order; those that matched are marked."""
    passed = {rule.position: _passed(rule, question) for rule, question in visit.passed}
    hidden = max(0, len(passed) - _MANY)
    shown = dict(sorted(passed.items())[hidden:])
    shown |= {step.rule.position: _met(step, step.rule) for step in visit.steps if step.rule}
    more = el("li", _("{n} rules that did not match").format(n=hidden), class_="muted") if hidden else None
    policies = [el("li", _("the policy of {chain}: drop").format(chain=visit.chain), class_="hit")]
    ends = policies if any(step.rule is None for step in visit.steps) else []
    return el("ol", more, join([*(shown[i] for i in sorted(shown)), *ends]), class_="rules")


def visit_summary(visit: Visit) -> str:
    """What happened in a stay, in a few words."""
    words = [_what(step, step.rule) for step in visit.steps if step.rule and step.outcome != "dice lost"]
    return "; ".join(words) or _("no rule matched")


def _what(step: Step, rule: AnyRule) -> str:
    if step.outcome.startswith("assumed"):
        return _("a question that is not modelled")
    if isinstance(rule, NftRule):
        return _nft_effect(step, rule)
    if not isinstance(rule, Rule):
        return rule.text
    return _TARGETS.get(rule.target, "→ {target}").format(target=rule.target, to=rule.options.get("to-destination", ""))


_TARGETS = {
    "DNAT": "DNAT {to}",
    "MASQUERADE": "MASQUERADE",
    "MARK": "MARK",
    "ACCEPT": "ACCEPT",
    "DROP": "DROP",
    "REJECT": "REJECT",
    "RETURN": "RETURN",
}


def _nft_effect(step: Step, rule: NftRule) -> str:
    """What a rule of nftables did to the packet, or the chain that it led to."""
    before, after = step.before, step.after
    if after.snat != before.snat:
        return "masquerade"
    if after.dnat != before.dnat:
        return f"dnat {after.dnat}"
    if after.mark != before.mark:
        return f"mark 0x{after.mark:x}"
    chain = nft_called(step)
    return f"→ {chain}" if chain else rule.text.partition(" comment ")[0]


def _met(step: Step, rule: AnyRule) -> Html:
    if step.outcome == "dice lost":
        return el("li", _text(rule), el("small", _("no: the dice, {chance}").format(chance=step.chance)))
    why = _("matched") if step.chance == 1 else _("matched: the dice, {chance}").format(chance=step.chance)
    found = [el("small", inline(_("found: {element}").format(element=f"`{each}`"))) for each in step.elements]
    return el("li", _text(rule), el("small", why), join(found), class_="hit")


def _passed(rule: AnyRule, question: str) -> Html:
    why = _("no: {question}").format(question=f"`{question}`") if question else _("no")
    return el("li", _text(rule), el("small", inline(why)))


_NFT_VERBS = re.compile(r"\b(?:jump|goto|vmap|dnat|masquerade|accept|drop|reject|mark set)\b")


def _text(rule: AnyRule) -> Html:
    """The rule with its number, and what it does in bold."""
    if isinstance(rule, NftRule):
        verb = _NFT_VERBS.search(rule.text)
        start, end = verb.span() if verb else (0, 0)
        return join([f"{rule.position}. {rule.text[:start]}", el("b", rule.text[start:end]), rule.text[end:]])
    head, jump, tail = f" {rule.text.removeprefix(f'-A {rule.chain} ')}".rpartition(" -j ")
    return join([f"{rule.position}.{head if jump else tail} ", el("b", f"-j {tail}") if jump else None])
