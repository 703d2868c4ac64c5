"""``python -m k8smodels pending``: why pods of a cluster wait, and who would have to go for them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from k8smodels.api.errors import DecodeError
from k8smodels.api.pod import Pod
from k8smodels.commands.cluster_files import (
    add_arguments,
    profile_for,
    read_cluster,
    read_configuration,
    warn,
)
from k8smodels.commands.printing import PLACED, WAITING, print_decisions
from k8smodels.progress import bar
from k8smodels.scheduling import Cluster, schedule
from k8smodels.scheduling.configuration import SchedulerConfiguration

DESCRIPTION = """\
Decide about the pods of a cluster that wait for a node, each by itself, on the cluster as the files hold it: why it
is Pending, node by node, and which less important pods would be evicted for it. Nothing is sent anywhere.

  kubectl get nodes,pods,pv,pvc,sc,pdb -A -o json > cluster.json
  python -m k8smodels pending --cluster cluster.json --pod shop/web-7c5d-x2x

exit codes: 0 each of the pods would find a node now, 1 at least one stays Pending, 2 the input was refused"""


def add_to(commands: Any) -> None:
    """Add the command to argparse's `commands`."""
    parser = commands.add_parser(
        "pending",
        help="why do these pods of my cluster wait, and who would be evicted for them?",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_arguments(parser)
    parser.add_argument(
        "--pod", nargs="+", default=[], metavar="[NAMESPACE/]NAME", help="only these; default: every one that waits"
    )
    parser.set_defaults(run=run, parser=parser)


def run(options: argparse.Namespace) -> int:
    """Do what the command line asked for; the exit code."""
    if not options.cluster:
        options.parser.error("name the cluster's files: --cluster FILE...")
    configuration = read_configuration(options.config)
    cluster = Cluster.of(read_cluster(options.cluster))
    pods = asked_for(options.pod, cluster, configuration)
    decisions = []
    with bar(len(pods), unit="pod", shown=sys.stderr.isatty() and len(pods) > 1) as advance:
        for pod in pods:
            decisions.append(schedule(pod, cluster, profile_for(pod, configuration)))
            advance(1)
    print_decisions(decisions, options.output)
    return PLACED if all(decision.node for decision in decisions) else WAITING


def asked_for(
    names: Sequence[str], cluster: Cluster, configuration: SchedulerConfiguration | None = None
) -> Sequence[Pod]:
    """The pods of these names that wait for the scheduler; without names, all that `configuration` has a profile for.

    Raises
    ------
    DecodeError
        There is no such pod, or the scheduler does not look at it.
    """
    if names:
        return [_waiting(name, cluster) for name in names]
    if not cluster.pending:
        warn("no pod waits for a node")
    others = [pod for pod in cluster.pending if configuration and configuration.profile_for(pod) is None]
    if others:
        warn(f"left to other schedulers: {', '.join(f'{pod.namespace}/{pod.name}' for pod in others)}")
    return [pod for pod in cluster.pending if pod not in others]


def _waiting(name: str, cluster: Cluster) -> Pod:
    namespace, _, own = name.rpartition("/")
    key = (namespace or "default", own)
    pod = next((pod for pod in cluster.pods if (pod.namespace, pod.name) == key), None)
    where = f'--pod {name}: Invalid value: "{name}"'
    if pod is None:
        raise DecodeError(where, f'pods "{own}" not found in namespace "{key[0]}" of these files')
    if pod.spec.node_name:
        raise DecodeError(where, f"it runs on node {pod.spec.node_name}")
    if pod.spec.scheduling_gates:
        gates = ", ".join(gate.name for gate in pod.spec.scheduling_gates)
        raise DecodeError(where, f"the scheduler does not look at it before its scheduling gates are gone: {gates}")
    if pod not in cluster.pending:
        raise DecodeError(where, "it has ended, or is being deleted")
    return pod
