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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from k8smodels.api.gotext import quote
from k8smodels.network.cni.attach import add, check, delete
from k8smodels.network.cni.cache import Cache
from k8smodels.network.cni.call import PLUGIN_DIR, Plugins
from k8smodels.network.cni.collect import collect_garbage, status
from k8smodels.network.cni.config import NetworkConfigList
from k8smodels.network.cni.operation import REFUSALS, Exchange, ExecError, Operation
from k8smodels.network.cni.result import AnyResult
from k8smodels.network.cni.runtime_conf import RuntimeConf
from k8smodels.network.cni.spec import CniError


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
    op = Operation(network, runtime, plugins, path, cache or {})
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
    except REFUSALS as error:
        cause = error if isinstance(error, CniError) else error.__cause__
        problem, code = str(error), cause.code if isinstance(cause, CniError) else 0
    return Outcome(command, tuple(op.exchanges), result, problem, code, op.cache)
