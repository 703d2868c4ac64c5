"""Adapters of the suites ``cni/...``: configuration files, chains of plugins, results, and the plugin host-local."""

from __future__ import annotations

import json
from collections.abc import Mapping

from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter
from k8smodels.network.cni.addresses import AddressError
from k8smodels.network.cni.call import Answer, Call
from k8smodels.network.cni.config import ConfigError, NetworkConfigList, network_config_list
from k8smodels.network.cni.convert import as_version
from k8smodels.network.cni.directory import LoadError, conf_files, load_networks
from k8smodels.network.cni.gojson import JSONError
from k8smodels.network.cni.leases import LINE_BREAK
from k8smodels.network.cni.libcni import Outcome, perform
from k8smodels.network.cni.result import ResultError, result_from_json
from k8smodels.network.cni.runtime_conf import RuntimeConf
from k8smodels.network.cni.simulated_node import SimulatedNode


def configuration_files(case: JSON) -> JSON:
    """The suite ``cni/conf-files``."""
    files = case["files"] or {}
    out: dict[str, JSON] = {"candidates": list(conf_files(files)), "loaded": None, "error": None}
    try:
        (network,) = load_networks(files)
    except LoadError as error:
        return out | {"error": str(error)}
    types = [plugin.type for plugin in network.plugins]
    return out | {"loaded": {"name": network.name, "cniVersion": network.cni_version, "plugins": types}}


class _Recorded:
    """The plugins of a network, which answer as a case says; one without an answer ends well and says nothing."""

    def __init__(self, network: NetworkConfigList, answers: Mapping[str, Mapping[str, JSON]]) -> None:
        self.answers = answers
        self.names = {plugin.type for plugin in network.plugins}

    def has(self, plugin: str) -> bool:
        return plugin in self.names

    def execute(self, call: Call) -> Answer:
        answer = (self.answers.get(call.plugin) or {}).get(call.command) or {}
        return Answer(answer.get("exit", 0), answer.get("stdout", ""), answer.get("stderr", ""))


def chain(case: JSON) -> JSON:
    """The suite ``cni/libcni``."""
    try:
        network = network_config_list(json.dumps(case["config"]))
    except ConfigError as error:
        return {"error": str(error)}
    given, plugins, out = case["runtime"], _Recorded(network, case["answers"] or {}), []
    container_id, netns, if_name = (given.get(name, "") for name in ("containerID", "netNS", "ifName"))
    args = tuple((key, value) for key, value in given.get("args") or ())
    runtime = RuntimeConf(container_id, netns, if_name, args, given.get("capabilityArgs") or {})
    outcome: Outcome | None = None
    for command in case["ops"]:
        outcome = perform(command, network, runtime, plugins, outcome.cache if outcome else None)
        out.append(_shown(outcome))
    return out


def _shown(outcome: Outcome) -> JSON:
    calls = [exchange.call for exchange in outcome.exchanges]
    return {
        "op": outcome.command,
        "error": outcome.error,
        "result": outcome.result and outcome.result.to_json(),
        "calls": [{"plugin": call.plugin, "env": call.env, "stdin": dict(call.stdin)} for call in calls],
    }


def converted(case: JSON) -> JSON:
    """The suite ``cni/result``."""
    try:
        return {"result": as_version(result_from_json(case["result"]), case["to"]).to_json()}
    except (AddressError, JSONError, ResultError) as error:
        return {"error": str(error)}


def host_local(case: JSON) -> JSON:
    """The suite ``cni/host-local``."""
    stdin = {"cniVersion": "1.0.0", "name": "net", "type": "bridge", "ipam": {**case["ipam"], "type": "host-local"}}
    node, out = SimulatedNode(), []
    for op in case["ops"]:
        ids = (op["containerID"], "/var/run/netns/x", op["ifName"], op.get("args", ""))
        answer = node.execute(Call("host-local", op["command"], *ids, "/opt/cni/bin", stdin))
        said = json.loads(answer.stdout) if answer.stdout else None
        out.append({"error": said} if answer.exit_code else {"result": said} if said is not None else {})
    files = sorted(node.node.files.items())
    return {
        "ops": out,
        "files": [f"{path.rpartition('/')[2]}: {text.replace(LINE_BREAK, ' ')}" for path, text in files],
    }


SUITES: Mapping[str, Adapter] = {
    "cni/conf-files": Adapter(configuration_files),
    "cni/host-local": Adapter(host_local),
    "cni/libcni": Adapter(chain),
    "cni/result": Adapter(converted),
}
