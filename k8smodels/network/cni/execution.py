"""A simulated plugin at work: it sees a node, changes it step by step, and answers.

References
----------
github.com/containernetworking/cni v1.3.0: pkg/skel/skel.go
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from k8smodels.api.gotext import quote
from k8smodels.api.structure import JSON
from k8smodels.network.cni.addresses import AddressError
from k8smodels.network.cni.call import Answer, Call, find_problem
from k8smodels.network.cni.cni_args import ArgsError
from k8smodels.network.cni.convert import as_current, as_version
from k8smodels.network.cni.effects import Effect
from k8smodels.network.cni.gojson import JSONError, type_error
from k8smodels.network.cni.host_local import IpamError
from k8smodels.network.cni.node import Netns, Node
from k8smodels.network.cni.ranges import RangeError
from k8smodels.network.cni.result import Result, ResultError, result_from_json
from k8smodels.network.cni.spec import (
    DECODING_FAILURE,
    INCOMPATIBLE_VERSION,
    INTERNAL,
    INVALID_CONFIG,
    INVALID_ENVIRONMENT,
    VERSIONS,
    CniError,
    VersionError,
    at_least,
    validate_container_id,
    validate_interface_name,
    validate_network_name,
)

_NEEDED = {
    "ADD": ("CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_PATH"),
    "CHECK": ("CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_PATH"),
    "DEL": ("CNI_CONTAINERID", "CNI_IFNAME", "CNI_PATH"),
    "GC": ("CNI_PATH",),
    "STATUS": ("CNI_PATH",),
    "VERSION": (),
}
_SINCE = {"CHECK": "0.4.0", "GC": "1.1.0", "STATUS": "1.1.0"}
_FAILURES = (AddressError, ArgsError, IpamError, JSONError, RangeError, ResultError, VersionError)


class PluginError(ValueError):
    """A failure that the plugin reports with code 999; the text is the plugin's."""


class NotModelledError(ValueError):
    """A field of the configuration that the real plugin knows and its model leaves out."""

    def __init__(self, plugin: str, field_name: str) -> None:
        super().__init__(f"{field_name}: Forbidden: the model of the plugin {plugin} leaves this field out")


@dataclass(slots=True)
class Execution:
    """One run of a plugin on a node, while it runs.

    Attributes
    ----------
    call
        What it was started with.
    node
        The node now.
    programs
        The other plugins, for those that delegate.
    effects
        What it did so far.
    """

    call: Call
    node: Node
    programs: Mapping[str, Program]
    effects: list[Effect] = field(default_factory=list)

    def do(self, *effects: Effect) -> None:
        """Change the node."""
        for effect in effects:
            self.node = effect.apply(self.node)
            self.effects.append(effect)

    @property
    def config(self) -> Mapping[str, JSON]:
        """The configuration on standard input."""
        return self.call.stdin

    def pod(self) -> Netns:
        """The pod's namespace.

        Raises
        ------
        PluginError
            There is none at the path.
        """
        netns = self.node.namespaces.get(self.call.netns)
        if netns is None:
            path = quote(self.call.netns)
            raise PluginError(f"failed to open netns {path}: failed to Statfs {path}: no such file or directory")
        return netns

    def previous(self) -> Result | None:
        """The result of the plugins before, in the newest form.

        Raises
        ------
        PluginError
            It cannot be read.
        """
        document = self.config.get("prevResult")
        if document is not None and not isinstance(document, dict):
            wrong = type_error(document, "NetConf.prevResult", "map[string]interface {}")
            raise PluginError(f"failed to load netconf: {wrong}")
        if not document:
            return None
        try:
            return as_current(result_from_json({"cniVersion": self.config.get("cniVersion", ""), **document}))
        except _FAILURES as error:
            raise PluginError(f"could not parse prevResult: {error}") from None

    def delegate(self, plugin: str, command: str, stdin: Mapping[str, JSON] | None = None) -> Result | None:
        """Run another plugin with the same environment: its effects are this one's, its failure too.

        Raises
        ------
        PluginError, CniError
            There is no such program, or it failed.
        """
        problem = "no plugin name provided" if not plugin else find_problem(plugin, self.has, self.call.path)
        if problem:
            raise PluginError(problem)
        call = replace(self.call, plugin=plugin, command=command, stdin=self.call.stdin if stdin is None else stdin)
        done = execute(call, self.node, self.programs)
        self.node = done.node
        self.effects += done.effects
        error = done.answer.error()
        if error is not None:
            raise error
        return as_current(result_from_json(json.loads(done.answer.stdout))) if done.answer.stdout else None

    def has(self, plugin: str) -> bool:
        """Whether there is a program of that name."""
        return plugin in self.programs


