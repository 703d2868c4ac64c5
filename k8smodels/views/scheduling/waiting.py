"""The scheduling queue: three places, and who waits in each."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.i18n import _
from k8smodels.scheduling.queue import QueuedPod, SchedulingQueue
from k8smodels.views.html import Html, el, join

__all__ = ["queue_board"]


def queue_board(queue: SchedulingQueue, *, trying: str = "") -> Html:
    """The pods in each place, in the order in which they are taken, with what they wait for.

    Parameters
    ----------
    queue
        The queue.
    trying
        Name of the pod that is in a scheduling cycle now.
    """
    tried = el("p", el("span", trying, class_="pill"), " ", _("is being tried"), class_="incoming") if trying else None
    places = (
        (_("active"), _("tried next, from the top"), queue.active),
        (_("backoff"), _("worth another try, but not yet"), queue.backoff),
        (_("unschedulable"), _("waits for an event"), queue.unschedulable),
    )
    columns = join(_place(name, words, pods, queue) for name, words, pods in places)
    return join([tried, el("div", columns, class_="domains")])


def _place(name: str, words: str, pods: Sequence[QueuedPod], queue: SchedulingQueue) -> Html:
    rows = join(_pod(queued, queue) for queued in pods) if pods else el("li", _("empty"), class_="muted")
    return el(
        "div", el("p", el("span", name), " ", el("small", words), class_="lane-h"), el("ol", rows, class_="board")
    )


def _pod(queued: QueuedPod, queue: SchedulingQueue) -> Html:
    until = queue.backoff_until(queued)
    failures = _("failed {n} times").format(n=queued.unschedulable_count) if queued.unschedulable_count else _("new")
    wait = (
        _("{failures}; not before second {until} is over").format(failures=failures, until=until) if until else failures
    )
    name = el("span", el("b", queued.pod.name, class_="ob pod"), class_="name")
    priority = el("small", _("priority {n}").format(n=queued.priority))
    return el("li", el("div", name, " ", priority, class_="top"), el("p", wait, class_="muted"))
