"""Whether one rule of a role allows a request.

References
----------
pkg/apis/rbac/v1/evaluation_helpers.go; plugin/pkg/auth/authorizer/rbac/rbac.go: RuleAllows (v1.37)
"""

from __future__ import annotations

from k8smodels.accounts.rbac.requests import Attributes
from k8smodels.api.rbac import PolicyRule

ALL = "*"


def rule_allows(rule: PolicyRule, request: Attributes) -> bool:
    """Whether every part of `request` stands in `rule`. Upper and lower case differ."""
    if request.path:
        return verb_matches(rule, request.verb) and non_resource_url_matches(rule, request.path)
    return (
        verb_matches(rule, request.verb)
        and api_group_matches(rule, request.api_group)
        and resource_matches(rule, request)
        and resource_name_matches(rule, request.name)
    )


def verb_matches(rule: PolicyRule, verb: str) -> bool:
    """Whether the rule names the verb, or all of them. ``get`` includes neither ``list`` nor ``watch``."""
    return ALL in rule.verbs or verb in rule.verbs


def api_group_matches(rule: PolicyRule, group: str) -> bool:
    """Whether the rule names the group, or all of them."""
    return ALL in rule.api_groups or group in rule.api_groups


def resource_matches(rule: PolicyRule, request: Attributes) -> bool:
    """Whether the rule names the resource with its subresource.

    ``pods`` does not include ``pods/log``, and ``pods/*`` means nothing; ``*/scale`` is that subresource of every
    resource, and ``*`` is everything.
    """
    wanted = {ALL, request.combined_resource}
    if request.subresource:
        wanted.add(f"*/{request.subresource}")
    return not wanted.isdisjoint(rule.resources)


def resource_name_matches(rule: PolicyRule, name: str) -> bool:
    """Whether the rule is for objects of any name, or names this one; a request without a name is for none of them."""
    return not rule.resource_names or name in rule.resource_names


def non_resource_url_matches(rule: PolicyRule, path: str) -> bool:
    """Whether the rule names the path, or one that ends in ``*`` and begins like it."""
    return any(_path_matches(url, path) for url in rule.non_resource_urls)


def _path_matches(url: str, path: str) -> bool:
    return url == path or (url.endswith(ALL) and path.startswith(url.rstrip(ALL)))
