"""Pods, nodes and policies of a cluster, as far as policies look at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from k8smodels.api.errors import duplicate, invalid
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.network_policy import NetworkPolicy
from k8smodels.api.node import Namespace, Node
from k8smodels.api.pod import Pod
from k8smodels.api.structure import mappings
from k8smodels.network.policy.addresses import IPAddress, parse_address
from k8smodels.network.policy.rules import Policy, read_policy
from k8smodels.network.policy.traffic import Party, not_found
from k8smodels.network.policy.validation import validate_network_policy

HostNetwork = Literal["as the node", "as a pod"]
"""What a plugin makes of a pod in its node's network, which Kubernetes leaves open.

Most see the node's traffic: selectors do not find such a pod, no policy isolates it. Some tell it apart, and treat it
like every other pod.
"""

NAMESPACE_NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Everything that a verdict depends on.

    Attributes
    ----------
    pods
        The pods that have not finished, in the order in which they were given.
    nodes
        Nodes whose addresses are known.
    policies
        All policies, in the order of their names.
    host_network
        What pods in their node's network are taken for.
    """

    pods: tuple[Party, ...]
    nodes: tuple[Party, ...]
    policies: tuple[Policy, ...]
    host_network: HostNetwork = "as the node"

    def party(self, name: str, path: str = "name") -> Party:
        """The pod ``NAMESPACE/POD`` or ``POD`` of the namespace ``default``, a node, or whoever has an address.

        Raises
        ------
        FieldError
            There is no such pod or node, and it is no address.
        """
        address = parse_address(name)
        if address is not None:
            return self._holder(address)
        wanted = name if "/" in name else f"default/{name}"
        found = next((pod for pod in self.pods if pod.name == wanted), None)
        found = found or next((node for node in self.nodes if node.name == name), None)
        if found is None:
            raise not_found(path, name)
        return found

    def _holder(self, address: IPAddress) -> Party:
        """Several pods share a node's address: that is the node."""
        pods = [pod for pod in self.pods if address in pod.addresses]
        node = next((node for node in self.nodes if address in node.addresses), None)
        if node is None and len(pods) == 1:
            return pods[0]
        return node or Party(str(address), addresses=(address,))


def cluster_of(objects: Iterable[KubernetesObject], host_network: HostNetwork = "as the node") -> Cluster:
    """The cluster that pods, namespaces, nodes and policies describe; other objects are passed over.

    A namespace that is not among them has the one label that the API server gives to each. A NetworkPolicy that the
    API server would refuse is refused.

    Raises
    ------
    InvalidObject, DecodeError
        See `validate_network_policy`.
    FieldError
        A pod's or a node's address is none, two pods of the pod network have the same, or two objects the same name.
    """
    items = tuple(objects)
    namespaces = {item.name: item.labels for item in items if isinstance(item, Namespace)}
    policies = [item for item in items if isinstance(item, NetworkPolicy)]
    for policy in policies:
        validate_network_policy(policy)
    pods = [item for item in items if isinstance(item, Pod) and not item.is_finished]
    nodes = [item for item in items if isinstance(item, Node)]
    for same_kind in (pods, nodes, policies):
        _must_differ([f"{item.namespace}/{item.name}".lstrip("/") for item in same_kind], "metadata.name")
    parties = tuple(_pod(item, namespaces, host_network) for item in pods)
    own = (party for party, item in zip(parties, pods, strict=True) if not item.spec.host_network)
    _must_differ([str(address) for party in own for address in party.addresses], "status.podIPs")
    meanings = sorted(map(read_policy, policies), key=lambda policy: policy.name)
    return Cluster(parties, tuple(map(_node, nodes)), tuple(meanings), host_network)


def _must_differ(values: Iterable[str], path: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise duplicate(path, value)
        seen.add(value)


def _pod(pod: Pod, namespaces: Mapping[str, Mapping[str, str]], host_network: HostNetwork) -> Party:
    selectable = not pod.spec.host_network or host_network == "as a pod"
    return Party(
        name=f"{pod.namespace}/{pod.name}",
        namespace=pod.namespace,
        labels=pod.labels,
        namespace_labels={**namespaces.get(pod.namespace, {}), NAMESPACE_NAME: pod.namespace},
        addresses=_pod_addresses(pod.status.to_json()),
        ports=_named_ports(pod) if selectable else {},
        node=pod.spec.node_name,
        selectable=selectable,
        host_network=pod.spec.host_network,
    )


def _named_ports(pod: Pod) -> dict[tuple[str, str], frozenset[int]]:
    """Ports with a name, of containers and sidecars."""
    found: dict[tuple[str, str], set[int]] = {}
    sidecars = tuple(item for item in pod.spec.init_containers if item.is_sidecar)
    for container in (*pod.spec.containers, *sidecars):
        for port in container.ports:
            if port.name:
                found.setdefault((port.name, port.protocol or "TCP"), set()).add(port.container_port)
    return {key: frozenset(numbers) for key, numbers in found.items()}


def _pod_addresses(status: Mapping[str, Any]) -> tuple[IPAddress, ...]:
    listed = [{"ip": status.get("podIP") or None}, *mappings(status.get("podIPs"))]
    return _addresses((item.get("ip") for item in listed), "status.podIPs")


def _node(node: Node) -> Party:
    listed = mappings(node.status.to_json().get("addresses"))
    texts = [item.get("address") for item in listed if item.get("type") in ("InternalIP", "ExternalIP")]
    return Party(name=node.name, addresses=_addresses(texts, "status.addresses"), node=node.name)


def _addresses(texts: Iterable[object], path: str) -> tuple[IPAddress, ...]:
    return tuple(dict.fromkeys(_address(text, path) for text in texts if text is not None))


def _address(text: object, path: str) -> IPAddress:
    address = parse_address(text) if isinstance(text, str) else None
    if address is None:
        raise invalid(path, text, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")
    return address
