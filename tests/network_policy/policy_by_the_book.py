"""The documentation of NetworkPolicy, sentence by sentence, on plain JSON: slow, and independent of the model."""

from __future__ import annotations

import ipaddress
from typing import Any

JSON = dict[str, Any]


class ByTheBook:
    """Asks each sentence for each connection."""

    def __init__(self, objects: list[JSON], host_network: str = "as the node") -> None:
        def of(kind: str) -> list[JSON]:
            return [item for item in objects if item["kind"] == kind]

        self.host_network = host_network
        self.namespaces = {item["metadata"]["name"]: item["metadata"]["labels"] for item in of("Namespace")}
        self.nodes = {
            item["metadata"]["name"]: [a["address"] for a in item["status"]["addresses"] if a["type"] == "InternalIP"]
            for item in of("Node")
        }
        self.pods = {f"{item['metadata']['namespace']}/{item['metadata']['name']}": item for item in of("Pod")}
        self.policies = of("NetworkPolicy")

    def allowed(self, source: str, destination: str, port: int, protocol: str) -> bool:
        if source == destination:
            return True  # "a Pod cannot block access to itself"
        both_pods = self._is_pod(source) and self._is_pod(destination)
        if not both_pods and self._node_of(source) and self._node_of(source) == self._node_of(destination):
            return True  # "traffic to and from the node where a Pod is running is always allowed"
        return all(
            self._agrees(direction, own, other, source, destination, port, protocol)
            for direction, own, other in (("Egress", source, destination), ("Ingress", destination, source))
        )

    def _is_pod(self, name: str) -> bool:
        """ "it ignores hostNetwork pods when matching" """
        if name not in self.pods:
            return False
        return self.host_network == "as a pod" or not self.pods[name]["spec"]["hostNetwork"]

    def _node_of(self, name: str) -> str:
        return self.pods[name]["spec"]["nodeName"] if name in self.pods else name if name in self.nodes else ""

    def _agrees(
        self, direction: str, own: str, other: str, source: str, destination: str, port: int, protocol: str
    ) -> bool:
        applying = [policy for policy in self.policies if self._applies(policy, direction, own)]
        if not applying:
            return True
        rules, peers = ("egress", "to") if direction == "Egress" else ("ingress", "from")
        for policy in applying:
            for rule in policy["spec"].get(rules, []):
                at_ports = not rule.get("ports") or any(
                    self._port(each, destination, port, protocol) for each in rule["ports"]
                )
                at_peers = not rule.get(peers) or any(
                    self._peer(each, policy["metadata"]["namespace"], other, source, destination)
                    for each in rule[peers]
                )
                if at_ports and at_peers:
                    return True
        return False

    def _applies(self, policy: JSON, direction: str, name: str) -> bool:
        spec = policy["spec"]
        types = spec.get("policyTypes") or ["Ingress"] + ["Egress"] * bool(spec.get("egress"))
        if direction not in types or not self._is_pod(name):
            return False
        pod = self.pods[name]["metadata"]
        return pod["namespace"] == policy["metadata"]["namespace"] and _selected(spec["podSelector"], pod["labels"])

    def _port(self, rule: JSON, destination: str, port: int, protocol: str) -> bool:
        if rule.get("protocol", "TCP") != protocol:
            return False
        wanted = rule.get("port")
        if isinstance(wanted, str):
            if not self._is_pod(destination):
                return False
            declared = self.pods[destination]["spec"]["containers"][0]["ports"]
            return any((p["name"], p["containerPort"], p["protocol"]) == (wanted, port, protocol) for p in declared)
        return wanted is None or wanted <= port <= rule.get("endPort", wanted)

    def _peer(self, peer: JSON, namespace: str, other: str, source: str, destination: str) -> bool:
        if "ipBlock" in peer:
            version = self._family(source, destination)
            own = [each for each in self._addresses(other) if ipaddress.ip_address(each).version == version]
            cidr, excepted = peer["ipBlock"]["cidr"], peer["ipBlock"].get("except", [])
            return bool(own) and _within(own[0], cidr) and not any(_within(own[0], each) for each in excepted)
        if not self._is_pod(other):
            return False
        pod = self.pods[other]["metadata"]
        labels = self.namespaces[pod["namespace"]] | {"kubernetes.io/metadata.name": pod["namespace"]}
        if "namespaceSelector" in peer:
            there = _selected(peer["namespaceSelector"], labels)
        else:
            there = pod["namespace"] == namespace
        return there and _selected(peer.get("podSelector", {}), pod["labels"])

    def _addresses(self, name: str) -> list[str]:
        if name in self.pods:
            return [each["ip"] for each in self.pods[name]["status"]["podIPs"]]
        return self.nodes.get(name, [name])

    def _family(self, source: str, destination: str) -> int | None:
        here = [ipaddress.ip_address(each).version for each in self._addresses(source)]
        there = [ipaddress.ip_address(each).version for each in self._addresses(destination)]
        common = [version for version in there if version in here] if here and there else there + here
        return common[0] if common else None


def _within(address: str, cidr: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(cidr)


def _selected(selector: JSON, labels: dict[str, str]) -> bool:
    wanted = selector.get("matchLabels", {})
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    for expression in selector.get("matchExpressions", []):
        key, values = expression["key"], expression.get("values", [])
        meets = {
            "In": key in labels and labels[key] in values,
            "NotIn": key not in labels or labels[key] not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }
        if not meets[expression["operator"]]:
            return False
    return True
