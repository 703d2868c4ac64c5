"""What ``kubectl get`` shows of a pod, and its conditions."""

from __future__ import annotations

from k8smodels.api.pod import Pod, PodCondition
from k8smodels.i18n import _
from k8smodels.runtime import pod_columns
from k8smodels.views.html import Html, el, join
from k8smodels.views.text import columns

__all__ = ["condition_table", "pod_line"]


def pod_line(pod: Pod) -> Html:
    """The line of ``kubectl get pods``, without the age."""
    found = pod_columns(pod)
    text = columns(["NAME", "READY", "STATUS", "RESTARTS"], [[pod.name, found.ready, found.status, found.restarts]])
    return el("div", el("pre", el("kbd", "kubectl get pods"), "\n", el("samp", text), tabindex="0"), class_="term")


def condition_table(pod: Pod) -> Html:
    """The pod's phase and conditions, with their reasons."""
    phase = el("tr", el("th", "phase", scope="row"), el("td", el("b", pod.status.phase)), el("td", ""))
    rows = [phase, *map(_condition, pod.status.conditions)]
    head = join(el("th", title, scope="col") for title in (_("what"), _("value"), _("why")))
    return el("table", el("thead", el("tr", head)), el("tbody", join(rows)))


def _condition(item: PodCondition) -> Html:
    mark = "ok" if item.status == "True" else "no"
    why = ": ".join(part for part in (item.reason, item.message) if part)
    value = el("span", el("b", item.status), class_=f"v {mark}")
    return el("tr", el("th", item.type, scope="row"), el("td", value), el("td", why))
