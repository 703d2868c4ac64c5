"""The reader's own Services, from a dump of a cluster: who stands behind each, and who does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.kinds import load
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.service import Service
from k8smodels.i18n import _
from k8smodels.scenes.services import standings
from k8smodels.services import reconcile
from k8smodels.services.endpoints import selected_pods
from k8smodels.services.endpoints.ports import port_set
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.isolation import grid
from k8smodels.views.services import Standing, standing_table

MOST_SERVICES, MOST_PODS = 40, 20


@dataclass(frozen=True, slots=True)
class Finding:
    """A Service, its Pods, and whether the slices in the dump are those that the model makes.

    Attributes
    ----------
    same
        None if the dump has no slices of it, or no nodes, whose zones slices tell.
    """

    service: Service
    pods: tuple[Standing, ...]
    same: bool | None

    @property
    def taking(self) -> int:
        """How many Pods take new connections."""
        return sum(each.verdict == "ok" for each in self.pods)


def findings(text: str) -> list[Finding]:
    """What stands behind each Service with a selector in `text`.

    Raises
    ------
    ValueError
        It is no YAML or JSON of objects, or a Pod's address is none.
    """
    objects = load(text, keep_unknown=True)
    pods = [item for item in objects if isinstance(item, Pod)]
    nodes = [item for item in objects if isinstance(item, Node)]
    slices = [item for item in objects if isinstance(item, EndpointSlice)] if nodes else []
    services = [item for item in objects if isinstance(item, Service) and item.spec.selector]
    if not services:
        raise ValueError(_("Give Services with a selector, and their Pods and nodes."))
    return [_finding(service, pods, nodes or _nodes_of(pods), slices) for service in services]


def _nodes_of(pods: Iterable[Pod]) -> list[Node]:
    """Nodes without zones, if the dump has none."""
    names = dict.fromkeys(each.spec.node_name for each in pods if each.spec.node_name)
    return [Node(metadata=ObjectMeta(name=name)) for name in names]


def _finding(service: Service, pods: Sequence[Pod], nodes: Sequence[Node], slices: Sequence[EndpointSlice]) -> Finding:
    result = reconcile(service, pods, nodes)
    own = [each for each in slices if (each.namespace, each.service) == (service.namespace, service.name)]
    same = sorted(map(_content, own)) == sorted(map(_content, result.slices)) if own else None
    return Finding(service, tuple(standings(service, selected_pods(service, pods), result)), same)


def _content(item: EndpointSlice) -> str:
    """What a slice says: its family, its ports, its endpoints in any order; not its name or its times."""
    endpoints = sorted(str(each.to_json()) for each in item.endpoints)
    return f"{item.address_type} {port_set(item.ports)} {endpoints}"


def own(dump: str) -> Frame:
    """A row a Service, then the Pods that take no connections; errors as of `findings`."""
    found = findings(dump)
    rows = [_row(each) for each in found[:MOST_SERVICES]]
    idle = [pod for each in found for pod in each.pods if pod.verdict != "ok"]
    head = [_("Service"), _("take connections"), _("do not"), _("slices of the dump")]
    lonely = [each.service.name for each in found if not each.taking]
    says = (
        _("Nobody stands behind **{names}**.").format(names=", ".join(lonely[:MOST_SERVICES]))
        if lonely
        else _("Somebody stands behind each of these Services.")
    )
    return Frame(join([grid(head, rows), standing_table(idle[:MOST_PODS]) if idle else None]), says)


def _row(found: Finding) -> tuple[Html, str, str, Html]:
    same = {
        None: el("span", _("not compared"), class_="muted"),
        True: el("span", el("b", _("the same")), class_="v ok"),
        False: el("span", el("b", _("differ")), class_="v no"),
    }[found.same]
    name = el("b", f"{found.service.namespace}/{found.service.name}", class_="ob svc")
    return name, str(found.taking), str(len(found.pods) - found.taking), same
