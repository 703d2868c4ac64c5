"""The RBAC authorizer: rights only add up, nothing is ever taken away, and whatever no rule allows is not allowed.

Left out: the authorizers beside it (node, webhook, and the one that lets the group ``system:masters`` do everything).
Bindings are asked in the order in which they are given; the API server's order is that of its cache.

References
----------
plugin/pkg/auth/authorizer/rbac/rbac.go: Authorize; pkg/registry/rbac/validation/rule.go: VisitRulesFor (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from k8smodels.accounts.rbac.policy import Binding, Policy, RoleNotFoundError, applies_to, describe, subjects_of
from k8smodels.accounts.rbac.requests import Attributes, attributes_of
from k8smodels.accounts.rbac.rules import rule_allows
from k8smodels.accounts.users import User
from k8smodels.api.errors import aggregate_text
from k8smodels.api.rbac import PolicyRule, Subject


@dataclass(frozen=True, slots=True)
class Grant:
    """Why something is allowed.

    Attributes
    ----------
    binding
        The binding.
    subject
        Whom it names, an account with its namespace.
    rule
        The rule of its role that allows the request.
    """

    binding: Binding
    subject: Subject
    rule: PolicyRule

    def __str__(self) -> str:
        return describe(self.binding, self.subject)


@dataclass(frozen=True, slots=True)
class Authorization:
    """The authorizer's answer.

    Attributes
    ----------
    grant
        The first rule found that allows the request; None if no rule does.
    dangling
        Bindings of this user whose role was looked for and not found.
    errors
        What the API server says of each of them.
    """

    grant: Grant | None = None
    dangling: tuple[Binding, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether a rule allows the request."""
        return self.grant is not None

    @property
    def reason(self) -> str:
        """The reason in the API server's words; a refusal has one only where roles were not found."""
        if self.grant:
            return f"RBAC: allowed by {self.grant}"
        return f"RBAC: {aggregate_text(self.errors)}" if self.errors else ""


def authorize(policy: Policy, user: User, request: Attributes) -> Authorization:
    """Whether `user` may do what is asked, by the first rule that allows it.

    Parameters
    ----------
    policy
        All roles and bindings.
    user
        Who asks, with all groups that authentication gives; see `authenticated`.
    request
        What is asked.
    """
    dangling, errors = list[Binding](), list[str]()
    for binding in policy.bindings(request.namespace):
        subject = next((each for each in subjects_of(binding) if applies_to(each, user)), None)
        if subject is None:
            continue
        try:
            rules = policy.rules_of(binding)
        except RoleNotFoundError as error:
            dangling.append(binding)
            errors.append(str(error))
            continue
        for rule in rules:
            if rule_allows(rule, request):
                return Authorization(Grant(binding, subject, rule), tuple(dangling), tuple(errors))
    return Authorization(None, tuple(dangling), tuple(errors))


def can(policy: Policy, user: User, verb: str, target: str, *, namespace: str = "", name: str = "") -> Authorization:
    """As `authorize`, for a request as ``kubectl auth can-i`` takes it; see `attributes_of`.

    Raises
    ------
    FieldError
        The verb or the target is empty.
    """
    return authorize(policy, user, attributes_of(verb, target, namespace=namespace, name=name))


def grants(policy: Policy, request: Attributes) -> Iterator[Grant]:
    """Each subject of each binding that allows `request`, with the first rule that does."""
    for binding in policy.bindings(request.namespace):
        try:
            rules = policy.rules_of(binding)
        except RoleNotFoundError:
            continue
        rule = next((rule for rule in rules if rule_allows(rule, request)), None)
        if rule is not None:
            yield from (Grant(binding, subject, rule) for subject in subjects_of(binding))


def who_can(policy: Policy, verb: str, target: str, *, namespace: str = "", name: str = "") -> tuple[Grant, ...]:
    """Everybody who may do it, and why: the inverse of `can`. Errors as there."""
    request = attributes_of(verb, target, namespace=namespace, name=name)
    return tuple(grants(policy, request))
