"""An operation on a network while it runs: which plugins were run, and the cache by now.

References
----------
github.com/containernetworking/cni v1.3.0: libcni/api.go, buildOneConfig; pkg/invoke/exec.go
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from k8smodels.api.structure import JSON
from k8smodels.network.cni.addresses import AddressError
from k8smodels.network.cni.cache import Cache, CacheError
from k8smodels.network.cni.call import Answer, Call, Plugins, find_problem
from k8smodels.network.cni.config import ConfigError, NetworkConfigList, PluginConfig
from k8smodels.network.cni.gojson import JSONError
from k8smodels.network.cni.result import ResultError
from k8smodels.network.cni.runtime_conf import RuntimeConf
from k8smodels.network.cni.spec import CniError, VersionError


class ExecError(ValueError):
    """An operation that failed; the text is libcni's."""


REFUSALS = (AddressError, CacheError, CniError, ConfigError, ExecError, JSONError, ResultError, VersionError)
"""Whatever can go wrong while an operation runs."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A plugin that was run, and how it ended."""

    call: Call
    answer: Answer


@dataclass(slots=True)
class Operation:
    """An operation under way.

    Attributes
    ----------
    network, runtime, plugins, path
        As `perform` is given them.
    cache, exchanges
        What they are by now.
    """

    network: NetworkConfigList
    runtime: RuntimeConf
    plugins: Plugins
    path: str
    cache: Cache
    exchanges: list[Exchange] = field(default_factory=list)

    def run(self, plugin: PluginConfig, command: str, values: Mapping[str, JSON], runtime: RuntimeConf) -> Answer:
        """Run one plugin with its part of the configuration, into which `values` are set.

        Raises
        ------
        CniError
            It failed.
        """
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
        """Refuse a plugin that is not installed.

        Raises
        ------
        ExecError
            In the words of libcni.
        """
        problem = find_problem(plugin.type, self.plugins.has, self.path)
        if problem:
            raise ExecError(problem)
