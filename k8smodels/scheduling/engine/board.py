"""Bringing rules about pods together with the pods that they mean, without trying each with each.

Most selectors ask for one value of one label, such as ``app: web``. So only pods with that label need to be looked at,
and for a pod only the rules that ask for a label it has, and those few that ask for none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from k8smodels.api.selectors import Selector
from k8smodels.scheduling.pod_info import PodInfo

T = TypeVar("T")
Label = tuple[str, str]


def needed_label(selector: Selector) -> Label | None:
    """A label that everything has which `selector` selects; None if there is no such label.

    Examples
    --------
    >>> from k8smodels.api.selectors import selector_from_set
    >>> needed_label(selector_from_set({"app": "web"}))
    ('app', 'web')
    """
    for requirement in selector.requirements:
        if requirement.operator in ("=", "==", "in") and len(requirement.values) == 1:
            return requirement.key, requirement.values[0]
    return None


class Board(Generic[T]):
    """A board where things are posted that concern some pods."""

    def __init__(self) -> None:
        self._things: dict[Label | None, list[tuple[Callable[[PodInfo], bool], T]]] = defaultdict(list)
        self._readers: dict[Label | None, list[tuple[PodInfo, list[T]]]] = defaultdict(list)

    def post(self, thing: T, selector: Selector, concerns: Callable[[PodInfo], bool]) -> Sequence[PodInfo]:
        """Post `thing` for the pods that it `concerns`, all of which `selector` selects. Returns those that read."""
        label = needed_label(selector)
        self._things[label].append((concerns, thing))
        found = [(pod, things) for pod, things in self._readers.get(label, ()) if concerns(pod)]
        for _, things in found:
            things.append(thing)
        return [pod for pod, _ in found]

    def read(self, pod: PodInfo) -> list[T]:
        """What concerns `pod`; the list grows when more is posted."""
        found: list[T] = []
        for label in (None, *pod.labels.items()):
            found += [thing for concerns, thing in self._things.get(label, ()) if concerns(pod)]
            self._readers[label].append((pod, found))
        return found
