"""CNI: how a runtime gets a pod onto the network, by running programs that get JSON and answer with JSON.

`network_config_list` reads a configuration, `load_networks` chooses one as containerd does, `perform` runs an operation
on it. The programs are simulated (`SimulatedNode`), or real ones (`run_real`); outcomes are of the same types::

    from k8smodels.network.cni import SimulatedNode, network_config_list, perform, pod_runtime_conf

    network = network_config_list(
        '{"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "bridge", "isDefaultGateway": true,'
        ' "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.1.0/24"}]]}}]}'
    )
    machine = SimulatedNode()
    machine.new_pod("/run/netns/web")
    added = perform("ADD", network, pod_runtime_conf("default", "web", "uid", "c1", "/run/netns/web"), machine)
    added.result.to_json()["ips"]  # [{"interface": 2, "address": "10.244.1.2/24", "gateway": "10.244.1.1"}]
    [effect.command for effect in machine.done[0].effects]  # "ip link add cni0 type bridge", ...

What each model leaves out stands in its module; a field of a configuration that is left out is refused, not ignored.
"""

from k8smodels.network.cni.cache import Attachment, Cache
from k8smodels.network.cni.call import Answer, Call, Plugins
from k8smodels.network.cni.callers import Caller, callers, sandbox_error
from k8smodels.network.cni.config import ConfigError, NetworkConfigList, PluginConfig, network_config_list
from k8smodels.network.cni.convert import as_version
from k8smodels.network.cni.directory import LoadError, conf_files, load_networks
from k8smodels.network.cni.dockershim import DefaultNetwork, default_network
from k8smodels.network.cni.effects import Effect
from k8smodels.network.cni.execution import Done, NotModelledError, Program
from k8smodels.network.cni.libcni import Outcome, perform
from k8smodels.network.cni.node import HOST, KernelRoute, Link, Netns, Node, simple_node
from k8smodels.network.cni.operation import Exchange, ExecError
from k8smodels.network.cni.plugins import PROGRAMS
from k8smodels.network.cni.plugins.flannel import SUBNET_FILE, subnet_env
from k8smodels.network.cni.real import RealPlugins, run_real
from k8smodels.network.cni.result import LegacyResult, Result, ResultError, result_from_json
from k8smodels.network.cni.runtime_conf import RuntimeConf, pod_runtime_conf
from k8smodels.network.cni.simulated_node import SimulatedNode
from k8smodels.network.cni.spec import ERROR_CODES, VERSIONS, CniError
from k8smodels.network.cni.validation import network_errors

__all__ = [
    "ERROR_CODES",
    "HOST",
    "PROGRAMS",
    "SUBNET_FILE",
    "VERSIONS",
    "Answer",
    "Attachment",
    "Cache",
    "Call",
    "Caller",
    "CniError",
    "ConfigError",
    "DefaultNetwork",
    "Done",
    "Effect",
    "Exchange",
    "ExecError",
    "KernelRoute",
    "LegacyResult",
    "Link",
    "LoadError",
    "Netns",
    "NetworkConfigList",
    "Node",
    "NotModelledError",
    "Outcome",
    "PluginConfig",
    "Plugins",
    "Program",
    "RealPlugins",
    "Result",
    "ResultError",
    "RuntimeConf",
    "SimulatedNode",
    "as_version",
    "callers",
    "conf_files",
    "default_network",
    "load_networks",
    "network_config_list",
    "network_errors",
    "perform",
    "pod_runtime_conf",
    "result_from_json",
    "run_real",
    "sandbox_error",
    "simple_node",
    "subnet_env",
]
