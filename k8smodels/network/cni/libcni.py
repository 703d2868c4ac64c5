"""What a runtime does with a network: it runs the plugins of the list, and remembers the result.

ADD runs them in order, each with the result so far as ``prevResult``; DEL runs them backwards, and both DEL and CHECK
hand everyone the final result, from the cache. What differs from pod to pod comes as ``runtimeConfig``, and only to a
plugin that declares the capability.

What is left out: caches written by older versions of libcni, and the wait for a program file that is being written.

References
----------
github.com/containernetworking/cni v1.3.0: libcni/api.go, pkg/invoke/exec.go
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from k8smodels.api.gotext import quote
from k8smodels.api.structure import JSON
from k8smodels.network.cni.addresses import AddressError
from k8smodels.network.cni.cache import Attachment, Cache, CacheError, cached_result, with_result, without
from k8smodels.network.cni.call import PLUGIN_DIR, Answer, Call, Plugins, find_problem
from k8smodels.network.cni.config import ConfigError, NetworkConfigList, PluginConfig
from k8smodels.network.cni.gojson import JSONError, decode_object
from k8smodels.network.cni.result import AnyResult, ResultError, result_from_json
from k8smodels.network.cni.runtime_conf import RuntimeConf
from k8smodels.network.cni.spec import (
    CniError,
    VersionError,
    at_least,
    validate_container_id,
    validate_interface_name,
    validate_network_name,
)


class ExecError(ValueError):
    """An operation that failed; the text is libcni's."""


_REFUSALS = (AddressError, CacheError, CniError, ConfigError, ExecError, JSONError, ResultError, VersionError)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A plugin that was run, and how it ended."""

    call: Call
    answer: Answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation did.

    Attributes
    ----------
    command
        ADD, CHECK, DEL, GC or STATUS.
    exchanges
        The plugins that were run, in order.
    result
        What ADD gives back.
    error
        Why it failed; none if it did not.
    code
        The error code of the plugin that failed; 0 where there is none.
    cache
        The cache afterwards.
    """

    command: str
    exchanges: tuple[Exchange, ...]
    result: AnyResult | None
    error: str | None
    code: int
    cache: Cache


@dataclass(slots=True)
class _Operation:
    """An operation under way."""

    network: NetworkConfigList
    runtime: RuntimeConf
    plugins: Plugins
    path: str
    cache: Cache
    exchanges: list[Exchange] = field(default_factory=list)

    def run(self, plugin: PluginConfig, command: str, values: Mapping[str, JSON], runtime: RuntimeConf) -> Answer:
        """Run one plugin with its part of the configuration, into which `values` are set."""
        inject = {"name": self.network.name, "cniVersion": self.network.cni_version, **values}
        config = plugin.with_values(inject)
        given = runtime.capabilities_of(config)
        if given:
            config = config.with_values({"runtimeConfig": given})
        ids = (runtime.container_id, runtime.netns, runtime.if_name, runtime.args_text)
        call = Call(plugin.type, command, *ids, self.path, config.document)
        answer = self.plugins.execute(call)
        self.exchanges.append(Exchange(call, answer))
        problem = answer.error()
        if problem is not None:
            raise problem
        return answer

    def find(self, plugin: PluginConfig) -> None:
        problem = find_problem(plugin.type, self.plugins.has, self.path)
        if problem:
            raise ExecError(problem)


def add(op: _Operation) -> AnyResult | None:
    """AddNetworkList: the last plugin's result is the network's."""
    result: AnyResult | None = None
    for plugin in op.network.plugins:
        try:
            op.find(plugin)
            validate_container_id(op.runtime.container_id)
            validate_network_name(op.network.name)
            validate_interface_name(op.runtime.if_name)
            previous = {"prevResult": result.to_json()} if result is not None else {}
            result = _read_result(op.run(plugin, "ADD", previous, op.runtime), op.network.cni_version)
        except _REFUSALS as error:
            raise _explained(f"plugin {_described(plugin)} failed (add)", error) from error
    try:
        op.cache = with_result(op.cache, op.network, op.runtime, result)
    except CacheError as error:
        raise ExecError(f"failed to set network {quote(op.network.name)} cached result: {error}") from None
    return result


def check(op: _Operation) -> None:
    """CheckNetworkList: since version 0.4.0."""
    if not at_least(op.network.cni_version, "0.4.0"):
        version = quote(op.network.cni_version)
        raise ExecError(f"configuration version {version} does not support the CHECK command")
    if op.network.disable_check:
        return
    try:
        previous = cached_result(op.cache, op.network, op.runtime)
    except _REFUSALS as error:
        raise ExecError(f"failed to get network {quote(op.network.name)} cached result: {error}") from None
    for plugin in op.network.plugins:
        op.find(plugin)
        op.run(plugin, "CHECK", _previous(previous), op.runtime)


