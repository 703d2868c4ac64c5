"""A pod failure policy, rule by rule, and what it says of one pod."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.api.batch import Job, PodFailurePolicyRule
from k8smodels.i18n import _
from k8smodels.views.html import Html, el, join
from k8smodels.views.isolation import grid

__all__ = ["rule_table", "rule_text"]


def rule_table(job: Job, matched: int | None) -> Html:
    """A row a rule, with the one at the position `matched` marked; those after it are not looked at."""
    policy = job.spec.pod_failure_policy
    rules = policy.rules if policy else ()
    rows: list[Sequence[Html | str]] = [
        (str(number), rule_text(rule), el("code", rule.action, class_="nw"), _verdict(number, matched))
        for number, rule in enumerate(rules)
    ]
    last = matched is None
    verdict = el("span", el("b", _("applies")), class_="v pick") if last else _not_asked()
    rows.append(("–", join([_("no rule matches")]), el("code", "Count", class_="nw"), verdict))
    return grid([_("rule"), _("is about"), _("action"), _("here")], rows, [len(rules) if matched is None else matched])


def rule_text(rule: PodFailurePolicyRule) -> Html:
    """What a rule asks, in the words of the API."""
    if rule.on_exit_codes is not None:
        codes = rule.on_exit_codes
        values = ", ".join(map(str, codes.values))
        who = codes.container_name or _("any container")
        return join([who, ": ", el("code", f"{codes.operator} [{values}]")])
    kinds = (f"{each.type}={each.status or 'True'}" for each in rule.on_pod_conditions)
    return join([_("condition"), " ", el("code", ", ".join(kinds))])


def _verdict(number: int, matched: int | None) -> Html:
    if number == matched:
        return el("span", el("b", _("matches")), class_="v pick")
    if matched is not None and number > matched:
        return _not_asked()
    return el("span", el("b", _("does not match")), class_="v no")


def _not_asked() -> Html:
    return el("span", _("not asked"), class_="muted")
