"""A node's network with a pod in it: interfaces, routes, rules and files, and what a step changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from k8smodels.i18n import _
from k8smodels.network.cni import HOST, Link, Netns, Node
from k8smodels.views.html import Html, el, join

__all__ = ["node_nest"]


def node_nest(node: Node, before: Node, pod: str) -> Html:
    """The node with the namespace `pod` in it; lines that were not there `before` are marked, gone ones struck out.

    Of rules only their number in each chain stands here.
    """
    head = el("p", el("b", _("node"), class_="ob node"), class_="h")
    return el("div", head, _groups(_of_node(node), _of_node(before)), _pod(node, before, pod), class_="nest node")


def _pod(node: Node, before: Node, pod: str) -> Html:
    if pod not in node.namespaces:
        return el("p", _("There is no network namespace of the Pod."), class_="muted")
    now, old = (_of_netns(item.namespaces.get(pod, Netns(()))) for item in (node, before))
    head = el("p", el("b", pod.rpartition("/")[2], class_="ob pod"), el("small", pod), class_="h")
    empty = el("p", _("nothing but lo"), class_="muted") if not any(now.values()) else None
    return el("div", head, _groups(now, old), empty, class_="in pod")


def _of_netns(netns: Netns) -> dict[str, list[str]]:
    """Lines by what they are about; ``lo`` is left out."""
    links = [_link(link) for link in netns.links if link.name != "lo"]
    return {_("interfaces"): links, _("routes"): [str(route) for route in netns.routes]}


def _of_node(node: Node) -> dict[str, list[str]]:
    found = _of_netns(node.host)
    for (program, table, chain), rules in node.host.chains.items():
        name = _("{program}, table {table}: rules in each chain").format(program=program, table=table)
        found.setdefault(name, []).append(f"{chain}: {len(rules)}")
    return {**found, _("files of plugins"): list(node.files)}


def _link(link: Link) -> str:
    words = [link.name, link.kind if link.kind != "device" else "", *link.addresses]
    if link.peer is not None:
        end = _("{name} of the node") if link.peer[0] == HOST else _("{name} of the Pod")
        words.append(f"⇄ {end.format(name=link.peer[1])}")
    remarks = [_("port of {bridge}").format(bridge=link.master)] if link.master else []
    remarks += [_("limited")] if any("tbf" in item for item in link.qdiscs) else []
    remarks += [] if link.up else [_("down")]
    return ", ".join([" ".join(word for word in words if word), *remarks])


def _groups(now: Mapping[str, Sequence[str]], before: Mapping[str, Sequence[str]]) -> Html:
    """Each group that has or had lines, under its name."""
    return join(_group(name, now.get(name, ()), before.get(name, ())) for name in {**now, **before})


def _group(name: str, now: Sequence[str], before: Sequence[str]) -> Html:
    if not now and not before:
        return join([])
    short = all(line.partition(": ")[2].isdigit() for line in (*now, *before))
    return join([el("small", name), el("ul", *_items(now, before), class_="procs" if short else "rules")])


def _items(now: Sequence[str], before: Sequence[str]) -> Iterable[Html]:
    """Lines that are new or changed are marked; gone is what nothing of the same first word replaces."""
    for line in now:
        yield el("li", el("mark", line)) if line not in before else el("li", line)
    left = {line.split()[0] for line in now}
    for line in before:
        if line.split()[0] not in left:
            yield el("li", el("del", line))
