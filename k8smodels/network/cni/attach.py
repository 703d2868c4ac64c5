"""ADD, CHECK and DEL for the list of a network's plugins.

References
----------
github.com/containernetworking/cni v1.3.0: libcni/api.go, pkg/invoke/exec.go
"""

from __future__ import annotations

from k8smodels.api.gotext import quote
from k8smodels.api.structure import JSON
from k8smodels.network.cni.cache import CacheError, cached_result, with_result, without
from k8smodels.network.cni.call import Answer
from k8smodels.network.cni.config import PluginConfig
from k8smodels.network.cni.gojson import JSONError, decode_object
from k8smodels.network.cni.operation import REFUSALS, ExecError, Operation
from k8smodels.network.cni.result import AnyResult, result_from_json
from k8smodels.network.cni.runtime_conf import RuntimeConf
from k8smodels.network.cni.spec import (
    at_least,
    validate_container_id,
    validate_interface_name,
    validate_network_name,
)


def add(op: Operation) -> AnyResult | None:
    """AddNetworkList: the last plugin's result is the network's.

    Raises
    ------
    ExecError
        A plugin failed, and with it the whole; what the plugins before it did stays.
    """
    result: AnyResult | None = None
    for plugin in op.network.plugins:
        try:
            op.find(plugin)
            validate_container_id(op.runtime.container_id)
            validate_network_name(op.network.name)
            validate_interface_name(op.runtime.if_name)
            previous = {"prevResult": result.to_json()} if result is not None else {}
            result = _read_result(op.run(plugin, "ADD", previous, op.runtime), op.network.cni_version)
        except REFUSALS as error:
            raise _explained(f"plugin {_described(plugin)} failed (add)", error) from error
    try:
        op.cache = with_result(op.cache, op.network, op.runtime, result)
    except CacheError as error:
        raise ExecError(f"failed to set network {quote(op.network.name)} cached result: {error}") from None
    return result


def check(op: Operation) -> None:
    """CheckNetworkList: since version 0.4.0.

    Raises
    ------
    ExecError, CniError
        It is not supported, or a plugin failed; then it is the plugin's own error.
    """
    if not at_least(op.network.cni_version, "0.4.0"):
        version = quote(op.network.cni_version)
        raise ExecError(f"configuration version {version} does not support the CHECK command")
    if op.network.disable_check:
        return
    try:
        previous = cached_result(op.cache, op.network, op.runtime)
    except REFUSALS as error:
        raise ExecError(f"failed to get network {quote(op.network.name)} cached result: {error}") from None
    for plugin in op.network.plugins:
        op.find(plugin)
        op.run(plugin, "CHECK", _previous(previous), op.runtime)


def delete(op: Operation, runtime: RuntimeConf | None = None) -> None:
    """DelNetworkList: backwards; the first plugin that fails stops it. ``prevResult`` since version 0.4.0.

    Raises
    ------
    ExecError, VersionError
        A plugin failed, or the network's version is none.
    """
    runtime, previous = runtime or op.runtime, None
    if at_least(op.network.cni_version, "0.4.0"):
        try:
            previous = cached_result(op.cache, op.network, runtime)
        except REFUSALS:
            op.cache = without(op.cache, op.network, runtime)
    for plugin in reversed(op.network.plugins):
        try:
            op.find(plugin)
            op.run(plugin, "DEL", _previous(previous), runtime)
        except REFUSALS as error:
            raise _explained(f"plugin {_described(plugin)} failed (delete)", error) from error
    op.cache = without(op.cache, op.network, runtime)


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
