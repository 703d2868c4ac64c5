"""What is done with plugins of CNI, on the machine and in the model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DATA_DIR = "/run/ipam"
CARD = {"address": "192.168.0.1/24", "gateway": "192.168.0.9"}
Step = tuple[str, str, str, str, Mapping[str, Any], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A network and what is asked of it, one after another."""

    network: str
    pods: tuple[str, ...]
    steps: tuple[Step, ...]

    def request(self) -> dict[str, Any]:
        return {"network": self.network, "pods": self.pods, "steps": self.steps}


def pod(name: str) -> str:
    return f"/run/netns/{name}"


def step(
    command: str,
    container: str = "c1",
    netns: str = "p1",
    capabilities: Mapping[str, Any] | None = None,
    valid: Any = (),
) -> Step:
    return (command, container, pod(netns) if netns else "", "eth0", capabilities or {}, valid)


def _network(*plugins: Mapping[str, Any], version: str = "1.0.0", name: str = "podnet") -> str:
    return json.dumps({"cniVersion": version, "name": name, "plugins": list(plugins)})


def _ipam(*subnets: str, **more: Any) -> dict[str, Any]:
    return {"type": "host-local", "dataDir": DATA_DIR, "ranges": [[{"subnet": subnet}] for subnet in subnets], **more}


BRIDGE = {"type": "bridge", "bridge": "cni0", "isDefaultGateway": True, "ipMasq": True, "hairpinMode": True}
SMALL = {**BRIDGE, "ipam": _ipam("10.22.0.0/29")}
PORTMAP = {"type": "portmap", "capabilities": {"portMappings": True}}
BANDWIDTH = {"type": "bandwidth", "capabilities": {"bandwidth": True}}
FIREWALL = {"type": "firewall", "backend": "iptables"}
TUNING = {"type": "tuning", "mtu": 1400, "mac": "02:11:22:33:44:55", "sysctl": {"net.core.somaxconn": "500"}}
PTP = {"type": "ptp", "ipMasq": True, "ipam": _ipam("10.24.0.0/24", routes=[{"dst": "0.0.0.0/0"}])}
UNDERLAY = _ipam("192.168.0.0/24", routes=[{"dst": "0.0.0.0/0"}])
PORTS = {
    "portMappings": [
        {"hostPort": 8088, "containerPort": 80, "protocol": "tcp"},
        {"hostPort": 53, "containerPort": 5353, "protocol": "udp", "hostIP": "192.168.0.1"},
    ]
}
RATES = {"bandwidth": dict.fromkeys(("ingressRate", "egressRate"), 8_000_000)}
RATES["bandwidth"] |= dict.fromkeys(("ingressBurst", "egressBurst"), 800_000)
ROUND = (step("ADD"), step("CHECK"), step("DEL"), step("DEL"))

