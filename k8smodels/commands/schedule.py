"""``python -m k8smodels schedule``: where kube-scheduler would put pods, and why."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from k8smodels.api.errors import DecodeError
from k8smodels.api.kinds import load, load_file
from k8smodels.api.meta import KubernetesObject, Unstructured
from k8smodels.api.pod import Pod
from k8smodels.api.structure import unknown_fields
from k8smodels.api.validation import validate
from k8smodels.api.yaml_text import MAX_MANIFEST_BYTES, write_documents
from k8smodels.scheduling import Cluster, Decision, place
from k8smodels.views.scheduling.terminal import events, verdicts
from k8smodels.workloads import expand

DESCRIPTION = """\
Place pods on the nodes of a cluster as kube-scheduler's default profile would, one after another, and say why.
Nothing is sent anywhere; the cluster is what the files hold.

  kubectl get nodes,pods -A -o yaml > cluster.yaml
  python -m k8smodels schedule --cluster cluster.yaml web.yaml

exit codes: 0 every pod found a node, 1 at least one stays Pending, 2 the input was refused"""


def add_to(commands: Any) -> None:
    """Add the command to argparse's `commands`."""
    parser = commands.add_parser(
        "schedule",
        help="where would kube-scheduler put these pods, and why?",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--cluster", nargs="+", default=[], metavar="FILE", help="nodes, pods and other objects, YAML or JSON"
    )
    parser.add_argument("-o", "--output", choices=("text", "json", "yaml"), default="text", help="default: text")
    parser.add_argument("--seed", type=int, default=None, help="choose among equal nodes at random, by this seed")
    parser.add_argument(
        "pods", nargs="?", metavar="POD.yaml", help="pods, or controllers that make them; - for standard input"
    )
    parser.set_defaults(run=run, parser=parser)


def run(options: argparse.Namespace) -> int:
    """Do what the command line asked for; the exit code."""
    files, pods = _files(options)
    existing = [item for file in files for item in load_file(file, keep_unknown=True)]
    _note_unread(existing)
    wanted = _wanted(pods)
    for item in (*existing, *wanted):
        validate(item)
    made = expand(wanted, Cluster.of(existing).nodes)
    incoming = [item for item in made if isinstance(item, Pod)]
    if not incoming:
        raise DecodeError(pods, "no pod to schedule; give a Pod, a Deployment, a StatefulSet, a Job or the like")
    cluster = Cluster.of([*existing, *(item for item in made if not isinstance(item, Pod))])
    decisions, _ = place(incoming, cluster, seed=options.seed)
    print(_PRINTERS[options.output](decisions))
    return 0 if all(decision.node for decision in decisions) else 1


def _files(options: argparse.Namespace) -> tuple[list[str], str]:
    """The cluster's files and the pods' one; argparse gives the latter to `--cluster` when it stands behind it."""
    files, pods = list(options.cluster), options.pods
    if pods is None and len(files) > 1:
        pods = files.pop()
    if pods is None or not files:
        options.parser.error("name the cluster's files and one file of pods: --cluster FILE... POD.yaml")
    return files, pods


def _wanted(source: str) -> list[KubernetesObject]:
    if source == "-":
        items = load(sys.stdin.read(MAX_MANIFEST_BYTES + 1), "standard input")
    else:
        items = load_file(source, max_bytes=MAX_MANIFEST_BYTES)
    for item in items:
        for path in unknown_fields(item):
            _warn(f'{item.kind} {item.name}: unknown field "{path}"')
    return items


def _note_unread(items: Iterable[KubernetesObject]) -> None:
    kinds = sorted({str(item.content["kind"]) for item in items if isinstance(item, Unstructured)})
    if kinds:
        _warn(f"not looked at by the scheduler's model: {', '.join(kinds)}")


def _warn(text: str) -> None:
    print(f"Warning: {text}", file=sys.stderr)


def _as_text(decisions: Sequence[Decision]) -> str:
    parts = []
    for decision in decisions:
        where = decision.node or "<none>"
        head = f"Name:       {decision.pod.name}\nNamespace:  {decision.pod.namespace}\nNode:       {where}"
        parts.append(f"{head}\n{events(decision)}\n\n{verdicts(decision)}")
    return "\n\n".join(part.rstrip() for part in parts)


def _as_json(decisions: Sequence[Decision]) -> str:
    return json.dumps([decision.to_json() for decision in decisions], indent=2, ensure_ascii=False)


def _as_yaml(decisions: Sequence[Decision]) -> str:
    return write_documents([decision.to_json() for decision in decisions]).rstrip()


_PRINTERS = {"text": _as_text, "json": _as_json, "yaml": _as_yaml}
