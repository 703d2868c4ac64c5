"""Topology domains: how many matching pods each has, and what one more would do to the skew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from k8smodels.i18n import _
from k8smodels.scheduling import Cluster, Decision
from k8smodels.views.html import Html, el, join
from k8smodels.views.scheduling.board import incoming, verdict

__all__ = ["domain_board"]


def domain_board(decision: Decision, cluster: Cluster, *, key: str, counts: Mapping[str, int]) -> Html:
    """The nodes of `cluster` grouped by the values of the label `key`.

    Parameters
    ----------
    decision, cluster
        A decision and the cluster that it was made for.
    key
        The label whose values are the domains.
    counts
        Matching pods a domain.
    """
    least = min(counts.values(), default=0)
    domains = join(_domain(value, counts, least, decision, cluster, key) for value in counts)
    return join([incoming(decision, ("cpu",)), el("div", domains, class_="domains")])


def _domain(value: str, counts: Mapping[str, int], least: int, decision: Decision, cluster: Cluster, key: str) -> Html:
    count = counts[value]
    words = _("{count} here, {least} in the emptiest: skew {skew} with one more").format(
        count=count, least=least, skew=count + 1 - least
    )
    members = [result for result in decision.nodes if cluster.node_infos[result.node].labels.get(key) == value]
    nodes = join(_node(result.node, decision, cluster) for result in members)
    return el(
        "div", el("p", el("span", value), " ", el("small", words), class_="lane-h"), el("ol", nodes, class_="board")
    )


def _node(name: str, decision: Decision, cluster: Cluster) -> Html:
    result = decision.result(name)
    pods: Sequence[str] = [pod.pod.name for pod in cluster.node_infos[name].pods]
    shown = (
        join(el("li", el("b", pod, class_="ob pod")) for pod in pods) if pods else el("li", _("empty"), class_="muted")
    )
    top = el(
        "div", el("span", el("b", name, class_="ob node"), class_="name"), " ", verdict(result, decision), class_="top"
    )
    return el("li", top, el("ul", shown, class_="procs"), class_="on" if name == decision.node else None)
