"""The one object that a figure or an exercise takes from its reader."""

from __future__ import annotations

from typing import TypeVar

from k8smodels.api.kinds import load
from k8smodels.api.meta import KubernetesObject
from k8smodels.i18n import _

K = TypeVar("K", bound=KubernetesObject)


def one_object(text: str, kind: type[K]) -> K:
    """The object of `kind` in `text`, not yet validated.

    Raises
    ------
    ValueError
        `text` is no YAML of exactly one such object.
    """
    objects = load(text)
    if len(objects) != 1 or not isinstance(objects[0], kind):
        raise ValueError(_("Give one {kind}.").format(kind=kind.kind))
    return objects[0]
