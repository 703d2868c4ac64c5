"""A Pod's device and its other end on the node, as a drawing."""

from __future__ import annotations

from k8smodels.i18n import _
from k8smodels.views.html import Html, el, join

__all__ = ["cable_drawing"]


def cable_drawing(pod: str, node: str, bridge: str) -> Html:
    """A veth pair: `eth0` in `pod`, the other end on `bridge` of `node`."""
    says = _("A veth pair: one end is eth0 in the Pod {pod}, the other is on {node}, in the bridge {bridge}")
    return el(
        "svg",
        el("title", says.format(pod=pod, node=node, bridge=bridge)),
        join([*_boxes(), *_wires(), *_names(pod, node, bridge)]),
        class_="map",
        role="img",
        viewBox="0 0 360 122",
    )


def _boxes() -> list[Html]:
    return [
        el("rect", class_="box", height=96, width=348, x=6, y=20),
        el("rect", class_="podbox", height=56, rx=12, width=84, x=20, y=40),
        el("rect", class_="box", height=24, width=62, x=186, y=68),
    ]


def _wires() -> list[Html]:
    return [
        el("path", class_="wire", d="M104 80H186"),
        el("path", class_="wire", d="M248 80H276"),
        el("path", class_="ax", d="M276 36V104"),
    ]


def _names(pod: str, node: str, bridge: str) -> list[Html]:
    return [
        el("text", node, class_="b m", x=180, y=14),
        el("text", pod, class_="b m", x=62, y=58),
        el("text", "eth0", class_="m", x=62, y=84),
        el("text", _("veth pair"), class_="m dim", x=145, y=68),
        el("text", "veth…", class_="m", x=217, y=84),
        el("text", _("bridge"), class_="m dim", x=314, y=68),
        el("text", bridge, class_="m", x=314, y=84),
    ]
