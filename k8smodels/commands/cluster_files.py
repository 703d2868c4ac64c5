"""What the commands about scheduling share: the cluster's files, the pods' file, the scheduler's configuration."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from k8smodels.api.errors import DecodeError
from k8smodels.api.kinds import load, load_file
from k8smodels.api.meta import KubernetesObject, Unstructured
from k8smodels.api.pod import Pod
from k8smodels.api.structure import unknown_fields
from k8smodels.api.validation import validate
from k8smodels.api.yaml_text import MAX_MANIFEST_BYTES
from k8smodels.progress import bar
from k8smodels.scheduling import DEFAULT, Profile
from k8smodels.scheduling.configuration import SchedulerConfiguration, load_configuration

OUTPUTS = ("text", "json", "yaml")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what every one of these commands takes."""
    parser.add_argument(
        "--cluster",
        nargs="+",
        default=[],
        metavar="FILE",
        help="nodes, pods and other objects, YAML or JSON (JSON is read faster)",
    )
    parser.add_argument("--config", metavar="FILE", help="a KubeSchedulerConfiguration; default: the default profile")
    parser.add_argument("-o", "--output", choices=OUTPUTS, default="text", help="default: text")


def read_cluster(files: Iterable[str]) -> list[KubernetesObject]:
    """The valid objects in `files`; a bar shows how far the reading is, and kinds that no model reads are named."""
    paths = [Path(file) for file in files]
    total = sum(path.stat().st_size for path in paths if path.is_file())
    with bar(total, unit="B", shown=sys.stderr.isatty() and total > MAX_MANIFEST_BYTES) as advance:
        found = [item for path in paths for item in load_file(path, keep_unknown=True, advance=advance)]
    kinds = sorted({str(item.content["kind"]) for item in found if isinstance(item, Unstructured)})
    if kinds:
        warn(f"not looked at by the scheduler's model: {', '.join(kinds)}")
    for item in found:
        validate(item)
    return found


def read_manifest(source: str) -> list[KubernetesObject]:
    """The valid objects in the file named `source`, or on standard input for ``-``; unknown fields are warned of."""
    if source == "-":
        items = load(sys.stdin.read(MAX_MANIFEST_BYTES + 1), "standard input")
    else:
        items = load_file(source, max_bytes=MAX_MANIFEST_BYTES)
    for item in items:
        for path in unknown_fields(item):
            warn(f'{item.kind} {item.name}: unknown field "{path}"')
        validate(item)
    return items


def read_configuration(file: str | None) -> SchedulerConfiguration | None:
    """The profiles in `file`; None without a file."""
    if file is None:
        return None
    try:
        text = Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DecodeError(file, getattr(error, "strerror", None) or str(error)) from None
    return load_configuration(text, file)


def profile_for(pod: Pod, configuration: SchedulerConfiguration | None) -> Profile:
    """The profile that places `pod`.

    Raises
    ------
    DecodeError
        The configuration has no scheduler of the name that the pod asks for.
    """
    if configuration is None:
        return DEFAULT
    profile = configuration.profile_for(pod)
    if profile is None:
        names = ", ".join(configuration.profiles)
        problem = f'Invalid value: "{pod.spec.scheduler_name}": the configuration has only {names}'
        raise DecodeError(f"pod {pod.namespace}/{pod.name}", f"spec.schedulerName: {problem}")
    return profile


def cluster_and_manifest(options: argparse.Namespace) -> tuple[list[str], str]:
    """The cluster's files and the pods' one; argparse gives the latter to `--cluster` when it stands behind it."""
    files, pods = list(options.cluster), options.pods
    if pods is None and len(files) > 1:
        pods = files.pop()
    if pods is None or not files:
        options.parser.error("name the cluster's files and one file of pods: --cluster FILE... POD.yaml")
    return files, pods


def warn(text: str) -> None:
    """Say on standard error what does not stop the work."""
    print(f"Warning: {text}", file=sys.stderr)
