"""Manifests that the scheduling scenes use: one small case a filter, the rules of the playground, pending pods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from k8smodels.i18n import _

__all__ = ["FILTER_CASES", "PENDING_CASES", "POD_RULES", "SCORE_CASES", "FilterCase", "ScoreCase"]

_NODE = """
---
apiVersion: v1
kind: Node
metadata: {{name: {name}, labels: {{kubernetes.io/hostname: {name}{labels}}}}}
spec: {{{spec}}}
status: {{allocatable: {{cpu: "{cpu}", memory: 8Gi, pods: "110"}}}}
"""
_POD = """
---
apiVersion: v1
kind: Pod
metadata: {{name: {name}, labels: {{app: {app}}}}}
spec:
  nodeName: {node}
  containers:
  - name: main
    image: nginx
    ports: [{{containerPort: 80{port}}}]
    resources: {{requests: {{cpu: "{cpu}", memory: 1Gi}}}}
"""


def _node(name: str, *, cpu: str = "4", labels: str = "", spec: str = "") -> str:
    return _NODE.format(name=name, cpu=cpu, labels=labels, spec=spec)


def _running(name: str, node: str, *, cpu: str = "1", app: str = "other", port: str = "") -> str:
    return _POD.format(name=name, node=node, cpu=cpu, app=app, port=port)


def _web(rule: str = "", *, cpu: str = "1") -> str:
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec:\n"
    container = "  containers:\n  - name: main\n    image: nginx\n    resources:\n"
    container += f'      requests: {{cpu: "{cpu}", memory: 1Gi}}\n'
    return head + rule + container


@dataclass(frozen=True, slots=True)
class FilterCase:
    """A filter's case: two nodes of which it refuses the first, and the change that makes it accept.

    Attributes
    ----------
    rule
        The rule in one sentence.
    cluster, pod, mended
        Manifests.
    line, line_mended
        The lines that matter.
    there
        What the rule meets on node-1: lines of the node or of the pod that runs there.
    """

    rule: Callable[[], str]
    cluster: str
    pod: str
    mended: str
    line: str
    line_mended: str
    there: str


_ZONES = ", topology.kubernetes.io/zone: {zone}"
_SPREAD = """  topologySpreadConstraints:
  - maxSkew: {skew}
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: DoNotSchedule
    labelSelector: {{matchLabels: {{app: web}}}}
"""
_ANTI = """  affinity:
    podAntiAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: {key}
        labelSelector: {{matchLabels: {{app: web}}}}
"""
_SOFT = """    {kind}:
      preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 50
"""
_TERM = """        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector: {matchLabels: {app: cache}}
"""
_DISK = """  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
        - matchExpressions: [{{key: disk, operator: In, values: [{values}]}}]
