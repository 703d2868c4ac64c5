"""Role-based access control: who may do what, by which binding and which rule, and who else may."""

from k8smodels.accounts.rbac.aggregation import aggregated
from k8smodels.accounts.rbac.authorizer import Authorization, Grant, authorize, can, grants, who_can
from k8smodels.accounts.rbac.policy import Binding, Policy, RoleNotFoundError, applies_to, subjects_of, user_of
from k8smodels.accounts.rbac.requests import Attributes, attributes_of, forbidden_message
from k8smodels.accounts.rbac.rules import rule_allows
from k8smodels.accounts.rbac.validation import validate_rbac

__all__ = [
    "Attributes",
    "Authorization",
    "Binding",
    "Grant",
    "Policy",
    "RoleNotFoundError",
    "aggregated",
    "applies_to",
    "attributes_of",
    "authorize",
    "can",
    "forbidden_message",
    "grants",
    "rule_allows",
    "subjects_of",
    "user_of",
    "validate_rbac",
    "who_can",
]