SCENARIOS: Mapping[str, Scenario] = {
    "a node that runs out of addresses": Scenario(
        _network(SMALL),
        tuple(pod(f"p{i}") for i in range(1, 8)),
        (*(step("ADD", f"c{i}", f"p{i}") for i in range(1, 7)), step("DEL", "c2", "p2"), step("ADD", "c7", "p7")),
    ),
    "one pod from ADD to DEL": Scenario(_network(SMALL), (pod("p1"),), ROUND),
    "a namespace that is gone before DEL": Scenario(
        _network(SMALL), (pod("p1"), pod("p2")), (step("ADD"), step("ADD", "c2", "p2"), step("END"), step("DEL"))
    ),
    "DEL without a namespace": Scenario(_network(SMALL), (pod("p1"),), (step("ADD"), step("DEL", netns=""))),
    "twice the same interface": Scenario(_network(SMALL), (pod("p1"),), (step("ADD"), step("ADD", "c2"))),
    "no such namespace": Scenario(_network(SMALL), (), (step("ADD", netns="nosuch"), step("DEL", netns="nosuch"))),
    "no such version": Scenario(_network(SMALL, version="9.9.9"), (pod("p1"),), (step("ADD"),)),
    "no such plugin": Scenario(_network({"type": "nosuch"}), (pod("p1"),), (step("ADD"), step("DEL"))),
    "no such IPAM plugin": Scenario(_network({**BRIDGE, "ipam": {"type": "nosuch"}}), (pod("p1"),), (step("ADD"),)),
    "a bad range": Scenario(_network({**BRIDGE, "ipam": _ipam("10.22.0.0/31")}), (pod("p1"),), (step("ADD"),)),
    "a bridge that is no gateway": Scenario(
        _network({"type": "bridge", "bridge": "br1", "mtu": 1450, "ipam": _ipam("10.22.0.0/29")}), (pod("p1"),), ROUND
    ),
    "a bridge without addresses": Scenario(_network({"type": "bridge"}), (pod("p1"),), (step("ADD"), step("DEL"))),
    "two families": Scenario(
        _network({**BRIDGE, "ipam": _ipam("10.22.0.0/29", "fd00:22::/120")}),
        (pod("p1"), pod("p2")),
        (step("ADD"), step("ADD", "c2", "p2"), step("CHECK"), step("DEL")),
    ),
    "another network on the bridge": Scenario(
        _network({**BRIDGE, "ipam": _ipam("10.22.0.0/29", "10.23.0.0/29")}), (pod("p1"),), (step("ADD"), step("DEL"))
    ),
    "bridge, portmap and bandwidth": Scenario(
        _network(SMALL, PORTMAP, BANDWIDTH),
        (pod("p1"), pod("p2")),
        (
            step("ADD", capabilities=PORTS | RATES),
            step("ADD", "c2", "p2"),
            step("CHECK", capabilities=PORTS | RATES),
            step("DEL", capabilities=PORTS | RATES),
        ),
    ),
    "a rate without a burst": Scenario(
        _network(SMALL, BANDWIDTH), (pod("p1"),), (step("ADD", capabilities={"bandwidth": {"ingressRate": 1000}}),)
    ),
    "bridge and firewall": Scenario(_network(SMALL, FIREWALL), (pod("p1"),), ROUND),
    "firewall before 0.4.0": Scenario(_network(SMALL, FIREWALL, version="0.3.1"), (pod("p1"),), (step("ADD"),)),
    "bridge and tuning": Scenario(_network(SMALL, TUNING), (pod("p1"),), ROUND[:2]),
    "tuning of what is no net setting": Scenario(
        _network(SMALL, {"type": "tuning", "sysctl": {"kernel.pid_max": "1"}}), (pod("p1"),), (step("ADD"),)
    ),
    "a bridge with too small an MTU": Scenario(
        _network({**SMALL, "mtu": 67}), (pod("p1"),), (step("ADD"), step("DEL"))
    ),
    "a pair with too large an MTU": Scenario(_network({**PTP, "mtu": 65536}), (pod("p1"),), (step("ADD"),)),
    "macvlan with too small an MTU": Scenario(
        _network({"type": "macvlan", "mtu": 67, "ipam": UNDERLAY}), (pod("p1"),), (step("ADD"),)
    ),
    "a negative MTU": Scenario(_network({**SMALL, "mtu": -1}), (pod("p1"),), (step("ADD"),)),
    "tuning to a negative MTU": Scenario(_network(SMALL, {"type": "tuning", "mtu": -1}), (pod("p1"),), (step("ADD"),)),
    "portmap alone": Scenario(_network(PORTMAP), (pod("p1"),), (step("ADD", capabilities=PORTS),)),
    "ptp": Scenario(_network(PTP), (pod("p1"), pod("p2")), (step("ADD"), step("ADD", "c2", "p2"), *ROUND[1:])),
    "macvlan": Scenario(
        _network({"type": "macvlan", "master": "eth0", "mode": "bridge", "ipam": UNDERLAY}), (pod("p1"),), ROUND
    ),
    "macvlan on the default route's card": Scenario(
        _network({"type": "macvlan", "mtu": 9000, "ipam": UNDERLAY}), (pod("p1"),), (step("ADD"),)
    ),
    "macvlan on no card": Scenario(
        _network({"type": "macvlan", "master": "eth7", "ipam": UNDERLAY}), (pod("p1"),), (step("ADD"),)
    ),
    "ipvlan": Scenario(_network({"type": "ipvlan", "master": "eth0", "ipam": UNDERLAY}), (pod("p1"),), ROUND),
    "loopback": Scenario(_network({"type": "loopback"}), (pod("p1"),), ROUND[:3]),
    "garbage is collected": Scenario(
        _network(SMALL, version="1.1.0"),
        (pod("p1"), pod("p2")),
        (step("STATUS"), step("ADD"), step("ADD", "c2", "p2"), step("GC", valid=(("c2", "eth0"),))),
    ),
    "results of version 0.2.0": Scenario(_network(SMALL, version="0.2.0"), (pod("p1"),), ROUND),
    "results of version 0.4.0": Scenario(_network(SMALL, PORTMAP, version="0.4.0"), (pod("p1"),), ROUND[:3]),
}
