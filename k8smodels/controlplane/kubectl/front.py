"""kubectl in front of a cluster: a line in, the text of a terminal out.

References
----------
k8s.io/kubectl/pkg/cmd (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from k8smodels.api.errors import FieldError, InvalidObject
from k8smodels.api.gotext import quote
from k8smodels.api.selectors import SelectorError
from k8smodels.controlplane.admission.decoding import ManifestError
from k8smodels.controlplane.kubectl.call import Call
from k8smodels.controlplane.kubectl.commands import ALIASES, COMMANDS, GROUPS, NAMESPACE
from k8smodels.controlplane.kubectl.errors import KubectlError, SeveralErrors
from k8smodels.controlplane.kubectl.parse import parse, split
from k8smodels.controlplane.status import StatusError

if TYPE_CHECKING:
    from k8smodels.controlplane.cluster import Cluster

API_SERVER = "10.0.0.10:6443"
_REFUSED = "The connection to the server {host} was refused - did you specify the right host or port?"
REFUSALS = (StatusError, KubectlError, SeveralErrors, InvalidObject, FieldError, SelectorError, ManifestError)


class Output(str):
    """What a command prints, without the line break at its end; a notebook shows it as it is.

    Attributes
    ----------
    exit_code
        0, or 1 if the command failed.
    """

    __slots__ = ("exit_code",)
    exit_code: int

    def __new__(cls, text: str, exit_code: int = 0) -> Output:
        """Text with an exit code."""
        made = super().__new__(cls, text)
        made.exit_code = exit_code
        return made

    def __repr__(self) -> str:
        return str(self)


@dataclass(slots=True)
class Kubectl:
    """kubectl, as a user of `cluster` has it.

    Reading takes no time; commands that wait let the cluster's time run, an hour of it at most. Nothing that is typed
    raises: what goes wrong is in the text, in the words of kubectl or of the API server, and `Output.exit_code` is 1.
    Only a simulation that grows beyond its limits ends with `SimulationLimit`.

    Attributes
    ----------
    cluster
        The cluster.
    namespace
        The namespace of commands that name none.
    files
        The manifests that ``-f NAME`` finds, by name.

    Examples
    --------
    ::

        kubectl = Kubectl(cluster)
        kubectl("get pods -l app=web")
        kubectl("apply -f -", manifest)
    """

    cluster: Cluster
    namespace: str = "default"
    files: dict[str, str] = field(default_factory=dict)

    def __call__(self, line: str, stdin: str = "") -> Output:
        """What the command `line` prints; the word ``kubectl`` before it may be left out.

        Parameters
        ----------
        line
            The command as a shell would get it.
        stdin
            What ``-f -`` reads.
        """
        try:
            words = split(line)
        except KubectlError as error:
            return Output(str(error), 1)
        return self.run(words[1:] if words[:1] == ["kubectl"] else words, stdin)

    def run(self, words: list[str], stdin: str = "") -> Output:
        """The same for a line that is split already."""
        printed: list[str] = []
        try:
            printed.extend(self._lines(words, stdin))  # what comes before an error stays
        except REFUSALS as error:
            return Output("\n".join([*printed, _said(error)]), 1)
        return Output("\n".join(printed))

    def command(self, name: str, words: Sequence[str], flags: Mapping[str, object], stdin: str = "") -> Output:
        """A command from Python: words as on the command line, flags by name (``all_namespaces=True``)."""
        try:
            typed = [part for word in words for part in split(word)]
        except KubectlError as error:
            return Output(str(error), 1)
        for flag, value in flags.items():
            if value is not None:
                shown = str(value).lower() if isinstance(value, bool) else str(value)
                typed.append(f"--{flag.replace('_', '-')}={shown}")
        return self.run([*name.split(), *typed], stdin)

    def _lines(self, words: list[str], stdin: str) -> Iterator[str]:
        name, rest = _command(words)
        command = COMMANDS[name]
        line = parse(rest, (*command.flags, NAMESPACE), f"kubectl {name}")
        texts = tuple(self._manifests(line.flags["filename"], stdin)) if "filename" in line.flags else ()
        namespace = line.flags.get("namespace") or self.namespace
        return command.run(Call(self.cluster, namespace, line.words, line.flags, texts))

    def _manifests(self, names: str, stdin: str) -> Iterator[tuple[str, str]]:
        """The texts that ``-f`` names."""
        for name in names.split(","):
            if name != "-" and name not in self.files:
                raise KubectlError(f"the path {quote(name[:200])} does not exist")
            yield ("STDIN", stdin) if name == "-" else (name, self.files[name])


def _said(error: ValueError) -> str:
    """An error as the terminal shows it; of a server that nobody reaches kubectl has words of its own."""
    if isinstance(error, SeveralErrors):
        return "\n".join(map(_said, error.errors))
    refused = isinstance(error, StatusError) and error.reason == "Timeout"
    return _REFUSED.format(host=API_SERVER) if refused else str(error)


def _command(words: list[str]) -> tuple[str, list[str]]:
    """The command among `words`, and all other words."""
    rest, name = list(words), ""
    i = 0
    while i < len(rest):
        if rest[i] in ("-n", "--namespace"):
            i += 2
        elif rest[i].startswith("-"):
            i += 1
        else:
            name = f"{name} {rest.pop(i)}".strip()
            if name not in GROUPS:
                break
    name = ALIASES.get(name, name)
    if name in COMMANDS:
        return name, rest
    first, _, second = name.partition(" ")
    if first in GROUPS:
        raise KubectlError(f"unknown command {quote(second[:100])}\nSee 'kubectl {first} -h' for help and examples")
    raise KubectlError(f'unknown command {quote(name[:100])} for "kubectl"')
