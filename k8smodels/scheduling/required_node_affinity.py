"""Which nodes a pod's own rules leave: its node selector and its required node affinity.

References
----------
staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from k8smodels.api.affinity import NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.selectors import NOTHING, Operator, Selector, SelectorError, requirement, selector_of

_OPERATORS: Mapping[str, Operator] = {
    "In": "in",
    "NotIn": "notin",
    "Exists": "exists",
    "DoesNotExist": "!",
    "Gt": "gt",
    "Lt": "lt",
}


@dataclass(frozen=True, slots=True)
class Term:
    """A term of node affinity, ready to be matched.

    Attributes
    ----------
    labels
        What the node's labels must be.
    fields
        What the node's name must be, the only field there is.
    """

    labels: Selector
    fields: tuple[NodeSelectorRequirement, ...]

    @classmethod
    def of(cls, term: NodeSelectorTerm) -> Term:
        """`term`. One without any condition, or with one that cannot be read, matches nothing."""
        if not term.match_expressions and not term.match_fields:
            return NO_NODE
        try:
            labels = selector_of(
                requirement(item.key, _OPERATORS[item.operator], item.values) for item in term.match_expressions
            )
        except (SelectorError, KeyError):
            return NO_NODE
        readable = all(item.operator in ("In", "NotIn") and len(item.values) == 1 for item in term.match_fields)
        return cls(labels, term.match_fields) if readable else NO_NODE

    def matches(self, node: Node) -> bool:
        """Whether all conditions hold for `node`."""
        return self.labels.matches(node.metadata.labels) and all(_field_matches(item, node) for item in self.fields)


NO_NODE = Term(NOTHING, ())


@dataclass(frozen=True, slots=True)
class RequiredNodeAffinity:
    """A pod's rules about its node.

    Attributes
    ----------
    selector
        ``spec.nodeSelector``: labels that must all be there.
    terms
        The required terms of node affinity, of which one must match; None if there is no such rule.
    """

    selector: Mapping[str, str]
    terms: tuple[Term, ...] | None

    @classmethod
    def of(cls, pod: Pod) -> RequiredNodeAffinity:
        """The rules of `pod`."""
        affinity = pod.spec.affinity.node_affinity if pod.spec.affinity else None
        return cls(pod.spec.node_selector, required_terms(affinity))

    def matches(self, node: Node) -> bool:
        """Whether `node` obeys them."""
        labels = node.metadata.labels
        if any(labels.get(key) != value for key, value in self.selector.items()):
            return False
        return self.terms is None or matches_any(self.terms, node)


def required_terms(affinity: NodeAffinity | None) -> tuple[Term, ...] | None:
    """The required terms of `affinity`; None if it has no such rule."""
    rule = affinity.required_during_scheduling_ignored_during_execution if affinity else None
    return tuple(map(Term.of, rule.node_selector_terms)) if rule else None


def preferred_terms(affinity: NodeAffinity | None) -> tuple[tuple[int, Term], ...]:
    """The wishes of `affinity` with their weights."""
    wishes = affinity.preferred_during_scheduling_ignored_during_execution if affinity else ()
    return tuple((wish.weight, Term.of(wish.preference)) for wish in wishes)


def matches_any(terms: Iterable[Term], node: Node) -> bool:
    """Whether one of `terms` matches: they are alternatives."""
    return any(term.matches(node) for term in terms)


def _field_matches(condition: NodeSelectorRequirement, node: Node) -> bool:
    value = node.name if condition.key == "metadata.name" else ""
    return (value in condition.values) == (condition.operator == "In")
