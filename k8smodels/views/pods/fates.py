"""What outlives an event, and why."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.i18n import _
from k8smodels.pods import Fate, Thing
from k8smodels.views.html import Html, el
from k8smodels.views.isolation import grid

__all__ = ["fate_table", "thing_words"]


def fate_table(found: Sequence[Fate]) -> Html:
    """One row a thing."""
    rows = [(thing_words()[each.thing], _verdict(each), each.reason) for each in found]
    return grid([_("what"), _("afterwards"), _("why")], rows)


def _verdict(each: Fate) -> Html:
    return el("span", el("b", _("there") if each.survives else _("lost")), class_="v ok" if each.survives else "v no")


def thing_words() -> dict[Thing, str]:
    """What a pod has, in words."""
    return {
        Thing.PROCESSES: _("its processes"),
        Thing.WRITABLE_LAYER: _("files in the writable layer"),
        Thing.NETWORK_NAMESPACE: _("its address"),
        Thing.IPC_OBJECTS: _("message queues and /dev/shm"),
        Thing.MEMORY_DIRECTORY: _("emptyDir in memory"),
        Thing.EMPTY_DIRECTORY: _("emptyDir"),
        Thing.UID: _("the Pod's uid"),
        Thing.HOST_PATH: _("hostPath"),
        Thing.CLAIMED_VOLUME: _("a claimed volume"),
    }