"""
_PORT = "    ports:\n    - {containerPort: 80, hostPort: 80}\n"

FILTER_CASES: Mapping[str, FilterCase] = {
    "NodeResourcesFit": FilterCase(
        lambda: _("The requests of the node's pods and the new one fit into what is allocatable."),
        _node("node-1") + _node("node-2", cpu="8") + _running("api", "node-1", cpu="3"),
        _web(cpu="2"),
        _web(cpu="1"),
        'cpu: "2"',
        'cpu: "1"',
        'api on node-1:\n  requests: {cpu: "3", memory: 1Gi}\nnode-1:\n  allocatable: {cpu: "4", memory: 8Gi}',
    ),
    "TaintToleration": FilterCase(
        lambda: _("The pod tolerates every taint of effect NoSchedule or NoExecute."),
        _node("node-1", spec="taints: [{key: gpu, effect: NoSchedule}]") + _node("node-2"),
        _web(),
        _web("  tolerations:\n  - {key: gpu, operator: Exists, effect: NoSchedule}\n"),
        "",
        "tolerations:\n  - {key: gpu, operator: Exists, effect: NoSchedule}",
        "node-1:\n  taints: [{key: gpu, effect: NoSchedule}]",
    ),
    "NodeAffinity": FilterCase(
        lambda: _("The node's labels match the pod's selector and its required node affinity."),
        _node("node-1", labels=", disk: hdd") + _node("node-2", labels=", disk: ssd"),
        _web(_DISK.format(values="ssd")),
        _web(_DISK.format(values="ssd, hdd")),
        "values: [ssd]",
        "values: [ssd, hdd]",
        "node-1:\n  labels: {disk: hdd}",
    ),
    "NodePorts": FilterCase(
        lambda: _("No other pod of the node has taken the same host port."),
        _node("node-1") + _node("node-2") + _running("api", "node-1", port=", hostPort: 80"),
        _web() + _PORT,
        _web() + _PORT.replace("hostPort: 80", "hostPort: 8080"),
        "hostPort: 80",
        "hostPort: 8080",
        "api on node-1:\n  ports: [{containerPort: 80, hostPort: 80}]",
    ),
    "PodTopologySpread": FilterCase(
        lambda: _("No domain gets more than maxSkew matching pods ahead of the emptiest one."),
        _node("node-1", labels=_ZONES.format(zone="a"))
        + _node("node-2", labels=_ZONES.format(zone="b"))
        + _running("web-1", "node-1", app="web"),
        _web(_SPREAD.format(skew=1)),
        _web(_SPREAD.format(skew=2)),
        "maxSkew: 1",
        "maxSkew: 2",
        "node-1: zone a, with one Pod of app: web\nnode-2: zone b, with none",
    ),
    "InterPodAffinity": FilterCase(
        lambda: _("Required neighbours are near, forbidden ones are not; this holds for the pods already there, too."),
        _node("node-1") + _node("node-2") + _running("web-1", "node-1", app="web"),
        _web(_ANTI.format(key="kubernetes.io/hostname")),
        _web("  affinity:\n" + _SOFT.format(kind="podAntiAffinity") + _TERM.replace("cache", "web")),
        "requiredDuringSchedulingIgnoredDuringExecution",
        "preferredDuringSchedulingIgnoredDuringExecution",
        "web-1 on node-1:\n  labels: {app: web}",
    ),
    "NodeUnschedulable": FilterCase(
        lambda: _("The node is not cordoned, or the pod tolerates the taint that stands for it."),
        _node("node-1", spec="unschedulable: true") + _node("node-2"),
        _web(),
        _web("  tolerations:\n  - {key: node.kubernetes.io/unschedulable, operator: Exists}\n"),
        "",
        "tolerations:\n  - {key: node.kubernetes.io/unschedulable, operator: Exists}",
        "node-1:\n  unschedulable: true",
    ),
}
"""By plugin, in the order in which a reader meets them. NodeName cannot refuse a pod that waits in the queue."""


@dataclass(frozen=True, slots=True)
class ScoreCase:
    """A scoring plugin's case: two nodes that pass, and a pod that it sees a difference for.

    Attributes
    ----------
    rule
        What the plugin prefers, in one sentence.
    cluster, pod
        Manifests.
    line
        The lines of the pod that matter.
    """

    rule: Callable[[], str]
    cluster: str
    pod: str
    line: str = ""


SCORE_CASES: Mapping[str, ScoreCase] = {
    "NodeResourcesFit": ScoreCase(
        lambda: _("LeastAllocated: the larger the share that stays free, the better."),
        _node("node-1") + _node("node-2") + _running("api", "node-1", cpu="2"),
        _web(),
        'cpu: "1"',
    ),
    "NodeResourcesBalancedAllocation": ScoreCase(
        lambda: _(
            "Better if the pod brings the shares of cpu and memory closer together, worse if it drives them apart."
        ),
        _node("node-1")
        + _node("node-2")
        + _running("api", "node-1", cpu="3")
        + _running("db", "node-2", cpu="500m").replace("memory: 1Gi", "memory: 6Gi"),
        _web(),
        'cpu: "1"',
    ),
    "TaintToleration": ScoreCase(
        lambda: _("The fewer PreferNoSchedule taints that the pod does not tolerate, the better."),
        _node("node-1", spec="taints: [{key: slow, effect: PreferNoSchedule}]") + _node("node-2"),
        _web(),
    ),
    "NodeAffinity": ScoreCase(
        lambda: _("The sum of the weights of the preferred terms that the node meets."),
        _node("node-1", labels=", disk: hdd") + _node("node-2", labels=", disk: ssd"),
        _web(
            "  affinity:\n"
            + _SOFT.format(kind="nodeAffinity")
            + "        preference: {matchExpressions: [{key: disk, operator: In, values: [ssd]}]}\n"
        ),
        "weight: 50",
    ),
    "PodTopologySpread": ScoreCase(
        lambda: _("The fewer matching pods in the node's domain, the better (constraints with ScheduleAnyway)."),
        _node("node-1", labels=_ZONES.format(zone="a"))
        + _node("node-2", labels=_ZONES.format(zone="b"))
        + _running("web-1", "node-1", app="web"),
        _web(_SPREAD.format(skew=1).replace("DoNotSchedule", "ScheduleAnyway")),
        "whenUnsatisfiable: ScheduleAnyway",
    ),
    "InterPodAffinity": ScoreCase(
        lambda: _("The sum of the weights of preferred neighbours near the node, less those that are to be avoided."),
        _node("node-1") + _node("node-2") + _running("cache", "node-2", app="cache"),
        _web("  affinity:\n" + _SOFT.format(kind="podAffinity") + _TERM),
        "weight: 50",
    ),
    "ImageLocality": ScoreCase(
        lambda: _(
            "The more of the pod's images are on the node already, by size, the better; small ones do not count."
        ),
        _node("node-1")
        + _node("node-2").replace("status: {", "status: {images: [{names: [nginx:latest], sizeBytes: 900000000}], "),
        _web(),
        "image: nginx",
    ),
}
"""By plugin, in the order in which a reader meets them."""

POD_RULES: Mapping[str, str] = {
    "no rule": "",
    "spread over zones, hard": """topologySpreadConstraints:
