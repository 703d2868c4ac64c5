"""``python -m k8smodels schedule``: where kube-scheduler would put pods, and why."""

from __future__ import annotations

import argparse
from typing import Any

from k8smodels.api.errors import DecodeError
from k8smodels.api.pod import Pod
from k8smodels.commands.cluster_files import (
    add_arguments,
    cluster_and_manifest,
    profile_for,
    read_cluster,
    read_configuration,
    read_manifest,
)
from k8smodels.commands.printing import PLACED, WAITING, print_decisions
from k8smodels.scheduling import Cluster, place
from k8smodels.workloads import expand

DESCRIPTION = """\
Place pods on the nodes of a cluster as kube-scheduler would, one after another, and say why.
Nothing is sent anywhere; the cluster is what the files hold.

  kubectl get nodes,pods,pv,pvc,sc -A -o json > cluster.json
  python -m k8smodels schedule --cluster cluster.json web.yaml

exit codes: 0 every pod found a node, 1 at least one stays Pending, 2 the input was refused"""


def add_to(commands: Any) -> None:
    """Add the command to argparse's `commands`."""
    parser = commands.add_parser(
        "schedule",
        help="where would kube-scheduler put these pods, and why?",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_arguments(parser)
    parser.add_argument("--seed", type=int, default=None, help="choose among equal nodes at random, by this seed")
    parser.add_argument(
        "pods", nargs="?", metavar="POD.yaml", help="pods, or controllers that make them; - for standard input"
    )
    parser.set_defaults(run=run, parser=parser)


def run(options: argparse.Namespace) -> int:
    """Do what the command line asked for; the exit code."""
    files, pods = cluster_and_manifest(options)
    configuration = read_configuration(options.config)
    existing = read_cluster(files)
    made = expand(read_manifest(pods), Cluster.of(existing).nodes)
    incoming = [item for item in made if isinstance(item, Pod)]
    if not incoming:
        raise DecodeError(pods, "no pod to schedule; give a Pod, a Deployment, a StatefulSet, a Job or the like")
    cluster = Cluster.of([*existing, *(item for item in made if not isinstance(item, Pod))])
    decisions = []
    for number, pod in enumerate(incoming):
        seed = None if options.seed is None else options.seed + number
        (decision,), cluster = place([pod], cluster, profile_for(pod, configuration), seed=seed)
        decisions.append(decision)
    print_decisions(decisions, options.output)
    return PLACED if all(decision.node for decision in decisions) else WAITING
