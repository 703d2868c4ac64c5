"""What ``kubectl get`` shows of a pod, and its conditions."""

from __future__ import annotations

from collections.abc import Iterable

from k8smodels.api.pod import Pod, PodCondition
from k8smodels.i18n import _
from k8smodels.runtime import explain_exit_code, pod_columns, pod_phase
from k8smodels.views.html import Html, el, join
from k8smodels.views.text import columns

__all__ = ["condition_table", "pod_line", "pods_explained"]


def pod_line(pod: Pod) -> Html:
    """The line of ``kubectl get pods``, without the age."""
    found = pod_columns(pod)
    text = columns(["NAME", "READY", "STATUS", "RESTARTS"], [[pod.name, found.ready, found.status, found.restarts]])
    return el("div", el("pre", el("kbd", "kubectl get pods"), "\n", el("samp", text), tabindex="0"), class_="term")


def condition_table(pod: Pod) -> Html:
    """The pod's phase and conditions, with their reasons."""
    phase = el("tr", el("th", "phase", scope="row"), el("td", el("b", pod.status.phase), class_="nw"), el("td", ""))
    rows = [phase, *map(_condition, pod.status.conditions)]
    head = join(el("th", title, scope="col") for title in (_("what"), _("value"), _("why")))
    return el("table", el("thead", el("tr", head)), el("tbody", join(rows)))


def _condition(item: PodCondition) -> Html:
    mark = "ok" if item.status == "True" else "no"
    why = ": ".join(part for part in (item.reason, item.message) if part)
    value = el("span", el("b", item.status), class_=f"v {mark}")
    return el("tr", el("th", item.type, scope="row"), el("td", value, class_="nw"), el("td", why))


def pods_explained(pods: Iterable[Pod]) -> str:
    """Two lines a pod, as text: what ``kubectl get pods`` shows, then why it has its phase and how containers ended."""
    shown = [(pod, pod_columns(pod)) for pod in pods]
    rows = [[pod.name, found.ready, found.status, found.restarts] for pod, found in shown]
    head, *lines = columns(["NAME", "READY", "STATUS", "RESTARTS"], rows).splitlines()
    return "\n".join([head, *(f"{line}\n{_why(pod)}" for line, (pod, _found) in zip(lines, shown, strict=True))])


def _why(pod: Pod) -> str:
    result = pod_phase(pod)
    lines = [_("{phase}: {why}").format(phase=result.phase, why=result.reason)]
    for item in (*pod.status.init_container_statuses, *pod.status.container_statuses):
        ended = item.state.terminated or item.last_state.terminated
        if ended is not None:
            found = explain_exit_code(ended.exit_code, oom_killed=ended.reason == "OOMKilled")
            lines.append(
                _("{container} ended with {code}: {meaning}").format(
                    container=item.name, code=ended.exit_code, meaning=found.meaning
                )
            )
    return "\n".join(f"    {line}" for line in lines)
