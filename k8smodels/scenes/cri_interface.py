"""The container runtime interface itself: its methods, who speaks it, and how streams find their way."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.i18n import _, ngettext
from k8smodels.runtime import AttachRequest, ExecRequest, PortForwardRequest, call_path, cri_versions, stream_steps
from k8smodels.runtime.cri_methods import SERVICES, Method
from k8smodels.runtime.streaming import Request
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, join
from k8smodels.views.sequence import Actor, Message, sequence
from k8smodels.views.tables import table


def groups() -> tuple[str, ...]:
    """The groups of methods, in the order of the interface."""
    return tuple(dict.fromkeys(method.group for methods in SERVICES.values() for method in methods))


def methods(group: str) -> Frame:
    """The methods of one group, with what goes in and what comes out."""
    found = [(service, method) for service, listed in SERVICES.items() for method in listed if method.group == group]
    head = [_("method"), _("service"), _("asked with"), _("answered with")]
    rows = [
        [method.name, service, ", ".join(method.request_fields) or "–", _answer(method)] for service, method in found
    ]
    says = ngettext("{n} method in this group.", "{n} methods in this group.", len(found)).format(n=len(found))
    return Frame(table(head, rows), says)


def _answer(method: Method) -> str:
    fields = ", ".join(method.response_fields) or "–"
    return _("a stream of: {fields}").format(fields=fields) if method.server_streaming else fields


# The stack, then and now.


def stack(runtime: str, version: str) -> Frame:
    """Who calls whom from the kubelet to the process."""
    found = call_path(runtime, version)
    hops = [
        el(
            "li",
            el("span", el("b", hop.caller), " → ", el("b", hop.callee), class_="at"),
            el("small", hop.protocol),
            el("code", f" {hop.address}") if hop.address else None,
        )
        for hop in found.hops
    ]
    note = el("p", found.note, class_="muted") if found.note else None
    says = _("{n} calls from the kubelet to the process. The CNI plugins are called by **{caller}**. CRI: {versions}.")
    words = says.format(n=len(found.hops), caller=found.cni_caller, versions=", ".join(cri_versions(version)))
    return Frame(join([el("ol", join(hops), class_="walk"), note]), words)


# Streams.

STREAMS: Mapping[str, Request] = {
    "exec": ExecRequest("7c1f", ("ls", "/srv"), stdout=True),
    "attach": AttachRequest("7c1f", stdout=True),
    "port-forward": PortForwardRequest("9a0e", (8080,)),
}
STREAM_STEPS = 6
STREAM_ACTORS = (
    Actor("kubectl", "acct"),
    Actor("kube-apiserver", "cp"),
    Actor("kubelet", "node"),
    Actor("containerd", "ctr"),
)


def stream(kind: str, step: int) -> Frame:
    """Step `step` of a stream through the cluster."""
    container = "" if kind == "port-forward" else "app"
    steps = stream_steps(STREAMS[kind], namespace="default", pod="web", container=container)
    told = [Message(item.caller, item.callee, f"**{item.protocol}** `{item.what}`") for item in steps]
    return Frame(sequence(STREAM_ACTORS, told, step), _("Step {n}: {why}.").format(n=step + 1, why=steps[step].why))