- maxSkew: 1
  topologyKey: topology.kubernetes.io/zone
  whenUnsatisfiable: DoNotSchedule
  labelSelector: {matchLabels: {app: web}}
""",
    "spread over zones, soft": """topologySpreadConstraints:
- maxSkew: 1
  topologyKey: topology.kubernetes.io/zone
  whenUnsatisfiable: ScheduleAnyway
  labelSelector: {matchLabels: {app: web}}
""",
    "one to a node": """affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
    - topologyKey: kubernetes.io/hostname
      labelSelector: {matchLabels: {app: web}}
""",
    "one to a zone": """affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
    - topologyKey: topology.kubernetes.io/zone
      labelSelector: {matchLabels: {app: web}}
""",
    "near the cache": """affinity:
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
    - topologyKey: topology.kubernetes.io/zone
      labelSelector: {matchLabels: {app: cache}}
""",
}
"""Parts of a pod's spec, by what they mean."""

PENDING_CASES: Mapping[str, str] = {
    "too large": _web(cpu="6") + _node("node-1") + _node("node-2") + _running("api", "node-1", cpu="2"),
    "three reasons at once": _web(cpu="2")
    + _node("node-1")
    + _node("node-2", spec="taints: [{key: gpu, effect: NoSchedule}]")
    + _node("node-3", spec="unschedulable: true")
    + _running("api", "node-1", cpu="3"),
    "no such label": _web("  nodeSelector: {disk: nvme}\n") + _node("node-1", labels=", disk: ssd") + _node("node-2"),
    "the port is taken": _web() + _PORT + _node("node-1") + _running("api", "node-1", port=", hostPort: 80"),
    "a zone without nodes to spare": _web(_SPREAD.format(skew=1))
    + _node("node-1", labels=_ZONES.format(zone="a"))
    + _node("node-2", labels=_ZONES.format(zone="b"), cpu="1")
    + _running("web-1", "node-1", app="web")
    + _running("api", "node-2", cpu="1"),
    "a value that is no quantity": _web(cpu="1x") + _node("node-1"),
}
"""Whole inputs of the last widget, by what is wrong. The last one is refused by the API server already."""