def delete(op: _Operation, runtime: RuntimeConf | None = None) -> None:
    """DelNetworkList: backwards; the first plugin that fails stops it. ``prevResult`` since version 0.4.0."""
    runtime, previous = runtime or op.runtime, None
    if at_least(op.network.cni_version, "0.4.0"):
        try:
            previous = cached_result(op.cache, op.network, runtime)
        except _REFUSALS:
            op.cache = without(op.cache, op.network, runtime)
    for plugin in reversed(op.network.plugins):
        try:
            op.find(plugin)
            op.run(plugin, "DEL", _previous(previous), runtime)
        except _REFUSALS as error:
            raise _explained(f"plugin {_described(plugin)} failed (delete)", error) from error
    op.cache = without(op.cache, op.network, runtime)


def collect_garbage(op: _Operation, valid: Sequence[tuple[str, str]]) -> None:
    """GCNetworkList: DEL for every cached attachment that is not valid, then GC to the plugins since 1.1.0."""
    if op.network.disable_gc:
        return
    problems = [*_delete_stale(op, valid), *_ask_to_collect(op, valid)]
    if problems:
        raise ExecError("\n".join(problems))


def _delete_stale(op: _Operation, valid: Iterable[tuple[str, str]]) -> list[str]:
    problems, kept = [], set(valid)
    stale = [item for item in _attachments(op) if (item.container_id, item.if_name) not in kept]
    for attachment in stale:
        try:
            delete(op, attachment.runtime)
        except _REFUSALS as error:
            about = f"failed to delete stale attachment {attachment.container_id} {attachment.if_name}"
            problems.append(f"{about}: {error}")
    return problems


def _attachments(op: _Operation) -> list[Attachment]:
    return [item for _, item in sorted(op.cache.items()) if item.network == op.network.name]


def _ask_to_collect(op: _Operation, valid: Iterable[tuple[str, str]]) -> list[str]:
    if not _is_at_least_1_1(op.network):
        return []
    attachments = [{"containerID": container_id, "ifname": if_name} for container_id, if_name in valid]
    # the specification first had the second name by mistake
    values = {"cni.dev/valid-attachments": attachments, "cni.dev/attachments": attachments}
    problems = []
    for plugin in op.network.plugins:
        try:
            op.find(plugin)
            op.run(plugin, "GC", values, RuntimeConf())
        except _REFUSALS as error:
            problems.append(f"failed to GC plugin {plugin.type}: {error}")
    return problems


def status(op: _Operation) -> None:
    """GetStatusNetworkList: whether the plugins are ready; before version 1.1.0 nobody is asked."""
    if _is_at_least_1_1(op.network):
        for plugin in op.network.plugins:
            op.find(plugin)
            op.run(plugin, "STATUS", {}, RuntimeConf())


def perform(
    command: str,
    network: NetworkConfigList,
    runtime: RuntimeConf,
    plugins: Plugins,
    cache: Cache | None = None,
    *,
    path: str = PLUGIN_DIR,
    valid_attachments: Sequence[tuple[str, str]] = (),
) -> Outcome:
    """Do one operation on a network.

    Parameters
    ----------
    command
        ADD, CHECK, DEL, GC or STATUS.
    network, runtime
        The network, and the pod's side of it.
    plugins
        The programs.
    cache
        What earlier operations left, `Outcome.cache`; none is an empty one.
    path
        The directories of plugins, joined by colons: ``CNI_PATH``.
    valid_attachments
        For GC: pairs of container id and interface that are in use.

    Raises
    ------
    ExecError
        There is no such command. A failed operation is an `Outcome` with an error.
    """
    op = _Operation(network, runtime, plugins, path, cache or {})
    commands: Mapping[str, Callable[[], AnyResult | None]] = {
        "ADD": lambda: add(op),
        "CHECK": lambda: check(op),
        "DEL": lambda: delete(op),
        "GC": lambda: collect_garbage(op, valid_attachments),
        "STATUS": lambda: status(op),
    }
    if command not in commands:
        raise ExecError(f"unknown command {quote(command)}: one of {', '.join(commands)}")
    result, problem, code = None, None, 0
    try:
        result = commands[command]()
    except _REFUSALS as error:
        cause = error if isinstance(error, CniError) else error.__cause__
        problem, code = str(error), cause.code if isinstance(cause, CniError) else 0
    return Outcome(command, tuple(op.exchanges), result, problem, code, op.cache)


def _read_result(answer: Answer, cni_version: str) -> AnyResult:
    """The result that a plugin printed; one without a version has the configuration's."""
    try:
        document = decode_object(answer.stdout)
    except JSONError as error:
        raise ExecError(f"failed to unmarshal raw result: {error}") from None
    version = document.get("cniVersion")
    known = isinstance(version, str) and version
    return result_from_json(document if known else {**document, "cniVersion": cni_version or "0.1.0"})


def _previous(result: AnyResult | None) -> dict[str, JSON]:
    return {} if result is None else {"prevResult": result.to_json()}


def _described(plugin: PluginConfig) -> str:
    return f"type={quote(plugin.type)}" + (f" name={quote(plugin.name)}" if plugin.name else "")


def _explained(about: str, error: ValueError) -> ExecError:
    return ExecError(f"{about}: {error}")


def _is_at_least_1_1(network: NetworkConfigList) -> bool:
    try:
        return at_least(network.cni_version, "1.1.0")
    except VersionError:
        return False