@dataclass(frozen=True, slots=True)
class Program:
    """A simulated plugin.

    Attributes
    ----------
    name
        The name of its file.
    commands
        What it does for ADD, CHECK, DEL and so on; a command that is not there succeeds and does nothing.
    versions
        Versions of the specification that it supports.
    not_modelled
        Fields of the configuration that the real one knows and this one refuses.
    """

    name: str
    commands: Mapping[str, Callable[[Execution], Result | None]]
    versions: tuple[str, ...] = VERSIONS
    not_modelled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """A run of a plugin that has ended."""

    call: Call
    answer: Answer
    effects: tuple[Effect, ...]
    node: Node


def execute(call: Call, node: Node, programs: Mapping[str, Program]) -> Done:
    """Run a simulated plugin. What it did before a failure stays done, as in reality.

    Raises
    ------
    NotModelledError
        The configuration has a field that the model leaves out.
    """
    program, run = programs[call.plugin], Execution(call, node, programs)
    for name in program.not_modelled:
        if call.stdin.get(name):
            raise NotModelledError(program.name, name)
    try:
        answer = _answered(program, run)
    except CniError as error:
        answer = Answer(1, json.dumps(error.to_json(), indent=4))
    return Done(call, answer, tuple(run.effects), run.node)


def _answered(program: Program, run: Execution) -> Answer:
    call = run.call
    if call.command == "VERSION":
        versions = {"cniVersion": VERSIONS[-1], "supportedVersions": list(program.versions)}
        return Answer(0, json.dumps(versions) + "\n")
    _check_environment(call)
    version, do = _checked_version(program, call), program.commands.get(call.command)
    try:
        result = do(run) if do is not None else None
        shown = as_version(result, version).to_json() if result is not None else None
    except (PluginError, *_FAILURES) as error:
        raise CniError(INTERNAL, str(error)) from None
    return Answer(0, json.dumps(shown, indent=4)) if shown is not None else Answer()


def _check_environment(call: Call) -> None:
    """What every plugin checks before it does anything."""
    if call.command not in _NEEDED:
        if not call.command:
            raise CniError(INVALID_ENVIRONMENT, "required env variables [CNI_COMMAND] missing")
        raise CniError(INVALID_ENVIRONMENT, f"unknown CNI_COMMAND: {call.command}")
    needed, env = _NEEDED[call.command], call.env
    if "CNI_CONTAINERID" in needed and call.container_id:
        validate_container_id(call.container_id)
    if "CNI_IFNAME" in needed and call.if_name:
        validate_interface_name(call.if_name)
    missing = [name for name in needed if not env[name]]
    if missing:
        raise CniError(INVALID_ENVIRONMENT, f"required env variables [{','.join(missing)}] missing")
    name = _text(call, "name", "error unmarshall network config")
    if not name:
        raise CniError(INVALID_CONFIG, "missing network name")
    validate_network_name(name)


def _text(call: Call, name: str, about: str) -> str:
    """A field of the configuration that every plugin reads before anything else."""
    value = call.stdin.get(name)
    if value is not None and not isinstance(value, str):
        raise CniError(DECODING_FAILURE, f"{about}: {type_error(value, f'.{name}', 'string')}")
    return value or ""


def _checked_version(program: Program, call: Call) -> str:
    """The configuration's version, which command and plugin must know."""
    version = _text(call, "cniVersion", "decoding version from network config") or "0.1.0"
    try:
        if call.command in _SINCE and not at_least(version, _SINCE[call.command]):
            raise CniError(INCOMPATIBLE_VERSION, f"config version does not allow {call.command}")
        if call.command in _SINCE and not at_least(program.versions[-1], version):
            raise CniError(INCOMPATIBLE_VERSION, f"plugin version does not allow {call.command}")
    except VersionError as error:
        raise CniError(DECODING_FAILURE, str(error)) from None
    if version not in program.versions:
        supported = " ".join(quote(item) for item in program.versions)
        details = f"config is {quote(version)}, plugin supports [{supported}]"
        raise CniError(INCOMPATIBLE_VERSION, "incompatible CNI versions", details)
    return version
