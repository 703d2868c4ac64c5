"""``python -m k8smodels headroom``: how many more copies of a pod fit on a cluster."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from k8smodels.api.errors import DecodeError
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Pod
from k8smodels.commands.cluster_files import (
    add_arguments,
    cluster_and_manifest,
    profile_for,
    read_cluster,
    read_configuration,
    read_manifest,
)
from k8smodels.commands.printing import print_plain
from k8smodels.i18n import _
from k8smodels.progress import bar
from k8smodels.scheduling import Cluster
from k8smodels.scheduling.headroom import MOST, Headroom, headroom
from k8smodels.views.text import columns
from k8smodels.workloads import expand

DESCRIPTION = """\
Place copies of a pod on the cluster, one after another, until one stays Pending: how many more replicas fit, where,
and what is missing for the next. For a Deployment and the like its pod template is copied; each file's pods are
tried on the cluster as it is, one kind not seeing the copies of another. Nothing is sent anywhere.

  kubectl get nodes,pods,pv,pvc,sc -A -o json > cluster.json
  python -m k8smodels headroom --cluster cluster.json web.yaml

exit codes: 0 counted, 2 the input was refused"""


def add_to(commands: Any) -> None:
    """Add the command to argparse's `commands`."""
    parser = commands.add_parser(
        "headroom",
        help="how many more replicas of this pod fit?",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_arguments(parser)
    parser.add_argument("--most", type=int, default=MOST, help="stop at so many copies; default: %(default)s")
    parser.add_argument("pods", nargs="?", metavar="POD.yaml", help="a pod, or a controller; - for standard input")
    parser.set_defaults(run=run, parser=parser)


def run(options: argparse.Namespace) -> int:
    """Do what the command line asked for; the exit code."""
    files, source = cluster_and_manifest(options)
    if options.most < 1:
        raise DecodeError("--most", f"Invalid value: {options.most}: must be greater than zero")
    configuration = read_configuration(options.config)
    cluster = Cluster.of(read_cluster(files))
    pods = templates(read_manifest(source), cluster)
    if not pods:
        raise DecodeError(source, "no pod to copy; give a Pod, a Deployment, a StatefulSet, a Job or the like")
    found = {}
    for name, pod in pods.items():
        with bar(options.most, unit="copy", shown=sys.stderr.isatty()) as advance:
            profile = profile_for(pod, configuration)
            found[name] = headroom(pod, cluster, profile, most=options.most, advance=advance)
    if options.output == "text":
        print("\n\n".join(_as_text(name, room) for name, room in found.items()))
    else:
        print_plain([_plain(name, room) for name, room in found.items()], options.output)
    return 0


def templates(items: Iterable[KubernetesObject], cluster: Cluster) -> Mapping[str, Pod]:
    """One pod of each object that is or makes pods, by ``Kind/name``."""
    found: dict[str, Pod] = {}
    for item in items:
        made = (pod for pod in expand([item], cluster.nodes) if isinstance(pod, Pod))
        first = next(made, None)
        if first is not None:
            found[f"{item.kind}/{item.name}"] = first
    return found


def _as_text(name: str, room: Headroom) -> str:
    head = _("{name}: {count} more fit").format(name=name, count=room.count)
    why = f"\n{room.message}" if room.message else ""
    rows = sorted(room.by_node.items(), key=lambda item: (-item[1], item[0]))
    table = f"\n\n{columns(['NODE', 'COPIES'], rows, right=[1])}" if rows else ""
    return f"{head}{why}{table}"


def _plain(name: str, room: Headroom) -> dict[str, object]:
    return {"name": name, "count": room.count, "byNode": room.by_node, "message": room.message}
