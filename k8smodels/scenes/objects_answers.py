"""Scenes of the chapter *Objects*: requests that the API server refuses, and its words."""

from __future__ import annotations

from typing import NamedTuple

from k8smodels.controlplane import Cluster, StatusError
from k8smodels.controlplane.admission import decode
from k8smodels.i18n import _
from k8smodels.scenes.objects import WEB
from k8smodels.views.controlplane.answers import printed
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, join

__all__ = ["ANSWERS", "answered"]


class _Request(NamedTuple):
    """A command, what it reads, and what a reader should see in the answer."""

    command: str
    stdin: str
    about: str


_OTHER_NAMESPACE = WEB.replace("name: web\n", "name: web\n  namespace: shop\n", 1)


def _answers() -> dict[str, _Request]:
    apply = "kubectl apply -f -"
    return {
        "an unknown field": _Request(
            apply,
            WEB.replace("replicas:", "replica:"),
            _("**400**: the field exists in no version. Without this check the default, 1, would be stored."),
        ),
        "a wrong type": _Request(
            apply, WEB.replace("replicas: 3", "replicas: three"), _("**400**: the body cannot even be read.")
        ),
        "labels that the selector misses": _Request(
            apply,
            WEB.replace("      labels: {app: web}", "      labels: {app: shop}"),
            _("**422**: readable, and senseless. The Deployment would never find its own Pods."),
        ),
        "two mistakes": _Request(
            apply,
            WEB.replace("replicas: 3", "replicas: -3").replace("name: web", "name: Web", 1),
            _("**422**: all mistakes are told together."),
        ),
        "a kind of old days": _Request(
            apply,
            WEB.replace("apps/v1", "extensions/v1beta1"),
            _("kubectl asks the server for its kinds first: this version is no longer served."),
        ),
        "a namespace that is missing": _Request(
            apply, _OTHER_NAMESPACE, _("**404**: namespaces are not made on the way.")
        ),
        "create what exists": _Request(
            "kubectl create -f -",
            WEB,
            _("**409**: within a namespace and a kind a name belongs to one object."),
        ),
        "the same again": _Request(apply, WEB, _("Not refused: apply compares, and there is nothing to change.")),
        "another selector": _Request(
            apply,
            WEB.replace("{app: web}", "{app: shop}"),
            _("**422**: some fields can be set once only."),
        ),
        "delete kube-system": _Request(
            "kubectl delete namespace kube-system", "", _("**403**: whoever asks, this one may not go.")
        ),
        "delete what is not there": _Request("kubectl delete pod nobody", "", _("**404**.")),
    }


ANSWERS = tuple(_answers())
"""Requests to try."""


def answered(request: str) -> Frame:
    """What kubectl prints, on a cluster that has the Deployment `web`."""
    asked = _answers()[request]
    cluster = Cluster.of(2)
    if request in ("the same again", "another selector", "create what exists"):
        cluster.apply(WEB)
        cluster.run(5)
    creates = asked.command.startswith("kubectl create")
    output = _created(cluster, asked.stdin) if creates else cluster.kubectl(asked.command, asked.stdin)
    changed = [
        el("ins", line) if line not in WEB.splitlines() else el("span", line) for line in asked.stdin.splitlines()
    ]
    parts = [printed(asked.command, output)]
    if changed:
        parts.insert(
            0,
            el(
                "div",
                el("pre", join(changed)),
                el("p", _("What is sent; + marks what differs from the Deployment of this chapter.")),
                class_="hunk",
            ),
        )
    return Frame(join(parts), asked.about)


def _created(cluster: Cluster, manifest: str) -> str:
    """What ``kubectl create`` prints."""
    (item,) = decode(manifest)
    try:
        cluster.create(item)
    except StatusError as error:
        return str(StatusError(error.reason, error.code, f'error when creating "STDIN": {error.message}'))
    return _("created")
