"""GC and STATUS, which came with version 1.1.0: what is left over, and whether the plugins are ready.

References
----------
github.com/containernetworking/cni v1.3.0: libcni/api.go, GCNetworkList, GetStatusNetworkList
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from k8smodels.network.cni.attach import delete
from k8smodels.network.cni.cache import Attachment
from k8smodels.network.cni.config import NetworkConfigList
from k8smodels.network.cni.operation import REFUSALS, ExecError, Operation
from k8smodels.network.cni.runtime_conf import RuntimeConf
from k8smodels.network.cni.spec import VersionError, at_least


def collect_garbage(op: Operation, valid: Sequence[tuple[str, str]]) -> None:
    """GCNetworkList: DEL for every cached attachment that is not valid, then GC to the plugins since 1.1.0.

    Raises
    ------
    ExecError
        With everything that failed; one failure does not stop the rest.
    """
    if op.network.disable_gc:
        return
    problems = [*_delete_stale(op, valid), *_ask_to_collect(op, valid)]
    if problems:
        raise ExecError("\n".join(problems))


def _delete_stale(op: Operation, valid: Iterable[tuple[str, str]]) -> list[str]:
    problems, kept = [], set(valid)
    stale = [item for item in _attachments(op) if (item.container_id, item.if_name) not in kept]
    for attachment in stale:
        try:
            delete(op, attachment.runtime)
        except REFUSALS as error:
            about = f"failed to delete stale attachment {attachment.container_id} {attachment.if_name}"
            problems.append(f"{about}: {error}")
    return problems


def _attachments(op: Operation) -> list[Attachment]:
    return [item for _, item in sorted(op.cache.items()) if item.network == op.network.name]


def _ask_to_collect(op: Operation, valid: Iterable[tuple[str, str]]) -> list[str]:
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
        except REFUSALS as error:
            problems.append(f"failed to GC plugin {plugin.type}: {error}")
    return problems


def status(op: Operation) -> None:
    """GetStatusNetworkList: whether the plugins are ready; before version 1.1.0 nobody is asked.

    Raises
    ------
    ExecError, CniError
        The first that is not.
    """
    if _is_at_least_1_1(op.network):
        for plugin in op.network.plugins:
            op.find(plugin)
            op.run(plugin, "STATUS", {}, RuntimeConf())


def _is_at_least_1_1(network: NetworkConfigList) -> bool:
    try:
        return at_least(network.cni_version, "1.1.0")
    except VersionError:
        return False
