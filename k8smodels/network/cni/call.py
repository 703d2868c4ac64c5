"""One run of a plugin: environment and standard input go in, standard output and an exit code come out.

References
----------
github.com/containernetworking/cni v1.3.0: SPEC.md section 2, pkg/invoke/{args,raw_exec,find}.go
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from k8smodels.api.gotext import quote
from k8smodels.api.structure import JSON
from k8smodels.network.cni.gojson import JSONError, decode_object
from k8smodels.network.cni.spec import CniError

PLUGIN_DIR = "/opt/cni/bin"
"""Where containerd looks for plugins."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a plugin is started with.

    Attributes
    ----------
    plugin
        The program's name, the configuration's ``type``.
    command, container_id, netns, if_name, args, path
        The variables ``CNI_COMMAND`` and so on. `netns` is the path of the pod's network namespace, `path` the
        directories of plugins, joined by colons.
    stdin
        The configuration.
    """

    plugin: str
    command: str
    container_id: str
    netns: str
    if_name: str
    args: str
    path: str
    stdin: Mapping[str, JSON]

    @property
    def env(self) -> dict[str, str]:
        """The environment."""
        return {
            "CNI_COMMAND": self.command,
            "CNI_CONTAINERID": self.container_id,
            "CNI_NETNS": self.netns,
            "CNI_IFNAME": self.if_name,
            "CNI_ARGS": self.args,
            "CNI_PATH": self.path,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """How a plugin ended. With exit code 0 standard output is the result, else the error; both may be empty."""

    exit_code: int = 0
    stdout: str = ""
    stderr: str = ""

    def error(self) -> CniError | None:
        """What the runtime makes of a failure; none if the plugin succeeded."""
        if self.exit_code == 0:
            return None
        if not self.stdout:
            if self.stderr:
                return CniError(0, f"netplugin failed: {quote(self.stderr)}")
            return CniError(0, f"netplugin failed with no error message: exit status {self.exit_code}")
        try:
            return CniError.from_json(decode_object(self.stdout, "types.Error"))
        except JSONError as error:
            about = f"netplugin failed but error parsing its diagnostic message {quote(self.stdout)}"
            return CniError(0, f"{about}: {error}")


class Plugins(Protocol):
    """Programs that can be run: simulated ones, real ones, or recorded answers."""

    def has(self, plugin: str) -> bool:
        """Whether there is a program of that name."""

    def execute(self, call: Call) -> Answer:
        """Run the program."""


def find_problem(plugin: str, has: Callable[[str], bool], path: str) -> str | None:
    """Why a program cannot be run; none if it can."""
    if "/" in plugin:
        return f"invalid plugin name: {plugin}"
    if not has(plugin):
        return f"failed to find plugin {quote(plugin)} in path [{path.replace(':', ' ')}]"
    return None
