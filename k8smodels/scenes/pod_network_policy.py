"""NetworkPolicies of the chapter: five pods, policies to switch on, and policies of the reader."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from k8smodels.api.kinds import load
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.network_policy import NetworkPolicy
from k8smodels.api.validation import validate
from k8smodels.i18n import _
from k8smodels.network.policy import Cluster, Port, cluster_of, may_talk, reachability
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, inline, join
from k8smodels.views.network import policy_matrix, row_reasons

PORT = Port(5432)

PODS = """
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: sales}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: ops, labels: {team: ops}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}},
 spec: {nodeName: node-1, containers: [{name: main, image: web}]}, status: {podIP: 10.244.1.2}}
---
{apiVersion: v1, kind: Pod, metadata: {name: api, namespace: shop, labels: {app: api}},
 spec: {nodeName: node-1, containers: [{name: main, image: api}]}, status: {podIP: 10.244.1.3}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}},
 spec: {nodeName: node-2, containers: [{name: main, image: db}]}, status: {podIP: 10.244.2.2}}
---
{apiVersion: v1, kind: Pod, metadata: {name: backup, namespace: ops, labels: {app: backup}},
 spec: {nodeName: node-2, containers: [{name: main, image: backup}]}, status: {podIP: 10.244.2.3}}
---
{apiVersion: v1, kind: Pod, metadata: {name: guest, namespace: ops, labels: {app: guest}},
 spec: {nodeName: node-1, containers: [{name: main, image: guest}]}, status: {podIP: 10.244.1.4}}
"""
"""Three pods of the namespace shop, two of the namespace ops."""

DENY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-ingress, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress]
"""
ALLOW = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db-from-api, namespace: shop}
spec:
  podSelector:
    matchLabels: {app: db}
  policyTypes: [Ingress]
  ingress:
  - from:
    - podSelector:
        matchLabels: {app: api}
    ports:
    - port: 5432
"""
EGRESS = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api-egress, namespace: shop}
spec:
  podSelector:
    matchLabels: {app: api}
  policyTypes: [Egress]
  egress:
  - to:
    - podSelector:
        matchLabels: {app: web}
"""
AND = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector:
    matchLabels: {app: db}
  ingress:
  - from:
    - namespaceSelector:
        matchLabels: {team: ops}
      podSelector:
        matchLabels: {app: backup}
"""
OR = AND.replace(
    "      podSelector:\n        matchLabels: {app: backup}", "    - podSelector:\n        matchLabels: {app: backup}"
)
_BAD = AND.replace("{team: ops}", "{team: ops, app: -backup-}")
SOURCES = ("web", "api", "backup", "guest")


@cache
def pods() -> tuple[KubernetesObject, ...]:
    """The pods and their namespaces."""
    return tuple(load(PODS))


def cases() -> dict[str, str]:
    """Policies to start from."""
    return {
        _("one entry with two selectors"): AND,
        _("two entries"): OR,
        _("a refused one"): _BAD,
        _("deny all ingress"): DENY,
    }


def cluster(texts: Sequence[str]) -> Cluster:
    """The pods with the policies in `texts`.

    Raises
    ------
    ValueError
        The API server would refuse an object, or one is of another kind.
    """
    policies = [item for text in texts for item in load(text)]
    for item in policies:
        validate(item)
    return cluster_of([*pods(), *(item for item in policies if isinstance(item, NetworkPolicy))])


def written(text: str) -> Frame:
    """Who may connect to whom under policies that the reader wrote, and why to `db`."""
    made = cluster([text])
    to_db = [may_talk(made, party.name, "shop/db", PORT) for party in made.pods if party.name != "shop/db"]
    names = ", ".join(one.connection.source.name for one in to_db if one.allowed) or _("nobody")
    reasons = el("ul", join(el("li", one.connection.source.name, ": ", one.reasons[-1]) for one in to_db))
    drawn = policy_matrix(reachability(made, [PORT]), PORT)
    return Frame(join([drawn, reasons]), _("**db** can be reached by: {names}.").format(names=names))


def switched(deny: bool, allow: bool, egress: bool, source: str) -> Frame:
    """Who may connect to whom under the policies that are switched on, and why `source` may or may not."""
    made = cluster([text for text, on in ((DENY, deny), (ALLOW, allow), (EGRESS, egress)) if on])
    reach = reachability(made, [PORT])
    start = next(party.name for party in made.pods if party.name.endswith(f"/{source}"))
    others = (party.name for party in made.pods if party.name != start)
    why = el("p", inline(_("Connections from **{source}**").format(source=source)), class_="sub")
    reasons = row_reasons([may_talk(made, start, to, PORT) for to in others])
    size = len(reach.parties)
    says = _("**{count} of {pairs}** connections to port {port} are allowed.").format(
        count=reach.counts()[PORT] - size, pairs=size * (size - 1), port=PORT
    )
    return Frame(join([policy_matrix(reach, PORT, start), why, reasons]), says)
