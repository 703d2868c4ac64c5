"""kube-proxy on every node of the cluster: what each knows of Services, and the rules that it has written.

All proxies that reach the API server know the same, a little late: they write their rules a second apart at most. One
that is cut off keeps what it had.

References
----------
pkg/proxy/iptables/proxier.go: OnServiceUpdate, syncProxyRules; pkg/util/async/bounded_frequency_runner.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.node import Node
from k8smodels.api.service import Service
from k8smodels.controlplane.machines import node_address
from k8smodels.controlplane.process import Process
from k8smodels.controlplane.status import not_found
from k8smodels.controlplane.store import Change
from k8smodels.kubeproxy.config import LocalDetector, ProxyConfig, ProxyNode
from k8smodels.kubeproxy.iptables.sync import full_sync as iptables_sync
from k8smodels.kubeproxy.nftables.sync import full_sync as nftables_sync
from k8smodels.kubeproxy.state import ProxyState, proxy_state

Known = tuple[Sequence[Service], Sequence[EndpointSlice]]

MODES: Mapping[str, Callable[[ProxyState], list[str]]] = {
    "iptables": lambda state: iptables_sync(state).kernel.lines,
    "nftables": lambda state: nftables_sync(state).kernel.lines,
}
"""The rules of a mode as its tool reads them."""


class Proxies:
    """The proxies of all nodes.

    Parameters
    ----------
    process
        What they watch with.
    pod_cidr
        The addresses of all pods: how traffic that begins in the cluster is told.
    """

    def __init__(self, process: Process, pod_cidr: str) -> None:
        self.process, self.clock = process, process.clock
        self._config = ProxyConfig(local=LocalDetector("ClusterCIDR", pod_cidr))
        self._services, self._slices = process.informer(Service), process.informer(EndpointSlice)
        self._nodes = process.informer(Node)
        self._written: Known = ((), ())
        self._kept: dict[str, Known] = {}
        self._last_seconds = float("-inf")
        self._planned = False
        self._services.handlers.append(self._changed)
        self._slices.handlers.append(self._changed)

    def cut_off(self, node: str) -> None:
        """The proxy of a node no longer hears of changes."""
        self._kept.setdefault(node, self._written)

    def reconnect(self, node: str) -> None:
        """It hears of them again."""
        self._kept.pop(node, None)

    def state(self, node: str) -> ProxyState:
        """What the proxy of `node` has written rules for.

        Raises
        ------
        StatusError
            There is no such node.
        """
        item = self._nodes.get("", node)
        if item is None:
            raise not_found("nodes", node)
        services, slices = self._kept.get(node, self._written)
        return proxy_state(services, slices, ProxyNode(node, (node_address(item),), item.labels), self._config)

    def rules(self, node: str, mode: str = "iptables") -> str:
        """The rules of `node` as text for ``iptables-restore``, or for ``nft -f``."""
        return "\n".join(MODES[mode](self.state(node)))

    def endpoints(self, node: str, service: str, namespace: str = "default") -> tuple[str, ...]:
        """The addresses that connections from `node` to a Service's first port are spread over, evenly."""
        state = self.state(node)
        for port in state.services.get(f"{namespace}/{service}", ()):
            return tuple(endpoint.address for endpoint in state.usable(port).reachable)
        return ()

    def _changed(self, _change: Change) -> None:
        if not self._planned:
            self._planned = True
            due = self._last_seconds + self.process.timing.proxy_sync_seconds
            self.clock.later(max(due - self.clock.seconds, 0.0), self._write)

    def _write(self) -> None:
        self._planned, self._last_seconds = False, self.clock.seconds
        self._written = (tuple(self._services.all()), tuple(self._slices.all()))
