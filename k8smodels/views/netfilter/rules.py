"""Rules that a packet met in a chain, each with its yes or no."""

from __future__ import annotations

from k8smodels.i18n import _
from k8smodels.netfilter.explain import Visit
from k8smodels.netfilter.rule import Match, Rule
from k8smodels.netfilter.ways import AnyRule, Step
from k8smodels.views.html import Html, el, inline, join

__all__ = ["rule_list", "visit_summary"]

_MANY = 6
"""So many rules that did not match are shown; of more, the last ones."""


def rule_list(visit: Visit) -> Html:
    """The rules of a stay, in their order; those that matched are marked."""
    passed = {rule.position: _passed(rule, match) for rule, match in visit.passed}
    hidden = max(0, len(passed) - _MANY)
    shown = dict(sorted(passed.items())[hidden:])
    shown |= {step.rule.position: _met(step, step.rule) for step in visit.steps if step.rule}
    more = el("li", _("{n} rules that did not match").format(n=hidden), class_="muted") if hidden else None
    policies = [el("li", _("the policy of {chain}: drop").format(chain=visit.chain), class_="hit")]
    ends = policies if any(step.rule is None for step in visit.steps) else []
    return el("ol", more, join([*(shown[i] for i in sorted(shown)), *ends]), class_="rules")


def visit_summary(visit: Visit) -> str:
    """What happened in a stay, in a few words."""
    words = [_what(step.rule, step.outcome) for step in visit.steps if step.rule and step.outcome != "dice lost"]
    return "; ".join(words)


def _what(rule: AnyRule, outcome: str) -> str:
    if outcome.startswith("assumed"):
        return _("a question that is not modelled")
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


def _met(step: Step, rule: AnyRule) -> Html:
    if step.outcome == "dice lost":
        return el("li", _text(rule), el("small", _("no: the dice, {chance}").format(chance=step.chance)))
    why = _("matched") if step.chance == 1 else _("matched: the dice, {chance}").format(chance=step.chance)
    return el("li", _text(rule), el("small", why), class_="hit")


def _passed(rule: Rule, match: Match | None) -> Html:
    why = _("no: {question}").format(question=f"`{match.text}`") if match else _("no")
    return el("li", _text(rule), el("small", inline(why)))


def _text(rule: AnyRule) -> Html:
    """The rule with its number, and what it does in bold."""
    head, jump, tail = f" {rule.text.removeprefix(f'-A {rule.chain} ')}".rpartition(" -j ")
    return join([f"{rule.position}.{head if jump else tail} ", el("b", f"-j {tail}") if jump else None])
